"""Participants of an Appointment: the patient, found by his INS, and who or what else takes part (FHR-155). Pure."""

from __future__ import annotations

from typing import Any, Final

import orjson
from msgspec import UnsetType

from espace_sante.agenda.valeurs import GenreParticipant, Identifiant, Participant
from espace_sante.interop.fhir.constats import Constat
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.erreurs_agenda import ErreurAgenda
from espace_sante.interop.fhir.patients import Designation, lire_designation, lire_ins
from espace_sante.interop.fhir.structs import Identifier, Reference
from espace_sante.interop.fhir.structs_agenda import Appointment, AppointmentParticipant
from espace_sante.interop.fhir.valeurs import codages, present
from espace_sante.kernel.ins import OIDS

_STATUTS: Final = frozenset({"accepted", "declined", "tentative", "needs-action"})
_GENRES: Final = {
    "Patient": GenreParticipant.PATIENT,
    "Practitioner": GenreParticipant.PROFESSIONNEL,
    "PractitionerRole": GenreParticipant.PROFESSIONNEL,
    "HealthcareService": GenreParticipant.ORGANISATION,
    "Organization": GenreParticipant.ORGANISATION,
    "Location": GenreParticipant.LIEU,
    "RelatedPerson": GenreParticipant.PROCHE,
}
_MAX: Final = 50
Contenus = dict[str, dict[str, Any]]


def lire_participants(
    a: Appointment, constats: list[Constat], *, fictifs: bool
) -> tuple[Designation | None, tuple[Participant, ...]]:
    """The patient and all participants, in their order; what is wrong is added to the findings."""
    contenus = _contenus(a)
    trouves: list[Participant] = []
    patients: list[Designation] = []
    ailleurs = False
    for rang, p in enumerate([] if isinstance(a.participant, UnsetType) else a.participant):
        chemin = f"Appointment.participant[{rang}]"
        acteur = p.actor if isinstance(p.actor, Reference) else Reference()
        if rang >= _MAX or present(p.status) not in _STATUTS or not _nomme(p, acteur):
            constats.append(ErreurAgenda.PARTICIPANT_FORME.constat(chemin))
            continue
        contenu = contenus.get(present(acteur.reference).removeprefix("#"), {})
        genre = _genre(acteur, contenu)
        if genre is not GenreParticipant.PATIENT:
            trouves.append(_participant(p, acteur, contenu, genre))
            continue
        lu = _patient(acteur, contenu, fictifs=fictifs)
        if isinstance(lu, Designation):
            patients.append(lu)
            trouves.append(Participant(genre=genre, statut=present(p.status)))
        else:
            ailleurs = True
            constats.append(lu.constat(f"{chemin}.actor"))
    if len(patients) != 1 and not ailleurs:
        constats.append(ErreurAgenda.PATIENT.constat("Appointment.participant"))
    if not any(p.genre is not GenreParticipant.PATIENT for p in trouves):
        constats.append(ErreurAgenda.PARTICIPANT.constat("Appointment.participant"))
    return (patients[0] if patients else None), tuple(trouves)


def _nomme(p: AppointmentParticipant, acteur: Reference) -> bool:
    """R4, app-1: an actor or a type."""
    nomme = present(acteur.reference) or present(acteur.display) or isinstance(acteur.identifier, Identifier)
    return bool(nomme) or not isinstance(p.type, UnsetType)


def _contenus(a: Appointment) -> Contenus:
    lus = [orjson.loads(bytes(c)) for c in ([] if isinstance(a.contained, UnsetType) else a.contained)]
    return {c["id"]: c for c in lus if isinstance(c, dict) and isinstance(c.get("id"), str)}


def _genre(acteur: Reference, contenu: dict[str, Any]) -> GenreParticipant:
    """What kind of participant, by the words of the reference, of what is contained, or of a number's system."""
    if (
        isinstance(acteur.identifier, Identifier)
        and present(acteur.identifier.system).removeprefix("urn:oid:") in OIDS
    ):
        return GenreParticipant.PATIENT
    morceaux = present(acteur.reference).partition("?")[0].split("/")
    for nom in (present(acteur.type), str(contenu.get("resourceType", "")), *morceaux[-2:]):
        if nom in _GENRES:
            return _GENRES[nom]
    return GenreParticipant.AUTRE


def _patient(
    acteur: Reference, contenu: dict[str, Any], *, fictifs: bool
) -> Designation | Erreur | ErreurAgenda:
    """Whose agenda: by INS, in the reference or in the contained Patient, or by our own id (FHR-66)."""
    if contenu:
        for identifiant in _objets(contenu.get("identifier")):
            systeme, valeur = str(identifiant.get("system", "")), str(identifiant.get("value", ""))
            if systeme.removeprefix("urn:oid:") in OIDS and identifiant.get("use") != "old":
                ins = lire_ins(systeme, valeur, fictifs=fictifs)
                return _en_422(ins) if isinstance(ins, Erreur) else Designation(ins=ins)
        return ErreurAgenda.PATIENT
    if isinstance(acteur.identifier, Identifier):
        # The INS tells, whatever address this person has on another server.
        acteur = Reference(identifier=acteur.identifier)
    lu = lire_designation(acteur, lambda _: None, fictifs=fictifs)
    return _en_422(lu) if isinstance(lu, Erreur) else lu


def _en_422(erreur: Erreur) -> Erreur | ErreurAgenda:
    """A fictitious INS keeps its own answer; any other fault is that no patient is named (FHR-155)."""
    return erreur if erreur is Erreur.INS_FICTIF else ErreurAgenda.PATIENT


def _participant(
    p: AppointmentParticipant, acteur: Reference, contenu: dict[str, Any], genre: GenreParticipant
) -> Participant:
    identifiants = [
        Identifiant(str(i.get("system", "")), str(i["value"]))
        for i in _objets(contenu.get("identifier"))
        if i.get("value")
    ]
    if isinstance(acteur.identifier, Identifier) and present(acteur.identifier.value):
        identifiants.append(Identifiant(present(acteur.identifier.system), present(acteur.identifier.value)))
    roles = [present(c.display) for c in codages(p.type)]
    return Participant(
        genre=genre,
        statut=present(p.status),
        nom=present(acteur.display) or _nom(contenu),
        role=next((r for r in roles if r), ""),
        reference="" if contenu else present(acteur.reference),
        identifiants=tuple(identifiants),
        adresse=_adresse(contenu),
        telephone=_telephone(contenu),
    )


def _nom(contenu: dict[str, Any]) -> str:
    """The name of what is contained: a text, or the parts of a person's."""
    nom = contenu.get("name")
    if isinstance(nom, str):
        return nom
    premier = next(iter(_objets(nom)), {})
    morceaux = [
        *_textes(premier.get("prefix")),
        *_textes(premier.get("given")),
        str(premier.get("family", "")),
    ]
    return str(premier.get("text") or " ".join(m for m in morceaux if m))


def _adresse(contenu: dict[str, Any]) -> str:
    brute = contenu.get("address")
    adresse = next(iter(_objets(brute if isinstance(brute, list) else [brute])), {})
    if adresse.get("text"):
        return str(adresse["text"])
    ville = " ".join(str(adresse[c]) for c in ("postalCode", "city") if adresse.get(c))
    return ", ".join(m for m in (*_textes(adresse.get("line")), ville) if m)


def _telephone(contenu: dict[str, Any]) -> str:
    for moyen in _objets(contenu.get("telecom")):
        if moyen.get("system") == "phone" and moyen.get("value"):
            return str(moyen["value"])
    return ""


def _objets(valeur: object) -> list[dict[str, Any]]:
    return [o for o in valeur if isinstance(o, dict)] if isinstance(valeur, list) else []


def _textes(valeur: object) -> list[str]:
    return [str(v) for v in valeur if v] if isinstance(valeur, list) else []
