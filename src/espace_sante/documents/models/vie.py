from django.db import models


class Suppression(models.Model):
    """A deleted document: who asked, what it was, until when the holder may undo (rules DOC-33, DOC-35).

    `detruire_le` is empty for a deletion by its author among professionals: the content stays in store.
    `etat`: demandee, annulee, detruite. A table of a record.
    """

    pk = models.CompositePrimaryKey("dossier_id", "document_id")
    dossier_id = models.UUIDField()
    document_id = models.UUIDField()
    etat = models.CharField(max_length=10)
    statut_avant = models.CharField(max_length=20)
    par = models.CharField(max_length=20, help_text="titulaire, or PS_IdNat, or Struct_IdNat")
    demandee_le = models.DateTimeField()
    detruire_le = models.DateTimeField(null=True)


class Echeance(models.Model):
    """What the daily job has to do and when, over all records (rules DOC-35, DOC-48, DOC-49).

    A lookup table, outside row-level security because the job reads it before any record is in scope:
    three ids and dates, no identity, no health data (ADR 0014). A row leaves with the act, in its transaction.
    """

    pk = models.CompositePrimaryKey("dossier_id", "document_id", "genre")
    dossier_id = models.UUIDField()
    document_id = models.UUIDField()
    genre = models.CharField(max_length=12, help_text="avis, visibilite, destruction, prepare")
    quand = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["quand", "dossier_id", "document_id", "genre"], name="documents_echeances_dues"
            )
        ]


class Retard(models.Model):
    """A deposit later than the day it was due, for the board of the structure (rule DOC-16).

    A lookup table by structure: dates and ids, nothing of the document nor of the person.
    """

    pk = models.CompositePrimaryKey("dossier_id", "document_id")
    dossier_id = models.UUIDField()
    document_id = models.UUIDField()
    structure_id = models.CharField(max_length=20)
    attendu_le = models.DateField()
    depose_le = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["structure_id", "-depose_le"], name="documents_retards_structure")]
