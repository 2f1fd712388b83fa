"""Blocks, referents, access codes, emergencies (ACC-24 to ACC-60, EMG)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("acces", "0003_droits_equipes")]
    operations = []
