"""Hosts to which a program may be told of new documents (FHR-168)."""

from typing import ClassVar

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("identite", "0009_services")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="logiciel",
            name="hotes_notification",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=255),
                db_default=[],
                help_text="hosts, with their port when it is not 443",
                size=None,
            ),
        ),
    ]
