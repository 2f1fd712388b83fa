from typing import ClassVar

from django.db import migrations

from espace_sante.platform.postgres.rls import droits, table_de_dossier


class Migration(migrations.Migration):
    dependencies: ClassVar = [("traces", "0001_initial")]
    operations: ClassVar = [
        table_de_dossier("traces_trace"),
        # Append-only is held by privilege: nothing to update, delete or truncate with (AUD-13).
        droits("traces_trace", "SELECT", "INSERT"),
        droits("traces_tracehorsdossier", "INSERT"),
    ]
