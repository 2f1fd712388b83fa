"""Folders beside submission sets, and what they hold by reference (FHR-65, FHR-85)."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("documents", "0006_depot_portail")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="lot",
            name="genre",
            field=models.CharField(
                db_default="submissionset",
                default="submissionset",
                help_text="submissionset, folder",
                max_length=13,
            ),
        ),
        migrations.AddField(
            model_name="lot",
            name="items",
            field=ArrayField(
                models.UUIDField(), db_default=[], default=list, help_text="held by reference", size=None
            ),
        ),
    ]
