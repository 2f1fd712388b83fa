"""A certificate nearing its end is announced to its publisher 60, 30 and 7 days ahead (rule OID-33)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from espace_sante.identite.logiciels.gestion import PROPRIETAIRE
from espace_sante.identite.models import CertificatLogiciel
from espace_sante.platform import courriel
from espace_sante.platform.courriel import CourrielNonEnvoye

JOURS: Final = (60, 30, 7)
_SUJET = "Un certificat de votre logiciel arrive à sa fin"
_TEXTE = """Bonjour,

Le certificat de « {nom} » ({client_id}) n'est plus valable dans {jours} jours, le {fin:%d/%m/%Y}.

Demandez à l'exploitant d'ajouter le nouveau avant cette date : deux certificats peuvent servir en même temps.
"""


def seuil(reste: timedelta) -> int | None:
    """The nearest of the notices that are due when this much is left; None while it is early, or once it is over."""
    if reste <= timedelta(0):
        return None
    return min((j for j in JOURS if reste <= timedelta(days=j)), default=None)


def annoncer(
    maintenant: datetime,
    *,
    base: str = PROPRIETAIRE,
    envoyer: Callable[[str, str, str], None] = courriel.envoyer,
) -> int:
    """Write to the publishers; each notice once, and again later when the relay did not take it. How many were sent."""
    faits = 0
    proches = (
        CertificatLogiciel.objects.using(base)
        .filter(fin=None, logiciel__actif=True, expire_le__gt=maintenant)
        .filter(expire_le__lte=maintenant + timedelta(days=max(JOURS)))
        .exclude(logiciel__contact="")
        .select_related("logiciel")
    )
    for certificat in proches.iterator(chunk_size=200):
        fin = certificat.expire_le or maintenant
        due = seuil(fin - maintenant)
        if due is None or (certificat.annonce_j is not None and certificat.annonce_j <= due):
            continue
        logiciel = certificat.logiciel
        texte = _TEXTE.format(
            nom=logiciel.nom,
            client_id=logiciel.client_id,
            jours=(fin - maintenant).days,
            fin=fin.astimezone(UTC),
        )
        try:
            envoyer(logiciel.contact, _SUJET, texte)
        except CourrielNonEnvoye:
            continue
        CertificatLogiciel.objects.using(base).filter(id=certificat.id).update(annonce_j=due)
        faits += 1
    return faits
