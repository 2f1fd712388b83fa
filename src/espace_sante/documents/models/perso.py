from django.db import models


class DossierPerso(models.Model):
    """A folder of the holder, one level, seen by nobody else (rule DOC-53). A table of a record."""

    pk = models.CompositePrimaryKey("dossier_id", "id")
    dossier_id = models.UUIDField()
    id = models.UUIDField()
    nom = models.CharField(max_length=50)
    nom_plie = models.CharField(max_length=150, help_text="name without case: unique in a record")
    cree_le = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dossier_id", "nom_plie"], name="dossier_perso_nom_unique"),
        ]


class Classement(models.Model):
    """The folder of a document: one at most, by the primary key (rule DOC-54). A table of a record."""

    pk = models.CompositePrimaryKey("dossier_id", "document_id")
    dossier_id = models.UUIDField()
    document_id = models.UUIDField()
    dossier_perso_id = models.UUIDField()

    class Meta:
        indexes = [models.Index(fields=["dossier_id", "dossier_perso_id"], name="classement_par_dossier")]


class Epingle(models.Model):
    """A document that the holder pinned (rule DOC-55). A table of a record."""

    pk = models.CompositePrimaryKey("dossier_id", "document_id")
    dossier_id = models.UUIDField()
    document_id = models.UUIDField()
    posee_le = models.DateTimeField()
