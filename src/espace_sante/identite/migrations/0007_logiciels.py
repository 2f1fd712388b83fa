"""Programs as publishers register them, their certificates, revoked tokens, links to the portal (OID-12 to OID-37)."""

from typing import ClassVar

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from espace_sante.platform.postgres.rls import droits


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("identite", "0006_insi"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="ContexteLien",
            fields=[
                (
                    "empreinte",
                    models.BinaryField(
                        help_text="SHA-256 of what the link carries",
                        max_length=32,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("expire_le", models.DateTimeField(db_index=True)),
                (
                    "rpps",
                    models.CharField(
                        blank=True, help_text="the only one whom it serves; empty: anyone", max_length=11
                    ),
                ),
                ("logiciel_id", models.CharField(max_length=80)),
                ("ins_scelle", models.BinaryField(help_text="OID and matricule, sealed with the master key")),
            ],
        ),
        migrations.CreateModel(
            name="DecisionLogiciel",
            fields=[
                ("demande_id", models.UUIDField(primary_key=True, serialize=False)),
                ("operateur_id", models.UUIDField()),
                ("quand", models.DateTimeField()),
                ("accord", models.BooleanField()),
                ("motif", models.CharField(blank=True, max_length=500)),
            ],
        ),
        migrations.CreateModel(
            name="DemandeLogiciel",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("quand", models.DateTimeField()),
                ("client_id", models.CharField(max_length=80, unique=True)),
                (
                    "secret_hache",
                    models.CharField(
                        blank=True, help_text="empty where only certificates serve", max_length=128
                    ),
                ),
                (
                    "fiche",
                    models.JSONField(
                        help_text="what was typed, read and checked: see identite.logiciels.fiche"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="JetonRevoque",
            fields=[
                ("jti", models.UUIDField(primary_key=True, serialize=False)),
                ("expire_le", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="SuiteLogiciel",
            fields=[
                ("demande_id", models.UUIDField(primary_key=True, serialize=False)),
                ("quand", models.DateTimeField()),
                (
                    "refus",
                    models.CharField(
                        blank=True, help_text="code of the refusal; empty: the program exists", max_length=40
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="logiciel",
            name="conforme_le",
            field=models.DateField(help_text="day of the conformance run in test (OID-34)", null=True),
        ),
        migrations.AddField(
            model_name="logiciel",
            name="contact",
            field=models.CharField(
                db_default="", help_text="address that notices go to (OID-33)", max_length=100
            ),
        ),
        migrations.AddField(
            model_name="logiciel",
            name="editeur",
            field=models.CharField(db_default="", help_text="legal entity of the publisher", max_length=120),
        ),
        migrations.AddField(
            model_name="logiciel",
            name="etape",
            field=models.CharField(db_default="test", help_text="test | production | ferme", max_length=12),
        ),
        migrations.AddField(
            model_name="logiciel",
            name="psc_client_id",
            field=models.CharField(
                db_default="", help_text="its name at Pro Santé Connect; empty: the same", max_length=80
            ),
        ),
        migrations.AddField(
            model_name="logiciel",
            name="retours",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=255),
                db_default=[],
                help_text="compared exactly (OID-30)",
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="logiciel",
            name="siret",
            field=models.CharField(db_default="", max_length=14),
        ),
        migrations.CreateModel(
            name="CertificatLogiciel",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("dn", models.CharField(max_length=500)),
                (
                    "expire_le",
                    models.DateTimeField(help_text="end of the certificate that was shown", null=True),
                ),
                ("depuis", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("fin", models.DateTimeField(help_text="taken back", null=True)),
                (
                    "annonce_j",
                    models.SmallIntegerField(
                        help_text="60, 30 or 7: the last notice of its end (OID-33)", null=True
                    ),
                ),
                (
                    "logiciel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="certificats",
                        to="identite.logiciel",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("fin", None)), fields=("dn",), name="un_dn_un_logiciel"
                    )
                ],
            },
        ),
        # Programs that already work go on working (OID-34 is for those to come).
        migrations.RunSQL(
            "UPDATE identite_logiciel SET etape = 'production'"
            " WHERE EXISTS (SELECT FROM identite_installation WHERE nature = 'production')",
            migrations.RunSQL.noop,
        ),
        # The application asks and reads; operations make programs and say who they are, as owner (ADR 0018).
        droits("identite_certificatlogiciel", "SELECT"),
        droits("identite_suitelogiciel", "SELECT"),
        droits("identite_demandelogiciel", "SELECT", "INSERT"),
        droits("identite_decisionlogiciel", "SELECT", "INSERT"),
        droits("identite_jetonrevoque", "SELECT", "INSERT", "DELETE"),
        droits("identite_contextelien", "SELECT", "INSERT", "DELETE"),
    ]
