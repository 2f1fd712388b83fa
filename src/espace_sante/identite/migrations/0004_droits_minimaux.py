from typing import ClassVar

from django.db import migrations

from espace_sante.platform.postgres.rls import droits


class Migration(migrations.Migration):
    """What the running application may do with each table outside records (ADR 0012)."""

    dependencies: ClassVar = [
        ("identite", "0003_blocages_et_installation"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("axes", "0010_accessattemptexpiration"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("sessions", "0001_initial"),
    ]
    operations: ClassVar = [
        # The directory and the programs decide who may ask for what: written by operations, as owner.
        *[
            droits(table, "SELECT")
            for table in (
                "identite_structure",
                "identite_professionnel",
                "identite_situationexercice",
                "identite_logiciel",
                "identite_installation",
                # Until FranceConnect subjects are linked here (OID-25), nothing served writes a link.
                "identite_lienfranceconnect",
                "auth_group",
                "auth_group_permissions",
                "auth_permission",
                "django_content_type",
                # Their logging is off (AXES_DISABLE_ACCESS_LOG, AXES_ENABLE_ACCESS_FAILURE_LOG).
                "axes_accesslog",
                "axes_accessfailurelog",
            )
        ],
        droits("identite_compte", "SELECT", "INSERT", "UPDATE"),
        droits("identite_ancienmotdepasse", "SELECT", "INSERT", "DELETE"),
        droits("identite_blocageconnexion", "SELECT", "INSERT", "UPDATE", "DELETE"),
        # Emptied with the attempts that they follow.
        droits("axes_accessattemptexpiration", "SELECT", "DELETE"),
    ]
