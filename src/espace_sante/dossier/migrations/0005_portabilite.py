"""What the holder chooses in his copy, its parts, how often he took it away (POR-04, POR-12, POR-15)."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("dossier", "0004_exports")]
    operations: ClassVar = [
        migrations.AddField(
            "export",
            "choix",
            models.JSONField(
                default=dict, db_default={}, help_text="what he wants; empty: everything (POR-15)"
            ),
        ),
        migrations.AddField(
            "export",
            "parties",
            models.JSONField(
                default=list, db_default=[], help_text="[pieces, bytes] of each numbered part (POR-04)"
            ),
        ),
        migrations.AddField(
            "export",
            "telechargements",
            models.IntegerField(default=0, db_default=0, help_text="so far (POR-12)"),
        ),
    ]
