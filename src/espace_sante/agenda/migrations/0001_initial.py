"""Appointments of a record, what the holder makes of them; schedules and slots, of no record (FHR-154 to FHR-159)."""

from typing import ClassVar

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from espace_sante.platform.postgres.rls import cle_etrangere, droits, table_de_dossier


class Migration(migrations.Migration):
    initial = True
    dependencies: ClassVar = [("dossier", "0001_initial")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="AnnotationRendezVous",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "dossier_id",
                        "rendez_vous_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("dossier_id", models.UUIDField()),
                ("rendez_vous_id", models.UUIDField()),
                ("masque", models.BooleanField(default=False)),
                ("note_scellee", models.BinaryField(null=True)),
                ("maj_le", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="VersionRendezVous",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "dossier_id",
                        "rendez_vous_id",
                        "version",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("dossier_id", models.UUIDField()),
                ("rendez_vous_id", models.UUIDField()),
                ("version", models.IntegerField()),
                ("quand", models.DateTimeField(help_text="when its source had told it so")),
                ("scelle", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="FicheRendezVous",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "dossier_id", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("dossier_id", models.UUIDField()),
                ("id", models.UUIDField()),
                ("source", models.CharField(max_length=120)),
                ("cle", models.CharField(help_text="keyed hash of its first identifier", max_length=64)),
                (
                    "identifiants",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=64),
                        help_text="keyed hashes of all of them, with and without their system",
                        size=None,
                    ),
                ),
                ("statut", models.CharField(max_length=16)),
                ("debut", models.DateTimeField()),
                ("jusqua", models.DateTimeField(help_text="from then on it is past (AGD-14)")),
                ("cree_le", models.DateTimeField()),
                ("maj_le", models.DateTimeField()),
                ("version", models.IntegerField(default=1)),
                ("scelle", models.BinaryField()),
            ],
            options={
                "indexes": [models.Index(fields=["dossier_id", "debut", "id"], name="rendez_vous_par_date")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("dossier_id", "source", "cle"), name="un_rendez_vous_par_identifiant"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Planning",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("source", models.CharField(help_text="who alone may change it", max_length=120)),
                (
                    "identifiant",
                    models.CharField(help_text="system|value, empty when it has none", max_length=400),
                ),
                (
                    "acteurs",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200),
                        default=list,
                        help_text="references and numbers",
                        size=None,
                    ),
                ),
                ("actif", models.BooleanField(default=True)),
                ("maj_le", models.DateTimeField()),
                ("version", models.IntegerField(default=1)),
                ("ressource", models.BinaryField(help_text="as received")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("identifiant", ""), _negated=True),
                        fields=("source", "identifiant"),
                        name="un_planning_par_identifiant",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Creneau",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("statut", models.CharField(help_text="free | busy | busy-unavailable", max_length=16)),
                ("debut", models.DateTimeField()),
                ("fin", models.DateTimeField()),
                ("prestations", models.JSONField(default=list, help_text="[[system, code, label]]")),
                ("reserve_par", models.UUIDField(null=True)),
                ("maj_le", models.DateTimeField()),
                ("version", models.IntegerField(default=1)),
                (
                    "planning",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="creneaux",
                        to="agenda.planning",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["debut", "id"], name="creneau_par_date"),
                    models.Index(fields=["planning", "debut"], name="creneau_par_planning"),
                ],
            },
        ),
        table_de_dossier("agenda_ficherendezvous"),
        cle_etrangere("agenda_ficherendezvous", "dossier_id", "dossier_dossier", "dossier_id"),
        droits("agenda_ficherendezvous", "SELECT", "INSERT", "UPDATE"),
        table_de_dossier("agenda_versionrendezvous"),
        cle_etrangere(
            "agenda_versionrendezvous",
            "dossier_id, rendez_vous_id",
            "agenda_ficherendezvous",
            "dossier_id, id",
        ),
        droits("agenda_versionrendezvous", "SELECT", "INSERT"),
        table_de_dossier("agenda_annotationrendezvous"),
        cle_etrangere(
            "agenda_annotationrendezvous",
            "dossier_id, rendez_vous_id",
            "agenda_ficherendezvous",
            "dossier_id, id",
        ),
        droits("agenda_annotationrendezvous", "SELECT", "INSERT", "UPDATE"),
        droits("agenda_planning", "SELECT", "INSERT", "UPDATE", "DELETE"),
        droits("agenda_creneau", "SELECT", "INSERT", "UPDATE", "DELETE"),
    ]
