"""Decoupled logins that software asked for: kept until they end, taken once (CIBA, rule OID-09).

Our number is told to the software; the provider's stays sealed here. What is kept is a hash of ours.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import transaction

from espace_sante.identite.models import DemandeDecouplee
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.platform.crypto import cle_maitre

# A telephone that rings and rings is how people come to say yes to anything.
PAR_PERSONNE: Final = 3
_RALENTI_S: Final = 5
_TAILLE_MAX: Final = 100


class DemandeDecoupleeRefusee(EspaceSanteError):
    """Codes `invalid_grant`, `expired_token`, `slow_down` (CIBA Core §11), `trop_de_demandes`."""


@dataclass(frozen=True, slots=True, repr=False)
class EnCours:
    """A request under way, as its software polls for it."""

    empreinte: bytes
    numero_fournisseur: str
    parametres: dict[str, str]


def exiger_calme(client_id: str, rpps: str) -> None:
    """Raises DemandeDecoupleeRefusee when this telephone rings enough already for that software."""
    vivantes = DemandeDecouplee.objects.filter(
        logiciel_id=client_id, parametres__rpps=rpps, expire_le__gt=datetime.now(UTC)
    ).count()
    if vivantes >= PAR_PERSONNE:
        raise DemandeDecoupleeRefusee("trop_de_demandes", "Cette personne a déjà des connexions à confirmer.")


def garder(
    client_id: str, numero_fournisseur: str, parametres: dict[str, str], *, expire_s: int, intervalle_s: int
) -> str:
    """Keep a request that the provider took; our own number for it."""
    numero = secrets.token_urlsafe(32)
    empreinte, maintenant = _empreinte(numero), datetime.now(UTC)
    DemandeDecouplee.objects.create(
        empreinte=empreinte,
        logiciel_id=client_id,
        commence_le=maintenant,
        expire_le=maintenant + timedelta(seconds=expire_s),
        intervalle_s=intervalle_s,
        prochain_le=maintenant,
        scelle=cle_maitre().envelopper(numero_fournisseur.encode(), b"ciba:" + empreinte),
        parametres=parametres,
    )
    return numero


def reprendre(client_id: str, numero: str) -> EnCours:
    """The request that this software polls for. Raises DemandeDecoupleeRefusee; one over is forgotten."""
    empreinte, maintenant = _empreinte(numero[:_TAILLE_MAX]), datetime.now(UTC)
    with transaction.atomic():
        ligne = (
            DemandeDecouplee.objects.select_for_update()
            .filter(empreinte=empreinte, logiciel_id=client_id)
            .first()
        )
        if ligne is None:
            raise DemandeDecoupleeRefusee(
                "invalid_grant", "Cette demande de connexion n'est pas connue, ou a servi."
            )
        echue, trop_tot = ligne.expire_le <= maintenant, ligne.prochain_le > maintenant
        if echue:
            ligne.delete()
        else:
            ligne.intervalle_s += _RALENTI_S if trop_tot else 0
            ligne.prochain_le = maintenant + timedelta(seconds=ligne.intervalle_s)
            ligne.save(update_fields=["intervalle_s", "prochain_le"])
    if echue:
        raise DemandeDecoupleeRefusee("expired_token", "La personne n'a pas répondu à temps.")
    if trop_tot:
        raise DemandeDecoupleeRefusee(
            "slow_down", "Le logiciel demande trop souvent : attendez 5 secondes de plus."
        )
    scelle = cle_maitre().developper(bytes(ligne.scelle), b"ciba:" + empreinte)
    return EnCours(empreinte, scelle.decode(), ligne.parametres)


def finir(en_cours: EnCours) -> bool:
    """Forget a request: True for the one caller who ends it."""
    return DemandeDecouplee.objects.filter(empreinte=en_cours.empreinte).delete()[0] == 1


def purger(maintenant: datetime) -> None:
    """Forget the requests that nobody polled for in time."""
    DemandeDecouplee.objects.filter(expire_le__lt=maintenant).delete()


def _empreinte(numero: str) -> bytes:
    return hashlib.sha256(numero.encode("utf-8", "replace")).digest()
