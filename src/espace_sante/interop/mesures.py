"""What every view of measures has around it: who may call, and whose record is opened (FHR-150 to FHR-152).

A paired service calls with its two tokens; a holder with his own; nobody else has any right on Observation.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from espace_sante.acces.appairages.porte import AppairageRefuse
from espace_sante.acces.constats import noter_refus
from espace_sante.acces.errors import EspaceFerme
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.porte import resoudre
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.jetons import JetonInvalide, lire_jeton
from espace_sante.identite.portees import eclater
from espace_sante.identite.sujets import sujet
from espace_sante.interop.appairage import ENTETE, REFUS, AppelService, authentifier_service
from espace_sante.interop.fhir.constats import RefusFhir
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.erreurs_mesures import ErreurMesure
from espace_sante.interop.fhir.mesures_personne import Personne
from espace_sante.interop.formats import exiger_format
from espace_sante.interop.requete import Appel, authentifier
from espace_sante.interop.views.enveloppe import Vue, traduire
from espace_sante.kernel.codes import GenreActeur
from espace_sante.platform import certificats
from espace_sante.profil_medical.carnet import Carnet, du_service, du_titulaire
from espace_sante.profil_medical.errors import (
    MesureChangee,
    MesureDAutrui,
    MesureEnDouble,
    MesureIntrouvable,
)
from espace_sante.traces.ecriture import Action

PERSONNE_D_AUTRE: Final = UUID(int=0)
_ERREURS: Final = {
    MesureIntrouvable: Erreur.INTROUVABLE,
    MesureDAutrui: ErreurMesure.NON_AUTEUR,
    MesureChangee: ErreurMesure.VERSION,
    MesureEnDouble: ErreurMesure.EN_DOUBLE,
}


def vue_mesures(lettre: str, action: Action) -> Callable[[Vue], Vue]:
    """A view of one method, for `patient/Observation.<lettre>`; what it refuses is traced as that action."""
    portees = eclater([f"patient/Observation.{lettre}"])

    def decorer(vue: Vue) -> Vue:
        @wraps(vue)
        def enveloppee(requete: HttpRequest, *args: str, **kwargs: str) -> HttpResponse:
            try:
                exiger_format(requete)
                return vue(_appel(requete, portees, action), *args, **kwargs)
            except AppairageRefuse as refus:
                return traduire(RefusFhir([REFUS[refus.code].constat()]), requete)
            except EspaceFerme:
                return traduire(RefusFhir([Erreur.DICAH_D.constat()]), requete)
            except tuple(_ERREURS) as refus:
                return traduire(RefusFhir([_ERREURS[type(refus)].constat()]), requete)
            except Exception as erreur:
                return traduire(erreur, requete)

        return enveloppee

    return decorer


def pour_les_mesures(requete: HttpRequest) -> bool:
    """Whether a call to the root, which deposits share, is one of measures: told by its tokens."""
    acteur = _porteur(requete)
    if acteur is None:
        return ENTETE in requete.headers
    return acteur.genre in (GenreActeur.SERVICE, GenreActeur.TITULAIRE)


@contextmanager
def ouvrir(appel: Appel, personne: Personne | None) -> Iterator[Carnet]:
    """The measures of that person, None: of the token's. Raises AppairageRefuse (traced), EspaceFerme."""
    if isinstance(appel, AppelService):
        with appel.ouvrir_service(_cible(appel, personne)) as espace:
            yield du_service(espace)
        return
    if personne is not None and not _est_lui(appel.acteur, personne):
        noter(appel, Action.MESURES_LUES, Erreur.AUTRE_TITULAIRE.code)
        raise RefusFhir([Erreur.AUTRE_TITULAIRE.constat()])
    with ouvrir_mon_espace(appel.acteur, contexte=appel.contexte) as mien:
        yield du_titulaire(mien)


def _est_lui(titulaire: Acteur, personne: Personne) -> bool:
    if personne.ins is not None:
        return resoudre(personne.ins) == titulaire.dossier_id
    return personne.sujet == str(titulaire.dossier_id)


def noter(appel: Appel, action: Action, motif: str) -> None:
    """Trace a request refused before it reached a record, or that was undone."""
    noter_refus(appel.acteur, action, motif[:40], contexte=appel.contexte)


def _cible(appel: AppelService, personne: Personne | None) -> UUID | None:
    """The record to ask the gate for: what another person's name means is nobody's record."""
    if personne is None:
        return None
    if personne.ins is not None:
        return resoudre(personne.ins) or PERSONNE_D_AUTRE
    dossier_id = appel.acteur.dossier_id
    assert dossier_id is not None  # noqa: S101 - a pairing token has one
    attendu = sujet(appel.acteur.client_id, dossier_id)
    return None if hmac.compare_digest(attendu.encode(), personne.sujet.encode()) else PERSONNE_D_AUTRE


def _appel(requete: HttpRequest, portees: frozenset[str], action: Action) -> Appel:
    """Raises RefusFhir 400, 401, 403."""
    acteur = _porteur(requete)
    if acteur is None or acteur.genre is GenreActeur.SERVICE:
        return authentifier_service(requete, portees)
    if acteur.genre is GenreActeur.TITULAIRE:
        return authentifier(requete, portees)
    if acteur.portees:
        noter(authentifier(requete, acteur.portees), action, ErreurMesure.RESERVEES.code)
    raise RefusFhir([ErreurMesure.RESERVEES.constat("Observation")])


def _porteur(requete: HttpRequest) -> Acteur | None:
    """Whose token it is; None when it is not a good one."""
    schema, _, jeton = requete.headers.get("Authorization", "").partition(" ")
    if schema.lower() != "bearer":
        return None
    try:
        return lire_jeton(jeton.strip(), certificats.empreinte(requete.META))
    except JetonInvalide:
        return None
