from django.contrib.postgres.fields import ArrayField
from django.db import models


class Avis(models.Model):
    """One notice to the holder, in his space (rule DOC-65). A table of a record."""

    pk = models.CompositePrimaryKey("dossier_id", "id")
    dossier_id = models.UUIDField()
    id = models.UUIDField()
    genre = models.CharField(max_length=30)
    quand = models.DateTimeField()
    details = models.JSONField(default=dict)
    document_ids = ArrayField(models.UUIDField(), default=list)
    lu_le = models.DateTimeField(null=True)


class Venue(models.Model):
    """A professional came to this record: the next time is not his first (rule DOC-67). A table of a record."""

    pk = models.CompositePrimaryKey("dossier_id", "acteur_id")
    dossier_id = models.UUIDField()
    acteur_id = models.CharField(max_length=80)
    quand = models.DateTimeField()


class Preference(models.Model):
    """Whether a family of notices also leaves by e-mail (rule DOC-65). A table of a record."""

    pk = models.CompositePrimaryKey("dossier_id", "categorie")
    dossier_id = models.UUIDField()
    categorie = models.CharField(max_length=20)
    courriel = models.BooleanField()
    depuis = models.DateTimeField()


class Envoi(models.Model):
    """The outbox: a message that must leave, by record (rules DOC-68, EMG-11). No identity, no health data.

    `cle` is what messages are grouped by; a message that is leaving gives its key back, so that the next notice
    opens a new one. Read over all records, before any is in scope.
    """

    pk = models.CompositePrimaryKey("dossier_id", "id")
    dossier_id = models.UUIDField()
    id = models.UUIDField()
    cle = models.CharField(max_length=64)
    genre = models.CharField(max_length=30)
    canal = models.CharField(max_length=10, default="courriel", help_text="courriel or postal")
    depose_le = models.DateTimeField()
    apres = models.DateTimeField()
    essais = models.SmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dossier_id", "cle"], name="un_envoi_par_cle")]
        indexes = [models.Index(fields=["canal", "apres"], name="envois_a_faire")]


class AvisProfessionnel(models.Model):
    """A notice to a professional: the médecin traitant, a depositor (rules EMG-11, DOC-49).

    It finds the record; the professional learns whose it is by the gate. No identity, no health data.
    """

    id = models.UUIDField(primary_key=True)
    rpps = models.CharField(max_length=11)
    dossier_id = models.UUIDField()
    genre = models.CharField(max_length=30)
    quand = models.DateTimeField()
    lu_le = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["rpps", "-quand"], name="avis_par_professionnel")]
