"""Conformance runs of publishers' software (OID-34); decoupled logins under way (OID-09)."""

from typing import ClassVar

from django.db import migrations, models

from espace_sante.platform.postgres.rls import droits


class Migration(migrations.Migration):
    dependencies: ClassVar = [("identite", "0008_annuaire_sante")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="ParcoursLogiciel",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("logiciel_id", models.CharField(db_index=True, max_length=80)),
                ("ins_hache", models.BinaryField(max_length=32)),
                ("commence_le", models.DateTimeField()),
                ("expire_le", models.DateTimeField()),
                ("conclu_le", models.DateTimeField(help_text="from then on nothing changes", null=True)),
                ("reussi", models.BooleanField(db_default=False)),
                (
                    "constats",
                    models.JSONField(default=list, help_text="findings by step, once concluded"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DemandeDecouplee",
            fields=[
                (
                    "empreinte",
                    models.BinaryField(
                        help_text="SHA-256 of our auth_req_id",
                        max_length=32,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("logiciel_id", models.CharField(max_length=80)),
                ("commence_le", models.DateTimeField()),
                ("expire_le", models.DateTimeField(db_index=True)),
                ("intervalle_s", models.SmallIntegerField()),
                ("prochain_le", models.DateTimeField(help_text="an earlier poll is told to slow down")),
                (
                    "scelle",
                    models.BinaryField(
                        help_text="the provider's own auth_req_id, sealed with the master key"
                    ),
                ),
                (
                    "parametres",
                    models.JSONField(help_text="what the token was asked for; no identity of a patient"),
                ),
            ],
        ),
        droits("identite_parcourslogiciel", "SELECT", "INSERT", "UPDATE"),
        droits("identite_demandedecouplee", "SELECT", "INSERT", "UPDATE", "DELETE"),
    ]
