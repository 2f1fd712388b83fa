"""Measures of a holder, and the instruments that took them (FHR-141 to FHR-153)."""

from django.db import migrations, models

from espace_sante.platform.postgres.rls import cle_etrangere, droits, table_de_dossier

_CLE = models.CompositePrimaryKey(
    "dossier_id", "id", blank=True, editable=False, primary_key=True, serialize=False
)


class Migration(migrations.Migration):
    initial = True
    dependencies = [("dossier", "0003_reglages")]
    operations = [
        migrations.CreateModel(
            name="Appareil",
            fields=[
                ("pk", _CLE),
                ("dossier_id", models.UUIDField()),
                ("id", models.UUIDField()),
                ("client_id", models.CharField(max_length=80)),
                (
                    "empreinte",
                    models.BinaryField(
                        help_text="hash of service and identifier, keyed by the record's key", max_length=32
                    ),
                ),
                ("cree_le", models.DateTimeField()),
                ("scelle", models.BinaryField(help_text="the FHIR resource, sealed")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("dossier_id", "empreinte"), name="appareil_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="Mesure",
            fields=[
                ("pk", _CLE),
                ("dossier_id", models.UUIDField()),
                ("id", models.UUIDField()),
                ("genre", models.CharField(max_length=30)),
                (
                    "quand",
                    models.DateTimeField(help_text="effective time; the first instant of a partial date"),
                ),
                ("auteur", models.CharField(help_text="titulaire | service", max_length=12)),
                (
                    "client_id",
                    models.CharField(blank=True, help_text="the service that wrote it", max_length=80),
                ),
                ("auteur_nom", models.CharField(blank=True, max_length=200)),
                (
                    "source",
                    models.CharField(
                        blank=True, help_text="URI of the solution (meta.source)", max_length=200
                    ),
                ),
                ("appareil_id", models.UUIDField(null=True)),
                (
                    "empreinte",
                    models.BinaryField(
                        help_text="who, what, when, which value: keyed by the record's key", max_length=32
                    ),
                ),
                ("scelle", models.BinaryField(help_text="values and what goes with them, sealed")),
                ("version", models.IntegerField(default=1)),
                ("cree_le", models.DateTimeField()),
                ("maj_le", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("dossier_id", "empreinte"), name="mesure_unique")
                ],
                "indexes": [
                    models.Index(fields=["dossier_id", "genre", "-quand", "-id"], name="mesure_par_genre"),
                    models.Index(
                        condition=models.Q(appareil_id__isnull=False),
                        fields=["dossier_id", "appareil_id"],
                        name="mesure_par_appareil",
                    ),
                ],
            },
        ),
        table_de_dossier("profil_medical_appareil"),
        cle_etrangere("profil_medical_appareil", "dossier_id", "dossier_dossier", "dossier_id"),
        droits("profil_medical_appareil", "SELECT", "INSERT"),
        table_de_dossier("profil_medical_mesure"),
        cle_etrangere("profil_medical_mesure", "dossier_id", "dossier_dossier", "dossier_id"),
        cle_etrangere(
            "profil_medical_mesure", "dossier_id, appareil_id", "profil_medical_appareil", "dossier_id, id"
        ),
        droits("profil_medical_mesure", "SELECT", "INSERT", "UPDATE", "DELETE"),
    ]
