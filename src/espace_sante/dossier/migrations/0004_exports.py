"""Exports of a whole space (REG-02, REG-03) and the consent to automatic extraction (REG-11)."""

from typing import ClassVar

from django.db import migrations, models

from espace_sante.platform.postgres.rls import cle_etrangere, droits, table_de_dossier


class Migration(migrations.Migration):
    dependencies: ClassVar = [("dossier", "0003_reglages")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Export",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "dossier_id", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("dossier_id", models.UUIDField()),
                ("id", models.UUIDField()),
                ("etat", models.CharField(default="demande", max_length=10)),
                ("demande_le", models.DateTimeField()),
                ("pret_le", models.DateTimeField(null=True)),
                ("expire_le", models.DateTimeField(null=True)),
                ("taille", models.BigIntegerField(default=0)),
                ("morceaux", models.IntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("etat", "demande")),
                        fields=("dossier_id",),
                        name="un_export_a_la_fois",
                    )
                ]
            },
        ),
        migrations.CreateModel(
            name="MorceauExport",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "dossier_id",
                        "export_id",
                        "rang",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("dossier_id", models.UUIDField()),
                ("export_id", models.UUIDField()),
                ("rang", models.IntegerField()),
                ("scelle", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="AccordExtraction",
            fields=[
                ("dossier_id", models.UUIDField(primary_key=True, serialize=False)),
                ("accorde", models.BooleanField(default=False)),
                ("depuis", models.DateTimeField()),
            ],
        ),
        table_de_dossier("dossier_export"),
        table_de_dossier("dossier_morceauexport"),
        table_de_dossier("dossier_accordextraction"),
        cle_etrangere("dossier_export", "dossier_id", "dossier_dossier", "dossier_id"),
        cle_etrangere("dossier_morceauexport", "dossier_id, export_id", "dossier_export", "dossier_id, id"),
        cle_etrangere("dossier_accordextraction", "dossier_id", "dossier_dossier", "dossier_id"),
        migrations.RunSQL("ALTER TABLE dossier_morceauexport ALTER COLUMN scelle SET STORAGE EXTERNAL"),
        droits("dossier_export", "SELECT", "INSERT", "UPDATE"),
        # An archive that has had its time is destroyed (REG-03).
        droits("dossier_morceauexport", "SELECT", "INSERT", "DELETE"),
        droits("dossier_accordextraction", "SELECT", "INSERT", "UPDATE"),
    ]
