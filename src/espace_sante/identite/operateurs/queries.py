"""Who is an operator now, and under which name his acts are signed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.models import FacteursOperateur, Operateur
from espace_sante.identite.operateurs.roles import Role
from espace_sante.kernel.codes import GenreActeur
from espace_sante.kernel.traits import plier


def acteur(operateur: Operateur) -> Acteur:
    """The actor of a login: `client_id` names the account, `portees` holds its roles."""
    return Acteur(
        GenreActeur.OPERATEUR,
        nom=operateur.nom,
        client_id=str(operateur.id),
        portees=frozenset(operateur.roles),
        deux_facteurs=True,
    )


def en_exercice(operateur_id: str) -> tuple[Acteur, datetime] | None:
    """The actor as the account is now, and since when its factors are what they are; None when it is ended."""
    try:
        cle = UUID(operateur_id)
    except ValueError:
        return None
    facteurs = (
        FacteursOperateur.objects.select_related("operateur")
        .filter(operateur=cle, operateur__desactive_le=None, enrole_le__isnull=False)
        .first()
    )
    return (acteur(facteurs.operateur), facteurs.changes_le) if facteurs else None


def signature(operateur: Operateur) -> str:
    """How an act of this account is signed, in a table that outlives it."""
    return f"{operateur.nom} <{operateur.courriel}>"[:120]


def reconnaitre(personne: str, *, base: str = "default") -> Operateur | None:
    """The account that this text names: address, signature, or a name that one operator alone bears.

    Ended accounts too: the person who left is still the one who loaded an edition (ACC-39).
    """
    dit = plier(personne)
    tous = list(Operateur.objects.using(base).all())
    exacts = [o for o in tous if dit in {plier(o.courriel), plier(signature(o))}]
    trouves = exacts or [o for o in tous if plier(o.nom) == dit]
    return trouves[0] if len(trouves) == 1 else None


def est_gestionnaire(operateur: Operateur) -> bool:
    """Whether this account may propose and approve editions now (ACC-39)."""
    return operateur.desactive_le is None and Role.GESTIONNAIRE_MATRICE in operateur.roles


def nombre_de_gestionnaires() -> int:
    """Active accounts that may propose or approve the matrix; below two, nothing can be approved (ACC-39)."""
    return Operateur.objects.filter(
        desactive_le=None, roles__contains=[Role.GESTIONNAIRE_MATRICE.value]
    ).count()
