"""Exports of a whole space (REG-02, REG-03)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("dossier", "0003_reglages")]
    operations = []
