from typing import ClassVar

from django.db import migrations

from espace_sante.platform.postgres.rls import droits


class Migration(migrations.Migration):
    """Care teams open records to their members: the running application reads them, operations write them (ACC-20)."""

    dependencies: ClassVar = [("acces", "0002_droits")]
    operations: ClassVar = [
        droits("acces_equipesoins", "SELECT"),
        droits("acces_membreequipe", "SELECT"),
    ]
