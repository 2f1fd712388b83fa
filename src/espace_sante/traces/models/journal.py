"""The Merkle log of the traces (AUD-12, AUD-14). Written by the owner's role alone: the application reads."""

from django.db import models
from django.db.models.functions import Now


class Feuille(models.Model):
    """The place of one trace in the log of its shard. A table of a record: the key holds "exactly once"."""

    pk = models.CompositePrimaryKey("dossier_id", "trace_id")
    dossier_id = models.UUIDField()
    trace_id = models.UUIDField()
    genre = models.CharField(max_length=12)
    version = models.SmallIntegerField(help_text="form of the bytes that were hashed")
    shard = models.IntegerField()
    rang = models.BigIntegerField(help_text="from 0, without gaps in each shard")
    empreinte = models.BinaryField(max_length=32)
    scellee_le = models.DateTimeField(db_default=Now())
    effacee_le = models.DateTimeField(null=True, help_text="the trace was destroyed with its record (AUD-12)")

    class Meta:
        indexes = [models.Index(fields=["shard", "rang"], name="feuilles_par_rang")]


class Effacement(models.Model):
    """The destruction of the traces of one record: an act of the log, so that it cannot hide a removal."""

    pk = models.CompositePrimaryKey("dossier_id", "id")
    dossier_id = models.UUIDField()
    id = models.UUIDField()
    quand = models.DateTimeField()
    motif = models.CharField(max_length=60)
    nombre = models.IntegerField()


class Arbre(models.Model):
    """Size of the tree of each shard. Its lock is that of the sequencer: one at a time."""

    shard = models.IntegerField(primary_key=True)
    taille = models.BigIntegerField()


class Tuile(models.Model):
    """Up to 256 hashes of one level of a tree."""

    pk = models.CompositePrimaryKey("shard", "niveau", "indice")
    shard = models.IntegerField()
    niveau = models.SmallIntegerField()
    indice = models.BigIntegerField()
    empreintes = models.BinaryField(max_length=8192)


class Tete(models.Model):
    """One published tree head, as handed to the witness."""

    pk = models.CompositePrimaryKey("shard", "quand")
    shard = models.IntegerField()
    quand = models.DateTimeField()
    taille = models.BigIntegerField()
    racine = models.BinaryField(max_length=32)
    note = models.TextField()


class Curseur(models.Model):
    """Where the sequencer is in one source: everything written by transactions older than `horizon` is sealed.

    Numbers of transactions belong to one cluster of PostgreSQL, `systeme`; in another (restored) all is looked at again.
    """

    genre = models.CharField(max_length=12, primary_key=True)
    systeme = models.BigIntegerField()
    horizon = models.BigIntegerField()
