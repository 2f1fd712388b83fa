from django.contrib.postgres.fields import ArrayField
from django.db import models


class Planning(models.Model):
    """A schedule: when professionals or places are available (FHR-158). Says nothing of any holder."""

    id = models.UUIDField(primary_key=True)
    source = models.CharField(max_length=120, help_text="who alone may change it")
    identifiant = models.CharField(max_length=400, help_text="system|value, empty when it has none")
    acteurs = ArrayField(models.CharField(max_length=200), default=list, help_text="references and numbers")
    actif = models.BooleanField(default=True)
    maj_le = models.DateTimeField()
    version = models.IntegerField(default=1)
    ressource = models.BinaryField(help_text="as received")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "identifiant"],
                condition=~models.Q(identifiant=""),
                name="un_planning_par_identifiant",
            )
        ]


class Creneau(models.Model):
    """A slot of a schedule (FHR-158, FHR-159). `reserve_par`: the appointment that took it, of which nothing else."""

    id = models.UUIDField(primary_key=True)
    planning = models.ForeignKey(Planning, models.CASCADE, related_name="creneaux")
    statut = models.CharField(max_length=16, help_text="free | busy | busy-unavailable")
    debut = models.DateTimeField()
    fin = models.DateTimeField()
    prestations = models.JSONField(default=list, help_text="[[system, code, label]]")
    reserve_par = models.UUIDField(null=True)
    maj_le = models.DateTimeField()
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["debut", "id"], name="creneau_par_date"),
            models.Index(fields=["planning", "debut"], name="creneau_par_planning"),
        ]
