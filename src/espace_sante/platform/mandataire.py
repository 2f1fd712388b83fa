"""Who really calls, when relays stand in front: the only reader of X-Forwarded-For.

A relay adds the address that called it at the right end of the header; what is further left was written by the
caller itself and proves nothing. So the header is read from the right, only when the peer is one of our relays.
"""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

from django.conf import settings

Adresse = IPv4Address | IPv6Address
Reseaux = Sequence[IPv4Network | IPv6Network]
TRANSMIS = "HTTP_X_FORWARDED_FOR"
# The client's certificate as a relay that ends TLS tells it (RFC 9440).
CERTIFICAT, CHAINE = "HTTP_CLIENT_CERT", "HTTP_CLIENT_CERT_CHAIN"
_DITS_PAR_UN_RELAIS = (TRANSMIS, "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED")


def lire_adresse(texte: str) -> Adresse | None:
    """An address as written in a header or by the server; an IPv4 one carried in IPv6 is the IPv4 one."""
    try:
        adresse = ip_address(texte.strip().removeprefix("[").removesuffix("]"))
    except ValueError:
        return None
    return getattr(adresse, "ipv4_mapped", None) or adresse


def parmi(adresse: Adresse | None, reseaux: Reseaux) -> bool:
    """Whether an address belongs to one of these networks; one that could not be read belongs to none."""
    return adresse is not None and any(adresse in reseau for reseau in reseaux)


def appelant(pair: str, transmis: str, relais: Reseaux) -> str:
    """The right-most address that is not one of our relays; the peer when the header cannot be believed.

    Only relays of ours have called one another: the left-most of them.
    """
    if not parmi(lire_adresse(pair), relais):
        return pair
    dernier = pair
    for morceau in reversed(transmis.split(",")):
        adresse = lire_adresse(morceau)
        if adresse is None:
            return dernier
        dernier = str(adresse)
        if not parmi(adresse, relais):
            return dernier
    return dernier


def appliquer(meta: MutableMapping[str, Any]) -> None:
    """Put the real caller in REMOTE_ADDR, once, and drop what somebody who is no relay of ours says of himself.

    Does nothing but drop client certificates unless ES_PROXY_CONFIANCE is set.
    """
    relais = settings.ES_RELAIS
    if CERTIFICAT in meta and not (
        settings.ES_MTLS_URL and parmi(lire_adresse(str(meta.get("REMOTE_ADDR", ""))), relais)
    ):
        del meta[CERTIFICAT]
    meta.pop(CHAINE, None)
    if not relais:
        return
    pair = str(meta.get("REMOTE_ADDR", ""))
    if parmi(lire_adresse(pair), relais):
        meta["REMOTE_ADDR"] = appelant(pair, str(meta.pop(TRANSMIS, "")), relais)
        meta.pop("HTTP_FORWARDED", None)
    else:
        for entete in _DITS_PAR_UN_RELAIS:
            meta.pop(entete, None)


def vient_de(meta: MutableMapping[str, Any], reseaux: Reseaux) -> bool:
    """Whether the caller is in one of these networks, and surely so: a relay that is not ours hides who calls."""
    if TRANSMIS in meta or "HTTP_FORWARDED" in meta:
        # Neither taken nor dropped by `appliquer`: somebody relays this call, and we trust nobody for it.
        return False
    return parmi(lire_adresse(str(meta.get("REMOTE_ADDR", ""))), reseaux)
