from django.contrib.postgres.fields import ArrayField
from django.db import models


class Abonnement(models.Model):
    """A software is told of new documents, for its user (rules FHR-168 to FHR-171). A table of a record.

    What was asked (criteria, address) is sealed with the record's key. `situation_id` and `mode_authentification` are
    those of the token that asked: the right to be told is judged anew for them at each notification.
    """

    pk = models.CompositePrimaryKey("dossier_id", "id")
    dossier_id = models.UUIDField()
    id = models.UUIDField()
    rpps = models.CharField(max_length=11)
    situation_id = models.CharField(max_length=80)
    mode_authentification = models.CharField(max_length=30)
    client_id = models.CharField(max_length=80)
    demande_scellee = models.BinaryField()
    types = ArrayField(models.CharField(max_length=40), default=list, help_text="empty: every type")
    etat = models.CharField(max_length=6, help_text="active | error | off")
    fin = models.DateTimeField()
    version = models.IntegerField(default=1)
    cree_le = models.DateTimeField()
    maj_le = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["dossier_id", "rpps"], name="abonnement_par_rpps")]


class SuiviAbonnement(models.Model):
    """Which records are watched, for the job that reads the registry before any record is in scope (FHR-168).

    A lookup table: two ids, a time, and the least id of a document to tell of. No identity, no health data.
    """

    pk = models.CompositePrimaryKey("dossier_id", "abonnement_id")
    dossier_id = models.UUIDField()
    abonnement_id = models.UUIDField()
    depuis = models.UUIDField(help_text="documents are told from this time-ordered id on")
    fin = models.DateTimeField()


class EnvoiAbonnement(models.Model):
    """The outbox: one document to tell one subscription of, once (FHR-169). A lookup table: ids and times alone.

    `apres` empty: done. Such a row stays a day, so that the same document is not told again.
    """

    pk = models.CompositePrimaryKey("dossier_id", "abonnement_id", "document_id")
    dossier_id = models.UUIDField()
    abonnement_id = models.UUIDField()
    document_id = models.UUIDField()
    quand = models.DateTimeField()
    apres = models.DateTimeField(null=True)
    essais = models.SmallIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["apres"], name="envois_abonnement_a_faire")]
