"""What a real service does wrong one day: asked for by a birth name, so that anybody can try (INS-19)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from espace_sante.identite.insi.enveloppe import RESULTAT, SIRAM, SOAP

ATTENTE_S: Final = 20.0


def faute(code: str, siram: str, texte: str, desir: str, detail: str) -> bytes:
    """A SOAP 1.2 fault with the two codes of the health insurance."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="{SOAP}"><soap:Body><soap:Fault>'
        f"<soap:Code><soap:Value>soap:{code}</soap:Value><soap:Subcode><soap:Value>soap:{siram}</soap:Value>"
        f'</soap:Subcode></soap:Code><soap:Reason><soap:Text xml:lang="en">{texte}</soap:Text></soap:Reason>'
        f'<soap:Detail><siram:Erreur severite="fatal" code="{desir}" xmlns:siram="{SIRAM}">{detail}'
        "</siram:Erreur></soap:Detail></soap:Fault></soap:Body></soap:Envelope>"
    ).encode()


def enveloppe(corps: str) -> bytes:
    """A SOAP answer around this body."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="{SOAP}"><soap:Body>{corps}'
        "</soap:Body></soap:Envelope>"
    ).encode()


def _resultat(interieur: str) -> bytes:
    return enveloppe(f'<RESULTAT xmlns="{RESULTAT}">{interieur}</RESULTAT>')


_ENTITES = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
_EXTERNE = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]>'

# Birth name → HTTP status and content. The slow answer is in the view: it is a good one, late.
PANNES: Final[dict[str, Callable[[], tuple[int, bytes]]]] = {
    "FAUTE TECHNIQUE": lambda: (500, faute(
        "Receiver", "siram_40", "Le service est temporairement inaccessible.",
        "insi_102", "L'appel au service de recherche avec les traits d'identite renvoie une erreur technique.")),
    "FAUTE AUTORISATION": lambda: (500, faute(
        "Sender", "siram_100", "L'acces par ce progiciel au service n'est pas autorise.",
        "desir_550", "Numero d'autorisation du logiciel inconnu.")),
    "PANNE HTTP": lambda: (503, b"Service Unavailable"),
    "REPONSE HORS SCHEMA": lambda: (200, _resultat(
        "<CR><CodeCR>00</CodeCR><LibelleCR>OK</LibelleCR></CR><INDIVIDU><TIQ/></INDIVIDU>")),
    "CODE INCONNU": lambda: (200, _resultat(
        "<CR><CodeCR>99</CodeCR><LibelleCR>Autre</LibelleCR></CR>")),
    "REPONSE ILLISIBLE": lambda: (200, b"<html><body>Maintenance"),
    "BOMBE": lambda: (200, _ENTITES.encode() + enveloppe("&c;").split(b"?>", 1)[1]),
    "ENTITE EXTERNE": lambda: (200, _EXTERNE.encode() + enveloppe("&f;").split(b"?>", 1)[1]),
    "TROP LONGUE": lambda: (200, enveloppe("<x/>" * 400_000)),
}  # fmt: skip
LENTE: Final = "REPONSE LENTE"
