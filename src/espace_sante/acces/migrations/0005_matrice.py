"""Editions approved by two people (ACC-38 to ACC-40)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("acces", "0004_controle")]
    operations = []
