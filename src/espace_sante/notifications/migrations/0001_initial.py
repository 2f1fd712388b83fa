"""Notices to the holder, his preferences, the outbox (DOC-65 to DOC-69, EMG-11)."""

from typing import ClassVar

import django.contrib.postgres.fields
from django.db import migrations, models

from espace_sante.platform.postgres.rls import cle_etrangere, droits, table_de_dossier


class Migration(migrations.Migration):
    initial = True

    dependencies: ClassVar = [("dossier", "0001_initial")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Avis",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "dossier_id", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("dossier_id", models.UUIDField()),
                ("id", models.UUIDField()),
                ("genre", models.CharField(max_length=30)),
                ("quand", models.DateTimeField()),
                ("details", models.JSONField(default=dict)),
                (
                    "document_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), default=list, size=None
                    ),
                ),
                ("lu_le", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Venue",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "dossier_id",
                        "acteur_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("dossier_id", models.UUIDField()),
                ("acteur_id", models.CharField(max_length=80)),
                ("quand", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Preference",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "dossier_id",
                        "categorie",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("dossier_id", models.UUIDField()),
                ("categorie", models.CharField(max_length=20)),
                ("courriel", models.BooleanField()),
                ("depuis", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Envoi",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "dossier_id", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("dossier_id", models.UUIDField()),
                ("id", models.UUIDField()),
                ("cle", models.CharField(max_length=64)),
                ("genre", models.CharField(max_length=30)),
                (
                    "canal",
                    models.CharField(default="courriel", help_text="courriel or postal", max_length=10),
                ),
                ("depose_le", models.DateTimeField()),
                ("apres", models.DateTimeField()),
                ("essais", models.SmallIntegerField(default=0)),
            ],
            options={
                "indexes": [models.Index(fields=["canal", "apres"], name="envois_a_faire")],
                "constraints": [
                    models.UniqueConstraint(fields=("dossier_id", "cle"), name="un_envoi_par_cle")
                ],
            },
        ),
        migrations.CreateModel(
            name="AvisProfessionnel",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("rpps", models.CharField(max_length=11)),
                ("dossier_id", models.UUIDField()),
                ("genre", models.CharField(max_length=30)),
                ("quand", models.DateTimeField()),
                ("lu_le", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["rpps", "-quand"], name="avis_par_professionnel")],
            },
        ),
        table_de_dossier("notifications_avis"),
        table_de_dossier("notifications_preference"),
        table_de_dossier("notifications_venue"),
        # No foreign key on what a deposit or an opening writes, as for traces: the scope already names the record.
        cle_etrangere("notifications_preference", "dossier_id", "dossier_dossier", "dossier_id"),
        droits("notifications_avis", "SELECT", "INSERT", "UPDATE"),
        droits("notifications_preference", "SELECT", "INSERT", "UPDATE"),
        droits("notifications_venue", "SELECT", "INSERT"),
        # The outbox finds records before any is in scope: no identity, no health data in it.
        droits("notifications_envoi", "SELECT", "INSERT", "UPDATE", "DELETE"),
        droits("notifications_avisprofessionnel", "SELECT", "INSERT", "UPDATE"),
    ]
