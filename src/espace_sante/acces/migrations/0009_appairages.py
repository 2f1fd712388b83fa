"""Pairings of services with holders, and the authorizations that they were given (OID-28)."""

from typing import ClassVar

import django.contrib.postgres.fields
from django.db import migrations, models

from espace_sante.platform.postgres.rls import cle_etrangere, droits, table_de_dossier


class Migration(migrations.Migration):
    dependencies: ClassVar = [("acces", "0008_operation"), ("identite", "0009_services")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Appairage",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "dossier_id", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("dossier_id", models.UUIDField()),
                ("id", models.UUIDField()),
                ("client_id", models.CharField(max_length=80)),
                ("nom", models.CharField(help_text="of the service, on the day", max_length=120)),
                (
                    "lignes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=80), size=None
                    ),
                ),
                ("cree_le", models.DateTimeField()),
                ("modifie_le", models.DateTimeField(null=True)),
                (
                    "utilise_le",
                    models.DateTimeField(help_text="last use, within a quarter of an hour", null=True),
                ),
                ("retire_le", models.DateTimeField(null=True)),
                (
                    "retire_par",
                    models.CharField(blank=True, help_text="titulaire | service | securite", max_length=12),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("retire_le", None)),
                        fields=("dossier_id", "client_id"),
                        name="un_appairage_par_service",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SessionAppairage",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "dossier_id", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("dossier_id", models.UUIDField()),
                ("id", models.UUIDField()),
                ("appairage_id", models.UUIDField()),
                ("cree_le", models.DateTimeField()),
                ("code", models.BinaryField(max_length=32)),
                ("code_expire_le", models.DateTimeField()),
                ("code_utilise_le", models.DateTimeField(null=True)),
                ("defi", models.CharField(help_text="code_challenge, S256", max_length=43)),
                ("retour", models.CharField(max_length=255)),
                ("nonce", models.CharField(max_length=255)),
                ("connecte_le", models.DateTimeField(help_text="when the holder logged in")),
                (
                    "jeton",
                    models.BinaryField(
                        help_text="the only refresh token that is good now", max_length=32, null=True
                    ),
                ),
                ("jeton_expire_le", models.DateTimeField(null=True)),
                (
                    "certificat",
                    models.CharField(blank=True, help_text="x5t#S256 that it is bound to", max_length=43),
                ),
                ("terminee_le", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["dossier_id", "appairage_id"], name="sessions_par_appairage")
                ],
            },
        ),
        table_de_dossier("acces_appairage"),
        cle_etrangere("acces_appairage", "dossier_id", "dossier_dossier", "dossier_id"),
        droits("acces_appairage", "SELECT", "INSERT", "UPDATE"),
        table_de_dossier("acces_sessionappairage"),
        cle_etrangere(
            "acces_sessionappairage", "dossier_id, appairage_id", "acces_appairage", "dossier_id, id"
        ),
        droits("acces_sessionappairage", "SELECT", "INSERT", "UPDATE"),
    ]
