"""Deposits that professionals prepare in the portal (DOC-11)."""

from typing import ClassVar

from django.db import migrations, models

from espace_sante.platform.postgres.rls import cle_etrangere, droits, table_de_dossier


class Migration(migrations.Migration):
    dependencies: ClassVar = [("documents", "0005_plein_texte")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="DepotPrepare",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "dossier_id", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("dossier_id", models.UUIDField()),
                ("id", models.UUIDField()),
                ("par", models.CharField(help_text="RPPS, or Struct_IdNat", max_length=20)),
                ("cree_le", models.DateTimeField()),
                ("saisie", models.BinaryField()),
                ("fichier", models.BinaryField()),
            ],
        ),
        migrations.AlterField(
            model_name="echeance",
            name="genre",
            field=models.CharField(help_text="avis, visibilite, destruction, prepare", max_length=12),
        ),
        table_de_dossier("documents_depotprepare"),
        cle_etrangere("documents_depotprepare", "dossier_id", "dossier_dossier", "dossier_id"),
        # Sealed bytes do not compress.
        migrations.RunSQL(
            "ALTER TABLE documents_depotprepare ALTER COLUMN fichier SET STORAGE EXTERNAL",
            migrations.RunSQL.noop,
        ),
        droits("documents_depotprepare", "SELECT", "INSERT", "UPDATE", "DELETE"),
    ]
