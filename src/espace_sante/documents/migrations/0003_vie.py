"""Life of documents: announcement, archive, deletion (DOC-33 to DOC-52)."""

from typing import ClassVar

from django.db import migrations, models

from espace_sante.platform.postgres.rls import cle_etrangere, droits, table_de_dossier


class Migration(migrations.Migration):
    dependencies: ClassVar = [("documents", "0002_droits")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Suppression",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "dossier_id",
                        "document_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("dossier_id", models.UUIDField()),
                ("document_id", models.UUIDField()),
                ("etat", models.CharField(max_length=10)),
                ("statut_avant", models.CharField(max_length=20)),
                ("par", models.CharField(help_text="titulaire, or PS_IdNat, or Struct_IdNat", max_length=20)),
                ("demandee_le", models.DateTimeField()),
                ("detruire_le", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Echeance",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "dossier_id",
                        "document_id",
                        "genre",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("dossier_id", models.UUIDField()),
                ("document_id", models.UUIDField()),
                ("genre", models.CharField(help_text="avis, visibilite, destruction", max_length=12)),
                ("quand", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["quand", "dossier_id", "document_id", "genre"],
                        name="documents_echeances_dues",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Retard",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "dossier_id",
                        "document_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("dossier_id", models.UUIDField()),
                ("document_id", models.UUIDField()),
                ("structure_id", models.CharField(max_length=20)),
                ("attendu_le", models.DateField()),
                ("depose_le", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["structure_id", "-depose_le"], name="documents_retards_structure")
                ],
            },
        ),
        table_de_dossier("documents_suppression"),
        cle_etrangere(
            "documents_suppression", "dossier_id, document_id", "documents_document", "dossier_id, id"
        ),
        droits("documents_suppression", "SELECT", "INSERT", "UPDATE"),
        droits("documents_echeance", "SELECT", "INSERT", "UPDATE", "DELETE"),
        droits("documents_retard", "SELECT", "INSERT"),
        # Destroying a content is emptying it: no row of a record is ever deleted (AUD-13, DOC-35).
        droits("documents_contenu", "SELECT", "INSERT", "UPDATE"),
    ]
