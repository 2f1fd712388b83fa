from django.db import models


class Structure(models.Model):
    """A structure of care, by its Struct_IdNat: prefix 1 FINESS, 3 SIRET (rules IDN-62, ANN-07)."""

    id = models.CharField(primary_key=True, max_length=20)
    nom = models.CharField(max_length=200)
    commune = models.CharField(max_length=100, blank=True)
    code_postal = models.CharField(max_length=10, blank=True)
    etablissement_code = models.CharField(max_length=40, blank=True, help_text="JDV_J02")
    cadre_code = models.CharField(max_length=40, blank=True, help_text="JDV_J04")


class Professionnel(models.Model):
    """A professional registered in the RPPS (rules IDN-49, ANN-06)."""

    rpps = models.CharField(primary_key=True, max_length=11)
    civilite = models.CharField(max_length=10, blank=True)
    nom = models.CharField(max_length=100)
    prenom = models.CharField(max_length=100)
    actif = models.BooleanField(default=True)
    regulation = models.BooleanField(default=False, help_text="medical regulation flag, centre 15 (IDN-60)")

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
