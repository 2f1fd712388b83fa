"""The sealed index of the words of contents (ADR 0013)."""

from typing import ClassVar

from django.db import migrations, models

from espace_sante.platform.postgres.rls import droits, table_de_dossier


class Migration(migrations.Migration):
    dependencies: ClassVar = [("documents", "0004_perso")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="IndexTexte",
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
                ("regles", models.SmallIntegerField()),
                ("mots", models.BinaryField()),
                ("texte", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="RepriseTexte",
            fields=[
                ("travail", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("jusqua", models.UUIDField()),
            ],
        ),
        table_de_dossier("documents_indextexte"),
        # Whoever destroys a content destroys its words with it, in the same statement.
        migrations.RunSQL(
            "ALTER TABLE documents_indextexte ADD CONSTRAINT documents_indextexte_vers_documents_contenu"
            " FOREIGN KEY (dossier_id, document_id) REFERENCES documents_contenu (dossier_id, document_id)"
            " ON DELETE CASCADE",
            "ALTER TABLE documents_indextexte DROP CONSTRAINT documents_indextexte_vers_documents_contenu",
        ),
        # Sealed bytes do not compress. The text is read for a page of results alone: it is kept aside.
        migrations.RunSQL(
            "ALTER TABLE documents_indextexte ALTER COLUMN mots SET STORAGE EXTERNAL,"
            " ALTER COLUMN texte SET STORAGE EXTERNAL",
            migrations.RunSQL.noop,
        ),
        # The newest rows of the registry, for the worker. Ids follow time: a deposit adds at the right edge.
        migrations.RunSQL(
            "CREATE INDEX documents_registre_par_document ON documents_registre (document_id)",
            "DROP INDEX documents_registre_par_document",
        ),
        droits("documents_indextexte", "SELECT", "INSERT", "UPDATE"),
        droits("documents_reprisetexte", "SELECT", "INSERT", "UPDATE"),
    ]
