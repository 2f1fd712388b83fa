"""The Composition of the copy: it names every entry, in sections that grow while entries go by (POR-05)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import orjson

from espace_sante.acces.exportation.tampon import Tampon

# Section of each kind of resource; one that is not named here is reached through the others.
_TITRES: Final = {
    "AllergyIntolerance": "Allergies",
    "Appointment": "Rendez-vous",
    "CareTeam": "Personnes qui ont un rôle dans le dossier",
    "Communication": "Messages",
    "Condition": "Problèmes de santé",
    "Consent": "Accords",
    "Immunization": "Vaccinations",
    "List": "Dossiers et classeurs",
    "MedicationStatement": "Traitements",
    "Observation": "Mesures",
    "RelatedPerson": "Proches",
}


class Composition:
    """Sections in the order in which they are first named; memory holds their compressed form."""

    def __init__(self) -> None:
        self._sections: dict[str, Tampon] = {}

    def citer(self, ressource: Mapping[str, Any], section: str = "") -> None:
        """Name an entry in that section, else in the one of its kind."""
        titre = section or _TITRES.get(ressource["resourceType"], "")
        if not titre:
            return
        neuve = titre not in self._sections
        if neuve:
            self._sections[titre] = Tampon()
        reference = orjson.dumps({"reference": f"urn:uuid:{ressource['id']}"}).decode()
        self._sections[titre].ecrire(reference if neuve else f",{reference}")

    def lire(self, tete: Mapping[str, Any]) -> Iterator[bytes]:
        """The resource, once everything is named; `tete`: all of it but its sections."""
        yield orjson.dumps(tete)[:-1] + b',"section":['
        virgule = ""
        for titre, entrees in self._sections.items():
            yield f'{virgule}{{"title":{orjson.dumps(titre).decode()},"entry":['.encode()
            yield from entrees.lire()
            yield b"]}"
            virgule = ","
        if not self._sections:
            yield orjson.dumps(vide("Documents", "Aucun document."))
        yield b"]}"


def vide(titre: str, phrase: str) -> dict[str, Any]:
    """A section without entry: it must say something (R4 cmp-1). `phrase`: plain text without markup."""
    div = f'<div xmlns="http://www.w3.org/1999/xhtml"><p>{phrase}</p></div>'
    return {"title": titre, "text": {"status": "generated", "div": div}, "emptyReason": {"text": phrase}}
