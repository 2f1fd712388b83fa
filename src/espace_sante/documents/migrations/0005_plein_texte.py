"""The sealed index of the words of contents."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("documents", "0004_perso")]
    operations = []
