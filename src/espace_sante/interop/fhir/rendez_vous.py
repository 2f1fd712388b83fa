"""Appointment → an appointment of the agenda: whose, and what its source says of it (FHR-154, FHR-155). Pure.

What FHIR itself refuses is 400 (FHR-10); what the rulebook asks besides is 422, each with its code, all at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeVar
from uuid import UUID

from msgspec import UnsetType

from espace_sante.agenda.statuts import RECUS, Statut
from espace_sante.agenda.valeurs import Identifiant, Periode, RendezVous
from espace_sante.documents.metadonnees import Code
from espace_sante.interop.fhir.constats import Constat, RefusFhir
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.erreurs_agenda import ErreurAgenda
from espace_sante.interop.fhir.lecture import lire
from espace_sante.interop.fhir.patients import Designation
from espace_sante.interop.fhir.rendez_vous_participants import lire_participants
from espace_sante.interop.fhir.structs import CodeableConcept, Identifier
from espace_sante.interop.fhir.structs_agenda import LIRE_APPOINTMENT, Appointment
from espace_sante.interop.fhir.valeurs import codages, lire_date, lire_id, lire_instant, present

# A resource of people and texts, not of contents.
MAX_OCTETS: Final = 100_000
_HTML: Final = re.compile(r"<[A-Za-z/!?]")
E = TypeVar("E")
_AVEC_MOTIF: Final = frozenset({Statut.CANCELLED, Statut.NOSHOW, Statut.ENTERED_IN_ERROR})


@dataclass(frozen=True, slots=True, repr=False)
class RendezVousLu:
    """Whose appointment, and the appointment."""

    patient: Designation
    rendez_vous: RendezVous


@dataclass(slots=True)
class _Lecture:
    constats: list[Constat] = field(default_factory=list)

    def noter(self, erreur: ErreurAgenda, chemin: str) -> None:
        self.constats.append(erreur.constat(f"Appointment.{chemin}" if chemin else "Appointment"))

    def texte(self, valeur: str | UnsetType, chemin: str) -> str:
        """A text that people read (AGD-09)."""
        lu = present(valeur)
        if _HTML.search(lu):
            self.noter(ErreurAgenda.TEXTE, chemin)
        return lu

    def instant(self, valeur: str | UnsetType, chemin: str, *, partiel: bool = False) -> datetime | None:
        if isinstance(valeur, UnsetType):
            return None
        lu = lire_date(valeur) if partiel else lire_instant(valeur)
        if isinstance(lu, Erreur):
            self.noter(ErreurAgenda.DATE, chemin)
            return None
        return lu

    def mots(self, concepts: Iterable[CodeableConcept] | UnsetType, chemin: str) -> tuple[str, ...]:
        """What concepts say, in words."""
        lus = [] if isinstance(concepts, UnsetType) else list(concepts)
        dits = [(c.text, *(k.display for k in codages(c))) for c in lus]
        return tuple(
            self.texte(next((m for m in mots if not isinstance(m, UnsetType)), ""), f"{chemin}[{rang}]")
            for rang, mots in enumerate(dits)
        )


def lire_rendez_vous(corps: bytes, *, base: str, fictifs: bool) -> RendezVousLu:
    """Read an Appointment. Raises RefusFhir 400 (FHIR) or 422 (FHR-155) with every finding, 413 when too large."""
    if len(corps) > MAX_OCTETS:
        raise RefusFhir([Erreur.REQUETE_TROP_GRANDE.constat("Appointment", maximum=MAX_OCTETS)])
    a = lire(corps, LIRE_APPOINTMENT, Appointment)
    lecture = _Lecture()
    statut = _statut(a, lecture)
    identifiants = _identifiants(a.identifier, lecture)
    debut, fin, periodes = _dates(a, statut, lecture)
    patient, participants = lire_participants(a, lecture.constats, fictifs=fictifs)
    for participant, rang in zip(participants, range(len(participants)), strict=True):
        lecture.texte(participant.nom, f"participant[{rang}].actor.display")
    motif = lecture.mots(
        [a.cancelationReason] if isinstance(a.cancelationReason, CodeableConcept) else [], "cancelationReason"
    )
    if isinstance(a.cancelationReason, CodeableConcept) and statut not in _AVEC_MOTIF:
        lecture.noter(ErreurAgenda.MOTIF, "cancelationReason")
    lu = dict(
        prestations=_codes(a.serviceType, lecture, "serviceType"),
        specialites=_codes(a.specialty, lecture, "specialty"),
        motifs=tuple(m for m in lecture.mots(a.reasonCode, "reasonCode") if m),
        description=lecture.texte(a.description, "description"),
        commentaire=lecture.texte(a.comment, "comment"),
        consigne=lecture.texte(a.patientInstruction, "patientInstruction"),
        cree=lecture.instant(a.created, "created", partiel=True),
    )
    if lecture.constats or patient is None or statut is None:
        raise RefusFhir(lecture.constats or [ErreurAgenda.PATIENT.constat("Appointment.participant")])
    return RendezVousLu(
        patient,
        RendezVous(
            identifiants=identifiants,
            statut=statut,
            participants=participants,
            debut=debut,
            fin=fin,
            periodes=periodes,
            motif_annulation=motif[0] if motif else "",
            priorite=None if isinstance(a.priority, UnsetType) else a.priority,
            pieces=tuple(
                present(r.reference) for r in _liste(a.supportingInformation) if present(r.reference)
            ),
            creneaux=_creneaux(a, base),
            representation=corps,
            **lu,  # type: ignore[arg-type]
        ),
    )


def _statut(a: Appointment, lecture: _Lecture) -> Statut | None:
    lu = present(a.status)
    if lu not in {s.value for s in RECUS}:
        lecture.noter(ErreurAgenda.STATUT, "status")
        return None
    return Statut(lu)


def _identifiants(lus: Sequence[Identifier] | UnsetType, lecture: _Lecture) -> tuple[Identifiant, ...]:
    """Those with a value, the ones with a system first: they are what the appointment is known by."""
    trouves = [
        Identifiant(present(i.system).strip(), present(i.value).strip()) for i in _liste(lus) if present(i.value).strip()
    ]  # fmt: skip
    ordonnes = tuple(dict.fromkeys(sorted(trouves, key=lambda i: not i.systeme)))
    if not ordonnes or not ordonnes[0].systeme:
        lecture.noter(ErreurAgenda.IDENTIFIANT, "identifier")
    return ordonnes


def _dates(
    a: Appointment, statut: Statut | None, lecture: _Lecture
) -> tuple[datetime | None, datetime | None, tuple[Periode, ...]]:
    avant = len(lecture.constats)
    debut, fin = lecture.instant(a.start, "start"), lecture.instant(a.end, "end")
    periodes = []
    for rang, p in enumerate(_liste(a.requestedPeriod)):
        chemin = f"requestedPeriod[{rang}]"
        periode = Periode(
            lecture.instant(p.start, f"{chemin}.start", partiel=True),
            lecture.instant(p.end, f"{chemin}.end", partiel=True),
        )
        if periode.debut and periode.fin and periode.fin < periode.debut:
            lecture.noter(ErreurAgenda.INVERSE, chemin)
        if periode != Periode():
            periodes.append(periode)
    if len(lecture.constats) > avant:
        return debut, fin, tuple(periodes)
    if debut and fin:
        if fin <= debut:
            lecture.noter(ErreurAgenda.INVERSE, "end")
    elif debut or fin or not periodes or statut not in {Statut.PROPOSED, Statut.CANCELLED, None}:
        # A wish that is taken back never had a date either (R4, app-3).
        lecture.noter(ErreurAgenda.DATES, "start")
    return debut, fin, tuple(periodes)


def _codes(
    concepts: Sequence[CodeableConcept] | UnsetType, lecture: _Lecture, chemin: str
) -> tuple[Code, ...]:
    """Codings, with words: their own, else those of the concept; a text alone is a code without a system."""
    lus: list[Code] = []
    for rang, concept in enumerate(_liste(concepts)):
        texte = lecture.texte(concept.text, f"{chemin}[{rang}].text")
        codes = [
            Code(present(c.code), present(c.system), lecture.texte(c.display, f"{chemin}[{rang}].coding") or texte)
            for c in codages(concept)
        ]  # fmt: skip
        lus += codes or [Code("", "", texte)] * bool(texte)
    return tuple(lus)


def _creneaux(a: Appointment, base: str) -> tuple[UUID, ...]:
    """Slots of ours: `Slot/<id>`, or under our own root; those of another server are kept as they came, no more."""
    trouves = []
    for r in _liste(a.slot):
        genre, _, fin = present(r.reference).removeprefix(f"{base}/").partition("/")
        ident = lire_id(fin) if genre == "Slot" else None
        if ident is not None:
            trouves.append(ident)
    return tuple(dict.fromkeys(trouves))


def _liste(valeur: Sequence[E] | UnsetType) -> Sequence[E]:
    return () if isinstance(valeur, UnsetType) else valeur
