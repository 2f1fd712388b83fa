"""Bringing a database to the schema of this version, with the application's least privileges."""

from __future__ import annotations

from django.conf import settings
from django.core.management import call_command
from django.db import connections


def migrer() -> None:
    """Run the migrations as owner; the application's role gets rights on rows only, and owns nothing."""
    proprietaire = connections["proprietaire"]
    role = proprietaire.ops.quote_name(str(settings.DATABASES["default"]["USER"]))
    with proprietaire.cursor() as curseur:
        curseur.execute(
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role};"
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role}"
        )
    call_command("migrate", database="proprietaire", interactive=False, verbosity=0, skip_checks=True)
    with proprietaire.cursor() as curseur:
        curseur.execute(f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}")
    proprietaire.close()
