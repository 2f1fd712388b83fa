"""The limit of a case: the very statements of the product, recorded from one real act, replayed by pgbench.

Same rows read and written, same role and row-level security, same durability (synchronous_commit on), same
number of clients; prepared statements. What the product adds to this is all that separates it from its limit.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import psycopg
from django.db import connection

from espace_sante.platform.postgres import embarque
from espace_sante.platform.postgres.direct import Canal, Ordre

_UUID = re.compile(r"'([0-9a-f]{32})'::uuid")


@contextmanager
def enregistrer() -> Iterator[list[str]]:
    """Statements executed inside, with their parameters put in as literals."""
    ordres: list[str] = []
    connection.ensure_connection()
    d_origine = psycopg.Cursor.execute
    litteral = psycopg.ClientCursor(connection.connection)

    def execute(self: Any, query: Any, params: Any = None, **options: Any) -> Any:
        if not isinstance(self, psycopg.ClientCursor) or params is not None:
            texte = query if isinstance(query, str) else str(query)
            ordres.append(litteral.mogrify(texte, params) if params else texte)
        else:
            ordres.append(str(query))
        return d_origine(self, query, params, **options)

    def envoyer(self: Canal, lot: Sequence[Ordre]) -> Any:
        ordres.extend(litteral.mogrify(texte, params) if params else texte for texte, params in lot)
        return envoi_d_origine(self, lot)

    envoi_d_origine = Canal.envoyer
    with (
        mock.patch.object(psycopg.Cursor, "execute", execute),
        mock.patch.object(Canal, "envoyer", envoyer),
    ):
        yield ordres


def script(ordres: list[str], dossiers: list[str], *, fixes: frozenset[str] = frozenset()) -> str:
    """A pgbench script: the recorded record becomes one drawn by chance, ids that the act made become fresh ones."""
    texte = ";\n".join(
        o.strip().rstrip(";") for o in ordres if not o.strip().upper().startswith(("BEGIN", "COMMIT"))
    )
    dossier = re.search(r"SET LOCAL es\.dossier = '([0-9a-f-]{36})'", texte)
    assert dossier, "no act was recorded"
    numero = dossier.group(1).replace("-", "")
    texte = texte.replace(dossier.group(0), "SELECT set_config('es.dossier', (:d)::text, true)")
    neufs: dict[str, str] = {}

    def remplacer(trouve: re.Match[str]) -> str:
        valeur = trouve.group(1)
        if valeur == numero:
            return "(:d)::uuid"
        if valeur in fixes:
            return trouve.group(0)
        return f"(:{neufs.setdefault(valeur, f'u{len(neufs)}')})::uuid"

    texte = _UUID.sub(remplacer, texte)
    # A unique id is text that holds a fresh uuid.
    texte = re.sub(r"'urn:(?:uuid|oid):[0-9a-f.-]{36,}'", "('urn:x' || gen_random_uuid()::text)", texte)
    # pgbench takes any colon followed by letters or digits for a variable, inside quotes too.
    texte = re.sub(r"'(?:[^']|'')*'", _sans_deux_points, texte)
    tirages = "".join(f", gen_random_uuid() AS {nom}" for nom in neufs.values())
    return (
        f"\\set n random(1, {len(dossiers)})\n"
        f"SELECT (SELECT d FROM bench_dossiers WHERE n = :n) AS d{tirages} \\gset\n"
        f"BEGIN;\n{texte};\nCOMMIT;\n"
    )


def _sans_deux_points(trouve: re.Match[str]) -> str:
    litteral = trouve.group(0)
    if ":" not in litteral:
        return litteral
    return f"convert_from(decode('{litteral[1:-1].replace(chr(39) * 2, chr(39)).encode().hex()}', 'hex'), 'UTF8')"


def reposer(serveur: embarque.Serveur) -> None:
    """Write out what the filling left in memory: its cost belongs to no case."""
    with psycopg.connect(serveur.url("es_super", embarque.BASE), autocommit=True) as c:
        c.execute("CHECKPOINT")


def pgbench(
    serveur: embarque.Serveur, base: str, texte: str, *, clients: int, secondes: int, dossier: Path
) -> float:
    """Transactions a second."""
    fichier = dossier / "limite.sql"
    fichier.write_text(texte)
    fait = subprocess.run(
        [embarque.outil("pgbench"), "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(secondes),
         "-f", str(fichier), "-h", str(serveur.socket), "-p", str(serveur.port), "-U", embarque.APPLICATION, base],
        capture_output=True, text=True,
    )  # fmt: skip
    trouve = re.search(r"tps = ([0-9.]+)", fait.stdout)
    if fait.returncode or not trouve:
        raise RuntimeError(fait.stderr[-2000:])
    return float(trouve.group(1))
