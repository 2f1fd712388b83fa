from django.db import models


class Partage(models.Model):
    """One document that the holder shares with one professional, until a date (ADR 0016). A table of a record."""

    pk = models.CompositePrimaryKey("dossier_id", "id")
    dossier_id = models.UUIDField()
    id = models.UUIDField()
    document_id = models.UUIDField()
    rpps = models.CharField(max_length=11)
    nom = models.CharField(max_length=200)
    cree_le = models.DateTimeField()
    expire_le = models.DateTimeField()
    retire_le = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["dossier_id", "rpps"], name="partage_par_rpps")]
