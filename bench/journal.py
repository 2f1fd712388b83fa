"""The sealed log: sealing new traces, and verifying the export of a long history offline."""

from __future__ import annotations

import resource
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from espace_sante.traces.journal_scelle import lot
from espace_sante.traces.journal_scelle.ecriture import Connexion, connexion, lecteur, publier, sceller
from espace_sante.traces.journal_scelle.encodage import TRACE
from espace_sante.traces.journal_scelle.exportation import lot_de_preuves
from espace_sante.traces.journal_scelle.note import CleJournal

TRACES = 100_000
SHARDS = 4
CLE = CleJournal("banc.example/traces", bytes(32))
DOSSIER = UUID("018f0000-0000-7000-8000-000000000001")
_REMPLIR = f"""
INSERT INTO traces_trace ({", ".join(TRACE.noms)})
SELECT coalesce(%s::uuid, ('018f0000-0000-7000-8000-' || lpad(to_hex(i %% 5000 + 10), 12, '0'))::uuid),
 gen_random_uuid(), now() - (%s - i) * interval '1 millisecond', 'professionnel', '899000000017', 'Dr Anne Morel',
 'Médecin', '1750000001', 'Cabinet du parc', 'Paris', 'lecture', 'fait', '', 'ttttt', ARRAY[gen_random_uuid()],
 '11488-4', 'Compte rendu de consultation', 'normal', 1, 'web', '', repeat('ab', 16), gen_random_uuid()
FROM generate_series(1, %s) AS i
"""
# The same rows read and written, the same hash, in one statement and without a tree: what the database can do at best.
_LIMITE = f"""
INSERT INTO bench_feuilles SELECT t.dossier_id, t.id, 'trace', 1::smallint, 0, row_number() OVER (),
 {TRACE.empreinte_sql()}, now(), NULL::timestamptz FROM traces_trace t
 WHERE NOT EXISTS (SELECT 1 FROM bench_feuilles f WHERE (f.dossier_id, f.trace_id) = (t.dossier_id, t.id))
"""


def trace_seal(cx: Connexion, nombre: int) -> tuple[float, float, int]:
    """(sealed a second, limit a second, memory gained in MB) for that many new traces."""
    cx.execute(_REMPLIR, [None, nombre, nombre])
    cx.execute("CREATE TABLE bench_feuilles (LIKE traces_feuille INCLUDING ALL)")
    avant, debut = _memoire(), time.perf_counter()
    scelles = sceller(cx, SHARDS)
    duree = time.perf_counter() - debut
    gagnee = _memoire() - avant
    debut = time.perf_counter()
    reference = cx.execute(_LIMITE).rowcount
    limite = reference / (time.perf_counter() - debut)
    cx.execute("DROP TABLE bench_feuilles")
    return scelles / duree, limite, gagnee


def trace_verify(cx: Connexion, nombre: int, dossier: Path) -> tuple[float, int]:
    """(seconds to verify the export of that many traces of one record, size of the file in bytes)."""
    cx.execute(_REMPLIR, [DOSSIER, nombre, nombre])
    sceller(cx, SHARDS)
    publier(cx, CLE, dossier / "tetes-banc.txt", datetime.now(UTC))
    octets = lot_de_preuves(DOSSIER, CLE.publique, lire=lecteur(cx))
    debut = time.perf_counter()
    prouve = lot.verifier(octets, CLE.publique)
    duree = time.perf_counter() - debut
    assert prouve.entrees == nombre
    return duree, len(octets)


def mesurer(dossier: Path, voulus: list[str], *, croissance: bool) -> dict[str, Any]:
    """The two cases, as `bench/results` tells them. Run last: leaves its traces in the database."""
    faits: dict[str, Any] = {}
    with connexion() as cx:
        sceller(cx, SHARDS)
        if "trace_seal" in voulus:
            par_s, limite, gagnee = trace_seal(cx, TRACES)
            faits["trace_seal"] = {
                "value": par_s, "unit": "1/s", "limit": limite, "limit_unit": "1/s", "ratio": par_s / limite,
                "p50_ms": 1000 / par_s, "p99_ms": 1000 / par_s, "errors": 0, "n": TRACES, "memory_mb": gagnee,
            }  # fmt: skip
            if croissance:
                par_s, limite, gagnee = trace_seal(cx, 10 * TRACES)
                faits["trace_seal"] |= {"at_10x": par_s, "limit_at_10x": limite, "memory_at_10x_mb": gagnee}
        if "trace_verify" in voulus:
            duree, taille = trace_verify(cx, TRACES, dossier)
            # No part of the database in it: its limit is the ten seconds that it is allowed.
            faits["trace_verify"] = {
                "value": duree, "unit": "s", "limit": 10, "limit_unit": "s", "ratio": 10 / duree,
                "p50_ms": duree * 1000, "p99_ms": duree * 1000, "errors": 0, "n": TRACES, "file_mb": taille / 1e6,
            }  # fmt: skip
    for nom, f in faits.items():
        print(
            f"  {nom:18} {f['value']:8.1f} {f['unit']}  limit {f['limit']:8.1f} {f['limit_unit']}", flush=True
        )
    return faits


def _memoire() -> int:
    """Largest memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
