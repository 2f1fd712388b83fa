"""One document shared with one professional (ADR 0016)."""

from typing import ClassVar

from django.db import migrations, models

from espace_sante.platform.postgres.rls import cle_etrangere, droits, table_de_dossier


class Migration(migrations.Migration):
    dependencies: ClassVar = [("acces", "0005_matrice"), ("documents", "0001_initial")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Partage",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "dossier_id", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("dossier_id", models.UUIDField()),
                ("id", models.UUIDField()),
                ("document_id", models.UUIDField()),
                ("rpps", models.CharField(max_length=11)),
                ("nom", models.CharField(max_length=200)),
                ("cree_le", models.DateTimeField()),
                ("expire_le", models.DateTimeField()),
                ("retire_le", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["dossier_id", "rpps"], name="partage_par_rpps")],
            },
        ),
        table_de_dossier("acces_partage"),
        cle_etrangere("acces_partage", "dossier_id", "dossier_dossier", "dossier_id"),
        droits("acces_partage", "SELECT", "INSERT", "UPDATE"),
    ]
