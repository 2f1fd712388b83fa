"""Schedules and slots, when the installation keeps them (rules FHR-158, FHR-159; off by default).

A schedule says when its actors are available; its slots are cut from that. Slots are of no record: the row of one that
is taken holds the appointment's id and nothing else. A booking locks the slots it wants, in a fixed order, so that of
two at once one is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from espace_sante.agenda.errors import PlanningRefuse, refus
from espace_sante.agenda.models import Creneau, Planning
from espace_sante.agenda.porte import source_de
from espace_sante.agenda.statuts import Statut
from espace_sante.agenda.valeurs import RendezVous
from espace_sante.documents.metadonnees import Code
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.kernel.codes import GenreActeur
from espace_sante.kernel.ids import uuid7
from espace_sante.traces.ecriture import Acte, Action, tracer_hors_dossier

LIBRE: Final = "free"
OCCUPE: Final = "busy"
INDISPONIBLE: Final = "busy-unavailable"
CRENEAUX_MAX: Final = 5000
# An appointment in one of these holds its slots; in any other it gives them back.
_TIENNENT: Final = frozenset(
    {Statut.BOOKED, Statut.PENDING, Statut.ARRIVED, Statut.CHECKED_IN, Statut.FULFILLED}
)


@dataclass(frozen=True, slots=True)
class Plage:
    """A time that a schedule gives: available or not, cut in slots of that length, or left whole."""

    debut: datetime
    fin: datetime
    statut: str = LIBRE


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanningRecu:
    """A schedule as its source tells it. `ressource`: as it came."""

    identifiant: str
    acteurs: tuple[str, ...]
    plages: tuple[Plage, ...]
    duree: timedelta | None = None
    prestations: tuple[Code, ...] = ()
    actif: bool = True
    ressource: bytes = b""


def actifs() -> bool:
    """Whether this installation keeps availabilities."""
    return bool(settings.ES_AGENDA_CRENEAUX)


def decouper(recu: PlanningRecu) -> list[Plage]:
    """The slots of a schedule; a rest too short for one is left out. Raises PlanningRefuse `trop_de_creneaux`. Pure."""
    morceaux: list[Plage] = []
    for plage in recu.plages:
        pas = recu.duree if recu.duree and plage.statut == LIBRE else plage.fin - plage.debut
        debut = plage.debut
        while debut + pas <= plage.fin:
            if len(morceaux) >= CRENEAUX_MAX:
                raise PlanningRefuse(
                    "trop_de_creneaux", f"Un planning compte {CRENEAUX_MAX} créneaux au plus."
                )
            morceaux.append(Plage(debut, debut + pas, plage.statut))
            debut += pas
    return morceaux


def ajouter(acteur: Acteur, recu: PlanningRecu, *, contexte: Contexte) -> Planning:
    """A new schedule with its slots. Raises PlanningRefuse `planning_interdit`, `planning_doublon`."""
    source = _source(acteur)
    morceaux, quand = decouper(recu), datetime.now(UTC)
    with transaction.atomic():
        if recu.identifiant and Planning.objects.filter(source=source, identifiant=recu.identifiant).exists():
            raise PlanningRefuse("planning_doublon", "Un de vos plannings porte déjà cet identifiant.")
        planning = Planning.objects.create(id=uuid7(), source=source, maj_le=quand, **_champs(recu))
        _remplir(planning, morceaux, recu, quand)
        _tracer(acteur, contexte, "ajout")
    return planning


def changer(acteur: Acteur, planning_id: UUID, recu: PlanningRecu, *, contexte: Contexte) -> Planning | None:
    """Its new content: slots that are taken stay, the others are cut again. None when there is none.

    Raises PlanningRefuse `planning_reserve`.
    """
    morceaux, quand = decouper(recu), datetime.now(UTC)
    with transaction.atomic():
        planning = _verrouiller(acteur, planning_id)
        if planning is None:
            return None
        for nom, valeur in _champs(recu).items():
            setattr(planning, nom, valeur)
        planning.maj_le, planning.version = quand, planning.version + 1
        planning.save()
        Creneau.objects.filter(planning=planning, reserve_par=None).delete()
        _remplir(planning, morceaux, recu, quand)
        _tracer(acteur, contexte, "changement")
    return planning


def supprimer(acteur: Acteur, planning_id: UUID, *, contexte: Contexte) -> bool:
    """Take a schedule away with its slots; appointments already made stay. False when there is none."""
    with transaction.atomic():
        planning = _verrouiller(acteur, planning_id)
        if planning is None:
            return False
        planning.delete()
        _tracer(acteur, contexte, "suppression")
    return True


def lire_planning(planning_id: UUID) -> Planning | None:
    """A schedule as it stands; availabilities are for every program that books."""
    return Planning.objects.filter(id=planning_id).first()


@dataclass(frozen=True, slots=True, kw_only=True)
class FiltreCreneaux:
    """Criteria, all of which count; `apres`: the last one seen."""

    ids: tuple[UUID, ...] = ()
    statuts: tuple[str, ...] = ()
    plannings: tuple[UUID, ...] = ()
    acteurs: tuple[str, ...] = ()
    du: datetime | None = None
    au: datetime | None = None
    apres: tuple[datetime, UUID] | None = None
    limite: int = 50


def chercher(filtre: FiltreCreneaux) -> tuple[list[Creneau], tuple[datetime, UUID] | None]:
    """One page of slots of active schedules, the soonest first, and where the next begins."""
    creneaux = Creneau.objects.filter(planning__actif=True)
    if filtre.ids:
        creneaux = creneaux.filter(id__in=filtre.ids)
    if filtre.statuts:
        creneaux = creneaux.filter(statut__in=filtre.statuts)
    if filtre.plannings:
        creneaux = creneaux.filter(planning_id__in=filtre.plannings)
    if filtre.acteurs:
        creneaux = creneaux.filter(planning__acteurs__overlap=list(filtre.acteurs))
    if filtre.du:
        creneaux = creneaux.filter(debut__gte=filtre.du)
    if filtre.au:
        creneaux = creneaux.filter(debut__lt=filtre.au)
    if filtre.apres:
        moment, dernier = filtre.apres
        creneaux = creneaux.filter(Q(debut__gt=moment) | Q(debut=moment, id__gt=dernier))
    page = list(creneaux.order_by("debut", "id")[: filtre.limite + 1])
    suite = None
    if len(page) > filtre.limite:
        page = page[: filtre.limite]
        suite = (page[-1].debut, page[-1].id)
    return page, suite


def reserver(rendez_vous_id: UUID, recu: RendezVous, *, avant: RendezVous | None = None) -> None:
    """Take the slots of an appointment, and give back those that it no longer holds (FHR-159).

    In the act's transaction. Raises RendezVousRefuse `creneau_pris`, `creneau_inconnu`. Nothing when switched off.
    """
    if not actifs():
        return
    voulus = set(recu.creneaux) if recu.statut in _TIENNENT else set()
    tenus = set(avant.creneaux) if avant else set()
    if not (voulus | tenus):
        return
    lignes = {
        c.id: c for c in Creneau.objects.select_for_update().filter(id__in=voulus | tenus).order_by("id")
    }
    if voulus - lignes.keys():
        raise refus("creneau_inconnu")
    siens = {id_ for id_, c in lignes.items() if c.reserve_par == rendez_vous_id}
    if any(lignes[id_].statut != LIBRE for id_ in voulus - siens):
        raise refus("creneau_pris")
    quand = datetime.now(UTC)
    _marquer(voulus - siens, OCCUPE, rendez_vous_id, quand)
    _marquer(siens - voulus, LIBRE, None, quand)


def _marquer(ids: Iterable[UUID], statut: str, par: UUID | None, quand: datetime) -> None:
    for creneau in Creneau.objects.filter(id__in=list(ids)):
        creneau.statut, creneau.reserve_par, creneau.maj_le = statut, par, quand
        creneau.version += 1
        creneau.save()


def _remplir(planning: Planning, morceaux: list[Plage], recu: PlanningRecu, quand: datetime) -> None:
    pris = list(Creneau.objects.filter(planning=planning).values_list("debut", "fin"))
    prestations = [[p.systeme, p.code, p.libelle] for p in recu.prestations]
    Creneau.objects.bulk_create(
        Creneau(
            id=uuid7(), planning=planning, statut=m.statut, debut=m.debut, fin=m.fin, prestations=prestations,
            maj_le=quand,
        )
        for m in morceaux
        if not any(m.debut < fin and debut < m.fin for debut, fin in pris)
    )  # fmt: skip


def _champs(recu: PlanningRecu) -> dict[str, object]:
    return {
        "identifiant": recu.identifiant,
        "acteurs": list(recu.acteurs),
        "actif": recu.actif,
        "ressource": recu.ressource,
    }


def _source(acteur: Acteur) -> str:
    if acteur.genre not in {GenreActeur.PROFESSIONNEL, GenreActeur.STRUCTURE} or not acteur.client_id:
        raise PlanningRefuse("planning_interdit", "Cet acteur ne peut pas tenir de planning.")
    return source_de(acteur)


def _verrouiller(acteur: Acteur, planning_id: UUID) -> Planning | None:
    """The schedule, locked with its slots. Raises PlanningRefuse `planning_reserve` when it is somebody else's."""
    planning = Planning.objects.select_for_update().filter(id=planning_id).first()
    if planning is None:
        return None
    if planning.source != _source(acteur):
        raise PlanningRefuse("planning_reserve", "Seul celui qui a mis ce planning peut le changer.")
    list(Creneau.objects.select_for_update().filter(planning=planning).order_by("id").values_list("id"))
    return planning


def _tracer(acteur: Acteur, contexte: Contexte, motif: str) -> None:
    """An act about no record: traced apart."""
    tracer_hors_dossier(acteur, contexte, Acte(Action.PLANNING, motif=motif))
