"""The holder's switches (EMG-05, DOC-44, DOC-45)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("dossier", "0002_droits")]
    operations = []
