"""Reports and requests as an operator follows them (AUD-19, DOC-64, REG-07): what was addressed to him, no more.

Of the access that a report names he sees who and when: no document, no title, no identity of the holder.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from espace_sante.acces import signalements
from espace_sante.acces.operation.actes import noter, role_pour
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.operateurs.roles import Role
from espace_sante.kernel.codes import GenreActeur
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces import signalements as queue
from espace_sante.traces.models import Trace
from espace_sante.traces.signalements import EnFile, Etape, Nature, SignalementRefuse, SignalementVu

ROLES: Final = (Role.SUPPORT, Role.DELEGUE_PROTECTION_DONNEES)

FILE_MAX: Final = 1000


@dataclass(frozen=True, slots=True)
class AccesSignale:
    """The access that a report is about: actor, structure, day. `indirect`: no person is named (AUD-22)."""

    trace_id: UUID
    quand: datetime
    nom: str
    profession: str
    structure_id: str
    structure_nom: str
    mode: str
    refuse: bool
    indirect: bool


def file_d_attente(acteur: Acteur) -> list[EnFile]:
    """What is not closed, the nearest answer day first (AUD-19). Raises RoleRequis."""
    role_pour(acteur, *ROLES)
    return queue.file_d_attente(limite=FILE_MAX)


def en_retard(ligne: EnFile, quand: datetime) -> bool:
    """Whether its answer day is past and it has no answer yet."""
    return _ouvert(ligne) and ligne.echeance < jour_de(quand)


def jour_de(quand: datetime) -> date:
    return quand.astimezone(ZoneInfo("Europe/Paris")).date()


def un(
    acteur: Acteur, numero: str, *, contexte: Contexte
) -> tuple[EnFile, SignalementVu, frozenset[Etape], AccesSignale | None]:
    """One report, opened and traced: what the holder wrote, the next steps. Raises RoleRequis, SignalementRefuse."""
    role = role_pour(acteur, *ROLES)
    ligne = _trouver(numero)
    vu, permises = signalements.traiter(acteur, ligne.dossier_id, ligne.signalement_id, contexte=contexte)
    noter(acteur, contexte, "signalement_lu", role, objet=numero)
    acces = _acces(ligne.dossier_id, vu.objet_id) if vu.nature is Nature.ACCES else None
    return ligne, vu, permises, acces


def avancer(acteur: Acteur, numero: str, etape: str, texte: str, *, contexte: Contexte) -> None:
    """Add a step, that the holder is told. Raises RoleRequis, SignalementRefuse."""
    role = role_pour(acteur, *ROLES)
    ligne = _trouver(numero)
    try:
        voulue = Etape(etape)
    except ValueError:
        raise SignalementRefuse("etape_impossible", "Choisissez une étape.") from None
    signalements.avancer(acteur, ligne.dossier_id, ligne.signalement_id, voulue, texte, contexte=contexte)
    noter(acteur, contexte, f"signalement_{voulue.value}", role, objet=numero)


def _ouvert(ligne: EnFile) -> bool:
    return ligne.etape not in {Etape.REPONDU, Etape.REFUSE, Etape.NOTE_JOINTE, Etape.CLOS}


def _trouver(numero: str) -> EnFile:
    for ligne in queue.file_d_attente(limite=FILE_MAX):
        if ligne.numero == numero:
            return ligne
    raise SignalementRefuse("signalement_introuvable", "Ce signalement n'est pas dans la file.")


def _acces(dossier_id: UUID, trace_id: UUID) -> AccesSignale | None:
    with portee(dossier_id):
        t = Trace.objects.filter(dossier_id=dossier_id, id=trace_id).first()
    if t is None:
        return None
    return AccesSignale(
        t.id, t.quand, t.acteur_nom, t.profession, t.structure_id, t.structure_nom, t.mode, t.resultat != "fait",
        t.acteur_genre == GenreActeur.STRUCTURE.value,
    )  # fmt: skip
