from django.db import models


class DemandeMatrice(models.Model):
    """What a logged-in operator asks for the matrix: load, go back, approve, count (ACC-39, ADR 0018). Append-only.

    The application only asks; the worker, with the owner's connection, checks again who asks and does it.
    """

    id = models.UUIDField(primary_key=True)
    genre = models.CharField(max_length=12, help_text="charger | revenir | approuver | compter")
    operateur_id = models.UUIDField()
    quand = models.DateTimeField()
    nom = models.CharField(max_length=120, blank=True)
    source = models.CharField(max_length=255, blank=True)
    date_effet = models.DateTimeField(null=True)
    edition = models.IntegerField(null=True, help_text="the edition to go back to, to approve or to count")
    apercu = models.CharField(max_length=12, blank=True, help_text="code of the preview that was seen")
    contenu = models.BinaryField(null=True, help_text="the file; the matrix is public")


class SuiteDemandeMatrice(models.Model):
    """What the worker did of a demand. Written once, as owner; the application reads it."""

    demande_id = models.UUIDField(primary_key=True)
    quand = models.DateTimeField()
    refus = models.CharField(max_length=40, blank=True, help_text="code of the refusal; empty: done")
    message = models.CharField(max_length=255, blank=True)
    edition = models.IntegerField(null=True)
    apercu = models.CharField(max_length=12, blank=True, help_text="code of what was counted")
    dossiers = models.IntegerField(null=True)
    documents = models.JSONField(default=dict, help_text="present documents by type")

    class Meta:
        indexes = [models.Index(fields=["edition", "quand"], name="suites_par_edition")]


class AlerteTraitee(models.Model):
    """What security did of a watch alert (AUD-21). Append-only: handled once."""

    alerte_id = models.UUIDField(primary_key=True)
    operateur_id = models.UUIDField()
    quand = models.DateTimeField()
    suite = models.CharField(max_length=20, help_text="expliquee | signalee | sans_suite")
    note = models.CharField(max_length=500)


class ActeOperateur(models.Model):
    """One act or refusal of an operator, with the role that he used: his own list (ACC-79). Append-only.

    Beside the sealed traces, which the application cannot read back.
    """

    id = models.UUIDField(primary_key=True)
    quand = models.DateTimeField()
    operateur_id = models.UUIDField()
    role = models.CharField(max_length=30, blank=True)
    acte = models.CharField(max_length=40)
    refus = models.CharField(max_length=40, blank=True)
    objet = models.CharField(
        max_length=80, blank=True, help_text="number or id: never a name, never health data"
    )

    class Meta:
        indexes = [models.Index(fields=["operateur_id", "-quand"], name="actes_par_operateur")]
