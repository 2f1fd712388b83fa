from typing import ClassVar

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
    homonyme = models.BooleanField(default=False, db_default=False)
    douteux = models.BooleanField(default=False, db_default=False)
    fictif = models.BooleanField(default=False, db_default=False)
    source_identite = models.CharField(
        max_length=10,
        blank=True,
        default="",
        db_default="",
        help_text="who gave the traits: insi, or nothing",
    )
    verifiee_le = models.DateTimeField(null=True, help_text="last answer of INSi about this person (INS-01)")
    piece_identite = models.CharField(
        max_length=20,
        blank=True,
        default="",
        db_default="",
        help_text="trusted document that was looked at (INS-04)",
    )
    courriel = models.CharField(max_length=254, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="titulaire_qualifie_sans_doute",
                condition=~models.Q(statut_identite="QUALIFIEE") | models.Q(douteux=False, fictif=False),
            )
        ]


class AncienMatricule(models.Model):
    """A matricule that a holder had before: shown as `old`, still finds the record (INS-16). A table of a record."""

    pk = models.CompositePrimaryKey("dossier_id", "oid", "matricule")
    dossier_id = models.UUIDField()
    oid = models.CharField(max_length=40)
    matricule = models.CharField(max_length=15)
    debut = models.DateField(null=True)
    fin = models.DateField(null=True)


class IndexIns(models.Model):
    """INS → record: the one lookup table. The INS is kept as a keyed hash (never in clear) (IDN-01, INS-17)."""

    ins_hache = models.BinaryField(primary_key=True, max_length=32)
    dossier_id = models.UUIDField()
    actuel = models.BooleanField(
        default=True, help_text="false: former matricule, still finds the record (IDN-08)"
    )


class AppelInsi(models.Model):
    """That INSi was asked about an identity on a day: a keyed hash of its traits, nothing else (INS-14)."""

    empreinte = models.BinaryField(primary_key=True, max_length=32)
    jour = models.DateField(db_index=True)


class FusionAFaire(models.Model):
    """Two records that INSi says are of one person: for people to merge, never a program (INS-16, IDN-22)."""

    id = models.UUIDField(primary_key=True)
    dossier_id = models.UUIDField()
    autre_id = models.UUIDField()
    constatee_le = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("dossier_id", "autre_id"), name="fusion_une_fois")
        ]
