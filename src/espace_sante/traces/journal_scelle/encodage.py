"""The exact bytes of a trace, in Python and in SQL alike: what a leaf of the log is the hash of. Pure.

Form 1: `espace-sante/<genre>/1\n`, then each column in the order below: its length on four bytes (big endian,
all ones for NULL) and its bytes. Text is UTF-8; a uuid 16 bytes; an instant 8 bytes, microseconds since 2000-01-01 UTC;
a whole number 4 bytes; a list of uuids their usual text, joined by commas. A column added to a table makes form 2.
"""

from __future__ import annotations

import enum
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from espace_sante.traces.journal_scelle.arbre import feuille

VERSION: Final = 1
# Leaves of acts that reach no record carry this in place of one.
AUCUN_DOSSIER: Final = UUID(int=0)
_EPOQUE = datetime(2000, 1, 1, tzinfo=UTC)
_NUL = b"\xff\xff\xff\xff"
_MICRO = timedelta(microseconds=1)


class Type(enum.Enum):
    """How a column is written; the value is the SQL of its bytes."""

    TEXTE = "convert_to({c}::text, 'UTF8')"
    UUID = "uuid_send({c})"
    UUIDS = "convert_to(array_to_string({c}, ','), 'UTF8')"
    INSTANT = "timestamptz_send({c})"
    ENTIER = "int4send({c})"
    OCTETS = "{c}"


@dataclass(frozen=True, slots=True)
class Source:
    """A table whose rows enter the log."""

    genre: str
    table: str
    colonnes: tuple[tuple[str, Type], ...]

    @property
    def prefixe(self) -> bytes:
        return f"espace-sante/{self.genre}/{VERSION}\n".encode()

    @property
    def noms(self) -> tuple[str, ...]:
        return tuple(nom for nom, _ in self.colonnes)

    @property
    def dossier_sql(self) -> str:
        """SQL of the record of a row named `t`."""
        return "t.dossier_id" if "dossier_id" in self.noms else f"'{AUCUN_DOSSIER}'::uuid"

    def empreinte_sql(self, ligne: str = "t") -> str:
        """SQL of the hash of the leaf of the row of that name."""
        champs = []
        for nom, type_ in self.colonnes:
            octets = type_.value.format(c=f"{ligne}.{nom}")
            champs.append(f"coalesce(int4send(octet_length({octets})) || {octets}, int4send(-1))")
        debut = (b"\x00" + self.prefixe).hex()
        return f"sha256('\\x{debut}'::bytea || {' || '.join(champs)})"

    def canonique(self, valeurs: Sequence[Any]) -> bytes:
        """The bytes of a row, given in the order of `colonnes`. Raises ValueError when it does not fit."""
        morceaux = [self.prefixe]
        for (nom, type_), valeur in zip(self.colonnes, valeurs, strict=True):
            if valeur is None:
                morceaux.append(_NUL)
                continue
            octets = _ECRIRE[type_](valeur)
            if octets is None:
                raise ValueError(f"unreadable value of {nom}")
            morceaux += (len(octets).to_bytes(4, "big"), octets)
        return b"".join(morceaux)

    def empreinte(self, valeurs: Sequence[Any]) -> bytes:
        """Hash of the leaf of a row."""
        return feuille(self.canonique(valeurs))


def _uuid(valeur: UUID | str) -> bytes:
    return (valeur if isinstance(valeur, UUID) else UUID(valeur)).bytes


def _uuids(valeur: Sequence[UUID | str]) -> bytes:
    return ",".join(str(UUID(str(v))) for v in valeur).encode()


def _instant(valeur: datetime | str) -> bytes:
    quand = datetime.fromisoformat(valeur) if isinstance(valeur, str) else valeur
    return struct.pack(">q", (quand - _EPOQUE) // _MICRO)


_ECRIRE: Final[dict[Type, Callable[[Any], bytes | None]]] = {
    Type.TEXTE: lambda v: v.encode() if isinstance(v, str) else None,
    Type.UUID: _uuid,
    Type.UUIDS: _uuids,
    Type.INSTANT: _instant,
    Type.ENTIER: lambda v: struct.pack(">i", v),
    Type.OCTETS: lambda v: bytes.fromhex(v) if isinstance(v, str) else bytes(v),
}

_ACTE = ("action", "resultat", "motif")
_VENUE = ("porte", "logiciel", "adresse_hachee")


def _textes(*noms: str) -> tuple[tuple[str, Type], ...]:
    return tuple((nom, Type.TEXTE) for nom in noms)


TRACE = Source(
    "trace",
    "traces_trace",
    (
        ("dossier_id", Type.UUID),
        ("id", Type.UUID),
        ("quand", Type.INSTANT),
        *_textes("acteur_genre", "acteur_id", "acteur_nom", "profession"),
        *_textes("structure_id", "structure_nom", "structure_commune"),
        *_textes(*_ACTE, "lettres"),
        ("document_ids", Type.UUIDS),
        *_textes("document_type", "document_titre", "mode"),
        ("matrice_edition", Type.ENTIER),
        *_textes(*_VENUE),
        ("requete", Type.UUID),
    ),
)
HORS_DOSSIER = Source(
    "hors_dossier",
    "traces_tracehorsdossier",
    (
        ("id", Type.UUID),
        ("quand", Type.INSTANT),
        ("ins_hache", Type.OCTETS),
        *_textes("acteur_genre", "acteur_id", "structure_id"),
        *_textes(*_ACTE, *_VENUE),
        ("requete", Type.UUID),
    ),
)
# The destruction of a record's traces is itself an entry of the log (AUD-12).
EFFACEMENT = Source(
    "effacement",
    "traces_effacement",
    (
        ("dossier_id", Type.UUID),
        ("id", Type.UUID),
        ("quand", Type.INSTANT),
        ("motif", Type.TEXTE),
        ("nombre", Type.ENTIER),
    ),
)
SOURCES: Final = {s.genre: s for s in (TRACE, HORS_DOSSIER, EFFACEMENT)}


def fragment(dossier_id: UUID, nombre: int) -> int:
    """The log shard of a record: its last 32 bits, which are random, modulo the number of shards."""
    return (dossier_id.int & 0xFFFFFFFF) % nombre
