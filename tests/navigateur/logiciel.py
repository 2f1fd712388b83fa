"""A professional's software: it sends a document to a holder's record by ITI-65, as any publisher's would."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import httpx
from lxml import etree

from espace_sante.documents.metadonnees import Auteur
from espace_sante.interop.client import lot_iti65
from espace_sante.simulateurs.population.modeles import DocumentFictif, TitulaireFictif
from tests.navigateur.installation import Installation


@dataclass(frozen=True, slots=True)
class Depose:
    """What the software knows of the document it sent."""

    id: str
    titre: str
    type_libelle: str


def deposer(installation: Installation, titulaire: TitulaireFictif, titre: str) -> Depose:
    """Send a new result of biology for this holder, signed and fed by the professional who wrote the last one."""
    modele = _dernier_resultat(titulaire)
    auteur = modele.metadonnees.auteurs[0]
    jeton = installation.commande("token", "--rpps", auteur.idnat.removeprefix("8"))
    source = Auteur("personne", idnat=auteur.idnat, structure_idnat=auteur.structure_idnat)
    reponse = httpx.post(
        f"{installation.adresse}/fhir",
        json=lot_iti65(_nouveau(modele.contenu, titre), titulaire.ins, source),
        headers={
            "Authorization": f"Bearer {jeton}",
            "Content-Type": "application/fhir+json",
            "X-MES-Identite": "VALI",
        },
        timeout=30,
    )
    assert reponse.status_code == 200, reponse.text
    lieux = [e["response"].get("location", "") for e in reponse.json()["entry"]]
    (document,) = [lieu for lieu in lieux if "DocumentReference/" in lieu]
    numero = document.split("DocumentReference/")[1].split("/")[0]
    return Depose(numero, titre, modele.metadonnees.type.libelle)


def _dernier_resultat(titulaire: TitulaireFictif) -> DocumentFictif:
    """The latest readable CDA of biology that everyone entitled may see."""
    return [
        d
        for d in titulaire.documents()
        if d.metadonnees.type.code == "11502-2"
        and not d.metadonnees.masque_ps
        and b"structuredBody" in d.contenu
    ][-1]


def _nouveau(cda: bytes, titre: str) -> bytes:
    """The same result done again today, under a number and a title of its own."""
    racine = etree.fromstring(cda)
    maintenant = datetime.now(ZoneInfo("Europe/Paris")).strftime("%Y%m%d%H%M%S%z")
    for chemin, attribut, valeur in (
        ("id", "root", f"2.25.{uuid.uuid4().int}"),
        ("setId", "root", f"2.25.{uuid.uuid4().int}"),
        ("effectiveTime", "value", maintenant),
        ("author/{*}time", "value", maintenant),
        ("legalAuthenticator/{*}time", "value", maintenant),
    ):
        _premier(racine, chemin).set(attribut, valeur)
    _premier(racine, "title").text = titre
    octets: bytes = etree.tostring(racine, xml_declaration=True, encoding="UTF-8")
    return octets


def _premier(racine: etree._Element, chemin: str) -> etree._Element:
    element = racine.find(f"{{*}}{chemin}")
    assert element is not None, chemin
    return element
