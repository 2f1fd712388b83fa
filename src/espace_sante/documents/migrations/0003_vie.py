"""Life of documents: announcement, archive, deletion (DOC-33 to DOC-52)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("documents", "0002_droits")]
    operations = []
