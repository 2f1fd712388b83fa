"""What the watch reads each quarter of an hour, found without walking the whole history (AUD-21).

The traces of all records by date: a few bytes for each block of the table, as they are written in that order. The
emergencies, which are rare, in an index of their own.
"""

from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("traces", "0004_signalements")]
    operations: ClassVar = [
        migrations.AddIndex(
            model_name="trace",
            index=BrinIndex(fields=["quand"], name="traces_par_instant", autosummarize=True),
        ),
        migrations.AddIndex(
            model_name="trace",
            index=models.Index(
                fields=["quand"], condition=~models.Q(mode="normal"), name="traces_en_urgence"
            ),
        ),
    ]
