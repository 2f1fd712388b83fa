from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models


class Trace(models.Model):
    """One act or refusal on a record (rules AUD-01 to AUD-04). Append-only by privilege. A table of a record."""

    pk = models.CompositePrimaryKey("dossier_id", "id")
    dossier_id = models.UUIDField()
    id = models.UUIDField()
    quand = models.DateTimeField()
    acteur_genre = models.CharField(max_length=20)
    acteur_id = models.CharField(max_length=80, blank=True)
    acteur_nom = models.CharField(max_length=200)
    profession = models.CharField(max_length=120, blank=True)
    structure_id = models.CharField(max_length=20, blank=True)
    structure_nom = models.CharField(max_length=200, blank=True)
    structure_commune = models.CharField(max_length=100, blank=True)
    action = models.CharField(max_length=40)
    resultat = models.CharField(max_length=10)
    motif = models.CharField(max_length=60, blank=True)
    lettres = models.CharField(
        max_length=5, blank=True, help_text="A D I C H: t, m or n, in that order (ACC-02)"
    )
    document_ids = ArrayField(models.UUIDField(), default=list)
    document_type = models.CharField(max_length=40, blank=True)
    document_titre = models.CharField(max_length=255, blank=True)
    mode = models.CharField(max_length=20, default="normal")
    matrice_edition = models.IntegerField(null=True)
    porte = models.CharField(max_length=10)
    logiciel = models.CharField(max_length=80, blank=True)
    adresse_hachee = models.CharField(max_length=32, blank=True)
    requete = models.UUIDField()

    class Meta:
        indexes = [
            models.Index(fields=["dossier_id", "-quand", "-id"], name="traces_par_date"),
            # Over all records, for the watch alone (AUD-21).
            BrinIndex(fields=["quand"], name="traces_par_instant", autosummarize=True),
            models.Index(fields=["quand"], condition=~models.Q(mode="normal"), name="traces_en_urgence"),
        ]


class TraceHorsDossier(models.Model):
    """An act or refusal that reaches no record: unknown INS, login. The INS is a keyed hash. Append-only by privilege."""

    id = models.UUIDField(primary_key=True)
    quand = models.DateTimeField()
    ins_hache = models.BinaryField(max_length=32, null=True)
    acteur_genre = models.CharField(max_length=20)
    acteur_id = models.CharField(max_length=80, blank=True)
    structure_id = models.CharField(max_length=20, blank=True)
    action = models.CharField(max_length=40)
    resultat = models.CharField(max_length=10)
    motif = models.CharField(max_length=60, blank=True)
    porte = models.CharField(max_length=10)
    logiciel = models.CharField(max_length=80, blank=True)
    adresse_hachee = models.CharField(max_length=32, blank=True)
    requete = models.UUIDField()
