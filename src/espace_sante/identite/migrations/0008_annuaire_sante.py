"""The copy of the Annuaire Santé: mailboxes, source, marks of the last refresh (ANN-04, ANN-09, ANN-14)."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import migrations, models

from espace_sante.platform.postgres.rls import droits

_ID_SOURCE = {
    "blank": True, "default": "", "db_default": "", "help_text": "id in the Annuaire Santé", "max_length": 64,
}  # fmt: skip


class Migration(migrations.Migration):
    dependencies: ClassVar = [("identite", "0007_logiciels")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="BoiteMss",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("adresse", models.CharField(max_length=254)),
                ("genre", models.CharField(help_text="TRE_R257: PER, ORG, APP, CAB", max_length=3)),
                ("rpps", models.CharField(blank=True, max_length=11)),
                ("structure_id", models.CharField(blank=True, max_length=20)),
                ("rang", models.PositiveSmallIntegerField(default=999)),
                ("liste_rouge", models.BooleanField(default=False)),
                ("description", models.CharField(blank=True, max_length=200)),
                ("vu_le", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["adresse", "rpps", "structure_id"], name="boite_une_fois")
                ],
                "indexes": [
                    models.Index(fields=["rpps"], name="boite_par_rpps"),
                    models.Index(fields=["structure_id"], name="boite_par_structure"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SourceAnnuaire",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("adresse", models.CharField(max_length=300)),
                ("fictive", models.BooleanField()),
                ("depuis", models.DateTimeField()),
                ("tente_le", models.DateTimeField(null=True)),
                ("reussi_le", models.DateTimeField(null=True)),
                (
                    "erreur",
                    models.CharField(blank=True, help_text="code of what the last try met", max_length=40),
                ),
                (
                    "ecartees",
                    models.IntegerField(default=0, help_text="resources that the last pass could not use"),
                ),
            ],
        ),
        migrations.AddField(
            "professionnel",
            "professions",
            models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="TRE_G15/10, space between (ANN-08)",
                max_length=200,
            ),
        ),
        migrations.AddField(
            "professionnel",
            "recherche",
            models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="name then first name, folded (ANN-10)",
                max_length=220,
            ),
        ),
        migrations.AddField(
            "professionnel",
            "savoir_faire",
            models.CharField(blank=True, db_default="", default="", max_length=10),
        ),
        migrations.AddField("professionnel", "source_id", models.CharField(**_ID_SOURCE)),
        migrations.AddField(
            "professionnel",
            "vu_le",
            models.DateTimeField(help_text="start of the last refresh that found her (ANN-04)", null=True),
        ),
        migrations.AddField(
            "situationexercice",
            "vu_le",
            models.DateTimeField(help_text="start of the last refresh that found it (ANN-04)", null=True),
        ),
        migrations.AddField(
            "structure",
            "commune_pliee",
            models.CharField(blank=True, db_default="", default="", max_length=100),
        ),
        migrations.AddField("structure", "source_id", models.CharField(**_ID_SOURCE)),
        migrations.AddField(
            "structure",
            "vu_le",
            models.DateTimeField(help_text="start of the last refresh that found it (ANN-04)", null=True),
        ),
        migrations.AddIndex(
            "professionnel", models.Index(fields=["source_id"], name="professionnel_par_source")
        ),
        migrations.AddIndex(
            "professionnel",
            GinIndex(SearchVector("recherche", config="simple"), name="professionnel_par_nom"),
        ),
        migrations.AddIndex("structure", models.Index(fields=["source_id"], name="structure_par_source")),
        # A copy of somebody else's register: operations write it, as owner.
        droits("identite_boitemss", "SELECT"),
        droits("identite_sourceannuaire", "SELECT"),
    ]
