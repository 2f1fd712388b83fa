from django.db import models


class Titulaire(models.Model):
    """A holder's identity: INS and five traits, as received (rules IDN-01, IDN-09, IDN-10). A table of a record."""

    dossier_id = models.UUIDField(primary_key=True)
    matricule = models.CharField(max_length=15)
    oid = models.CharField(max_length=40)
    nom_naissance = models.CharField(max_length=100)
    prenoms = models.CharField(max_length=200)
    nom_utilise = models.CharField(max_length=100, blank=True)
    prenom_utilise = models.CharField(max_length=100, blank=True)
    date_naissance = models.CharField(max_length=10, help_text="ISO, may be partial (IDN-11)")
    sexe = models.CharField(max_length=1)
    lieu_naissance = models.CharField(max_length=5, blank=True)
    statut_identite = models.CharField(max_length=12, default="QUALIFIEE")
    courriel = models.CharField(max_length=254, blank=True)


class IndexIns(models.Model):
    """INS → record: the one lookup table. The INS is kept as a keyed hash (never in clear) (IDN-01, INS-17)."""

    ins_hache = models.BinaryField(primary_key=True, max_length=32)
    dossier_id = models.UUIDField()
    actuel = models.BooleanField(
        default=True, help_text="false: former matricule, still finds the record (IDN-08)"
    )
