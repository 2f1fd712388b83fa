"""Subscriptions, members proposed for the circle, choices collected by establishments (FHR-167 to FHR-173)."""

from typing import ClassVar

import django.contrib.postgres.fields
from django.db import migrations, models

from espace_sante.platform.postgres.rls import cle_etrangere, droits, table_de_dossier


def _cle(*colonnes: str) -> models.CompositePrimaryKey:
    return models.CompositePrimaryKey(
        *colonnes, blank=True, editable=False, primary_key=True, serialize=False
    )


class Migration(migrations.Migration):
    dependencies: ClassVar = [("acces", "0009_appairages")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Abonnement",
            fields=[
                ("pk", _cle("dossier_id", "id")),
                ("dossier_id", models.UUIDField()),
                ("id", models.UUIDField()),
                ("rpps", models.CharField(max_length=11)),
                ("situation_id", models.CharField(max_length=80)),
                ("mode_authentification", models.CharField(max_length=30)),
                ("client_id", models.CharField(max_length=80)),
                ("demande_scellee", models.BinaryField()),
                (
                    "types",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        default=list,
                        help_text="empty: every type",
                        size=None,
                    ),
                ),
                ("etat", models.CharField(help_text="active | error | off", max_length=6)),
                ("fin", models.DateTimeField()),
                ("version", models.IntegerField(default=1)),
                ("cree_le", models.DateTimeField()),
                ("maj_le", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["dossier_id", "rpps"], name="abonnement_par_rpps")],
            },
        ),
        migrations.CreateModel(
            name="SuiviAbonnement",
            fields=[
                ("pk", _cle("dossier_id", "abonnement_id")),
                ("dossier_id", models.UUIDField()),
                ("abonnement_id", models.UUIDField()),
                (
                    "depuis",
                    models.UUIDField(help_text="documents are told from this time-ordered id on"),
                ),
                ("fin", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="EnvoiAbonnement",
            fields=[
                ("pk", _cle("dossier_id", "abonnement_id", "document_id")),
                ("dossier_id", models.UUIDField()),
                ("abonnement_id", models.UUIDField()),
                ("document_id", models.UUIDField()),
                ("quand", models.DateTimeField()),
                ("apres", models.DateTimeField(null=True)),
                ("essais", models.SmallIntegerField(default=0)),
            ],
            options={
                "indexes": [models.Index(fields=["apres"], name="envois_abonnement_a_faire")],
            },
        ),
        migrations.CreateModel(
            name="PropositionCercle",
            fields=[
                ("pk", _cle("dossier_id", "id")),
                ("dossier_id", models.UUIDField()),
                ("id", models.UUIDField()),
                ("groupe_id", models.UUIDField()),
                ("rpps", models.CharField(max_length=11)),
                ("nom", models.CharField(max_length=200)),
                ("propose_par", models.CharField(max_length=11)),
                ("propose_par_nom", models.CharField(max_length=200)),
                ("structure_nom", models.CharField(blank=True, max_length=200)),
                ("client_id", models.CharField(max_length=80)),
                ("propose_le", models.DateTimeField()),
                (
                    "etat",
                    models.CharField(help_text="proposee | acceptee | refusee | retiree", max_length=9),
                ),
                ("decide_le", models.DateTimeField(null=True)),
                ("consentement_id", models.UUIDField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["dossier_id", "groupe_id"], name="proposition_par_groupe")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("etat", "proposee")),
                        fields=("dossier_id", "groupe_id", "rpps"),
                        name="une_proposition_par_personne",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ChoixEtablissement",
            fields=[
                ("pk", _cle("dossier_id", "structure_id")),
                ("dossier_id", models.UUIDField()),
                ("structure_id", models.CharField(max_length=20)),
                (
                    "alimentation",
                    models.CharField(default="NA", help_text="INO | IO | NA", max_length=3),
                ),
                ("alimentation_le", models.DateTimeField(null=True)),
                (
                    "consultation",
                    models.CharField(default="NA", help_text="IC | INC | NA", max_length=3),
                ),
                ("consultation_le", models.DateTimeField(null=True)),
                ("recu_le", models.DateTimeField()),
            ],
        ),
        *[
            table_de_dossier(table)
            for table in ("acces_abonnement", "acces_propositioncercle", "acces_choixetablissement")
        ],
        *[
            cle_etrangere(table, "dossier_id", "dossier_dossier", "dossier_id")
            for table in ("acces_abonnement", "acces_propositioncercle", "acces_choixetablissement")
        ],
        droits("acces_abonnement", "SELECT", "INSERT", "UPDATE", "DELETE"),
        droits("acces_suiviabonnement", "SELECT", "INSERT", "UPDATE", "DELETE"),
        droits("acces_envoiabonnement", "SELECT", "INSERT", "UPDATE", "DELETE"),
        droits("acces_propositioncercle", "SELECT", "INSERT", "UPDATE"),
        droits("acces_choixetablissement", "SELECT", "INSERT", "UPDATE"),
    ]
