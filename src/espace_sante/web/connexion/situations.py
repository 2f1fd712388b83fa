"""The choice of a situation d'exercice inside a professional's login (rules IDN-53 to IDN-55, OID-06)."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest

from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.annuaire import ProfessionnelRefuse, acteur_professionnel, situations
from espace_sante.identite.models import SituationExercice
from espace_sante.identite.sessions import acteur_de, changer_acteur
from espace_sante.kernel.codes import GenreActeur
from espace_sante.web.connexion import attente


def situations_offertes(request: HttpRequest) -> list[SituationExercice]:
    """What the logged-in professional may choose from. Raises ProfessionnelRefuse."""
    return situations(_professionnel(request).rpps)


def choisir_situation(request: HttpRequest, situation_id: str) -> Acteur:
    """Take one situation of the logged-in professional: a new traced context in the same login.

    Raises ProfessionnelRefuse (`situation_inconnue`, or as `annuaire.situations`).
    """
    actuel = _professionnel(request)
    choisie = next((s for s in situations(actuel.rpps) if s.id == situation_id), None)
    if choisie is None:
        raise ProfessionnelRefuse("situation_inconnue", "Cette situation d’exercice n’est pas la vôtre.")
    nouveau = replace(
        acteur_professionnel(choisie, deux_facteurs=actuel.deux_facteurs, mode=actuel.mode_authentification),
        regulation=actuel.regulation,
    )
    connecte_par = attente.fournisseur_de(request)
    changer_acteur(request, nouveau)
    if connecte_par:
        attente.garder_fournisseur(request, *connecte_par)
    return nouveau


def _professionnel(request: HttpRequest) -> Acteur:
    acteur = acteur_de(request)
    if acteur is None or acteur.genre is not GenreActeur.PROFESSIONNEL:
        raise ProfessionnelRefuse("situation_inconnue", "Aucun professionnel n’est connecté.")
    return acteur
