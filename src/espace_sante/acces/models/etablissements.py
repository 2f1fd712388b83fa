from django.db import models


class ChoixEtablissement(models.Model):
    """What an establishment collected of the holder's choices, by its ADT messages (rule FHR-173). A table of a record.

    `alimentation` IO refuses this establishment's deposits; `consultation` is kept as it was said. Each choice has the
    date of its own: an older message changes nothing.
    """

    pk = models.CompositePrimaryKey("dossier_id", "structure_id")
    dossier_id = models.UUIDField()
    structure_id = models.CharField(max_length=20)
    alimentation = models.CharField(max_length=3, default="NA", help_text="INO | IO | NA")
    alimentation_le = models.DateTimeField(null=True)
    consultation = models.CharField(max_length=3, default="NA", help_text="IC | INC | NA")
    consultation_le = models.DateTimeField(null=True)
    recu_le = models.DateTimeField()
