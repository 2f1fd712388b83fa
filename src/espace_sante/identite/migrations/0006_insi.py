"""What the national identity service says of a holder, former matricules, first FranceConnect link (INS-01 to INS-17)."""

from typing import ClassVar

from django.db import migrations, models

from espace_sante.platform.postgres.rls import droits, table_de_dossier


class Migration(migrations.Migration):
    dependencies: ClassVar = [("identite", "0005_operateurs")]
    operations: ClassVar = [
        *[
            migrations.AddField("titulaire", nom, models.BooleanField(default=False, db_default=False))
            for nom in ("homonyme", "douteux", "fictif")
        ],
        migrations.AddField(
            "titulaire",
            "source_identite",
            models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="who gave the traits: insi, or nothing",
                max_length=10,
            ),
        ),
        migrations.AddField(
            "titulaire",
            "verifiee_le",
            models.DateTimeField(help_text="last answer of INSi about this person (INS-01)", null=True),
        ),
        migrations.AddField(
            "titulaire",
            "piece_identite",
            models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="trusted document that was looked at (INS-04)",
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            "titulaire",
            models.CheckConstraint(
                name="titulaire_qualifie_sans_doute",
                condition=~models.Q(statut_identite="QUALIFIEE") | models.Q(douteux=False, fictif=False),
            ),
        ),
        migrations.CreateModel(
            name="AncienMatricule",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "dossier_id",
                        "oid",
                        "matricule",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("dossier_id", models.UUIDField()),
                ("oid", models.CharField(max_length=40)),
                ("matricule", models.CharField(max_length=15)),
                ("debut", models.DateField(null=True)),
                ("fin", models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="AppelInsi",
            fields=[
                ("empreinte", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ("jour", models.DateField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="FusionAFaire",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("dossier_id", models.UUIDField()),
                ("autre_id", models.UUIDField()),
                ("constatee_le", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("dossier_id", "autre_id"), name="fusion_une_fois")
                ]
            },
        ),
        table_de_dossier("identite_ancienmatricule"),
        droits("identite_ancienmatricule", "SELECT", "INSERT"),
        droits("identite_appelinsi", "SELECT", "INSERT", "UPDATE", "DELETE"),
        droits("identite_fusionafaire", "SELECT", "INSERT"),
        # A matricule that is not the present one any more stays, marked so (INS-16).
        droits("identite_indexins", "SELECT", "INSERT", "UPDATE"),
        # The first link of a FranceConnect subject is made at login, from the pivot traits (OID-25, INS-12).
        droits("identite_lienfranceconnect", "SELECT", "INSERT"),
    ]
