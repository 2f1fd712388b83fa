"""What a lot (ITI-65) is answered for each mandatory element, missing or wrong: asked to the reading itself."""

from __future__ import annotations

import re
from typing import Any

from tests.contrat.collection import preparer

# Code, FHIRPath, code of the element.
Faute = tuple[str, str, str]
# One wrong value for each element of the metadata that has values to be wrong with.
FAUX: dict[str, Any] = {
    "entry.1.resource.masterIdentifier.value": "urn:oid:1.02",
    "entry.1.resource.status": "final",
    # A code and its system are one value.
    "entry.1.resource.type.coding.0.code": "0",
    "entry.1.resource.category.0.coding.0.code": "999",
    "entry.1.resource.subject": {"reference": "Patient"},
    "entry.1.resource.date": "hier",
    "entry.1.resource.author": [{"reference": "#absent"}],
    "entry.1.resource.securityLabel.0.coding.0.code": "Z",
    "entry.1.resource.content.0.attachment.contentType": "application/zip",
    "entry.1.resource.content.0.attachment.language": 1,
    "entry.1.resource.content.0.attachment.url": "urn:uuid:00000000-0000-4000-8000-000000000000",
    "entry.1.resource.content.0.attachment.size": 1,
    "entry.1.resource.content.0.attachment.hash": "AAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "entry.1.resource.content.0.attachment.title": 1,
    "entry.1.resource.content.0.attachment.creation": "2999-01-01T00:00:00Z",
    "entry.1.resource.content.0.format.code": "",
    "entry.1.resource.context.period.start": "hier",
    "entry.1.resource.context.facilityType.coding.0.system": "",
    "entry.1.resource.context.practiceSetting.coding.0.system": "",
    "entry.1.resource.context.sourcePatientInfo": {"reference": "#absent"},
    "entry.0.resource.status": "retired",
    "entry.0.resource.mode": "snapshot",
    "entry.0.resource.code.coding.0.code": "autre",
    "entry.0.resource.subject": {"reference": "Patient"},
    "entry.0.resource.date": "hier",
    "entry.0.resource.source": {"reference": "#absent"},
    "entry.0.resource.entry.0.item": {"reference": "urn:uuid:00000000-0000-4000-8000-000000000000"},
    "entry.2.resource.data": "===",
    "entry.2.resource.contentType": "image/png",
    "type": "batch",
}


def absents() -> dict[str, list[Faute]]:
    """path → (code, FHIRPath, code of the element) of each finding that refuses the lot without this element."""
    preparer()
    from tests.resistance.entrees import OBLIGATOIRES, corps_valide, oter

    faites = {}
    for chemin in OBLIGATOIRES["ITI-65"]:
        corps = corps_valide("ITI-65")
        oter(corps, chemin)
        faites[chemin] = _constats(corps)
    return faites


def faux() -> dict[str, list[Faute]]:
    """The same with a wrong value."""
    preparer()
    from espace_sante.interop.tests.fabrique import poser
    from tests.resistance.entrees import corps_valide

    faites = {}
    for chemin, valeur in FAUX.items():
        corps = corps_valide("ITI-65")
        poser(chemin, valeur)(corps)
        faites[chemin] = _constats(corps)
    return faites


def table() -> str:
    """Both, as a page: the first finding is the one that concerns the element."""
    manquants, fautifs = absents(), faux()
    lignes = ["| élément | absent | faux |", "| --- | --- | --- |"]
    for chemin in dict.fromkeys((*manquants, *fautifs)):
        nom = _nommer(chemin)
        cases = [_dire(faites.get(chemin), nom) for faites in (manquants, fautifs)]
        lignes.append(f"| `{nom}` | {cases[0]} | {cases[1]} |")
    return "\n".join(lignes) + "\n"


def _constats(corps: dict[str, Any]) -> list[Faute]:
    from espace_sante.interop.tests.fabrique import lire, refus

    return [(c.code, c.expression, c.element) for c in refus(lambda: lire(corps)).constats if c.refuse]


def _nommer(chemin: str) -> str:
    """As FHIR names it: the resource, then the element."""
    for rang, genre in enumerate(("List", "DocumentReference", "Binary")):
        chemin = re.sub(rf"^entry\.{rang}\.resource\.", f"{genre}.", chemin)
        chemin = re.sub(rf"^entry\.{rang}(?=\.|$)", f"Bundle.entry ({genre})", chemin)
    chemin = re.sub(r"\.(\d+)(?=\.|$)", r"[\1]", chemin)
    return chemin if chemin[0].isupper() else f"Bundle.{chemin}"


def _dire(faites: list[Faute] | None, nom: str) -> str:
    """The finding that speaks of the element itself, else the first one."""
    if faites is None:
        return ""
    sans_rang = re.sub(r"\[\d+\]", "", nom)
    code, place, element = max(faites, key=lambda f: bool(f[2]) and f[2].rpartition(".")[0] == sans_rang)
    court = re.sub(r"^Bundle\.entry\[\d\]\.resource\.?", "", place) or "la ressource"
    court = re.sub(r"extension\('[^']*/([^/']+)'\)", r"extension \1", court)
    lieu = f"`{element}`" if element else f"à `{court}`"
    return f"`{code}` {lieu}" + (f" (+ {len(faites) - 1})" if len(faites) > 1 else "")
