from typing import ClassVar

from django.db import migrations

from espace_sante.platform.postgres.rls import droits, table_de_dossier


class Migration(migrations.Migration):
    dependencies: ClassVar = [("dossier", "0001_initial")]
    operations: ClassVar = [
        table_de_dossier("dossier_dossier"),
        droits("dossier_dossier", "SELECT", "INSERT", "UPDATE"),
    ]
