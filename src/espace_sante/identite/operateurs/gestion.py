"""Making and ending operators' accounts: operations only, with the owner's connection (ADR 0018)."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import transaction

from espace_sante.identite.comptes import valider_mot_de_passe
from espace_sante.identite.models import FacteursOperateur, Operateur
from espace_sante.identite.operateurs import totp
from espace_sante.identite.operateurs.roles import Role
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.kernel.ids import uuid7

PROPRIETAIRE: Final = "proprietaire"
PROVISOIRE: Final = timedelta(days=3)
_COURRIEL = re.compile(r"[a-z0-9][a-z0-9._+-]*@[a-z0-9-]+(\.[a-z0-9-]+)+")


class OperateurRefuse(EspaceSanteError):
    """Codes `courriel_refuse`, `nom_refuse`, `role_inconnu`, `operateur_connu`, `operateur_inconnu`, `autre_requis`."""


@dataclass(frozen=True, slots=True)
class Provisoire:
    """A password to give to the person, that opens the choice of her own factors and nothing else."""

    operateur_id: UUID
    mot_de_passe: str
    jusqua: datetime


def creer(
    courriel: str, nom: str, roles: Iterable[str], *, quand: datetime | None = None, base: str = PROPRIETAIRE
) -> Provisoire:
    """A new account, with a password for its first login. Raises OperateurRefuse, nothing being made."""
    maintenant = quand or datetime.now(UTC)
    courriel, nom = courriel.strip().lower(), " ".join(nom.split())
    if len(courriel) > 100 or not _COURRIEL.fullmatch(courriel):
        raise OperateurRefuse("courriel_refuse", "Donnez une adresse électronique complète.")
    if not 2 <= len(nom) <= 80 or not nom.isprintable() or set(nom) & set("<>@"):
        raise OperateurRefuse("nom_refuse", "Le nom compte 2 à 80 caractères.")
    voulus = sorted(set(roles))
    if not voulus or [r for r in voulus if r not in set(Role)]:
        raise OperateurRefuse("role_inconnu", f"Donnez un ou plusieurs rôles : {', '.join(Role)}.")
    if Operateur.objects.using(base).filter(courriel=courriel).exists():
        raise OperateurRefuse("operateur_connu", "Cette adresse est déjà celle d'un opérateur.")
    mot_de_passe = _provisoire()
    with transaction.atomic(using=base):
        operateur = Operateur.objects.using(base).create(
            id=uuid7(), courriel=courriel, nom=nom, roles=voulus, cree_le=maintenant
        )
        FacteursOperateur.objects.using(base).create(
            operateur=operateur, mot_de_passe=make_password(mot_de_passe),
            provisoire_jusqua=maintenant + PROVISOIRE, changes_le=maintenant,
        )  # fmt: skip
    return Provisoire(operateur.id, mot_de_passe, maintenant + PROVISOIRE)


def desactiver(courriel: str, *, quand: datetime | None = None, base: str = PROPRIETAIRE) -> Operateur:
    """End an account: open logins stop at their next page. Raises OperateurRefuse (`operateur_inconnu`)."""
    operateur = trouver(courriel, base=base)
    operateur.desactive_le = quand or datetime.now(UTC)
    operateur.save(using=base, update_fields=["desactive_le"])
    return operateur


def reinitialiser(
    courriel: str, *, par: str, quand: datetime | None = None, base: str = PROPRIETAIRE
) -> Provisoire:
    """Forget both factors, on the word of another operator: open logins stop, the person enrols anew.

    Raises OperateurRefuse (`operateur_inconnu`, `autre_requis`).
    """
    maintenant = quand or datetime.now(UTC)
    operateur, autre = trouver(courriel, base=base), trouver(par, base=base)
    if autre.id == operateur.id:
        raise OperateurRefuse("autre_requis", "Un autre opérateur doit le demander (--par).")
    mot_de_passe = _provisoire()
    FacteursOperateur.objects.using(base).filter(operateur=operateur).update(
        mot_de_passe=make_password(mot_de_passe), provisoire_jusqua=maintenant + PROVISOIRE, totp_scelle=None,
        enrole_le=None, changes_le=maintenant,
    )  # fmt: skip
    return Provisoire(operateur.id, mot_de_passe, maintenant + PROVISOIRE)


def enroler_d_office(courriel: str, mot_de_passe: str, *, base: str = PROPRIETAIRE) -> str:
    """Choose both factors in the person's place and give the secret: for demonstrations alone."""
    valider_mot_de_passe(mot_de_passe)
    operateur, secret = trouver(courriel, base=base), totp.nouveau_secret()
    maintenant = datetime.now(UTC)
    FacteursOperateur.objects.using(base).filter(operateur=operateur).update(
        mot_de_passe=make_password(mot_de_passe), provisoire_jusqua=None,
        totp_scelle=totp.sceller(secret, operateur.id), enrole_le=maintenant, changes_le=maintenant,
    )  # fmt: skip
    return secret


def trouver(courriel: str, *, base: str = PROPRIETAIRE) -> Operateur:
    """An active operator. Raises OperateurRefuse (`operateur_inconnu`)."""
    trouve = (
        Operateur.objects.using(base).filter(courriel=courriel.strip().lower(), desactive_le=None).first()
    )
    if trouve is None:
        raise OperateurRefuse("operateur_inconnu", "Aucun opérateur actif n'a cette adresse.")
    return trouve


def _provisoire() -> str:
    # One of each kind that IDN-36 asks, and 90 random bits.
    return f"Aa1!{secrets.token_urlsafe(12)}"
