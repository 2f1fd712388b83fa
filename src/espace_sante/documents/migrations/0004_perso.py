"""The holder's folders, pins and quotas (DOC-20 to DOC-28, DOC-53 to DOC-55)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("documents", "0003_vie")]
    operations = []
