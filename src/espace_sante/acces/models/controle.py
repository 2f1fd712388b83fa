from django.db import models


class Blocage(models.Model):
    """A professional or a structure that the holder does not want (rules ACC-48 to ACC-54). A table of a record."""

    pk = models.CompositePrimaryKey("dossier_id", "id")
    dossier_id = models.UUIDField()
    id = models.UUIDField()
    genre = models.CharField(max_length=13, help_text="professionnel | structure")
    cle = models.CharField(max_length=20, help_text="RPPS, or id of the structure")
    nom = models.CharField(max_length=200)
    pose_le = models.DateTimeField()
    pose_par = models.CharField(max_length=20, help_text="titulaire, or the RPPS of an administrateur")
    leve_le = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["dossier_id", "cle"], name="blocage_par_cle")]


class Referent(models.Model):
    """A professional with a role in this record: administrateur, or declared by the fund (ACC-55 to ACC-60).

    A table of a record.
    """

    pk = models.CompositePrimaryKey("dossier_id", "id")
    dossier_id = models.UUIDField()
    id = models.UUIDField()
    role = models.CharField(
        max_length=24,
        help_text="administrateur | medecin_traitant | sage_femme_referente | pharmacien_correspondant",
    )
    rpps = models.CharField(max_length=11)
    nom = models.CharField(max_length=200)
    depuis = models.DateTimeField()
    jusqua = models.DateTimeField(null=True)
    par = models.CharField(max_length=20, help_text="titulaire | assurance_maladie")

    class Meta:
        indexes = [models.Index(fields=["dossier_id", "rpps"], name="referent_par_rpps")]


class Exclusion(models.Model):
    """A member of a care team whom the holder left out of his consent for the team (ACC-22). A table of a record."""

    pk = models.CompositePrimaryKey("dossier_id", "id")
    dossier_id = models.UUIDField()
    id = models.UUIDField()
    consentement_id = models.UUIDField()
    rpps = models.CharField(max_length=11)
    nom = models.CharField(max_length=200)
    depuis = models.DateTimeField()
    jusqua = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["dossier_id", "rpps"], name="exclusion_par_rpps")]


class CodeAcces(models.Model):
    """A code that the holder gives with his INS, for one opening (rules ACC-24 to ACC-28). A table of a record."""

    pk = models.CompositePrimaryKey("dossier_id", "id")
    dossier_id = models.UUIDField()
    id = models.UUIDField()
    empreinte = models.BinaryField(max_length=32, help_text="keyed hash: the code itself is never stored")
    rpps_prevu = models.CharField(
        max_length=11, blank=True, help_text="the only one who may use it, if named"
    )
    nom_prevu = models.CharField(max_length=200, blank=True)
    cree_le = models.DateTimeField()
    expire_le = models.DateTimeField()
    utilise_le = models.DateTimeField(null=True)
    utilise_par = models.CharField(max_length=11, blank=True)
    annule_le = models.DateTimeField(null=True)


class EssaiCode(models.Model):
    """A wrong access code, for one hour (ACC-27). Outside records: it is counted by professional and by record."""

    id = models.UUIDField(primary_key=True)
    quand = models.DateTimeField()
    rpps = models.CharField(max_length=11)
    dossier_id = models.UUIDField()

    class Meta:
        indexes = [
            models.Index(fields=["rpps", "quand"], name="essai_par_rpps"),
            models.Index(fields=["dossier_id", "quand"], name="essai_par_dossier"),
        ]


class Urgence(models.Model):
    """An emergency opening: who, why, until when (rules EMG-01, EMG-12). A table of a record."""

    pk = models.CompositePrimaryKey("dossier_id", "id")
    dossier_id = models.UUIDField()
    id = models.UUIDField()
    mode = models.CharField(max_length=13, help_text="bris_de_glace | centre_15")
    rpps = models.CharField(max_length=11)
    nom = models.CharField(max_length=200)
    structure_nom = models.CharField(max_length=200, blank=True)
    motif = models.CharField(max_length=500)
    ins_souple = models.BooleanField(default=False, help_text="INS typed with a birth date (EMG-04)")
    ouverte_le = models.DateTimeField()
    expire_le = models.DateTimeField()
    fermee_le = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["dossier_id", "rpps"], name="urgence_par_rpps")]


class ControleUrgence(models.Model):
    """The operator's list of emergency openings to review (EMG-15). Outside records: no reason, no identity of holder."""

    id = models.UUIDField(primary_key=True, help_text="the opening's own id")
    dossier_id = models.UUIDField()
    quand = models.DateTimeField()
    mode = models.CharField(max_length=13)
    rpps = models.CharField(max_length=11)
    a_revoir = models.BooleanField(default=False, help_text="drawn in the sample, or over the threshold")
    echeance = models.DateField()
    revu_le = models.DateTimeField(null=True)
    revu_par = models.CharField(max_length=80, blank=True)
    avis = models.CharField(max_length=20, blank=True, help_text="justifie | a_justifier | anormal")
    note_scellee = models.BinaryField(
        null=True, help_text="what the reviewer wrote, sealed with the master key"
    )

    class Meta:
        indexes = [models.Index(fields=["rpps", "quand"], name="controle_par_rpps")]
