"""A holder's identity for the operator's support: status, INSi, trusted document, doubts (INS-04, INS-08 to INS-11).

Nothing of the record is read. Of the traits only those that INSi says otherwise are shown, side by side.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from espace_sante.acces import identification
from espace_sante.acces.identification import Proposition
from espace_sante.acces.operation.actes import noter, role_pour
from espace_sante.acces.porte import resoudre
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.insi import ecriture
from espace_sante.identite.insi.statuts import Attribut, EtatIdentite, PieceIdentite
from espace_sante.identite.models import FusionAFaire
from espace_sante.identite.operateurs.roles import Role
from espace_sante.identite.queries import TitulaireInconnu
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.kernel.ins import Ins
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.ecriture import Acte, Action, tracer

ROLE: Final = Role.SUPPORT
# Somebody waits in front of the page.
_REPRISES: Final = 1


@dataclass(frozen=True, slots=True)
class EtatVu:
    """What is known of an identity, without a trait."""

    dossier_id: UUID
    etat: EtatIdentite
    verifiee_le: datetime | None
    piece: str
    anciens: int
    provisoire: bool


def chercher(acteur: Acteur, ins: Ins, *, contexte: Contexte) -> UUID | None:
    """The record of a matricule, present or former; None when there is none. Raises RoleRequis."""
    role = role_pour(acteur, ROLE)
    dossier_id = resoudre(ins)
    if dossier_id is not None:
        with portee(dossier_id):
            tracer(dossier_id, acteur, contexte, Acte(Action.EXISTENCE))
    noter(acteur, contexte, "identite_chercher", role)
    return dossier_id


def voir(acteur: Acteur, dossier_id: UUID) -> EtatVu | None:
    """The state of an identity; None when it is erased. Raises RoleRequis."""
    role_pour(acteur, ROLE)
    try:
        with portee(dossier_id):
            tenue = ecriture.lire(dossier_id)
    except TitulaireInconnu:
        return None
    return EtatVu(
        dossier_id, tenue.etat, tenue.verifiee_le, tenue.piece, len(tenue.anciens), tenue.ins.provisoire
    )


def demander(
    acteur: Acteur,
    dossier_id: UUID,
    *,
    contexte: Contexte,
    approuvee: str = "",
    cinq_traits_verifies: bool = False,
) -> tuple[Proposition, bool]:
    """Ask INSi, and keep its answer when it says what we have, or when its differences were approved (INS-11).

    True when it was kept. Raises RoleRequis, InsiIndisponible, IdentiteRefusee, InsDejaAttribue.
    """
    role = role_pour(acteur, ROLE)
    try:
        proposition = identification.proposer(
            acteur, contexte, dossier_id, a_la_demande=True, reprises=_REPRISES
        )
        if proposition.individu is None or (proposition.ecarts and approuvee != proposition.empreinte):
            noter(acteur, contexte, "identite_insi", role, objet=proposition.issue.value)
            return proposition, False
        identification.retenir(
            acteur, contexte, proposition, approuvee=approuvee, cinq_traits_verifies=cinq_traits_verifies
        )
    except EspaceSanteError as refus:
        noter(acteur, contexte, "identite_insi", role, refus=refus.code)
        raise
    noter(acteur, contexte, "identite_retenir", role)
    return proposition, True


def valider(
    acteur: Acteur, dossier_id: UUID, piece: PieceIdentite, *, contexte: Contexte, cinq_traits_verifies: bool
) -> None:
    """A trusted document was looked at. Raises RoleRequis, IdentiteRefusee."""
    role = role_pour(acteur, ROLE)
    identification.valider(acteur, contexte, dossier_id, piece, cinq_traits_verifies=cinq_traits_verifies)
    noter(acteur, contexte, "identite_piece", role, objet=piece.value)


def changer_attribut(
    acteur: Acteur, dossier_id: UUID, attribut: Attribut, *, contexte: Contexte, pose: bool
) -> None:
    """Say or unsay namesake, doubtful, invented (IDN-15). Raises RoleRequis."""
    role = role_pour(acteur, ROLE)
    geste = identification.marquer if pose else identification.lever
    geste(acteur, contexte, dossier_id, attribut)
    noter(acteur, contexte, "identite_marquer" if pose else "identite_lever", role, objet=attribut.value)


def fusions_a_faire(acteur: Acteur) -> int:
    """How many pairs of records wait for people (INS-16). Raises RoleRequis."""
    role_pour(acteur, ROLE)
    return FusionAFaire.objects.count()
