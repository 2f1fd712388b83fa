"""Reports of abnormal accesses and of documents, watch alerts (AUD-18 to AUD-22, DOC-64, REG-07)."""

from typing import ClassVar

from django.db import migrations, models

from espace_sante.platform.postgres.rls import cle_etrangere, droits, table_de_dossier


class Migration(migrations.Migration):
    dependencies: ClassVar = [("traces", "0003_journal_scelle"), ("dossier", "0001_initial")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="AlerteVeille",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("regle", models.CharField(max_length=25)),
                ("rpps", models.CharField(max_length=11)),
                ("jour", models.DateField()),
                ("nombre", models.IntegerField()),
                ("quand", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="DemandeIdentite",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("structure_id", models.CharField(max_length=20)),
                ("trace_id", models.UUIDField()),
                ("quand", models.DateTimeField()),
                ("echeance", models.DateField()),
                ("reponse_de", models.UUIDField(null=True)),
                ("rpps", models.CharField(blank=True, max_length=11)),
            ],
        ),
        migrations.CreateModel(
            name="EtapeSignalement",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "dossier_id",
                        "signalement_id",
                        "rang",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("dossier_id", models.UUIDField()),
                ("signalement_id", models.UUIDField()),
                ("rang", models.SmallIntegerField()),
                ("etape", models.CharField(max_length=25)),
                ("quand", models.DateTimeField()),
                ("par", models.CharField(max_length=80)),
                ("texte_scelle", models.BinaryField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Signalement",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "dossier_id", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("dossier_id", models.UUIDField()),
                ("id", models.UUIDField()),
                ("numero", models.CharField(max_length=20)),
                ("nature", models.CharField(help_text="acces, document or rectification", max_length=15)),
                (
                    "objet_id",
                    models.UUIDField(help_text="the trace or the document; the record itself otherwise"),
                ),
                ("tour", models.SmallIntegerField(default=0)),
                ("raison", models.CharField(blank=True, max_length=20)),
                ("texte_scelle", models.BinaryField()),
                ("fichier_nom", models.CharField(blank=True, max_length=120)),
                ("fichier_mime", models.CharField(blank=True, max_length=40)),
                ("fichier_scelle", models.BinaryField(null=True)),
                ("depose_le", models.DateTimeField()),
                ("echeance", models.DateField()),
            ],
        ),
        migrations.CreateModel(
            name="SuiviSignalement",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "dossier_id",
                        "signalement_id",
                        "rang",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("dossier_id", models.UUIDField()),
                ("signalement_id", models.UUIDField()),
                ("rang", models.SmallIntegerField()),
                ("numero", models.CharField(max_length=20)),
                ("nature", models.CharField(max_length=15)),
                ("etape", models.CharField(max_length=25)),
                ("quand", models.DateTimeField()),
                ("echeance", models.DateField()),
            ],
        ),
        migrations.AddConstraint(
            model_name="alerteveille",
            constraint=models.UniqueConstraint(fields=("regle", "rpps", "jour"), name="une_alerte_par_jour"),
        ),
        migrations.AddConstraint(
            model_name="signalement",
            constraint=models.UniqueConstraint(
                fields=("dossier_id", "nature", "objet_id", "tour"), name="un_signalement_a_la_fois"
            ),
        ),
        migrations.AddIndex(
            model_name="suivisignalement",
            index=models.Index(fields=["echeance", "signalement_id"], name="signalements_par_echeance"),
        ),
        table_de_dossier("traces_signalement"),
        table_de_dossier("traces_etapesignalement"),
        cle_etrangere("traces_signalement", "dossier_id", "dossier_dossier", "dossier_id"),
        cle_etrangere(
            "traces_etapesignalement", "dossier_id, signalement_id", "traces_signalement", "dossier_id, id"
        ),
        # Append-only, as traces are: what was reported and answered cannot be rewritten.
        *[
            droits(table, "SELECT", "INSERT")
            for table in (
                "traces_signalement",
                "traces_etapesignalement",
                "traces_suivisignalement",
                "traces_alerteveille",
                "traces_demandeidentite",
            )
        ],
    ]
