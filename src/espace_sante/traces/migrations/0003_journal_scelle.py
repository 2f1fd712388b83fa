"""The Merkle log of the traces (AUD-14)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("traces", "0002_droits")]
    operations = []
