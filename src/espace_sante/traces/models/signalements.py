from django.db import models


class Signalement(models.Model):
    """What the holder reports or asks: an abnormal access, a document, a rectification (AUD-18, DOC-64, REG-07).

    Append-only by privilege. Text and file are sealed with the record's key. `tour` counts the earlier ones about
    the same thing: two at once cannot both be the next. A table of a record.
    """

    pk = models.CompositePrimaryKey("dossier_id", "id")
    dossier_id = models.UUIDField()
    id = models.UUIDField()
    numero = models.CharField(max_length=20)
    nature = models.CharField(max_length=15, help_text="acces, document or rectification")
    objet_id = models.UUIDField(help_text="the trace or the document; the record itself otherwise")
    tour = models.SmallIntegerField(default=0)
    raison = models.CharField(max_length=20, blank=True)
    texte_scelle = models.BinaryField()
    fichier_nom = models.CharField(max_length=120, blank=True)
    fichier_mime = models.CharField(max_length=40, blank=True)
    fichier_scelle = models.BinaryField(null=True)
    depose_le = models.DateTimeField()
    echeance = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dossier_id", "nature", "objet_id", "tour"], name="un_signalement_a_la_fois"
            )
        ]


class EtapeSignalement(models.Model):
    """One step of its treatment, as the holder sees it (rule AUD-19). Append-only. A table of a record."""

    pk = models.CompositePrimaryKey("dossier_id", "signalement_id", "rang")
    dossier_id = models.UUIDField()
    signalement_id = models.UUIDField()
    rang = models.SmallIntegerField()
    etape = models.CharField(max_length=25)
    quand = models.DateTimeField()
    par = models.CharField(max_length=80)
    texte_scelle = models.BinaryField(null=True)


class SuiviSignalement(models.Model):
    """The operator's queue: where each one stands, over all records. Append-only. No identity, no health data."""

    pk = models.CompositePrimaryKey("dossier_id", "signalement_id", "rang")
    dossier_id = models.UUIDField()
    signalement_id = models.UUIDField()
    rang = models.SmallIntegerField()
    numero = models.CharField(max_length=20)
    nature = models.CharField(max_length=15)
    etape = models.CharField(max_length=25)
    quand = models.DateTimeField()
    echeance = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["echeance", "signalement_id"], name="signalements_par_echeance")]


class AlerteVeille(models.Model):
    """An odd behaviour found by a watch rule (rule AUD-21): who acted, which rule, how many. Append-only.

    Of the records read it keeps the number only; one alert for each (rule, professional, day).
    """

    id = models.UUIDField(primary_key=True)
    regle = models.CharField(max_length=25)
    rpps = models.CharField(max_length=11)
    jour = models.DateField()
    nombre = models.IntegerField()
    quand = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["regle", "rpps", "jour"], name="une_alerte_par_jour")]


class DemandeIdentite(models.Model):
    """The operator asks a structure which person is behind an indirect access (rule AUD-22). Append-only.

    The answer is another row, with `reponse_de` naming the question.
    """

    id = models.UUIDField(primary_key=True)
    structure_id = models.CharField(max_length=20)
    trace_id = models.UUIDField()
    quand = models.DateTimeField()
    echeance = models.DateField()
    reponse_de = models.UUIDField(null=True)
    rpps = models.CharField(max_length=11, blank=True)
