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
