"""Keys that sign our tokens, changed without a stop (rule OID-22): published, then signing, then only verifying.

One file a key in ES_DATA/cles/jetons.d, its name telling from when it signs; the first key of an installation is
`jetons.key`. Time alone says the state of a key, so that every process agrees; a new file is seen at the next token.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings
from joserfc.jwk import OKPKey

from espace_sante.platform.local import secret

# As long as our key set may stay in the cache of a reader.
PUBLICATION_S: Final = 3600
DUREE_S: Final = 3600
_MARGE_S: Final = 60


@dataclass(frozen=True, slots=True)
class Cle:
    """One key; signs from `depuis` (seconds) until the next one does."""

    depuis: int
    jwk: OKPKey
    fichier: Path

    @property
    def kid(self) -> str:
        return str(self.jwk.kid)


def signataire() -> Cle:
    """The key that signs now."""
    maintenant = time.time()
    return [c for c in _trousseau() if c.depuis <= maintenant][-1]


def par_kid(kid: object) -> Cle | None:
    """A key that verifies now; without a name, the one that signs."""
    if kid is None:
        return signataire()
    return next((c for c in valables() if c.kid == kid), None)


def valables() -> tuple[Cle, ...]:
    """Keys of our set: those to come, the one that signs, former ones while a token of theirs may live."""
    maintenant, trousseau = time.time(), _trousseau()
    suivantes = [c.depuis for c in trousseau[1:]]
    return tuple(
        cle
        for rang, cle in enumerate(trousseau)
        if rang == len(suivantes) or suivantes[rang] + DUREE_S + _MARGE_S > maintenant
    )


def publiques() -> list[dict[str, Any]]:
    """The key set, without any secret."""
    return [dict(c.jwk.as_dict(private=False)) for c in valables()]


def tourner(*, immediat: bool = False) -> Cle:
    """Make the next key; it signs once readers of our set have seen it. Removes keys that verify nothing any more.

    `immediat`, for a key that leaked: it signs at once and every other key, with all their tokens, is worth nothing.
    """
    dossier = _dossier()
    gardees = set() if immediat else {c.fichier for c in valables()}
    depuis = int(time.time()) + (0 if immediat else PUBLICATION_S)
    anciennes = _trousseau()
    secret(dossier / f"{depuis}.key", 32)
    for cle in anciennes:
        if cle.fichier not in gardees and cle.depuis != depuis:
            cle.fichier.unlink(missing_ok=True)
    return next(c for c in _trousseau() if c.depuis == depuis)


def _dossier() -> Path:
    return Path(settings.ES_DATA) / "cles" / "jetons.d"


def _trousseau() -> tuple[Cle, ...]:
    """Every key, in the order in which they sign. A file never changes under its name: names are enough."""
    dossier = _dossier()
    premiere = dossier.with_name("jetons.key")
    datees = [(int(f.stem), f) for f in dossier.glob("*.key") if f.stem.isascii() and f.stem.isdigit()]
    if premiere.exists() or not datees:
        datees.append((0, premiere))
    return _lu(tuple(sorted(datees)))


@lru_cache(maxsize=8)
def _lu(datees: tuple[tuple[int, Path], ...]) -> tuple[Cle, ...]:
    return tuple(Cle(depuis, _jwk(secret(fichier, 32)), fichier) for depuis, fichier in datees)


def _jwk(graine: bytes) -> OKPKey:
    privee = Ed25519PrivateKey.from_private_bytes(graine)
    pem = privee.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    lue = OKPKey.import_key(pem, {"use": "sig", "alg": "Ed25519"})
    lue.ensure_kid()
    return lue
