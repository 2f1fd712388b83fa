"""The SOAP 1.2 message of a request: WS-Addressing, the two contexts, the body (INS-05, INS-06)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from lxml import etree

from espace_sante.identite.insi.modeles import Demande, DemandeTraits, DemandeVitale

SOAP: Final = "http://www.w3.org/2003/05/soap-envelope"
ADRESSAGE: Final = "http://www.w3.org/2005/08/addressing"
SECURITE: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
BAM: Final = "urn:siram:bam:ctxbam"
LPS: Final = "urn:siram:lps:ctxlps"
SIRAM: Final = "urn:siram"
SANS_VITALE: Final = "http://www.cnamts.fr/INSiRecSans"
AVEC_VITALE: Final = "http://www.cnamts.fr/INSiRecVit"
RESULTAT: Final = "http://www.cnamts.fr/INSiResultat"

_ACTION: Final = "urn:ServiceIdentiteCertifiee:1.0.0:rechercherIns"
ACTION_TRAITS: Final = f"{_ACTION}AvecTraitsIdentite"
ACTION_VITALE: Final = f"{_ACTION}AvecCarteVitale"
TYPE: Final = "application/soap+xml"


@dataclass(frozen=True, slots=True)
class Emetteur:
    """Who calls: the structure, and the program as the health insurance authorised it (IDAM)."""

    identifiant: str
    idam: str
    nom: str
    version: str
    instance: str


def action(demande: Demande) -> str:
    """The WS-Addressing action of the operation."""
    return ACTION_TRAITS if isinstance(demande, DemandeTraits) else ACTION_VITALE


def corps(demande: Demande) -> etree._Element:
    """The body, in the order of the schema."""
    return _sans_vitale(demande) if isinstance(demande, DemandeTraits) else _avec_vitale(demande)


def message(demande: Demande, emetteur: Emetteur, identifiant: UUID, maintenant: datetime) -> bytes:
    """The whole message. The structure proves itself by its TLS certificate: Security is there, and empty."""
    enveloppe = etree.Element(
        f"{{{SOAP}}}Envelope",
        nsmap={"soap": SOAP, "wsa": ADRESSAGE, "wsse": SECURITE, "ctxbam": BAM, "ctxlps": LPS},
    )
    tete = etree.SubElement(enveloppe, f"{{{SOAP}}}Header")
    temps = maintenant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    bam = etree.SubElement(tete, f"{{{BAM}}}ContexteBAM", {"Version": "01_02"})
    _textes(bam, BAM, ("Id", str(identifiant)), ("Temps", temps), ("Emetteur", emetteur.identifiant))
    etree.SubElement(bam, f"{{{BAM}}}COUVERTURE")
    lps = etree.SubElement(tete, f"{{{LPS}}}ContexteLPS", {"Nature": "CTXLPS", "Version": "01_00"})
    _textes(lps, LPS, ("Id", str(identifiant)), ("Temps", temps), ("Emetteur", emetteur.identifiant))
    logiciel = etree.SubElement(lps, f"{{{LPS}}}LPS")
    _textes(logiciel, LPS, ("IDAM", emetteur.idam))
    logiciel[0].set("R", "4")
    _textes(
        logiciel,
        LPS,
        ("Version", emetteur.version),
        ("Instance", emetteur.instance),
        ("Nom", f"urn:lps:{emetteur.nom}:{emetteur.version}"),
    )
    etree.SubElement(tete, f"{{{SECURITE}}}Security")
    _textes(tete, ADRESSAGE, ("Action", action(demande)), ("MessageID", f"uuid:{identifiant}"))
    etree.SubElement(enveloppe, f"{{{SOAP}}}Body").append(corps(demande))
    return etree.tostring(enveloppe, encoding="utf-8", xml_declaration=True)


def _sans_vitale(d: DemandeTraits) -> etree._Element:
    racine = etree.Element(f"{{{SANS_VITALE}}}RECSANSVITALE", nsmap={"insi": SANS_VITALE})
    _textes(
        racine,
        SANS_VITALE,
        ("NomNaissance", d.nom_naissance.upper()),
        *[("Prenom", p.upper()) for p in d.prenoms],
        ("Sexe", d.sexe),
        ("DateNaissance", d.lunaire),
        ("LieuNaissance", d.lieu_naissance),
    )
    return racine


def _avec_vitale(d: DemandeVitale) -> etree._Element:
    racine = etree.Element(f"{{{AVEC_VITALE}}}RECVITALE", nsmap={"insi": AVEC_VITALE})
    for nom, numero in (("MatriculeIndividu", d.individu), ("MatriculeOD", d.ouvrant_droit)):
        if numero:
            matricule = etree.SubElement(racine, f"{{{AVEC_VITALE}}}{nom}")
            _textes(matricule, AVEC_VITALE, ("NumIdentifiant", numero[:13]), ("Cle", numero[13:]))
    _textes(
        racine,
        AVEC_VITALE,
        ("NomNaissance", d.nom_naissance.upper()),
        ("DateNaissance", d.date_naissance),
        ("RangNaissance", d.rang),
    )
    return racine


def _textes(parent: etree._Element, espace: str, *champs: tuple[str, str]) -> None:
    """One element for each text that is there; raises ValueError on what XML cannot carry (a control character)."""
    for nom, texte in champs:
        if texte:
            etree.SubElement(parent, f"{{{espace}}}{nom}").text = texte
