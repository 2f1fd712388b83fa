from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models


class Structure(models.Model):
    """A structure of care, by its Struct_IdNat: prefix 1 FINESS, 3 SIRET (rules IDN-62, ANN-07)."""

    id = models.CharField(primary_key=True, max_length=20)
    nom = models.CharField(max_length=200)
    commune = models.CharField(max_length=100, blank=True)
    code_postal = models.CharField(max_length=10, blank=True)
    etablissement_code = models.CharField(max_length=40, blank=True, help_text="JDV_J02")
    cadre_code = models.CharField(max_length=40, blank=True, help_text="JDV_J04")
    commune_pliee = models.CharField(max_length=100, blank=True, default="", db_default="")
    source_id = models.CharField(
        max_length=64, blank=True, default="", db_default="", help_text="id in the Annuaire Santé"
    )
    vu_le = models.DateTimeField(null=True, help_text="start of the last refresh that found it (ANN-04)")

    class Meta:
        indexes = [models.Index(fields=["source_id"], name="structure_par_source")]


class Professionnel(models.Model):
    """A professional registered in the RPPS (rules IDN-49, ANN-06)."""

    rpps = models.CharField(primary_key=True, max_length=11)
    civilite = models.CharField(max_length=10, blank=True)
    nom = models.CharField(max_length=100)
    prenom = models.CharField(max_length=100)
    actif = models.BooleanField(default=True)
    regulation = models.BooleanField(default=False, help_text="medical regulation flag, centre 15 (IDN-60)")
    recherche = models.CharField(
        max_length=220,
        blank=True,
        default="",
        db_default="",
        help_text="name then first name, folded (ANN-10)",
    )
    professions = models.CharField(
        max_length=200, blank=True, default="", db_default="", help_text="TRE_G15/10, space between (ANN-08)"
    )
    savoir_faire = models.CharField(max_length=10, blank=True, default="", db_default="")
    source_id = models.CharField(
        max_length=64, blank=True, default="", db_default="", help_text="id in the Annuaire Santé"
    )
    vu_le = models.DateTimeField(null=True, help_text="start of the last refresh that found her (ANN-04)")

    class Meta:
        indexes = [
            models.Index(fields=["source_id"], name="professionnel_par_source"),
            # The search of a holder is by the beginning of any word of the name (« Le Hénaff » by « henaff »).
            GinIndex(SearchVector("recherche", config="simple"), name="professionnel_par_nom"),
        ]

    @property
    def affichage(self) -> str:
        return f"{self.civilite} {self.prenom} {self.nom}".strip()


class SituationExercice(models.Model):
    """One way a professional practises: profession, know-how, structure (rules IDN-53, OID-06)."""

    id = models.CharField(primary_key=True, max_length=60)
    professionnel = models.ForeignKey(Professionnel, models.CASCADE, related_name="situations")
    profession_systeme = models.CharField(max_length=10)
    profession_code = models.CharField(max_length=10)
    savoir_faire = models.CharField(max_length=10, blank=True)
    structure = models.ForeignKey(Structure, models.PROTECT, null=True, blank=True)
    secteur = models.CharField(max_length=10, blank=True)
    actif = models.BooleanField(default=True)
    vu_le = models.DateTimeField(null=True, help_text="start of the last refresh that found it (ANN-04)")


class BoiteMss(models.Model):
    """A published MSSanté mailbox: of a person, of a structure, or of a person in a structure (rules ANN-04, ANN-09)."""

    id = models.UUIDField(primary_key=True)
    adresse = models.CharField(max_length=254)
    genre = models.CharField(max_length=3, help_text="TRE_R257: PER, ORG, APP, CAB")
    rpps = models.CharField(max_length=11, blank=True)
    structure_id = models.CharField(max_length=20, blank=True)
    rang = models.PositiveSmallIntegerField(default=999)
    liste_rouge = models.BooleanField(default=False)
    description = models.CharField(max_length=200, blank=True)
    vu_le = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["adresse", "rpps", "structure_id"], name="boite_une_fois")
        ]
        indexes = [
            models.Index(fields=["rpps"], name="boite_par_rpps"),
            models.Index(fields=["structure_id"], name="boite_par_structure"),
        ]


class SourceAnnuaire(models.Model):
    """Where the directory of this database comes from, and its last refresh: one row (rules ANN-04, ANN-14).

    The source never changes: fictitious and real people do not share a database.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    adresse = models.CharField(max_length=300)
    fictive = models.BooleanField()
    depuis = models.DateTimeField()
    tente_le = models.DateTimeField(null=True)
    reussi_le = models.DateTimeField(null=True)
    erreur = models.CharField(max_length=40, blank=True, help_text="code of what the last try met")
    ecartees = models.IntegerField(default=0, help_text="resources that the last pass could not use")
