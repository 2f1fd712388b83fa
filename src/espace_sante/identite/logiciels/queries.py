"""Statements of programs and tokens that Django's own words do not make (OID-20, OID-32, OID-37)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, connections

CANAL = "es_jetons"
_VIVANT = """
SELECT EXISTS (SELECT FROM identite_logiciel WHERE client_id = %s AND actif),
    EXISTS (SELECT FROM identite_jetonrevoque WHERE jti = ANY(%s::uuid[]))
"""


def logiciel_actif_et_jeton_revoque(client_id: str, noms: Sequence[str]) -> tuple[bool, bool]:
    """Whether the program may call, and whether the token, or what it came of, died: in one round trip."""
    with connection.cursor() as curseur:
        curseur.execute(_VIVANT, [client_id, list(noms)])
        actif, revoque = curseur.fetchone()
    return bool(actif), bool(revoque)


def annoncer(message: str = "", *, base: str = "default") -> None:
    """Tell every server process to forget a token, or all of them; sent with the transaction."""
    with connections[base].cursor() as curseur:
        curseur.execute("SELECT pg_notify(%s, %s)", [CANAL, message])


def prendre_lien(empreinte: bytes, rpps: str) -> tuple[bytes, datetime] | None:
    """The sealed person of a link and its end, taken and deleted by one statement: two browsers get it once."""
    with connection.cursor() as curseur:
        curseur.execute(
            "DELETE FROM identite_contextelien WHERE empreinte = %s AND rpps IN ('', %s)"
            " RETURNING ins_scelle, expire_le",
            [empreinte, rpps],
        )
        ligne = curseur.fetchone()
    return (bytes(ligne[0]), ligne[1]) if ligne else None
