"""Making the proof bundle of one record (AUD-11, AUD-14); form: see `lot`."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from espace_sante.platform.postgres import direct
from espace_sante.traces.ecriture import PORTE_SECRETE
from espace_sante.traces.journal_scelle import queries
from espace_sante.traces.journal_scelle.arbre import preuve_coherence
from espace_sante.traces.journal_scelle.encodage import EFFACEMENT, TRACE
from espace_sante.traces.journal_scelle.lot import FORMAT
from espace_sante.traces.journal_scelle.note import ClePublique, lire_tete
from espace_sante.traces.journal_scelle.preuves import noeuds_utiles


def lot_de_preuves(
    dossier_id: UUID,
    cle: ClePublique,
    *,
    lire: queries.Lecteur = direct.lire,
    anciennes: Iterable[str] = (),
    caches: Iterable[UUID] = (),
    sans_secret: bool = False,
) -> bytes:
    """The bundle, as JSON; the connection is scoped to the record.

    Entries that the last published head does not hold yet are counted, not proven. `anciennes`: signed heads that
    the holder kept from an earlier export, to be linked with today's by a consistency proof. `caches`: documents
    whose acts stay unseen for now (AUD-09): their entries are left out; `sans_secret`: acts in connexion
    secrète too (FHR-163).
    """
    cachees = set(caches)
    par_shard: dict[int, list[tuple[Any, ...]]] = {}
    en_attente = queries.non_scellees(lire, dossier_id)
    for source in (TRACE, EFFACEMENT):
        documents = source.noms.index("document_ids") if "document_ids" in source.noms else None
        porte = source.noms.index("porte") if sans_secret and "porte" in source.noms else None
        for shard, rang, empreinte, effacee, *valeurs in queries.du_dossier(lire, dossier_id, source):
            if documents is not None and not effacee and cachees & set(valeurs[documents] or ()):
                continue
            if porte is not None and not effacee and valeurs[porte] == PORTE_SECRETE:
                continue
            contenu = None if effacee else [_json(v) for v in valeurs]
            par_shard.setdefault(shard, []).append((rang, source.genre, _b64(empreinte), contenu))
    journaux = []
    liees = [(lire_tete(note), note) for note in anciennes]
    for shard, entrees in sorted(par_shard.items()):
        entrees.sort(key=lambda e: e[0])
        tete = queries.derniere_tete(lire, shard)
        taille = tete[0] if tete else 0
        prouvees = [e for e in entrees if e[0] < taille]
        en_attente += len(entrees) - len(prouvees)
        if tete is None or not prouvees:
            continue
        tuiles = queries.Tuiles(lire, shard)
        utiles = noeuds_utiles([e[0] for e in prouvees], taille)
        origine = lire_tete(tete[1]).origine
        journaux.append(
            {
                "tete": tete[1],
                "entrees": prouvees,
                "noeuds": {f"{h}/{i}": _b64(tuiles(h, i)) for h, i in utiles},
                "coherence": [
                    {"tete": note, "preuve": [_b64(p) for p in preuve_coherence(tuiles, t.taille, taille)]}
                    for t, note in liees
                    if t.origine == origine and 0 < t.taille <= taille
                ],
            }
        )
    return orjson.dumps(
        {
            "format": FORMAT,
            "cle": str(cle),
            "dossier": str(dossier_id),
            "colonnes": {s.genre: s.noms for s in (TRACE, EFFACEMENT)},
            "en_attente": en_attente,
            "journaux": journaux,
        }
    )


def _b64(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


def _json(valeur: Any) -> Any:
    if isinstance(valeur, datetime):
        return valeur.isoformat()
    if isinstance(valeur, UUID):
        return str(valeur)
    if isinstance(valeur, list):
        return [str(v) for v in valeur]
    return valeur
