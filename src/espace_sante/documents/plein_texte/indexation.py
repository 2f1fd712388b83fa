"""Making the sealed index of documents: read, cut into words, seal. Called in the scope of the record.

Idempotent: the same document indexed twice, or by two at once, is one row. Memory is bounded by the group of documents
whose bytes are read together.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from espace_sante.documents.plein_texte.sac import remplir
from espace_sante.documents.plein_texte.texte import extraire
from espace_sante.platform.crypto import CleDossier, ScelleRompu
from espace_sante.platform.postgres.direct import Ordre, aller_retour, lire

# Edition of the rules that cut texts into words: raised when they change, and everything is indexed anew.
REGLES: Final = 1
_GROUPE, _OCTETS_GROUPE = 25, 8 << 20
_MOTS, _TEXTE = b":mots", b":texte"
_TEXTE_DEPLIE_MAX = 4 << 20


@dataclass(frozen=True, slots=True)
class AIndexer:
    """A document whose words are not known yet."""

    id: UUID
    mime: str
    taille: int


_MANQUANTS = """
SELECT d.id, d.mime, d.taille FROM documents_document d
JOIN documents_contenu k ON k.dossier_id = d.dossier_id AND k.document_id = d.id AND length(k.scelle) > 0
LEFT JOIN documents_indextexte i ON i.dossier_id = d.dossier_id AND i.document_id = d.id AND i.regles = %s
WHERE d.dossier_id = %s AND i.document_id IS NULL AND d.statut <> 'entered-in-error'
ORDER BY d.id DESC LIMIT %s
"""
_CONTENUS = (
    "SELECT document_id, scelle FROM documents_contenu WHERE dossier_id = %s AND document_id = ANY(%s)"
)
# From the content as it stands in this statement: what is destroyed meanwhile is not brought back.
_GARDER = """
INSERT INTO documents_indextexte (dossier_id, document_id, regles, mots, texte)
SELECT k.dossier_id, k.document_id, %s, %s, %s FROM documents_contenu k
WHERE k.dossier_id = %s AND k.document_id = %s AND length(k.scelle) > 0 FOR SHARE
ON CONFLICT (dossier_id, document_id)
DO UPDATE SET regles = EXCLUDED.regles, mots = EXCLUDED.mots, texte = EXCLUDED.texte
"""


def manquants(dossier_id: UUID, limite: int) -> list[AIndexer]:
    """Documents of the record that have a content and no index, newest first."""
    return [AIndexer(*ligne) for ligne in lire(_MANQUANTS, [REGLES, dossier_id, limite])]


def indexer(dossier_id: UUID, cle: CleDossier, documents: Sequence[AIndexer]) -> Iterator[tuple[UUID, bytes]]:
    """Index documents group by group, and give each with its bag of words, still compressed.

    Each group is written before its first document is given: a caller may stop between two.
    """
    for groupe in _groupes(documents):
        mimes = {d.id: d.mime for d in groupe}
        ordres: list[Ordre] = []
        sacs: list[tuple[UUID, bytes]] = []
        for document_id, scelle in lire(_CONTENUS, [dossier_id, list(mimes)]):
            if not scelle:
                continue
            sac, texte = analyser(_ouvrir(cle, scelle, document_id), mimes[document_id])
            sacs.append((document_id, sac))
            ordres.append(
                (_GARDER, [REGLES, cle.sceller(sac, document_id.bytes + _MOTS),
                           cle.sceller(texte, document_id.bytes + _TEXTE), dossier_id, document_id])
            )  # fmt: skip
        if ordres:
            aller_retour(*ordres)
        yield from sacs


def analyser(contenu: bytes, mime: str) -> tuple[bytes, bytes]:
    """(bag of words, text) of a content, compressed, ready to be sealed."""
    texte = extraire(contenu, mime)
    return remplir(texte), zlib.compress(texte.encode(), 6)


def ouvrir_mots(cle: CleDossier, scelle: bytes, document_id: UUID) -> bytes:
    """The compressed bag of words of a document. Raises ScelleRompu."""
    return cle.desceller(scelle, document_id.bytes + _MOTS)


def ouvrir_texte(cle: CleDossier, scelle: bytes, document_id: UUID) -> str:
    """The readable text of a document, on one line. Raises ScelleRompu."""
    plie = cle.desceller(scelle, document_id.bytes + _TEXTE)
    return zlib.decompressobj().decompress(plie, _TEXTE_DEPLIE_MAX).decode()


def oublier(dossier_id: UUID, documents: Sequence[UUID]) -> None:
    """Empty the index of contents that are destroyed by being emptied, in the same transaction (rule DOC-35)."""
    lire(
        "UPDATE documents_indextexte SET mots = ''::bytea, texte = ''::bytea"
        " WHERE dossier_id = %s AND document_id = ANY(%s)",
        [dossier_id, list(documents)],
    )


def _ouvrir(cle: CleDossier, scelle: bytes, document_id: UUID) -> bytes:
    try:
        return cle.desceller(scelle, document_id.bytes)
    except ScelleRompu:
        # Altered: reading it will say so; a search has nothing to find in it.
        return b""


def _groupes(documents: Sequence[AIndexer]) -> Iterator[list[AIndexer]]:
    groupe: list[AIndexer] = []
    octets = 0
    for document in documents:
        if groupe and (len(groupe) >= _GROUPE or octets + document.taille > _OCTETS_GROUPE):
            yield groupe
            groupe, octets = [], 0
        groupe.append(document)
        octets += document.taille
    if groupe:
        yield groupe
