"""The opaque cursor of `next` and `previous`: sealed, without INS, fifteen minutes, one caller (FHR-24, FHR-25)."""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from espace_sante.agenda.filtre import FiltreAgenda
from espace_sante.documents.filtre import Curseur, Filtre
from espace_sante.documents.listes import FiltreListes
from espace_sante.interop.fhir.constats import RefusFhir
from espace_sante.interop.fhir.erreurs import Erreur

DUREE_S: Final = 15 * 60
# Pages that `previous` can go back; further back there is `first`.
_RETOUR_MAX: Final = 16
_NONCE: Final = 12
F = TypeVar("F", Filtre, FiltreListes, FiltreAgenda)


@dataclass(frozen=True, slots=True)
class Reprise(Generic[F]):
    """Where to resume: the record, the same criteria with a position, positions of former pages."""

    dossier_id: UUID
    filtre: F
    avant: tuple[Curseur | None, ...] = ()


class _Scelle(msgspec.Struct, array_like=True):
    expire: int
    appelant: str
    dossier_id: UUID
    filtre: dict[str, Any]
    avant: tuple[Curseur | None, ...]


@lru_cache(maxsize=4)
def _coffre(cle: bytes) -> AESGCM:
    return AESGCM(cle)


def sceller(reprise: Reprise[F], *, cle: bytes, appelant: str, maintenant: int) -> str:
    """The cursor as it goes in a URL. `cle` is 32 bytes, `appelant` names the caller."""
    valeurs = {
        f.name: valeur
        for f in fields(reprise.filtre)
        if (valeur := getattr(reprise.filtre, f.name)) != f.default
    }
    clair = msgspec.msgpack.encode(
        _Scelle(maintenant + DUREE_S, appelant, reprise.dossier_id, valeurs, reprise.avant[-_RETOUR_MAX:])
    )
    nonce = os.urandom(_NONCE)
    return base64.urlsafe_b64encode(nonce + _coffre(cle).encrypt(nonce, clair, None)).decode().rstrip("=")


def ouvrir(texte: str, forme: type[F], *, cle: bytes, appelant: str, maintenant: int) -> Reprise[F]:
    """The opened cursor. Raises RefusFhir: 400 not ours, 403 of another caller, 410 too old."""
    try:
        brut = base64.urlsafe_b64decode(texte + "=" * (-len(texte) % 4))
        clair = _coffre(cle).decrypt(brut[:_NONCE], brut[_NONCE:], None)
        lu = msgspec.msgpack.decode(clair, type=_Scelle)
        filtre = msgspec.convert(lu.filtre, forme, strict=False)
    except (ValueError, InvalidTag, msgspec.MsgspecError):
        raise RefusFhir([Erreur.CURSEUR_INVALIDE.constat("http._curseur")]) from None
    if lu.appelant != appelant:
        raise RefusFhir([Erreur.CURSEUR_AUTRE_APPELANT.constat()])
    if lu.expire < maintenant:
        raise RefusFhir([Erreur.CURSEUR_EXPIRE.constat()])
    return Reprise(lu.dossier_id, filtre, lu.avant)
