"""The role of an operator for an act, and the trace of each act and refusal (AUD-01, ACC-79)."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from espace_sante.acces.models import ActeOperateur
from espace_sante.acces.signalements import OperateurRequis
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.operateurs.roles import Role
from espace_sante.kernel.codes import GenreActeur
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.kernel.ids import uuid7
from espace_sante.traces.ecriture import Acte, Action, Resultat, tracer_hors_dossier


class RoleRequis(EspaceSanteError):
    """This operator has not the role that the act needs. Code `role_requis`."""


def role_pour(acteur: Acteur, *roles: Role) -> Role:
    """The role that lets this operator act, the first of the list. Raises OperateurRequis, RoleRequis."""
    if acteur.genre is not GenreActeur.OPERATEUR or not acteur.deux_facteurs:
        raise OperateurRequis("operateur_requis", "Cette page est réservée aux opérateurs.")
    for role in roles:
        if role.value in acteur.portees:
            return role
    raise RoleRequis("role_requis", "Votre compte n'a pas le rôle demandé.")


def noter(
    acteur: Acteur, contexte: Contexte, acte: str, role: str, *, objet: str = "", refus: str = ""
) -> None:
    """Trace an act, in its transaction: sealed trace, and the operator's own list."""
    resultat = Resultat.REFUS if refus else Resultat.FAIT
    motif = " ".join(mot for mot in (acte, role, refus) if mot)[:60]
    tracer_hors_dossier(acteur, contexte, Acte(Action.OPERATION, resultat, motif=motif))
    ActeOperateur.objects.create(
        id=uuid7(), quand=datetime.now(UTC), operateur_id=UUID(acteur.client_id), role=role, acte=acte,
        refus=refus[:40], objet=objet[:80],
    )  # fmt: skip


def noter_connexion_refusee(contexte: Contexte, code: str, operateur_id: str = "") -> None:
    """Trace a failed login, at the account when a first factor was given: what was typed is not kept."""
    acteur = Acteur(GenreActeur.OPERATEUR, client_id=operateur_id)
    tracer_hors_dossier(acteur, contexte, Acte(Action.CONNEXION, Resultat.REFUS, motif=code))


def noter_commande(acte: str, objet: str, *, par: str) -> None:
    """Trace an act of the command line on an account: `par` is an operator's id, or the account of the machine."""
    acteur = Acteur(GenreActeur.OPERATEUR, nom=par, client_id=par[:80])
    tracer_hors_dossier(acteur, Contexte("cli"), Acte(Action.OPERATION, motif=f"{acte} {objet}"[:60]))


def mes_actes(acteur: Acteur, *, limite: int = 100) -> list[ActeOperateur]:
    """The operator's own acts, the last first (ACC-79). Raises OperateurRequis."""
    if acteur.genre is not GenreActeur.OPERATEUR:
        raise OperateurRequis("operateur_requis", "Cette page est réservée aux opérateurs.")
    return list(
        ActeOperateur.objects.filter(operateur_id=UUID(acteur.client_id)).order_by("-quand", "-id")[:limite]
    )
