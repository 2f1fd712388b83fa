"""What is done with appointments: put, changed by their source; hidden, noted by the holder (FHR-154, FHR-156)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from espace_sante.acces.models import Appairage
from espace_sante.agenda import creneaux, ecriture, queries
from espace_sante.agenda.errors import NoteRefusee, RendezVousIntrouvable, refus
from espace_sante.agenda.filtre import FiltreAgenda, empreintes_exactes
from espace_sante.agenda.porte import Agenda, source_du_service
from espace_sante.agenda.queries import PageAgenda, VersionVue
from espace_sante.agenda.statuts import CREATION, Statut, possible
from espace_sante.agenda.valeurs import Garde, RendezVous, RendezVousVu
from espace_sante.identite.index import cle_hachage
from espace_sante.kernel.ids import uuid7
from espace_sante.notifications import services as avis
from espace_sante.notifications.genres import Genre
from espace_sante.traces.ecriture import Acte, Action

NOTE_MAX: Final = 1000
_VERSIONS_MONTREES: Final = 50
# That it took place or not, or was a mistake, is no news for who was there (DOC-65 read for the agenda).
_SANS_AVIS: Final = frozenset({Statut.FULFILLED, Statut.NOSHOW, Statut.ENTERED_IN_ERROR})


def ajouter(agenda: Agenda, recu: RendezVous) -> RendezVousVu:
    """A new appointment of this source. Raises RendezVousRefuse `doublon`, `statut`, `creneau_pris`, `creneau_inconnu`."""
    ecriture.verrouiller(agenda.dossier_id)
    return _ajouter(agenda, recu)


def poser(
    agenda: Agenda, designation: tuple[str, ...], recu: RendezVous, version: int | None = None
) -> tuple[RendezVousVu, bool]:
    """Conditional PUT: change the one that these hashes name among the source's own, or add it (FHR-156).

    The appointment and whether it is new. `version`: the one that the caller saw (FHR-13).
    Raises RendezVousRefuse `plusieurs`, `rendez_vous_perime`, `transition`, and what `ajouter` raises.
    """
    ecriture.verrouiller(agenda.dossier_id)
    trouves = queries.designes(agenda.dossier_id, agenda.cle, agenda.source, designation)
    if len(trouves) > 1:
        raise refus("plusieurs")
    if trouves:
        return _changer(agenda, trouves[0], recu, version), False
    if version is not None:
        raise refus("rendez_vous_perime")
    return _ajouter(agenda, recu), True


def changer(
    agenda: Agenda, rendez_vous_id: UUID, recu: RendezVous, version: int | None = None
) -> RendezVousVu:
    """The same, by id. Raises RendezVousIntrouvable; RendezVousRefuse `autre_source`, and what `poser` raises."""
    ecriture.verrouiller(agenda.dossier_id)
    return _changer(agenda, trouver(agenda, rendez_vous_id), recu, version)


def lire(agenda: Agenda, rendez_vous_id: UUID) -> RendezVousVu:
    """One that the caller may know of. Raises RendezVousIntrouvable. Traced."""
    vu = trouver(agenda, rendez_vous_id)
    agenda.tracer(Acte(Action.RENDEZ_VOUS_LECTURE, motif="un"))
    return vu


def trouver(agenda: Agenda, rendez_vous_id: UUID) -> RendezVousVu:
    """The same, for an act that is traced by itself."""
    vu = queries.trouver(agenda.dossier_id, agenda.cle, rendez_vous_id)
    if vu is None or not agenda.voit(vu):
        raise RendezVousIntrouvable
    return vu


def lister(agenda: Agenda, filtre: FiltreAgenda) -> PageAgenda:
    """One page of what the caller may know of. Traced."""
    page = queries.lister(agenda.dossier_id, agenda.cle, agenda.restreindre(filtre))
    agenda.tracer(Acte(Action.RENDEZ_VOUS_LECTURE))
    return replace(page, elements=tuple(vu for vu in page.elements if agenda.voit(vu)))


def compter(agenda: Agenda, filtre: FiltreAgenda) -> int:
    """How many; a part of the list, traced by it."""
    return queries.compter(agenda.dossier_id, agenda.cle, agenda.restreindre(filtre))


def versions(agenda: Agenda, vu: RendezVousVu) -> list[VersionVue]:
    """What it was before (AGD-24); a part of its reading."""
    return queries.versions(agenda.dossier_id, agenda.cle, vu, _VERSIONS_MONTREES)


def services_delies(agenda: Agenda, vus: Iterable[RendezVousVu]) -> frozenset[str]:
    """Sources among these that are services the holder is no longer paired with: nothing more comes from them (AGD-26)."""
    services = {vu.source for vu in vus if vu.origine.genre == "service"}
    if not services:
        return frozenset()
    relies = Appairage.objects.filter(dossier_id=agenda.dossier_id, retire_le=None).values_list(
        "client_id", flat=True
    )
    return frozenset(services - {source_du_service(client_id) for client_id in relies})


def masquer(agenda: Agenda, rendez_vous_id: UUID, *, masque: bool) -> None:
    """The holder hides it or shows it again; its source is not told (AGD-06). Idempotent. Raises RendezVousIntrouvable."""
    if trouver(agenda, rendez_vous_id).masque != masque:
        ecriture.masquer(agenda.dossier_id, rendez_vous_id, masque=masque, quand=datetime.now(UTC))
        agenda.tracer(Acte(Action.RENDEZ_VOUS_CHANGEMENT, motif="masque" if masque else "montre"))


def noter(agenda: Agenda, rendez_vous_id: UUID, note: str) -> None:
    """The holder's own note; an empty one takes it away (AGD-06). Raises NoteRefusee, RendezVousIntrouvable."""
    note = note.replace("\r\n", "\n").strip()
    if len(note) > NOTE_MAX or "\x00" in note:
        raise NoteRefusee("note_trop_longue", f"Une note compte {NOTE_MAX} caractères au plus.")
    if trouver(agenda, rendez_vous_id).note != note:
        ecriture.noter(agenda.dossier_id, rendez_vous_id, note, agenda.cle, datetime.now(UTC))
        agenda.tracer(Acte(Action.RENDEZ_VOUS_CHANGEMENT, motif="note"))


def _ajouter(agenda: Agenda, recu: RendezVous) -> RendezVousVu:
    if recu.statut not in CREATION:
        raise refus("statut")
    _sans_doublon(agenda, recu, None)
    quand, identifiant, garde = datetime.now(UTC), uuid7(), Garde(recu, agenda.origine())
    creneaux.reserver(identifiant, recu)
    ecriture.ajouter(agenda.dossier_id, identifiant, agenda.source, garde, agenda.cle, quand)
    agenda.tracer(Acte(Action.RENDEZ_VOUS_AJOUT))
    if recu.jusqua > quand and recu.statut not in _SANS_AVIS:
        _prevenir(agenda, Genre.RENDEZ_VOUS_AJOUTE, quand)
    return RendezVousVu(
        dossier_id=agenda.dossier_id, id=identifiant, source=agenda.source, version=1, cree_le=quand, maj_le=quand,
        contenu=recu, origine=garde.origine,
    )  # fmt: skip


def _changer(agenda: Agenda, vu: RendezVousVu, recu: RendezVous, version: int | None) -> RendezVousVu:
    if vu.source != agenda.source:
        raise refus("autre_source")
    if version is not None and version != vu.version:
        raise refus("rendez_vous_perime")
    if recu == vu.contenu:
        return vu
    if not possible(vu.contenu.statut, recu.statut):
        raise refus("transition")
    _sans_doublon(agenda, recu, vu.id)
    quand, garde = datetime.now(UTC), Garde(recu, agenda.origine())
    creneaux.reserver(vu.id, recu, avant=vu.contenu)
    ecriture.remplacer(agenda.dossier_id, vu.id, garde, agenda.cle, quand, vu.version + 1)
    annule = recu.statut is Statut.CANCELLED and vu.contenu.statut is not Statut.CANCELLED
    motif = "annulation" if annule else "erreur" if recu.statut is Statut.ENTERED_IN_ERROR else ""
    agenda.tracer(Acte(Action.RENDEZ_VOUS_CHANGEMENT, motif=motif))
    # Nothing of what the holder hides, nor of what is over (AGD-37).
    if not vu.masque and recu.statut not in _SANS_AVIS and max(recu.jusqua, vu.contenu.jusqua) > quand:
        _prevenir(agenda, Genre.RENDEZ_VOUS_ANNULE if annule else Genre.RENDEZ_VOUS_CHANGE, quand)
    return replace(vu, version=vu.version + 1, maj_le=quand, contenu=recu, origine=garde.origine)


def _sans_doublon(agenda: Agenda, recu: RendezVous, sauf: UUID | None) -> None:
    """An identifier names one appointment of a source (AGD-21). The record is locked."""
    hachees = empreintes_exactes((i for i in recu.identifiants if i.systeme), cle_hachage())
    for autre in queries.designes(agenda.dossier_id, agenda.cle, agenda.source, hachees):
        if autre.id != sauf:
            raise refus("doublon", existant=autre.id, dossier=agenda.dossier_id)


def _prevenir(agenda: Agenda, genre: Genre, quand: datetime) -> None:
    """A notice without anything of health: neither who is seen, nor where, nor why (AGD-39)."""
    avis.deposer(agenda.dossier_id, genre, quand, par=agenda.acteur)
