"""What operators ask and do (ACC-39, ACC-79, AUD-21, EMG-15, ADR 0018)."""

from typing import ClassVar

from django.db import migrations, models

from espace_sante.platform.postgres.rls import droits


class Migration(migrations.Migration):
    dependencies: ClassVar = [("acces", "0007_consentements"), ("identite", "0005_operateurs")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="DemandeMatrice",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                (
                    "genre",
                    models.CharField(help_text="charger | revenir | approuver | compter", max_length=12),
                ),
                ("operateur_id", models.UUIDField()),
                ("quand", models.DateTimeField()),
                ("nom", models.CharField(blank=True, max_length=120)),
                ("source", models.CharField(blank=True, max_length=255)),
                ("date_effet", models.DateTimeField(null=True)),
                (
                    "edition",
                    models.IntegerField(
                        help_text="the edition to go back to, to approve or to count", null=True
                    ),
                ),
                (
                    "apercu",
                    models.CharField(
                        blank=True, help_text="code of the preview that was seen", max_length=12
                    ),
                ),
                ("contenu", models.BinaryField(help_text="the file; the matrix is public", null=True)),
            ],
        ),
        migrations.CreateModel(
            name="SuiteDemandeMatrice",
            fields=[
                ("demande_id", models.UUIDField(primary_key=True, serialize=False)),
                ("quand", models.DateTimeField()),
                (
                    "refus",
                    models.CharField(blank=True, help_text="code of the refusal; empty: done", max_length=40),
                ),
                ("message", models.CharField(blank=True, max_length=255)),
                ("edition", models.IntegerField(null=True)),
                ("apercu", models.CharField(blank=True, help_text="code of what was counted", max_length=12)),
                ("dossiers", models.IntegerField(null=True)),
                ("documents", models.JSONField(default=dict, help_text="present documents by type")),
            ],
            options={"indexes": [models.Index(fields=["edition", "quand"], name="suites_par_edition")]},
        ),
        migrations.CreateModel(
            name="AlerteTraitee",
            fields=[
                ("alerte_id", models.UUIDField(primary_key=True, serialize=False)),
                ("operateur_id", models.UUIDField()),
                ("quand", models.DateTimeField()),
                ("suite", models.CharField(help_text="expliquee | signalee | sans_suite", max_length=20)),
                ("note", models.CharField(max_length=500)),
            ],
        ),
        migrations.CreateModel(
            name="ActeOperateur",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("quand", models.DateTimeField()),
                ("operateur_id", models.UUIDField()),
                ("role", models.CharField(blank=True, max_length=30)),
                ("acte", models.CharField(max_length=40)),
                ("refus", models.CharField(blank=True, max_length=40)),
                (
                    "objet",
                    models.CharField(
                        blank=True, help_text="number or id: never a name, never health data", max_length=80
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["operateur_id", "-quand"], name="actes_par_operateur")]
            },
        ),
        migrations.AddField(
            "controleurgence",
            "note_scellee",
            models.BinaryField(null=True, help_text="what the reviewer wrote, sealed with the master key"),
        ),
        droits("acces_demandematrice", "SELECT", "INSERT"),
        # The outcome is the owner's word: the web process cannot write it.
        droits("acces_suitedemandematrice", "SELECT"),
        droits("acces_alertetraitee", "SELECT", "INSERT"),
        droits("acces_acteoperateur", "SELECT", "INSERT"),
    ]
