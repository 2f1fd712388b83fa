"""The health summary of the copy, in IPS form: a FHIR document of its own, when rooms have something for it (POR-06).

The sections that every summary has (problems, allergies, treatments) are always there: what the service does not
keep is said to be unavailable, never « none ».
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from html import escape
from typing import Any, Final

import orjson

from espace_sante.acces.exportation import fhir
from espace_sante.acces.exportation.pieces import Copie, Section, pieces
from espace_sante.kernel.ids import uuid7

# Entries of one section: a summary is short, all the rest is in fhir/dossier.json.
PAR_SECTION: Final = 100
_LOINC: Final = "http://loinc.org"
_RAISONS: Final = "http://terminology.hl7.org/CodeSystem/list-empty-reason"
_TITRES: Final = {
    Section.PROBLEMES: ("Problèmes de santé", "Problem list - Reported"),
    Section.ALLERGIES: ("Allergies et intolérances", "Allergies and adverse reactions Document"),
    Section.MEDICAMENTS: ("Traitements", "History of Medication use Narrative"),
    Section.VACCINATIONS: ("Vaccinations", "History of Immunization Narrative"),
    Section.CONSTANTES: ("Mesures", "Vital signs"),
    Section.RESULTATS: ("Résultats d’examens", "Relevant diagnostic tests/laboratory data Narrative"),
}
_OBLIGATOIRES: Final = (Section.PROBLEMES, Section.ALLERGIES, Section.MEDICAMENTS)
_ABSENT: Final = (
    "Le service ne garde pas cette information sous cette forme. Elle peut être dans vos documents."
)


def resume(copie: Copie) -> bytes | None:
    """The Bundle, None when no room has anything to say. In the record's scope."""
    sections: dict[Section, list[Mapping[str, Any]]] = {}
    annexes: list[Mapping[str, Any]] = []
    for section, ressource in (r for p in pieces() for r in p.synthese(copie)):
        if section is None:
            annexes.append(ressource)
        elif len(deja := sections.setdefault(section, [])) < PAR_SECTION:
            deja.append(ressource)
    if not sections:
        return None
    toutes = [r for entrees in sections.values() for r in entrees] + _citees(annexes, sections)
    identifiant = uuid7()
    ressources = [
        _composition(copie, sections),
        fhir.patient(copie.titulaire),
        fhir.service(copie.dossier_id),
    ]
    return orjson.dumps(
        {
            "resourceType": "Bundle",
            "id": str(identifiant),
            "identifier": {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{identifiant}"},
            "type": "document",
            "timestamp": fhir.instant(copie.quand),
            "entry": [{"fullUrl": f"urn:uuid:{r['id']}", "resource": r} for r in (*ressources, *toutes)],
        },
        option=orjson.OPT_INDENT_2,
    )


def _citees(
    annexes: list[Mapping[str, Any]], sections: Mapping[Section, list[Mapping[str, Any]]]
) -> list[Mapping[str, Any]]:
    """What the kept entries refer to: a document holds nothing that nothing names."""
    texte = orjson.dumps(list(sections.values()))
    return [a for a in annexes if f'"urn:uuid:{a["id"]}"'.encode() in texte]


def _composition(copie: Copie, sections: Mapping[Section, list[Mapping[str, Any]]]) -> dict[str, Any]:
    return {
        "resourceType": "Composition",
        "id": str(uuid7()),
        "status": "final",
        "type": {"coding": [{"system": _LOINC, "code": "60591-5", "display": "Patient summary Document"}]},
        "subject": copie.patient,
        "date": fhir.instant(copie.quand),
        "author": [{"reference": f"urn:uuid:{fhir.service(copie.dossier_id)['id']}"}],
        "title": "Résumé de santé",
        "section": [
            _section(section, sections.get(section, []))
            for section in Section
            if section in _OBLIGATOIRES or section in sections
        ],
    }


def _section(section: Section, entrees: list[Mapping[str, Any]]) -> dict[str, Any]:
    titre, libelle = _TITRES[section]
    ecrite: dict[str, Any] = {
        "title": titre,
        "code": {"coding": [{"system": _LOINC, "code": section.value, "display": libelle}]},
    }
    if entrees:
        lignes = "".join(f"<li>{escape(', '.join(_phrase(r)))}</li>" for r in entrees)
        ecrite["text"] = _texte(f"<ul>{lignes}</ul>")
        ecrite["entry"] = [{"reference": f"urn:uuid:{r['id']}"} for r in entrees]
    else:
        ecrite["text"] = _texte(f"<p>{_ABSENT}</p>")
        ecrite["emptyReason"] = {"coding": [{"system": _RAISONS, "code": "unavailable"}], "text": _ABSENT}
    return ecrite


def _texte(html: str) -> dict[str, str]:
    return {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{html}</div>'}


def _phrase(ressource: Mapping[str, Any]) -> Iterator[str]:
    """A resource in words: what, how much, when."""
    yield _nom(ressource) or ressource["resourceType"]
    if "valueQuantity" in ressource:
        yield _quantite(ressource["valueQuantity"])
    for composant in ressource.get("component", ()):
        if "valueQuantity" in composant:
            yield f"{_nom(composant)} {_quantite(composant['valueQuantity'])}".strip()
    if quand := ressource.get("effectiveDateTime"):
        yield f"{datetime.fromisoformat(quand):%d/%m/%Y}"


def _nom(element: Mapping[str, Any]) -> str:
    code = element.get("code") or element.get("vaccineCode") or element.get("medicationCodeableConcept") or {}
    return code.get("text") or next((c["display"] for c in code.get("coding", ()) if c.get("display")), "")


def _quantite(quantite: Mapping[str, Any]) -> str:
    # A number kept as it was written comes as its own piece of JSON.
    valeur = orjson.dumps(quantite["value"]).decode().replace(".", ",")
    return f"{valeur} {quantite.get('unit', '')}".strip()
