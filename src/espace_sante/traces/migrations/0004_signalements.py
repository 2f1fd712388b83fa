"""Reports of abnormal accesses (AUD-18 to AUD-20)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("traces", "0003_journal_scelle")]
    operations = []
