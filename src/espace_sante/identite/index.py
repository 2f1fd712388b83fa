"""INS → record: the one lookup, by keyed hash (rules IDN-01, IDN-08, INS-15)."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections import OrderedDict
from functools import lru_cache
from threading import Lock
from uuid import UUID

from django.conf import settings

from espace_sante.kernel.ins import OID_DEMO, OID_NIR, OID_TEST, Ins
from espace_sante.platform.postgres.direct import lire

# The answer for an INS changes only when an identity is re-keyed: a short memory saves a round trip.
_DUREE_S = 5.0
_TAILLE = 20_000
_memoire: OrderedDict[bytes, tuple[float, UUID]] = OrderedDict()
_verrou = Lock()


def hacher(ins: Ins) -> bytes:
    """Keyed hash of an INS. Outside production the test, demonstration and NIR domains are one (CDA-28)."""
    oid = ins.oid
    if settings.ES_INSTANCE != "production" and oid in {OID_NIR, OID_TEST, OID_DEMO}:
        oid = OID_TEST
    return hmac.digest(cle_hachage(), f"{oid}|{ins.matricule}".encode(), "sha256")


def cle_hachage() -> bytes:
    """Key of the hashes of identities, derived from a secret that never changes (ADR 0006)."""
    return _deriver(settings.ES_CLE_INS)


@lru_cache(maxsize=8)
def _deriver(secret: str) -> bytes:
    return hashlib.sha256(b"espace-sante/ins/" + secret.encode()).digest()


def trouver_dossier(ins: Ins) -> UUID | None:
    """The record of an INS, current or former; None when nobody has it. Only found answers are remembered."""
    empreinte = hacher(ins)
    maintenant = time.monotonic()
    with _verrou:
        connu = _memoire.get(empreinte)
        if connu and connu[0] > maintenant:
            return connu[1]
    lignes = lire("SELECT dossier_id FROM identite_indexins WHERE ins_hache = %s", [empreinte])
    if not lignes:
        return None
    trouve: UUID = lignes[0][0]
    with _verrou:
        _memoire[empreinte] = (maintenant + _DUREE_S, trouve)
        while len(_memoire) > _TAILLE:
            _memoire.popitem(last=False)
    return trouve


def oublier() -> None:
    """Forget what is remembered (after a re-keying, and between tests)."""
    with _verrou:
        _memoire.clear()
