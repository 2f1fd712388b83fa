from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now


class Logiciel(models.Model):
    """A program allowed to call the interfaces (rules IDN-61, OID-31). Written by operations, as owner.

    `structure_id` names the structure whose certificate or secret it carries, when it feeds by itself.
    `actif` false: suspended, or closed when `etape` says so (OID-32).
    """

    client_id = models.CharField(primary_key=True, max_length=80)
    nom = models.CharField(max_length=120)
    version = models.CharField(max_length=40, blank=True)
    homologation = models.CharField(max_length=60, blank=True)
    secret_hache = models.CharField(max_length=128, blank=True)
    portees = ArrayField(models.CharField(max_length=60), default=list)
    structure = models.ForeignKey("identite.Structure", models.PROTECT, null=True, blank=True)
    actif = models.BooleanField(default=True)
    etape = models.CharField(max_length=12, db_default="test", help_text="test | production | ferme")
    editeur = models.CharField(max_length=120, db_default="", help_text="legal entity of the publisher")
    siret = models.CharField(max_length=14, db_default="")
    contact = models.CharField(max_length=100, db_default="", help_text="address that notices go to (OID-33)")
    psc_client_id = models.CharField(
        max_length=80, db_default="", help_text="its name at Pro Santé Connect; empty: the same"
    )
    retours = ArrayField(
        models.CharField(max_length=255), db_default=[], help_text="compared exactly (OID-30)"
    )
    hotes_notification = ArrayField(
        models.CharField(max_length=255), db_default=[], help_text="hosts, with their port when it is not 443"
    )
    conforme_le = models.DateField(null=True, help_text="day of the conformance run in test (OID-34)")
    service = models.BooleanField(
        db_default=False, help_text="a referenced service, that holders pair with (OID-28)"
    )
    solution_oid = models.CharField(
        max_length=80, db_default="", help_text="OID of the solution: source of what it writes (FHR-148)"
    )
    presentation = models.CharField(max_length=500, db_default="", help_text="who it is, for the holder")
    finalites = models.JSONField(
        db_default=[], help_text="what it asks for, by purpose: see identite.logiciels.finalites"
    )

    @property
    def etat(self) -> str:
        """`test`, `production`, `suspendu` or `ferme` (OID-31)."""
        return self.etape if self.actif or self.etape == "ferme" else "suspendu"


class CertificatLogiciel(models.Model):
    """A distinguished name that is a program, two at most at once for a change (OID-12, OID-33). Written as owner."""

    id = models.UUIDField(primary_key=True)
    logiciel = models.ForeignKey(Logiciel, models.PROTECT, related_name="certificats")
    dn = models.CharField(max_length=500)
    expire_le = models.DateTimeField(null=True, help_text="end of the certificate that was shown")
    depuis = models.DateTimeField(db_default=Now())
    fin = models.DateTimeField(null=True, help_text="taken back")
    annonce_j = models.SmallIntegerField(
        null=True, help_text="60, 30 or 7: the last notice of its end (OID-33)"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dn"], condition=models.Q(fin=None), name="un_dn_un_logiciel")
        ]


class DemandeLogiciel(models.Model):
    """What a publisher asks on /editeurs/ (OID-31). Append-only: the worker makes the program, as owner (ADR 0018)."""

    id = models.UUIDField(primary_key=True)
    quand = models.DateTimeField()
    client_id = models.CharField(max_length=80, unique=True)
    secret_hache = models.CharField(
        max_length=128, blank=True, help_text="empty where only certificates serve"
    )
    fiche = models.JSONField(help_text="what was typed, read and checked: see identite.logiciels.fiche")


class DecisionLogiciel(models.Model):
    """What an operator said of a demand (OID-31). Append-only; the worker reads the account again (ADR 0018)."""

    demande_id = models.UUIDField(primary_key=True)
    operateur_id = models.UUIDField()
    quand = models.DateTimeField()
    accord = models.BooleanField()
    motif = models.CharField(max_length=500, blank=True)


class SuiteLogiciel(models.Model):
    """What the worker did of a demand. Written once, as owner; the application reads it."""

    demande_id = models.UUIDField(primary_key=True)
    quand = models.DateTimeField()
    refus = models.CharField(
        max_length=40, blank=True, help_text="code of the refusal; empty: the program exists"
    )


class ParcoursLogiciel(models.Model):
    """A conformance run in test: on which test person (keyed hash), and what came of it (OID-34)."""

    id = models.UUIDField(primary_key=True)
    logiciel_id = models.CharField(max_length=80, db_index=True)
    ins_hache = models.BinaryField(max_length=32)
    commence_le = models.DateTimeField()
    expire_le = models.DateTimeField()
    conclu_le = models.DateTimeField(null=True, help_text="from then on nothing changes")
    reussi = models.BooleanField(db_default=False)
    constats = models.JSONField(default=list, help_text="findings by step, once concluded")


class JetonRevoque(models.Model):
    """A token of ours that died before its time (OID-20). Kept until it would have expired."""

    jti = models.UUIDField(primary_key=True)
    expire_le = models.DateTimeField(db_index=True)


class ContexteLien(models.Model):
    """Who a link to the portal is about: opaque, some minutes, once (OID-37). The INS is sealed; deleted when used."""

    empreinte = models.BinaryField(
        primary_key=True, max_length=32, help_text="SHA-256 of what the link carries"
    )
    expire_le = models.DateTimeField(db_index=True)
    rpps = models.CharField(max_length=11, blank=True, help_text="the only one whom it serves; empty: anyone")
    logiciel_id = models.CharField(max_length=80)
    ins_scelle = models.BinaryField(help_text="OID and matricule, sealed with the master key")


class DemandeDecouplee(models.Model):
    """A decoupled login under way at Pro Santé Connect, asked by a software (CIBA, OID-09). Deleted when it ends."""

    empreinte = models.BinaryField(primary_key=True, max_length=32, help_text="SHA-256 of our auth_req_id")
    logiciel_id = models.CharField(max_length=80)
    commence_le = models.DateTimeField()
    expire_le = models.DateTimeField(db_index=True)
    intervalle_s = models.SmallIntegerField()
    prochain_le = models.DateTimeField(help_text="an earlier poll is told to slow down")
    scelle = models.BinaryField(help_text="the provider's own auth_req_id, sealed with the master key")
    parametres = models.JSONField(help_text="what the token was asked for; no identity of a patient")
