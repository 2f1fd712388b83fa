"""The name that one service knows one holder by: its own, useless to any other service (rule OID-29)."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from uuid import UUID

from espace_sante.identite.index import cle_hachage


def sujet(client_id: str, dossier_id: UUID) -> str:
    """The pairwise subject: stable, and says nothing of the person. Services cannot compare theirs."""
    empreinte = hmac.digest(cle_hachage(), b"sujet|" + client_id.encode() + b"|" + dossier_id.bytes, "sha256")
    return urlsafe_b64encode(empreinte).rstrip(b"=").decode()
