"""Who a link to the portal is about: an opaque word, good for some minutes and once (rule OID-37).

The link itself carries no INS. What is kept is a hash of the word and the INS sealed with the master key; using the
word deletes it. A word made for one professional serves nobody else.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime, timedelta

from django.conf import settings

from espace_sante.identite.logiciels.queries import prendre_lien
from espace_sante.identite.models import ContexteLien
from espace_sante.kernel.ins import Ins
from espace_sante.platform.crypto import cle_maitre

_TAILLE_MAX = 64


def creer(ins: Ins, *, rpps: str, client_id: str) -> str:
    """The opaque word for a link about this person, for that professional (empty: whoever logs in)."""
    mot = secrets.token_urlsafe(32)
    empreinte = _empreinte(mot)
    maintenant = datetime.now(UTC)
    ContexteLien.objects.create(
        empreinte=empreinte,
        expire_le=maintenant + timedelta(minutes=settings.ES_LIEN_MIN),
        rpps=rpps,
        logiciel_id=client_id,
        ins_scelle=cle_maitre().envelopper(f"{ins.oid}|{ins.matricule}".encode(), b"lien:" + empreinte),
    )
    return mot


def utiliser(mot: str, *, rpps: str) -> Ins | None:
    """The person, once; None for a word unknown, used, over or made for another professional."""
    if not 0 < len(mot) <= _TAILLE_MAX:
        return None
    empreinte = _empreinte(mot)
    pris = prendre_lien(empreinte, rpps)
    if pris is None or pris[1] <= datetime.now(UTC):
        return None
    oid, _, matricule = cle_maitre().developper(pris[0], b"lien:" + empreinte).decode().partition("|")
    return Ins.lire(matricule, oid, verifier_cle=False)


def purger(maintenant: datetime) -> None:
    """Forget the links that nobody followed in time."""
    ContexteLien.objects.filter(expire_le__lt=maintenant).delete()


def _empreinte(mot: str) -> bytes:
    return hashlib.sha256(mot.encode("utf-8", "replace")).digest()
