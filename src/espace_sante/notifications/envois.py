"""The worker's side of the outbox: what is due leaves, and who is written to is decided now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings

from espace_sante.identite.models import Compte
from espace_sante.identite.queries import TitulaireInconnu, identite
from espace_sante.notifications import ecriture
from espace_sante.notifications.ecriture import Pris
from espace_sante.notifications.genres import Genre, a_envoyer, exterieur
from espace_sante.notifications.queries import coupees
from espace_sante.platform.courriel import CourrielNonEnvoye, envoyer
from espace_sante.platform.postgres.rls import portee

Remettre = Callable[[str, str, str], None]
# Tries before giving up; with the delays below an emergency goes to the post within its hour (EMG-11).
_ESSAIS_MAX: Final = 8
_ESSAIS_URGENCE: Final = 5


def envoyer_dus(maintenant: datetime, *, limite: int = 500, remettre: Remettre = envoyer) -> int:
    """Send what is due; how many messages left. One failure holds nobody else back."""
    return sum(_envoyer(d, i, maintenant, remettre) for d, i in ecriture.dus(maintenant, limite))


def _envoyer(dossier_id: UUID, envoi_id: UUID, maintenant: datetime, remettre: Remettre) -> bool:
    # Committed before the relay is spoken to: a crash from here on repeats the message once.
    pris = ecriture.prendre(dossier_id, envoi_id, maintenant)
    if pris is None:
        return False
    adresse = _destinataire(pris)
    if adresse is None:
        _finir(pris)
        return False
    if not adresse:
        _sans_courriel(pris, maintenant)
        return False
    sujet, texte = exterieur(pris.genre, f"{settings.ES_BASE_URL}/espace/")
    try:
        remettre(adresse, sujet, texte)
    except CourrielNonEnvoye:
        _reporter(pris, maintenant)
        return False
    _finir(pris)
    return True


def _destinataire(envoi: Pris) -> str | None:
    """Address of the holder; empty when he gave none; None when he does not want this message (DOC-65)."""
    with portee(envoi.dossier_id):
        if not a_envoyer(envoi.genre, coupees(envoi.dossier_id)):
            return None
        try:
            donnee = identite(envoi.dossier_id).courriel
        except TitulaireInconnu:
            return None
    if donnee:
        return donnee
    return Compte.objects.filter(dossier_id=envoi.dossier_id).values_list("courriel", flat=True).first() or ""


def _sans_courriel(envoi: Pris, maintenant: datetime) -> None:
    """The notice in the space is enough, an emergency set apart: it goes by post (rules DOC-69, EMG-11)."""
    if envoi.genre is Genre.ACCES_URGENCE and settings.ES_URGENCE_COURRIER_POSTAL:
        ecriture.poster(envoi, maintenant)
    else:
        _finir(envoi)


def _reporter(envoi: Pris, maintenant: datetime) -> None:
    urgence = envoi.genre is Genre.ACCES_URGENCE
    if envoi.essais >= (_ESSAIS_URGENCE if urgence else _ESSAIS_MAX):
        _sans_courriel(envoi, maintenant)
        return
    attente = min(2**envoi.essais, 10 if urgence else 240)
    ecriture.reporter(envoi, maintenant + timedelta(minutes=attente))


def _finir(envoi: Pris) -> None:
    ecriture.finir(envoi.dossier_id, envoi.id)
