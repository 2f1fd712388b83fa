from django.db import models


class Export(models.Model):
    """One request for a copy of the whole space (rules REG-02, REG-03). A table of a record.

    `etat`: demande, pret, echec, detruit. The bytes are in `MorceauExport`, and only when it is `pret`.
    """

    pk = models.CompositePrimaryKey("dossier_id", "id")
    dossier_id = models.UUIDField()
    id = models.UUIDField()
    etat = models.CharField(max_length=10, default="demande")
    demande_le = models.DateTimeField()
    pret_le = models.DateTimeField(null=True)
    expire_le = models.DateTimeField(null=True)
    taille = models.BigIntegerField(default=0)
    morceaux = models.IntegerField(default=0)
    choix = models.JSONField(
        default=dict, db_default={}, help_text="what he wants; empty: everything (POR-15)"
    )
    parties = models.JSONField(
        default=list, db_default=[], help_text="[pieces, bytes] of each numbered part (POR-04)"
    )
    telechargements = models.IntegerField(default=0, db_default=0, help_text="so far (POR-12)")

    class Meta:
        constraints = [
            # One request at a time, whatever the number of servers (REG-03).
            models.UniqueConstraint(
                fields=["dossier_id"], condition=models.Q(etat="demande"), name="un_export_a_la_fois"
            )
        ]


class MorceauExport(models.Model):
    """A piece of an archive, sealed with the record's key (rule REG-18). A table of a record."""

    pk = models.CompositePrimaryKey("dossier_id", "export_id", "rang")
    dossier_id = models.UUIDField()
    export_id = models.UUIDField()
    rang = models.IntegerField()
    scelle = models.BinaryField()


class AccordExtraction(models.Model):
    """The holder's consent to automatic reading of his documents; no row means no (rule REG-11). A table of a record."""

    dossier_id = models.UUIDField(primary_key=True)
    accorde = models.BooleanField(default=False)
    depuis = models.DateTimeField()
