"""Run inside an installation: everything that is stored, read past the product's own queries.

JSON out: {"reglages": {setting: value}, "comptes": {table: rows}, "documents": [one object each]}. Contents are
unsealed with the record's key; what cannot be unsealed has an empty `sha1_contenu`.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import django
import psycopg

TABLES = (
    "documents_document",
    "documents_contenu",
    "documents_versiondocument",
    "documents_registre",
    "documents_lot",
    "traces_trace",
)
_DOCUMENTS = """
SELECT d.unique_id, d.dossier_id, d.id, d.sha1, d.taille, d.statut, d.version, k.scelle, p.cle_scellee,
    (SELECT count(*) FROM documents_versiondocument v WHERE v.dossier_id = d.dossier_id AND v.document_id = d.id
        AND v.version = 1 AND v.entree = d.entree),
    (SELECT count(*) FROM documents_registre r WHERE r.unique_id = d.unique_id AND r.document_id = d.id
        AND r.dossier_id = d.dossier_id),
    (SELECT count(*) FROM documents_lot l WHERE l.dossier_id = d.dossier_id AND l.id = d.lot_id),
    (SELECT count(*) FROM traces_trace t WHERE t.dossier_id = d.dossier_id AND t.document_ids = ARRAY[d.id]
        AND t.action = 'depot' AND t.resultat = 'fait')
FROM documents_document d JOIN dossier_dossier p USING (dossier_id)
    LEFT JOIN documents_contenu k ON k.dossier_id = d.dossier_id AND k.document_id = d.id
"""


def principal() -> None:
    django.setup()
    from django.conf import settings

    from espace_sante.platform.crypto import CleDossier, ScelleRompu
    from espace_sante.platform.postgres.embarque import BASE, Serveur

    donnees = Path(settings.ES_DATA)
    serveur = Serveur(donnees / "postgres", Path((donnees / "postgres.socket").read_text()))
    documents = []
    # The superuser sees every row whatever the scope.
    with psycopg.connect(serveur.url("es_super", BASE)) as cx:
        reglages = {
            n: cx.execute(f"SHOW {n}").fetchone()[0]
            for n in ("fsync", "synchronous_commit", "full_page_writes")
        }
        comptes = {t: cx.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in TABLES}
        for u, dossier, document, sha1, taille, statut, version, scelle, cle, *compte in cx.execute(
            _DOCUMENTS
        ):
            contenu = None
            if scelle is not None and cle is not None:
                try:
                    contenu = CleDossier.ouvrir(cle, dossier.bytes).desceller(scelle, document.bytes)
                except ScelleRompu:
                    contenu = None
            documents.append(
                {
                    "unique_id": u,
                    "dossier": str(dossier),
                    "sha1": bytes(sha1).hex(),
                    "sha1_contenu": hashlib.sha1(contenu).hexdigest() if contenu is not None else "",
                    "taille_juste": contenu is not None and len(contenu) == taille,
                    "en_vigueur": statut == "current" and version == 1,
                    **dict(zip(("versions", "registre", "lots", "traces"), compte, strict=True)),
                }
            )
    json.dump({"reglages": reglages, "comptes": comptes, "documents": documents}, sys.stdout)


if __name__ == "__main__":
    principal()
