from django.db import models


class DepotPrepare(models.Model):
    """A deposit that its author is still preparing in the portal: what he typed, his file. A table of a record.

    Both are sealed with the record's key, seen by `par` alone, and gone when deposited, given up, or left too long.
    """

    pk = models.CompositePrimaryKey("dossier_id", "id")
    dossier_id = models.UUIDField()
    id = models.UUIDField()
    par = models.CharField(max_length=20, help_text="RPPS, or Struct_IdNat")
    cree_le = models.DateTimeField()
    saisie = models.BinaryField()
    fichier = models.BinaryField()
