"""Programs that are referenced services: purposes, kinds of data, OID of the solution (OID-28, FHR-148)."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("identite", "0009_parcours_logiciel")]
    operations: ClassVar = [
        migrations.AddField(
            "logiciel",
            "service",
            models.BooleanField(
                db_default=False, help_text="a referenced service, that holders pair with (OID-28)"
            ),
        ),
        migrations.AddField(
            "logiciel",
            "solution_oid",
            models.CharField(
                db_default="",
                help_text="OID of the solution: source of what it writes (FHR-148)",
                max_length=80,
            ),
        ),
        migrations.AddField(
            "logiciel",
            "presentation",
            models.CharField(db_default="", help_text="who it is, for the holder", max_length=500),
        ),
        migrations.AddField(
            "logiciel",
            "finalites",
            models.JSONField(
                db_default=[], help_text="what it asks for, by purpose: see identite.logiciels.finalites"
            ),
        ),
    ]
