"""Valid deposits and rules for the tests of this room and of those above."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from espace_sante.documents.metadonnees import Auteur, Code, Metadonnees
from espace_sante.documents.nomenclatures import SYSTEME_CLASSE
from espace_sante.interop.client import depot_iti105, lot_iti65
from espace_sante.interop.fhir.constats import Constat, RefusFhir
from espace_sante.interop.fhir.contenu import empreinte
from espace_sante.interop.fhir.lot import LotLu, lire_lot
from espace_sante.interop.fhir.regles import Deposant, Regles
from espace_sante.interop.fhir.simplifie import DepotSimple, lire_simplifie
from espace_sante.kernel.ids import uuid7
from espace_sante.kernel.ins import OID_TEST, Ins

MAINTENANT = datetime(2026, 11, 22, 12, tzinfo=UTC)
INS = Ins("279035121518989", OID_TEST)
DOSSIER = UUID("01931a2b-0000-7000-8000-0123456789ab")
PDF = b"%PDF-1.4 compte rendu"
SOURCE = Auteur(
    "personne",
    idnat="899000000001",
    nom="MOREL",
    prenom="Anne",
    structure_idnat="1990000001",
    structure_nom="Centre de test",
)
DEPOSANT = Deposant(
    SOURCE,
    "urn:test:client",
    Code("SA07", "urn:oid:1.2.250.1.71.4.2.4"),
    Code("AMBULATOIRE", "urn:oid:1.2.250.1.213.1.1.4.9"),
)
REGLES = Regles(maintenant=MAINTENANT, deposant=DEPOSANT, fictifs=True)


def metadonnees(contenu: bytes = PDF, **autres: object) -> Metadonnees:
    """Metadata of a plain PDF report."""
    quand = datetime(2026, 6, 12, 10, tzinfo=UTC)
    valeurs: dict[str, object] = {
        "unique_id": f"urn:uuid:{uuid7()}",
        "type": Code("11488-4", "http://loinc.org"),
        "classe": Code("10", SYSTEME_CLASSE),
        "titre": "Compte rendu de consultation",
        "langue": "fr-FR",
        "format": Code(
            "urn:ihe:iti:xds:2017:mimeTypeSufficient",
            "http://ihe.net/fhir/ihe.formatcode.fhir/CodeSystem/formatcode",
        ),
        "mime": "application/pdf",
        "taille": len(contenu),
        "sha1": empreinte(contenu),
        "creation": quand,
        "date": quand,
        "periode_debut": quand,
        "etablissement": Code("SA01", "urn:oid:1.2.250.1.71.4.2.4"),
        "cadre": Code("ETABLISSEMENT", "urn:oid:1.2.250.1.213.1.1.4.9"),
        "auteurs": (SOURCE,),
        "authentificateur": SOURCE,
        "depositaire": Auteur("organisation", structure_idnat="1990000001", structure_nom="Centre de test"),
        **autres,
    }
    return Metadonnees(**valeurs)  # type: ignore[arg-type]


def bundle(contenu: bytes = PDF, ins: Ins = INS, source: Auteur = SOURCE, **autres: object) -> dict[str, Any]:
    """A valid ITI-65 of one PDF."""
    return lot_iti65(contenu, ins, source, metadonnees=metadonnees(contenu, **autres))


def simple(contenu: bytes = PDF, ins: Ins = INS, **autres: object) -> dict[str, Any]:
    """A valid ITI-105 of one PDF."""
    return depot_iti105(contenu, ins, metadonnees=metadonnees(contenu, **autres))


def fiche(lot: dict[str, Any], rang: int = 1) -> dict[str, Any]:
    """The DocumentReference of a Bundle made by `bundle`."""
    ressource: dict[str, Any] = lot["entry"][rang]["resource"]
    return ressource


def octets(corps: object) -> bytes:
    return json.dumps(corps).encode()


def lire(corps: dict[str, Any], regles: Regles = REGLES) -> LotLu:
    return lire_lot(octets(corps), regles)


def lire_105(corps: dict[str, Any], regles: Regles = REGLES) -> DepotSimple:
    return lire_simplifie(octets(corps), regles)


def refus(lecture: Callable[[], object]) -> RefusFhir:
    """The refusal that reading raises; fails when it does not."""
    try:
        lecture()
    except RefusFhir as refuse:
        return refuse
    raise AssertionError("accepted")


def constats(refuse: RefusFhir) -> list[tuple[str, str]]:
    """(code, place) of the findings that refuse."""
    return [(c.code, c.expression) for c in refuse.constats if c.refuse]


def codes(constats_lus: list[Constat] | tuple[Constat, ...]) -> set[str]:
    return {c.code for c in constats_lus}


def poser(chemin: str, valeur: object) -> Callable[[dict[str, Any]], None]:
    """A change of one element of a body, by its dotted path."""

    def changer(lot: dict[str, Any]) -> None:
        objet: Any = lot
        *avant, dernier = chemin.split(".")
        for morceau in avant:
            objet = objet[int(morceau)] if morceau.isdigit() else objet[morceau]
        if isinstance(objet, list):
            objet[int(dernier)] = valeur
        else:
            objet[dernier] = valeur

    return changer
