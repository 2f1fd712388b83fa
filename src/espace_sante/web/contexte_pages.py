"""What every page knows: who is logged in, whether this is a demonstration, the state of the matrix."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, Any]:
    return {
        "acteur": getattr(request, "acteur", None),
        "instance": settings.ES_INSTANCE,
        "demonstration": settings.ES_INSTANCE != "production",
        "local": settings.ES_LOCAL,
    }
