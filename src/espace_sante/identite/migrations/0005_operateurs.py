"""Accounts of operators and their two factors (ACC-39, HLP-21, ADR 0018)."""

from typing import ClassVar

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from espace_sante.platform.postgres.rls import droits


class Migration(migrations.Migration):
    dependencies: ClassVar = [("identite", "0004_droits_minimaux")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Operateur",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                (
                    "courriel",
                    models.CharField(
                        help_text="lower case; the identifier of the login", max_length=100, unique=True
                    ),
                ),
                ("nom", models.CharField(max_length=80)),
                (
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30), size=None
                    ),
                ),
                ("cree_le", models.DateTimeField()),
                ("desactive_le", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="FacteursOperateur",
            fields=[
                (
                    "operateur",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="facteurs",
                        serialize=False,
                        to="identite.operateur",
                    ),
                ),
                ("mot_de_passe", models.CharField(max_length=128)),
                (
                    "provisoire_jusqua",
                    models.DateTimeField(
                        help_text="until then the password only opens the enrolment; null: the operator chose it",
                        null=True,
                    ),
                ),
                ("totp_scelle", models.BinaryField(help_text="sealed with the master key", null=True)),
                ("enrole_le", models.DateTimeField(null=True)),
                ("dernier_pas", models.BigIntegerField(default=0)),
                (
                    "changes_le",
                    models.DateTimeField(help_text="a login opened with former factors is worth nothing"),
                ),
            ],
        ),
        # Who is an operator, and with which roles, is decided by operations alone.
        droits("identite_operateur", "SELECT"),
        droits("identite_facteursoperateur", "SELECT", "INSERT", "UPDATE"),
    ]
