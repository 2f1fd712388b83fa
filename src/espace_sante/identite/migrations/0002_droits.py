from typing import ClassVar

from django.db import migrations

from espace_sante.platform.postgres.rls import droits, table_de_dossier


class Migration(migrations.Migration):
    dependencies: ClassVar = [("identite", "0001_initial")]
    operations: ClassVar = [
        table_de_dossier("identite_titulaire"),
        droits("identite_titulaire", "SELECT", "INSERT", "UPDATE"),
        droits("identite_indexins", "SELECT", "INSERT"),
    ]
