"""The simulators never run in production (rule OID-36)."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def exiger_local() -> None:
    """Raises ImproperlyConfigured unless the simulators were asked for outside production."""
    if not settings.ES_LOCAL or settings.ES_INSTANCE == "production":
        raise ImproperlyConfigured("Les simulateurs ne se chargent jamais en production (ES_SIMULATEURS).")
