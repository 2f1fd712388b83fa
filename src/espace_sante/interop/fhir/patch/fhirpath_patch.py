"""FHIRPath Patch (R4, resource Parameters): the paths that name one of the three elements, and nothing wider."""

from __future__ import annotations

import re
from typing import Any, Final

from espace_sante.interop.fhir.document import IS_ARCHIVED
from espace_sante.interop.fhir.patch.json_patch import lire_json
from espace_sante.interop.fhir.patch.operations import (
    FIN,
    Element,
    Geste,
    Operation,
    bornees,
    ecrire_chemin,
    illisible,
    inapplicable,
    interdit,
)
from espace_sante.interop.fhir.xml.lecture import vers_json

MEDIAS: Final = ("application/fhir+json", "application/json")
MEDIA_XML: Final = "application/fhir+xml"
_GESTES: Final = {
    "add": Geste.AJOUTER,
    "insert": Geste.AJOUTER,
    "delete": Geste.OTER,
    "replace": Geste.REMPLACER,
}
_CHEMIN: Final = re.compile(r"DocumentReference(?:\.(?P<element>\w+)(?P<suite>.*))?", re.DOTALL | re.ASCII)
_RANG: Final = re.compile(r"\[(\d{1,5})\](\.value(?:Boolean|\.ofType\(boolean\)|\[x\])?)?", re.ASCII)
_URL: Final = re.compile(
    r"(?:\.where\(\s*url\s*=\s*'([^']+)'\s*\)|\('([^']+)'\))(\.value(?:Boolean|\.ofType\(boolean\)|\[x\])?)?"
)
_CODE: Final = re.compile(
    r"\.where\(\s*coding\.(?:exists\(\s*code\s*=\s*'(\w+)'\s*\)|code\s*=\s*'(\w+)')\s*\)"
)


def lire(corps: bytes) -> tuple[Operation, ...]:
    """Operations of a FHIRPath Patch. Raises RefusFhir 400, 405, 422."""
    ressource = lire_json(corps)
    if not isinstance(ressource, dict) or ressource.get("resourceType") != "Parameters":
        raise illisible()
    if not isinstance(ressource.get("parameter"), list):
        raise illisible("Parameters.parameter")
    return bornees([_operation(p, rang) for rang, p in enumerate(ressource["parameter"])])


def lire_xml(corps: bytes) -> tuple[Operation, ...]:
    """The same Parameters in XML (FHR-04). Raises RefusFhir 400, 405, 422."""
    return lire(vers_json(corps))


def _operation(parametre: Any, rang: int) -> Operation:
    lieu = f"Parameters.parameter[{rang}]"
    if not isinstance(parametre, dict) or parametre.get("name") != "operation":
        raise illisible(lieu)
    parts = _parts(parametre.get("part"), lieu)
    genre, chemin = parts.get("type"), parts.get("path")
    if not isinstance(genre, str) or not isinstance(chemin, str):
        raise illisible(lieu)
    cible = _cible(chemin, parts.get("name"))
    if genre == "move":
        raise inapplicable(ecrire_chemin(cible.element))
    geste = _GESTES.get(genre)
    if geste is None or (geste is not Geste.OTER and "value" not in parts):
        raise illisible(lieu)
    place = cible.rang
    if genre == "insert":
        if not isinstance(parts.get("index"), int) or place is not None:
            raise illisible(lieu)
        place = parts["index"]
    elif geste is Geste.AJOUTER and place is None and cible.element is not Element.STATUT:
        place = FIN
    return Operation(
        geste,
        cible.element,
        rang=place,
        code=cible.code,
        archive=cible.archive,
        valeur_seule=cible.valeur_seule,
        valeur=parts.get("value"),
    )


def _parts(parts: Any, lieu: str) -> dict[str, Any]:
    """Name → plain value of the parts of one operation."""
    if not isinstance(parts, list) or not all(
        isinstance(p, dict) and isinstance(p.get("name"), str) for p in parts
    ):
        raise illisible(lieu)
    valeurs = {p["name"]: _valeur(p, lieu) for p in parts}
    if len(valeurs) != len(parts):
        raise illisible(lieu)
    return valeurs


def _valeur(part: dict[str, Any], lieu: str) -> Any:
    """The `value[x]` of a part, or the object that its own parts make (an extension, say)."""
    cles = [c for c in part if c.startswith("value")]
    if len(cles) == 1 and "part" not in part:
        return part[cles[0]]
    if cles or not isinstance(part.get("part"), list):
        raise illisible(lieu)
    objet: dict[str, Any] = {}
    for dessous in part["part"]:
        if not isinstance(dessous, dict) or not isinstance(dessous.get("name"), str):
            raise illisible(lieu)
        valeur = _valeur(dessous, lieu)
        # The value of an extension is named by its type in the resource.
        nom = (
            "valueBoolean"
            if dessous["name"].startswith("value") and isinstance(valeur, bool)
            else dessous["name"]
        )
        objet[nom] = valeur
    return objet


def _cible(chemin: str, nom: Any) -> Operation:
    """The element that a path names; `add` on the resource names it apart. Raises RefusFhir."""
    forme = _CHEMIN.fullmatch(chemin.strip())
    if forme is None:
        raise illisible()
    texte = forme["element"] or (nom if isinstance(nom, str) else "")
    try:
        element = Element(texte)
    except ValueError:
        raise interdit("DocumentReference") from None
    suite = forme["suite"] or ""
    if not suite:
        valeur_seule = False
        if forme["element"] and nom is not None:
            raise inapplicable(ecrire_chemin(element))
        return Operation(Geste.REMPLACER, element, valeur_seule=valeur_seule)
    if element is Element.EXTENSIONS and (trouve := _URL.fullmatch(suite)):
        if (trouve[1] or trouve[2]) != IS_ARCHIVED:
            raise interdit("DocumentReference.extension")
        return Operation(Geste.REMPLACER, element, archive=True, valeur_seule=trouve[3] is not None)
    if element is Element.ETIQUETTES and (trouve := _CODE.fullmatch(suite)):
        return Operation(Geste.REMPLACER, element, code=trouve[1] or trouve[2])
    trouve = _RANG.fullmatch(suite)
    if trouve is None or element is Element.STATUT or (trouve[2] and element is not Element.EXTENSIONS):
        raise inapplicable(ecrire_chemin(element))
    return Operation(Geste.REMPLACER, element, rang=int(trouve[1]), valeur_seule=trouve[2] is not None)
