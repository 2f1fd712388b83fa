"""How results are shown: `_summary`, `_elements`, `_total`, `_include` (FHR-27). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import msgspec
import orjson

from espace_sante.interop.fhir.constats import Constat, RefusFhir
from espace_sante.interop.fhir.erreurs import Erreur

PARAMETRES: Final = frozenset({"_summary", "_elements", "_total", "_include"})
INCLUSIONS: Final = {
    "DocumentReference": frozenset({"DocumentReference:author", "DocumentReference:subject"}),
    "List": frozenset({"List:item", "List:subject", "List:source"}),
}
_RESUMES: Final = frozenset({"true", "false", "text", "data", "count"})
_TOTAUX: Final = frozenset({"none", "estimate", "accurate"})
_NOM: Final = re.compile(r"[a-zA-Z]\w{0,63}", re.ASCII)
_TOUJOURS: Final = frozenset({"resourceType", "id", "meta"})
# Elements of R4's summary (Σ); those that a resource cannot be without.
_SIGMA: Final = {
    "DocumentReference": frozenset(
        {"implicitRules", "masterIdentifier", "identifier", "status", "docStatus", "type", "category", "subject", "date",
         "author", "relatesTo", "description", "securityLabel", "content"}
    ),
    "List": frozenset({"implicitRules", "status", "mode", "title", "code", "subject", "date", "source"}),
}  # fmt: skip
_OBLIGATOIRES: Final = {
    "DocumentReference": frozenset({"status", "content"}),
    "List": frozenset({"status", "mode"}),
}
_ABREGEE: Final = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}
_LIRE: Final = msgspec.json.Decoder()


@dataclass(frozen=True, slots=True)
class Presentation:
    """How the resources of one type are shown; `utilises` go into every link."""

    resume: str = "false"
    elements: frozenset[str] = frozenset()
    total: bool = True
    inclusions: frozenset[str] = frozenset()
    utilises: tuple[tuple[str, str], ...] = ()

    def montrer(self, brut: bytes) -> bytes:
        """The resource as it was asked for; untouched when all of it was."""
        if self.resume == "false" and not self.elements:
            return brut
        objet: dict[str, Any] = _LIRE.decode(brut)
        genre = objet["resourceType"]
        if self.elements:
            gardes = self.elements | _OBLIGATOIRES[genre]
        elif self.resume == "text":
            gardes = _OBLIGATOIRES[genre] | {"text"}
        elif self.resume == "data":
            gardes = frozenset(objet) - {"text"}
        else:
            gardes = _SIGMA[genre]
        if gardes & {"author", "source"}:
            gardes |= {"contained"}
        montre = {c: v for c, v in objet.items() if c in gardes | _TOUJOURS or c.removeprefix("_") in gardes}
        meta = montre.get("meta", {})
        montre["meta"] = meta | {"tag": [*meta.get("tag", []), _ABREGEE]}
        return orjson.dumps(montre)


def lire_presentation(
    parametres: Iterable[tuple[str, str]], genre: str, *, strict: bool
) -> tuple[Presentation, list[Constat]]:
    """Parameters of presentation, and warnings on what is not offered (FHR-21). Raises RefusFhir."""
    resume, total = "false", True
    elements: set[str] = set()
    inclusions: set[str] = set()
    utilises: list[tuple[str, str]] = []
    constats: list[Constat] = []
    avis: list[Constat] = []
    for nom, valeur in parametres:
        if nom not in PARAMETRES:
            continue
        if nom == "_include" and valeur not in INCLUSIONS[genre]:
            inconnue = Erreur.PARAMETRE_INCONNU
            if strict:
                constats.append(inconnue.constat("http._include"))
            else:
                avis.append(inconnue.constat("http._include", gravite="warning"))
            continue
        noms = [n.strip().removeprefix(f"{genre}.") for n in valeur.split(",")]
        correct = {
            "_summary": valeur in _RESUMES,
            "_total": valeur in _TOTAUX,
            "_elements": all(_NOM.fullmatch(n) for n in noms),
            "_include": True,
        }[nom]
        if not correct:
            constats.append(Erreur.PARAMETRE_INVALIDE.constat(f"http.{nom}"))
        elif nom == "_summary":
            resume = valeur
        elif nom == "_total":
            total = valeur != "none"
        elif nom == "_elements":
            elements.update(noms)
        else:
            inclusions.add(valeur)
        utilises.append((nom, valeur))
    if constats:
        raise RefusFhir(constats)
    return Presentation(resume, frozenset(elements), total, frozenset(inclusions), tuple(utilises)), avis
