from django.db import models


class Appareil(models.Model):
    """An instrument that measured, as the service that named it described it. A table of a record.

    Its description is sealed with the record's key; it is one for a service and an identifier (`empreinte`).
    """

    pk = models.CompositePrimaryKey("dossier_id", "id")
    dossier_id = models.UUIDField()
    id = models.UUIDField()
    client_id = models.CharField(max_length=80)
    empreinte = models.BinaryField(
        max_length=32, help_text="hash of service and identifier, keyed by the record's key"
    )
    cree_le = models.DateTimeField()
    scelle = models.BinaryField(help_text="the FHIR resource, sealed")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dossier_id", "empreinte"], name="appareil_unique"),
        ]


class Mesure(models.Model):
    """One measure of a holder. A table of a record.

    As a document's, what searches need is clear (kind, time, who wrote it, with what); what was measured is sealed with
    the record's key, so that erasing the key erases it.
    """

    pk = models.CompositePrimaryKey("dossier_id", "id")
    dossier_id = models.UUIDField()
    id = models.UUIDField()
    genre = models.CharField(max_length=30)
    quand = models.DateTimeField(help_text="effective time; the first instant of a partial date")
    auteur = models.CharField(max_length=12, help_text="titulaire | service")
    client_id = models.CharField(max_length=80, blank=True, help_text="the service that wrote it")
    auteur_nom = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=200, blank=True, help_text="URI of the solution (meta.source)")
    appareil_id = models.UUIDField(null=True)
    empreinte = models.BinaryField(
        max_length=32, help_text="who, what, when, which value: keyed by the record's key"
    )
    scelle = models.BinaryField(help_text="values and what goes with them, sealed")
    version = models.IntegerField(default=1)
    cree_le = models.DateTimeField()
    maj_le = models.DateTimeField()

    class Meta:
        constraints = [
            # The same measure sent twice is stored once, however fast the second one comes (FHR-153, MES-16).
            models.UniqueConstraint(fields=["dossier_id", "empreinte"], name="mesure_unique"),
        ]
        indexes = [
            models.Index(fields=["dossier_id", "genre", "-quand", "-id"], name="mesure_par_genre"),
            models.Index(
                fields=["dossier_id", "appareil_id"],
                name="mesure_par_appareil",
                condition=models.Q(appareil_id__isnull=False),
            ),
        ]
