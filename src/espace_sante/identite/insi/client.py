"""Calling INSi: TLS with our certificate, a bounded time, few retries (INS-05 to INS-07, INS-10, INS-14).

No trait and no matricule is in an address, a log or an error (INS-15).
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from typing import Final

import httpx
from django.conf import settings

from espace_sante.identite.insi import enveloppe, reponses, schemas, xml
from espace_sante.identite.insi.enveloppe import Emetteur
from espace_sante.identite.insi.erreurs import DemandeRefusee, InsiIndisponible, Panne
from espace_sante.identite.insi.modeles import Demande, Reponse
from espace_sante.kernel.ids import uuid7
from espace_sante.platform.hebergement import exiger_hote

# A SOAP fault comes with 400 or 500; any other status is no message.
_PARLANTS: Final = frozenset({200, 400, 500})


@dataclass(frozen=True, slots=True)
class Reglages:
    """Where the service is and who we are to it; all from `ES_INSI_*` (INS-14)."""

    url: str
    certificat: str
    cle: str
    autorites: str
    delai_s: float
    reprises_s: tuple[float, ...]
    emetteur: Emetteur
    xsd: str = ""

    @classmethod
    def du_service(cls) -> Reglages:
        """Those of this installation."""
        return cls(**settings.ES_INSI, emetteur=Emetteur(**settings.ES_INSI_EMETTEUR))


_verrou = Lock()
_client: tuple[Reglages | None, httpx.Client] | None = None


def utiliser_transport(transport: httpx.BaseTransport | None) -> None:
    """Send the calls through another transport (tests); None comes back to the network."""
    global _client
    with _verrou:
        _client = (None, httpx.Client(transport=transport)) if transport else None


def appeler(
    demande: Demande,
    *,
    reglages: Reglages | None = None,
    reprises: int | None = None,
    dormir: Callable[[float], None] = time.sleep,
) -> Reponse:
    """One question, asked again after 1, 5 and 25 seconds while it fails for technical reasons (INS-10).

    `reprises` takes fewer of them: somebody who waits in front of a page is not kept for half a minute.
    Raises InsiIndisponible, DemandeRefusee.
    """
    reglages = reglages or Reglages.du_service()
    for attente in reglages.reprises_s[:reprises]:
        try:
            return _une_fois(demande, reglages)
        except InsiIndisponible as panne:
            if not panne.technique:
                raise
        dormir(attente)
    return _une_fois(demande, reglages)


def _une_fois(demande: Demande, reglages: Reglages) -> Reponse:
    if not reglages.url:
        raise InsiIndisponible(Panne.NON_CONFIGURE, technique=False)
    try:
        # Nothing leaves that the service's own schema would refuse (INS-07).
        schemas.valider(enveloppe.corps(demande), reglages.xsd)
        message = enveloppe.message(demande, reglages.emetteur, uuid7(), datetime.now(UTC))
    except (schemas.HorsSchema, ValueError):
        raise DemandeRefusee("demande_invalide", "Cette demande ne peut pas être envoyée.") from None
    entetes = {"Content-Type": f'{enveloppe.TYPE}; charset=utf-8; action="{enveloppe.action(demande)}"'}
    try:
        statut, contenu = _poster(reglages, message, entetes)
    except httpx.TimeoutException:
        raise InsiIndisponible(Panne.DELAI, technique=True) from None
    except (httpx.HTTPError, httpx.InvalidURL, OSError):
        raise InsiIndisponible(Panne.INJOIGNABLE, technique=True) from None
    if statut not in _PARLANTS:
        raise InsiIndisponible(Panne.STATUT_HTTP, technique=statut >= 500)
    return reponses.lire(contenu, reglages.xsd)


def _poster(reglages: Reglages, message: bytes, entetes: dict[str, str]) -> tuple[int, bytes]:
    """Status and content, read within the time and the size allowed: a service that drips is late too."""
    fin = time.monotonic() + reglages.delai_s
    contenu = bytearray()
    with _ouvert(reglages).stream(
        "POST", reglages.url, content=message, headers=entetes, timeout=reglages.delai_s
    ) as reponse:
        for morceau in reponse.iter_bytes():
            contenu += morceau
            if len(contenu) > xml.TAILLE_MAX:
                raise InsiIndisponible(Panne.REPONSE_INVALIDE, technique=False)
            if time.monotonic() > fin:
                raise httpx.ReadTimeout("late")
        return reponse.status_code, bytes(contenu)


def _ouvert(reglages: Reglages) -> httpx.Client:
    """One client for the process, made again when the settings change."""
    global _client
    with _verrou:
        if _client is None or _client[0] not in {None, reglages}:
            _client = (reglages, _nouveau(reglages))
        return _client[1]


def _nouveau(reglages: Reglages) -> httpx.Client:
    tls = ssl.create_default_context(cafile=reglages.autorites or None)
    if reglages.certificat:
        tls.load_cert_chain(reglages.certificat, reglages.cle or None)
    return httpx.Client(
        verify=tls,
        # A local simulator is never behind the outgoing proxy of the machine.
        trust_env=not settings.ES_LOCAL,
        # Nothing leaves for a host that nobody declared (REG-16).
        event_hooks={"request": [lambda requete: exiger_hote(str(requete.url))]},
    )
