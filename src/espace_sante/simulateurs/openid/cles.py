"""The signing key of one simulated provider: its own RSA pair, made once in its folder."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey


@lru_cache(maxsize=8)
def cle(dossier: Path) -> RSAKey:
    """The key of the provider whose files are in `dossier`."""
    fichier = dossier / "cle.pem"
    if not fichier.exists():
        dossier.mkdir(parents=True, exist_ok=True, mode=0o700)
        neuve = RSAKey.generate_key(2048, auto_kid=True)
        provisoire = dossier / f"cle.{os.getpid()}.tmp"
        descripteur = os.open(provisoire, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descripteur, "wb") as sortie:
            sortie.write(neuve.as_pem(private=True))
        try:
            # Two processes starting together must end with the same key.
            os.link(provisoire, fichier)
        except FileExistsError:
            pass
        finally:
            provisoire.unlink()
    lue = RSAKey.import_key(fichier.read_bytes(), {"use": "sig", "alg": "RS256"})
    lue.ensure_kid()
    return lue


def publiques(dossier: Path) -> dict[str, Any]:
    """The public key set."""
    return {"keys": [cle(dossier).as_dict(private=False)]}


def signer(dossier: Path, reclamations: dict[str, Any], typ: str = "JWT") -> str:
    """A signed JWT (RS256)."""
    secrete = cle(dossier)
    return jwt.encode(
        {"alg": "RS256", "kid": secrete.kid, "typ": typ}, reclamations, secrete, algorithms=["RS256"]
    )


def lire(dossier: Path, jeton: str) -> dict[str, Any] | None:
    """The claims of a token signed here, or None."""
    try:
        return dict(jwt.decode(jeton, cle(dossier), algorithms=["RS256"]).claims)
    except (JoseError, ValueError):
        return None
