from django.db import models


class EquipeSoins(models.Model):
    """A care team: named group of one establishment or service (rule ACC-18). Directory data, no health data."""

    id = models.UUIDField(primary_key=True)
    nom = models.CharField(max_length=150)
    structure_id = models.CharField(max_length=20)


class MembreEquipe(models.Model):
    """Membership of a team, with its time (rule ACC-20)."""

    equipe = models.ForeignKey(EquipeSoins, models.CASCADE, related_name="membres")
    rpps = models.CharField(max_length=11)
    depuis = models.DateTimeField()
    jusqua = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["rpps", "equipe"], name="membre_par_rpps")]


class Consentement(models.Model):
    """A consent of the holder to be read, one-off or for a team (rules ACC-11, ACC-16, ACC-19). A table of a record.

    `recueilli_par` may be a colleague of the one who reads (ACC-13); `explicite` says that the holder was told first,
    at `informe_le`, then agreed to this reader by name (ACC-23).
    """

    pk = models.CompositePrimaryKey("dossier_id", "id")
    dossier_id = models.UUIDField()
    id = models.UUIDField()
    genre = models.CharField(max_length=10, help_text="ponctuel | equipe")
    rpps = models.CharField(max_length=11, blank=True)
    nom = models.CharField(
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text="of the reader, when somebody else collected it",
    )
    equipe_id = models.UUIDField(null=True)
    recueilli_le = models.DateTimeField()
    expire_le = models.DateTimeField()
    retire_le = models.DateTimeField(null=True)
    recueilli_par = models.CharField(max_length=11)
    recueilli_par_nom = models.CharField(max_length=200)
    structure_id = models.CharField(max_length=20, blank=True)
    structure_nom = models.CharField(max_length=200, blank=True)
    mode_recueil = models.CharField(max_length=20, default="oral")
    explicite = models.BooleanField(default=False, db_default=False)
    informe_le = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(explicite=False) | models.Q(informe_le__isnull=False),
                name="explicite_apres_information",
            )
        ]
        indexes = [
            models.Index(fields=["dossier_id", "rpps"], name="consentement_par_rpps"),
            models.Index(fields=["dossier_id", "equipe_id"], name="consentement_par_equipe"),
        ]
