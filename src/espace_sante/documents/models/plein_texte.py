from django.db import models


class IndexTexte(models.Model):
    """The words of a document and its readable text, sealed with the record's key (ADR 0013). A table of a record.

    Nothing in a row says a word, nor how often one comes: two documents with the same words have no byte in common.
    It goes with the content it was made from: deleted with it (ON DELETE CASCADE), emptied with it. `regles` is the
    edition of the rules that made it.
    """

    pk = models.CompositePrimaryKey("dossier_id", "document_id")
    dossier_id = models.UUIDField()
    document_id = models.UUIDField()
    regles = models.SmallIntegerField()
    mots = models.BinaryField()
    texte = models.BinaryField()


class RepriseTexte(models.Model):
    """How far the worker has gone in the registry of documents, by their time-ordered ids. No data of a record."""

    travail = models.CharField(primary_key=True, max_length=40)
    jusqua = models.UUIDField()
