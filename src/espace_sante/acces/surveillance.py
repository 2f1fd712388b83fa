"""The watch itself: recent accesses are read as owner, over all records, and alerts are kept (rule AUD-21).

Background work only, never the web process. An alert names a professional and a number, never a record; the journal
gets a count.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from espace_sante.acces.signalements import OperateurRequis
from espace_sante.acces.veille import Alerte, Passage, Regle, Seuils, horaires, veiller
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.models import Professionnel, Titulaire
from espace_sante.kernel.codes import GenreActeur
from espace_sante.kernel.ids import uuid7
from espace_sante.kernel.traits import plier
from espace_sante.traces.ecriture import Action, Resultat
from espace_sante.traces.jours import apres_jours_ouvres
from espace_sante.traces.models import AlerteVeille, DemandeIdentite, Trace

_RECENT: Final = timedelta(days=1)
_URGENCES: Final = timedelta(days=30)
_LECTURES: Final = (Action.LISTE.value, Action.LECTURE.value, Action.TELECHARGEMENT.value)
_DELAI_IDENTITE: Final = 5
# Passages in memory at a time, with the names that they compare.
_LOT: Final = 2000


def seuils() -> Seuils:
    """The thresholds of this installation."""
    ouverture, fermeture = horaires(settings.ES_VEILLE_HORAIRES)
    return Seuils(
        dossiers_par_heure=settings.ES_VEILLE_DOSSIERS_H,
        meme_nom_par_jour=settings.ES_VEILLE_MEME_NOM,
        urgences_par_mois=settings.ES_VEILLE_URGENCES,
        ouverture=ouverture,
        fermeture=fermeture,
    )


def surveiller(maintenant: datetime, *, base: str = "proprietaire") -> int:
    """Look at the last day (thirty for emergencies), keep the new alerts; how many. Idempotent over a day."""
    alertes = veiller(_passages(maintenant, base), seuils())
    recents = {(maintenant - _RECENT).date(), maintenant.date(), (maintenant + timedelta(hours=3)).date()}
    lignes = [
        AlerteVeille(
            id=uuid7(), regle=a.regle.value, rpps=a.rpps, jour=a.jour, nombre=a.nombre, quand=maintenant
        )
        for a in alertes
        if a.jour in recents
    ]
    connues = set(AlerteVeille.objects.filter(jour__in=recents).values_list("regle", "rpps", "jour"))
    neuves = [ligne for ligne in lignes if (ligne.regle, ligne.rpps, ligne.jour) not in connues]
    AlerteVeille.objects.bulk_create(neuves, ignore_conflicts=True)
    return len(neuves)


def _passages(maintenant: datetime, base: str) -> Iterator[Passage]:
    """Readings of the last day, and emergencies of thirty, by professional then in time.

    The database sorts, and gives them a few at a time: memory does not grow with the day. Both ranges have their index.
    """
    lus = Trace.objects.using(base).filter(
        Q(quand__gt=maintenant - _RECENT) | Q(quand__gt=maintenant - _URGENCES) & ~Q(mode="normal"),
        quand__lte=maintenant,
        acteur_genre=GenreActeur.PROFESSIONNEL.value,
        resultat=Resultat.FAIT.value,
        action__in=_LECTURES,
    )
    lignes = lus.order_by("acteur_id", "quand").values_list("acteur_id", "dossier_id", "quand", "mode")
    suite = lignes.iterator(chunk_size=_LOT)
    while lot := list(islice(suite, _LOT)):
        titulaires = Titulaire.objects.using(base).filter(dossier_id__in={d for _, d, _, _ in lot})
        noms = {
            d: {plier(naissance), plier(utilise)} - {""}
            for d, naissance, utilise in titulaires.values_list("dossier_id", "nom_naissance", "nom_utilise")
        }
        pros = Professionnel.objects.filter(rpps__in={r for r, _, _, _ in lot})
        des_pros = {rpps: plier(nom) for rpps, nom in pros.values_list("rpps", "nom")}
        yield from (Passage(r, d, q, m, des_pros.get(r) in noms.get(d, set())) for r, d, q, m in lot)


def alertes(acteur: Acteur, *, depuis: date, limite: int = 200) -> list[Alerte]:
    """The operator's list, newest first. Raises OperateurRequis."""
    _operateur(acteur)
    lignes = AlerteVeille.objects.filter(jour__gte=depuis).order_by("-quand")[:limite]
    return [Alerte(Regle(a.regle), a.rpps, a.jour, a.nombre) for a in lignes]


def demander_identite(acteur: Acteur, structure_id: str, trace_id: UUID, quand: datetime) -> DemandeIdentite:
    """Ask a structure who was behind an indirect access, within 5 working days (AUD-22). Raises OperateurRequis."""
    _operateur(acteur)
    return DemandeIdentite.objects.create(
        id=uuid7(),
        structure_id=structure_id,
        trace_id=trace_id,
        quand=quand,
        echeance=apres_jours_ouvres(quand.date(), _DELAI_IDENTITE),
    )


def repondre_identite(demande: DemandeIdentite, rpps: str, quand: datetime) -> DemandeIdentite:
    """The structure's answer, kept beside the question (AUD-22)."""
    return DemandeIdentite.objects.create(
        id=uuid7(),
        structure_id=demande.structure_id,
        trace_id=demande.trace_id,
        quand=quand,
        echeance=demande.echeance,
        reponse_de=demande.id,
        rpps=rpps,
    )


def sans_reponse(acteur: Acteur, jour: date) -> list[DemandeIdentite]:
    """Questions whose day has passed without an answer (AUD-22). Raises OperateurRequis."""
    _operateur(acteur)
    repondues = DemandeIdentite.objects.filter(reponse_de__isnull=False).values("reponse_de")
    return list(
        DemandeIdentite.objects.filter(reponse_de=None, echeance__lt=jour)
        .exclude(id__in=repondues)
        .order_by("echeance")
    )


def _operateur(acteur: Acteur) -> None:
    if acteur.genre is not GenreActeur.OPERATEUR:
        raise OperateurRequis("operateur_requis", "Cette page est réservée à l'assistance.")
