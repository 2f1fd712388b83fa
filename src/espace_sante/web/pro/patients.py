"""Patients open in this login, under an opaque key: no identity and no record id in any address (REG-12).

They live in the server-side session, so they close with it: at logout, at the end of its time, and when
the situation d'exercice changes (IDN-55). The key of another login opens nothing.
"""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass, field, replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from espace_sante.kernel.codes import ModeAcces

_CLE = "pro_patients"
# More than a doctor keeps in sight; the oldest closes by itself.
_MAX = 12


@dataclass(frozen=True, slots=True)
class Criteres:
    """What the list of documents was last asked for. Kept here, as words searched may say an illness."""

    texte: str = ""
    rubrique: str = ""
    classe: str = ""
    du: str = ""
    au: str = ""
    archives: str = ""
    # "recents": the first view of a record, which nobody asked for by hand (ACC-64). Empty: no hidden limit.
    etendue: str = "recents"


@dataclass(frozen=True, slots=True)
class Patient:
    """One open patient. `confirme`: the professional said that this is the person in front of him (ACC-09).

    `mode` is how he opened this record: an emergency lasts as the gate says (EMG-12), never longer than here.
    `active`, `autorisation` and `messages` are what the existence test said; they only choose words, never a right.
    """

    cle: str
    dossier_id: UUID
    confirme: bool = False
    active: bool = False
    autorisation: str = ""
    messages: str = ""
    mode: ModeAcces = ModeAcces.NORMAL
    criteres: Criteres = field(default_factory=Criteres)


def ajouter(
    request: HttpRequest, dossier_id: UUID, *, active: bool, autorisation: str, messages: str
) -> Patient:
    """Open a patient under a new key, not confirmed yet."""
    patient = Patient(
        secrets.token_urlsafe(12), dossier_id, active=active, autorisation=autorisation, messages=messages
    )
    garder(request, patient)
    return patient


def garder(request: HttpRequest, patient: Patient) -> None:
    """Keep the patient as it is now."""
    connus = request.session.get(_CLE, {})
    connus.pop(patient.cle, None)
    connus[patient.cle] = {
        "dossier": str(patient.dossier_id),
        "confirme": patient.confirme,
        "active": patient.active,
        "autorisation": patient.autorisation,
        "messages": patient.messages,
        "mode": patient.mode.value,
        "criteres": asdict(patient.criteres),
    }
    while len(connus) > _MAX:
        connus.pop(next(iter(connus)))
    request.session[_CLE] = connus


def trouver(request: HttpRequest, cle: str) -> Patient | None:
    """The patient of that key in this login; None for any other key."""
    brut: dict[str, Any] | None = request.session.get(_CLE, {}).get(cle)
    if brut is None:
        return None
    return Patient(
        cle,
        UUID(brut["dossier"]),
        brut["confirme"],
        brut["active"],
        brut["autorisation"],
        brut.get("messages", ""),
        ModeAcces(brut.get("mode", ModeAcces.NORMAL.value)),
        Criteres(**brut["criteres"]),
    )


def confirmer(request: HttpRequest, patient: Patient) -> Patient:
    """The professional confirmed the person."""
    confirme = replace(patient, confirme=True)
    garder(request, confirme)
    return confirme


def fermer(request: HttpRequest, cle: str) -> None:
    """Close one patient; its addresses open nothing any more."""
    connus = request.session.get(_CLE, {})
    connus.pop(cle, None)
    request.session[_CLE] = connus
