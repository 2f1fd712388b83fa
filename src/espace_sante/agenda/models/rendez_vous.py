from django.contrib.postgres.fields import ArrayField
from django.db import models


class FicheRendezVous(models.Model):
    """An appointment of the holder, as its source last told it (FHR-154). A table of a record.

    `source` is who alone may change it (FHR-156): a service, or a program in one structure. In clear only what a
    search needs; who, where and why are in `scelle`, under the record's key.
    """

    pk = models.CompositePrimaryKey("dossier_id", "id")
    dossier_id = models.UUIDField()
    id = models.UUIDField()
    source = models.CharField(max_length=120)
    cle = models.CharField(max_length=64, help_text="keyed hash of its first identifier")
    identifiants = ArrayField(
        models.CharField(max_length=64),
        help_text="keyed hashes of all of them, with and without their system",
    )
    statut = models.CharField(max_length=16)
    debut = models.DateTimeField()
    jusqua = models.DateTimeField(help_text="from then on it is past (AGD-14)")
    cree_le = models.DateTimeField()
    maj_le = models.DateTimeField()
    version = models.IntegerField(default=1)
    scelle = models.BinaryField()

    class Meta:
        constraints = [
            # Two calls at once with one identifier give one appointment (AGD-21).
            models.UniqueConstraint(
                fields=["dossier_id", "source", "cle"], name="un_rendez_vous_par_identifiant"
            )
        ]
        indexes = [models.Index(fields=["dossier_id", "debut", "id"], name="rendez_vous_par_date")]


class VersionRendezVous(models.Model):
    """What an appointment was before a change of its source (AGD-24). A table of a record, added to only."""

    pk = models.CompositePrimaryKey("dossier_id", "rendez_vous_id", "version")
    dossier_id = models.UUIDField()
    rendez_vous_id = models.UUIDField()
    version = models.IntegerField()
    quand = models.DateTimeField(help_text="when its source had told it so")
    scelle = models.BinaryField()


class AnnotationRendezVous(models.Model):
    """What the holder did with an appointment: hidden or not, his own note (FHR-156, AGD-06). A table of a record.

    Apart from the appointment, so that no change by the source can touch it.
    """

    pk = models.CompositePrimaryKey("dossier_id", "rendez_vous_id")
    dossier_id = models.UUIDField()
    rendez_vous_id = models.UUIDField()
    masque = models.BooleanField(default=False)
    note_scellee = models.BinaryField(null=True)
    maj_le = models.DateTimeField()
