"""Editions approved by two people, written once (ACC-38 to ACC-40, ACC-45)."""

from typing import ClassVar

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models.functions import Now

from espace_sante.platform.postgres.rls import droits

_SYSTEMES = django.contrib.postgres.fields.ArrayField(
    models.CharField(max_length=10), db_default=[], help_text="systems switched on (ACC-45)"
)


def reprendre(apps: StateApps, editeur: BaseDatabaseSchemaEditor) -> None:
    """Editions loaded before this rule: each gets its proposal, and says that nobody approved it."""
    edition = apps.get_model("acces", "Edition")
    proposition = apps.get_model("acces", "Proposition")
    base = editeur.connection.alias
    for ancienne in edition.objects.using(base).order_by("numero"):
        ancienne.systemes = sorted(settings.ES_SYSTEMES_ACTIFS)
        ancienne.auteur, ancienne.approbateur = "(avant les quatre yeux)", "(non approuvée)"
        ancienne.approuvee_le = min(ancienne.chargee_le, ancienne.date_effet)
        ancienne.save(using=base)
        proposition.objects.using(base).create(
            numero=ancienne.numero,
            nom=ancienne.nom,
            source=ancienne.source,
            auteur=ancienne.auteur,
            date_effet=ancienne.date_effet,
            chargee_le=ancienne.chargee_le,
            officielle=ancienne.officielle,
            systemes=ancienne.systemes,
        )


def ecrire_une_fois(table: str) -> migrations.RunSQL:
    """Even the owner may only add rows; taking the right back is an act of its own, seen in the catalogue (ACC-38)."""
    return migrations.RunSQL(
        f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM CURRENT_USER",
        f"GRANT UPDATE, DELETE, TRUNCATE ON {table} TO CURRENT_USER",
    )


class Migration(migrations.Migration):
    dependencies: ClassVar = [("acces", "0004_controle")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Proposition",
            fields=[
                ("numero", models.IntegerField(primary_key=True, serialize=False)),
                ("nom", models.CharField(max_length=120)),
                ("source", models.CharField(blank=True, max_length=255)),
                ("auteur", models.CharField(db_default="", max_length=120)),
                ("date_effet", models.DateTimeField()),
                ("chargee_le", models.DateTimeField()),
                (
                    "officielle",
                    models.BooleanField(default=False, help_text="every cell of origin `official` (ACC-41)"),
                ),
                ("systemes", _SYSTEMES),
            ],
            options={"abstract": False},
        ),
        migrations.AddField("edition", "auteur", models.CharField(db_default="", max_length=120)),
        migrations.AddField("edition", "approbateur", models.CharField(db_default="", max_length=120)),
        migrations.AddField("edition", "systemes", _SYSTEMES.clone()),
        migrations.SeparateDatabaseAndState(
            # Django's own default is volatile: the table would be rewritten under lock.
            [
                migrations.RunSQL(
                    "ALTER TABLE acces_edition ADD COLUMN approuvee_le timestamptz DEFAULT now() NOT NULL",
                    "ALTER TABLE acces_edition DROP COLUMN approuvee_le",
                )
            ],
            [migrations.AddField("edition", "approuvee_le", models.DateTimeField(db_default=Now()))],
        ),
        migrations.RunPython(reprendre, migrations.RunPython.noop),
        migrations.AlterField(
            "cellule",
            "edition",
            models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="cellules",
                to="acces.proposition",
            ),
        ),
        migrations.AddConstraint(
            "edition",
            models.CheckConstraint(
                condition=~models.Q(auteur__iexact=models.F("approbateur")), name="matrice_quatre_yeux"
            ),
        ),
        migrations.AddConstraint(
            "edition",
            models.CheckConstraint(
                condition=models.Q(date_effet__gte=models.F("approuvee_le")) | models.Q(numero=1),
                name="matrice_sans_effet_passe",
            ),
        ),
        droits("acces_proposition", "SELECT"),
        droits("acces_edition", "SELECT"),
        droits("acces_cellule", "SELECT"),
        ecrire_une_fois("acces_proposition"),
        ecrire_une_fois("acces_edition"),
        ecrire_une_fois("acces_cellule"),
    ]
