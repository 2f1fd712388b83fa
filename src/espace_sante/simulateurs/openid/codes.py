"""Authorization codes and ended sessions as files: single use holds across processes."""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from pathlib import Path

import msgspec

_VIE_S = 60


class Octroi(msgspec.Struct, frozen=True, kw_only=True):
    """What a code stands for."""

    client_id: str
    retour: str
    nonce: str
    defi: str
    portees: str
    personne: str
    acr: str
    amr: tuple[str, ...]
    sid: str
    expire: float = 0.0


def emettre(dossier: Path, octroi: Octroi) -> str:
    """A new code, good for one minute."""
    code = secrets.token_urlsafe(32)
    fichier = _fichier(dossier, code)
    fichier.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fichier.write_bytes(msgspec.json.encode(msgspec.structs.replace(octroi, expire=time.time() + _VIE_S)))
    return code


def consommer(dossier: Path, code: str) -> Octroi | None:
    """What the code stands for, once; None when unknown, over or used. A second use ends its session."""
    fichier = _fichier(dossier, code)
    try:
        octroi = msgspec.json.decode(fichier.read_bytes(), type=Octroi)
    except (OSError, msgspec.DecodeError):
        return None
    try:
        os.close(os.open(fichier.with_suffix(".utilise"), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        finir(dossier, octroi.sid)
        return None
    return octroi if octroi.expire > time.time() else None


def finir(dossier: Path, sid: str) -> None:
    """The session is over: its access tokens are inactive from now on."""
    fichier = dossier / "fins" / hashlib.sha256(sid.encode()).hexdigest()
    fichier.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fichier.touch()


def finie(dossier: Path, sid: str) -> bool:
    return (dossier / "fins" / hashlib.sha256(sid.encode()).hexdigest()).exists()


def _fichier(dossier: Path, code: str) -> Path:
    return dossier / "codes" / f"{hashlib.sha256(code.encode()).hexdigest()}.json"
