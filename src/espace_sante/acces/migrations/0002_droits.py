from typing import ClassVar

from django.db import migrations

from espace_sante.platform.postgres.rls import cle_etrangere, droits, table_de_dossier


class Migration(migrations.Migration):
    dependencies: ClassVar = [("acces", "0001_initial"), ("dossier", "0001_initial")]
    operations: ClassVar = [
        table_de_dossier("acces_consentement"),
        cle_etrangere("acces_consentement", "dossier_id", "dossier_dossier", "dossier_id"),
        droits("acces_consentement", "SELECT", "INSERT", "UPDATE"),
        # Reference data: loaded by operations, never by the web process.
        droits("acces_edition", "SELECT"),
        droits("acces_cellule", "SELECT"),
    ]
