from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class Compte(AbstractBaseUser):
    """A holder's own account: identifier, password, contact for the one-time code (rules IDN-33 to IDN-37).

    Professionals have none: they log in through Pro Santé Connect only (rule OID-01).
    """

    id = models.UUIDField(primary_key=True)
    identifiant = models.CharField(max_length=100, unique=True)
    dossier_id = models.UUIDField(unique=True)
    courriel = models.CharField(max_length=254)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "identifiant"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = BaseUserManager["Compte"]()


class CodeUsageUnique(models.Model):
    """The one-time code of a login under way: hashed, one per account (rule IDN-37)."""

    compte = models.OneToOneField(Compte, models.CASCADE, primary_key=True)
    code_hache = models.CharField(max_length=128)
    expire_le = models.DateTimeField()
    essais = models.SmallIntegerField(default=0)


class LienFranceConnect(models.Model):
    """FranceConnect subject → record, linked once (rules OID-25, IDN-40)."""

    sub = models.CharField(primary_key=True, max_length=255)
    dossier_id = models.UUIDField()
    lie_le = models.DateTimeField(auto_now_add=True)


class AncienMotDePasse(models.Model):
    """A former password of an account, hashed, kept so that it is not taken again (rule IDN-36)."""

    compte = models.ForeignKey(Compte, models.CASCADE, related_name="anciens_mots_de_passe")
    hache = models.CharField(max_length=128)
    quitte_le = models.DateTimeField()


class BlocageConnexion(models.Model):
    """An identifier held after too many failures, whether an account bears it or not (rules IDN-38, IDN-39).

    What was typed is kept as a keyed hash: it may be anything, a password typed in the wrong box included.
    """

    identifiant_hache = models.CharField(primary_key=True, max_length=64)
    repetitions = models.SmallIntegerField(default=0)
    jusqua = models.DateTimeField()
