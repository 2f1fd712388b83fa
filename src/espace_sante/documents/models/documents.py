from django.contrib.postgres.fields import ArrayField
from django.db import models


class Lot(models.Model):
    """A submission set (XDS), all or nothing (rules DOC-15, FHR-67), or a folder (FHR-85). A table of a record.

    A set holds the documents that came with it (`Document.lot_id`), and `items` by reference; a folder `items` alone.
    """

    pk = models.CompositePrimaryKey("dossier_id", "id")
    dossier_id = models.UUIDField()
    id = models.UUIDField()
    unique_id = models.CharField(max_length=140)
    source_id = models.CharField(max_length=140)
    date = models.DateTimeField()
    titre = models.CharField(max_length=255, blank=True)
    auteur_nom = models.CharField(max_length=200, blank=True)
    auteur_idnat = models.CharField(max_length=40, blank=True)
    auteur_structure = models.CharField(max_length=40, blank=True)
    designation = models.CharField(max_length=60, blank=True)
    depose_le = models.DateTimeField()
    representation = models.BinaryField(null=True)
    genre = models.CharField(
        max_length=13, default="submissionset", db_default="submissionset", help_text="submissionset, folder"
    )
    items = ArrayField(models.UUIDField(), default=list, db_default=[], help_text="held by reference")


class Document(models.Model):
    """Metadata of one document (rules DOC-04, DOC-07, DOC-08, DOC-39). A table of a record.

    `entree` is the logical id (first entryUUID); `version` grows with each change of metadata.
    `masque_par` tells who put MASQUE_PS (`titulaire` or a PS_IdNat): rule FHR-129.
    `representation` is the door's own resource at `representation_version`.
    """

    pk = models.CompositePrimaryKey("dossier_id", "id")
    dossier_id = models.UUIDField()
    id = models.UUIDField()
    lot_id = models.UUIDField()
    unique_id = models.CharField(max_length=140)
    entree = models.UUIDField()
    version = models.IntegerField(default=1)
    statut = models.CharField(max_length=20, default="current")
    archive = models.BooleanField(default=False)
    type_code = models.CharField(max_length=40)
    type_systeme = models.CharField(max_length=140)
    type_libelle = models.CharField(max_length=255, blank=True)
    classe_code = models.CharField(max_length=20)
    titre = models.CharField(max_length=255)
    description = models.TextField(blank=True)
    langue = models.CharField(max_length=20)
    format_code = models.CharField(max_length=140)
    format_systeme = models.CharField(max_length=140)
    mime = models.CharField(max_length=100)
    taille = models.IntegerField()
    sha1 = models.BinaryField(max_length=20)
    creation = models.DateTimeField()
    date = models.DateTimeField()
    periode_debut = models.DateTimeField()
    periode_fin = models.DateTimeField(null=True)
    etablissement_code = models.CharField(max_length=60)
    etablissement_systeme = models.CharField(max_length=140)
    cadre_code = models.CharField(max_length=60)
    cadre_systeme = models.CharField(max_length=140)
    evenements = ArrayField(models.CharField(max_length=60), default=list)
    confidentialite = models.CharField(max_length=1, default="N")
    masque_ps = models.BooleanField(default=False)
    masque_par = models.CharField(max_length=20, blank=True)
    invisible_patient = models.BooleanField(default=False)
    invisible_representants = models.BooleanField(default=False)
    auteur_nom = models.CharField(max_length=200)
    auteur_idnat = models.CharField(max_length=40, blank=True)
    auteur_structure = models.CharField(max_length=40, blank=True)
    auteur_structure_nom = models.CharField(max_length=200, blank=True)
    auteur_specialite = models.CharField(max_length=60, blank=True)
    deposant_genre = models.CharField(max_length=20)
    deposant_rpps = models.CharField(max_length=11, blank=True)
    deposant_structure = models.CharField(max_length=20, blank=True)
    remplace_id = models.UUIDField(null=True)
    remplace_par_id = models.UUIDField(null=True)
    depose_le = models.DateTimeField()
    maj_le = models.DateTimeField()
    representation = models.BinaryField(null=True)
    representation_version = models.IntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["dossier_id", "-creation", "id"], name="documents_par_creation"),
            models.Index(fields=["dossier_id", "unique_id"], name="documents_par_unique_id"),
        ]


class Contenu(models.Model):
    """Sealed bytes of a document: AES-256-GCM with the record's key (rule REG-18). A table of a record."""

    pk = models.CompositePrimaryKey("dossier_id", "document_id")
    dossier_id = models.UUIDField()
    document_id = models.UUIDField()
    scelle = models.BinaryField()


class VersionDocument(models.Model):
    """One metadata version of a document and its entryUUID (rules DOC-07, FHR-112). A table of a record."""

    pk = models.CompositePrimaryKey("dossier_id", "document_id", "version")
    dossier_id = models.UUIDField()
    document_id = models.UUIDField()
    version = models.IntegerField()
    entree = models.UUIDField()
    statut = models.CharField(max_length=20)
    confidentialite = models.CharField(max_length=1)
    masque_ps = models.BooleanField()
    invisible_patient = models.BooleanField()
    invisible_representants = models.BooleanField()
    archive = models.BooleanField()
    quand = models.DateTimeField()
    par = models.CharField(max_length=20, help_text="titulaire, or PS_IdNat, or Struct_IdNat")


class Registre(models.Model):
    """uniqueId → document, over all records (rule FHR-79). A lookup table: no health data, no identity."""

    unique_id = models.CharField(primary_key=True, max_length=140)
    dossier_id = models.UUIDField()
    document_id = models.UUIDField()
