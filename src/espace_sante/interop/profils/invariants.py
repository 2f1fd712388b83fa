"""The invariants of R4 that a client of these doors can break unseen, in Python; the others are not evaluated.

Kept: those on contained resources (dom-2 to dom-5: authors and patients travel contained), on Bundles (bdl-1 to bdl-11:
lots, search results), ext-1 and per-1. Left out: dom-6 (a narrative is only advised), lst-1 to 3 and att-1 (the PDSm
profiles forbid or require the elements themselves), and those of resources that are not deposited here. ref-1 is checked
with the references, mhd-startswithoid and -uuid with the values, the `constr-bind-*` of PDSm with the value sets.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any, Final

from espace_sante.interop.profils.declarations import partielle
from espace_sante.interop.profils.regles import RegleProfil
from espace_sante.interop.profils.suivi import Chemin, Suivi, Verification


def _noter(suivi: Suivi, chemin: Chemin, regle: str, trouve: str) -> None:
    suivi.noter(RegleProfil.INVARIANT, chemin, regle, attendu=regle.partition("#")[2], trouve=trouve)


def _objets(valeur: Any) -> list[tuple[int, dict[str, Any]]]:
    return [(r, v) for r, v in enumerate(valeur) if type(v) is dict] if type(valeur) is list else []


def contenues(valeur: dict[str, Any], chemin: Chemin, suivi: Suivi) -> None:
    """dom-2 to dom-5: contained resources contain none, are named by the others, have no version of their own.

    Their ids differ too: R4 says it in words only, and a reference would name two.
    """
    vus = Counter(str(c.get("id")) for _, c in _objets(valeur.get("contained")))
    for rang, contenue in _objets(valeur.get("contained")):
        ici = (chemin, "contained", rang)
        if vus[str(contenue.get("id"))] > 1:
            _noter(suivi, ici, "DomainResource#contained.id", "deux ressources contenues ont le même id")
        if "contained" in contenue:
            _noter(suivi, ici, "DomainResource#dom-2", "une ressource contenue en contient une autre")
        identifiant = contenue.get("id")
        nommee = identifiant in suivi.citees or partielle(valeur)
        if not nommee and not ("" in suivi.citees and _cite_le_contenant(contenue)):
            _noter(suivi, ici, "DomainResource#dom-3", "aucune référence ne désigne cette ressource contenue")
        meta = contenue.get("meta")
        if type(meta) is dict and ("versionId" in meta or "lastUpdated" in meta):
            _noter(
                suivi,
                ici,
                "DomainResource#dom-4",
                "une ressource contenue a meta.versionId ou meta.lastUpdated",
            )
        if type(meta) is dict and "security" in meta:
            _noter(suivi, ici, "DomainResource#dom-5", "une ressource contenue a meta.security")


def _cite_le_contenant(valeur: Any) -> bool:
    if type(valeur) is dict:
        return valeur.get("reference") == "#" or any(_cite_le_contenant(v) for v in valeur.values())
    return type(valeur) is list and any(_cite_le_contenant(v) for v in valeur)


def bundle(valeur: dict[str, Any], chemin: Chemin, suivi: Suivi) -> None:
    """bdl-1 to bdl-11."""
    type_ = valeur.get("type")
    if "total" in valeur and type_ not in ("searchset", "history"):
        _noter(suivi, (chemin, "total", -1), "Bundle#bdl-1", "total hors d’une recherche")
    entrees = _objets(valeur.get("entry"))
    _adresses(entrees, chemin, suivi, historique=type_ == "history")
    demande = type_ in ("batch", "transaction", "history")
    reponse = type_ in ("batch-response", "transaction-response", "history")
    for rang, entree in entrees:
        ici = (chemin, "entry", rang)
        if "search" in entree and type_ != "searchset":
            _noter(suivi, ici, "Bundle#bdl-2", "search hors d’une recherche")
        if ("request" in entree) != demande:
            _noter(
                suivi, ici, "Bundle#bdl-3", "request manque" if demande else "request n’a pas sa place ici"
            )
        if ("response" in entree) != reponse:
            _noter(
                suivi, ici, "Bundle#bdl-4", "response manque" if reponse else "response n’a pas sa place ici"
            )
        if not entree.keys() & {"resource", "request", "response"}:
            _noter(suivi, ici, "Bundle#bdl-5", "ni resource, ni request, ni response")
    if type_ == "document":
        _document(valeur, entrees, chemin, suivi)


def _adresses(
    entrees: list[tuple[int, dict[str, Any]]], chemin: Chemin, suivi: Suivi, *, historique: bool
) -> None:
    vues = Counter(e["fullUrl"] for _, e in entrees if isinstance(e.get("fullUrl"), str))
    for rang, entree in entrees:
        url = entree.get("fullUrl")
        if not isinstance(url, str):
            continue
        if vues[url] > 1 and not historique:
            _noter(suivi, (chemin, "entry", rang), "Bundle#bdl-7", "la même fullUrl sert à plusieurs entrées")
        if "/_history/" in url:
            _noter(suivi, (chemin, "entry", rang), "Bundle#bdl-8", "fullUrl désigne une version")


def _document(
    valeur: dict[str, Any], entrees: list[tuple[int, dict[str, Any]]], chemin: Chemin, suivi: Suivi
) -> None:
    identifiant = valeur.get("identifier")
    if type(identifiant) is not dict or not {"system", "value"} <= identifiant.keys():
        _noter(suivi, chemin, "Bundle#bdl-9", "un document a un identifiant, avec system et value")
    if "timestamp" not in valeur:
        _noter(suivi, chemin, "Bundle#bdl-10", "un document a timestamp")
    premiere = entrees[0][1].get("resource") if entrees else None
    if type(premiere) is not dict or premiere.get("resourceType") != "Composition":
        _noter(suivi, chemin, "Bundle#bdl-11", "un document commence par une Composition")


def extension(valeur: dict[str, Any], chemin: Chemin, suivi: Suivi) -> None:
    """ext-1: a value or extensions, not both, not neither."""
    a_une_valeur = any(cle.lstrip("_").startswith("value") for cle in valeur)
    if a_une_valeur == ("extension" in valeur):
        _noter(
            suivi, chemin, "Extension#ext-1", "valeur et extensions à la fois" if a_une_valeur else "ni valeur ni extension"
        )  # fmt: skip


def periode(valeur: dict[str, Any], chemin: Chemin, suivi: Suivi) -> None:
    """per-1: the end does not come before the start."""
    try:
        debut, fin = (datetime.fromisoformat(valeur[cle]) for cle in ("start", "end"))
        inverse = debut > fin
    except (
        KeyError,
        TypeError,
        ValueError,
    ):  # partial dates, absent or broken ones: told elsewhere or not comparable
        return
    if inverse:
        _noter(suivi, chemin, "Period#per-1", "la fin précède le début")


# Checks of an object of that type, after its elements.
INVARIANTS: Final[dict[str, tuple[Verification, ...]]] = {
    "Bundle": (bundle,),
    "Extension": (extension,),
    "Period": (periode,),
}
