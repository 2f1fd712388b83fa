from django.contrib.postgres.fields import ArrayField
from django.db import models


class Logiciel(models.Model):
    """A program allowed to call the interfaces (rules IDN-61, OID-31).

    `structure_id` names the structure whose certificate or secret it carries, when it feeds by itself.
    """

    client_id = models.CharField(primary_key=True, max_length=80)
    nom = models.CharField(max_length=120)
    version = models.CharField(max_length=40, blank=True)
    homologation = models.CharField(max_length=60, blank=True)
    secret_hache = models.CharField(max_length=128, blank=True)
    portees = ArrayField(models.CharField(max_length=60), default=list)
    structure = models.ForeignKey("identite.Structure", models.PROTECT, null=True, blank=True)
    actif = models.BooleanField(default=True)
