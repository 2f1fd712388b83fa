"""Signed tree heads: the checkpoint of C2SP (tlog-checkpoint) in a signed note (signed-note), Ed25519. Pure.

espace-sante/traces/0        the origin: name of this log shard
1234                         size of the tree
tt1Z…=                       its root, base64
quand 2026-03-03T09:00:00Z   our extension line, signed like the rest

— espace-sante/traces/0 Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp…
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from espace_sante.kernel.errors import EspaceSanteError

_ED25519 = b"\x01"
_NOTE = re.compile(
    r"(?P<texte>(?P<origine>[^\s+]+)\n(?P<taille>0|[1-9]\d{0,18})\n(?P<racine>[A-Za-z0-9+/]{43}=)\n"
    r"quand (?P<quand>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)\n)\n(?P<signatures>(?:— [^\s+]+ [A-Za-z0-9+/=]+\n)+)"
)


class NoteIllisible(EspaceSanteError):
    """A head or a key that cannot be read, or whose signature is not that of the expected key."""


@dataclass(frozen=True, slots=True)
class Tete:
    """What a signed tree head says."""

    origine: str
    taille: int
    racine: bytes
    quand: datetime

    @property
    def texte(self) -> str:
        quand = self.quand.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return f"{self.origine}\n{self.taille}\n{base64.b64encode(self.racine).decode()}\nquand {quand}\n"


@dataclass(frozen=True, slots=True)
class ClePublique:
    """The key that signs every shard of one installation; `nom` is that of the installation."""

    nom: str
    octets: bytes

    def empreinte(self, nom: str) -> bytes:
        """Key hash of signed-note, for a key of that name."""
        return sha256(nom.encode() + b"\n" + _ED25519 + self.octets).digest()[:4]

    def __str__(self) -> str:
        cle = base64.b64encode(_ED25519 + self.octets).decode()
        return f"{self.nom}+{self.empreinte(self.nom).hex()}+{cle}"

    @classmethod
    def lire(cls, texte: str) -> ClePublique:
        """Read the usual form `name+hash+key`. Raises NoteIllisible."""
        trouve = re.fullmatch(r"([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)", texte.strip())
        try:
            octets = base64.b64decode(trouve[3], validate=True) if trouve else b""
        except ValueError:
            octets = b""
        cle = cls(trouve[1] if trouve else "", octets[1:])
        if (
            not trouve
            or octets[:1] != _ED25519
            or len(octets) != 33
            or cle.empreinte(cle.nom).hex() != trouve[2]
        ):
            raise NoteIllisible("cle_publique_illisible", "La clé publique du journal n'est pas lisible.")
        return cle

    def ouvrir(self, note: str) -> Tete:
        """The head that a note says, its signature checked. Raises NoteIllisible."""
        trouve = _NOTE.fullmatch(note)
        if not trouve:
            raise NoteIllisible("tete_illisible", "Cette tête d'arbre n'est pas lisible.")
        tete = _tete(trouve)
        if not tete.origine.startswith(f"{self.nom}/"):
            raise NoteIllisible("tete_d_un_autre", "Cette tête d'arbre est celle d'un autre journal.")
        attendue = self.empreinte(tete.origine)
        for nom, brute in re.findall(r"— (\S+) (\S+)\n", trouve["signatures"]):
            try:
                octets = base64.b64decode(brute, validate=True)
                if nom == tete.origine and octets[:4] == attendue:
                    Ed25519PublicKey.from_public_bytes(self.octets).verify(
                        octets[4:], trouve["texte"].encode()
                    )
                    return tete
            except (ValueError, InvalidSignature):
                continue
        raise NoteIllisible(
            "signature_fausse", "La signature de cette tête d'arbre n'est pas celle du journal."
        )


class CleJournal:
    """The secret key of the log."""

    def __init__(self, nom: str, graine: bytes) -> None:
        if len(graine) != 32:
            raise NoteIllisible("cle_journal_illisible", "La clé du journal doit compter 32 octets.")
        self._cle = Ed25519PrivateKey.from_private_bytes(graine)
        self.publique = ClePublique(nom, self._cle.public_key().public_bytes_raw())

    def origine(self, shard: int) -> str:
        """Name of one shard of this installation's log."""
        return origine(self.publique.nom, shard)

    def signer(self, tete: Tete) -> str:
        """The note of a head."""
        signature = self.publique.empreinte(tete.origine) + self._cle.sign(tete.texte.encode())
        return f"{tete.texte}\n— {tete.origine} {base64.b64encode(signature).decode()}\n"


def origine(nom: str, shard: int) -> str:
    return f"{nom}/{shard}"


def decouper(texte: str) -> tuple[list[str], str]:
    """The notes that a text holds one after the other, and what follows the last one.

    What a crash cut short between two notes is left out.
    """
    notes, fin = [], 0
    for trouve in _NOTE.finditer(texte):
        notes.append(trouve[0])
        fin = trouve.end()
    return notes, texte[fin:]


def lire_tete(note: str) -> Tete:
    """What a note says, its signature not checked. Raises NoteIllisible."""
    trouve = _NOTE.fullmatch(note)
    if not trouve:
        raise NoteIllisible("tete_illisible", "Cette tête d'arbre n'est pas lisible.")
    return _tete(trouve)


def _tete(trouve: re.Match[str]) -> Tete:
    return Tete(
        trouve["origine"],
        int(trouve["taille"]),
        base64.b64decode(trouve["racine"]),
        datetime.strptime(trouve["quand"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC),
    )
