"""Ids on the wire: the record's and the resource's, joined (64 characters, the most FHIR admits).

A read by id then finds its record without any lookup table, on any number of machines; the id stays
opaque and is never the INS (FHR-49, FHR-112). Knowing one opens nothing: every read passes the gate.
"""

from __future__ import annotations

import re
from typing import Final
from uuid import UUID

_FIL: Final = re.compile(r"[0-9a-f]{64}")


def composer(dossier_id: UUID, ressource_id: UUID) -> str:
    """The id of a resource of that record."""
    return dossier_id.hex + ressource_id.hex


def decomposer(texte: str) -> tuple[UUID, UUID] | None:
    """(record, resource) of an id, or None when it is not one of ours."""
    if not _FIL.fullmatch(texte):
        return None
    return UUID(texte[:32]), UUID(texte[32:])
