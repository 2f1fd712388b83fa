"""The checker: a parsed JSON resource → its findings (issue 4 §1)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from espace_sante.interop.fhir.constats import Constat
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.profils.compilation import Compilateur
from espace_sante.interop.profils.declarations import connu, declares
from espace_sante.interop.profils.regles import RegleProfil, genre
from espace_sante.interop.profils.suivi import Plein, Suivi


@lru_cache(maxsize=1)
def compilateur() -> Compilateur:
    """The one compiler of the process."""
    return Compilateur()


def verifier(ressource: Any, profils: Sequence[str] = ()) -> list[Constat]:
    """Findings of a resource, at most 100: against R4 and the profiles named, else those that it declares.

    `profils` are canonical addresses or short names. One that is not known gives an information and no more.
    """
    suivi = Suivi()
    nom = ressource.get("resourceType") if isinstance(ressource, dict) else None
    racine = (None, nom if isinstance(nom, str) and compilateur().connait(nom) else "Resource", -1)
    if racine[1] == "Resource":
        regle = RegleProfil.RESSOURCE.constat(
            "Resource", "Resource#resourceType", element="resourceType", attendu="connue de ce service",
            trouve="un autre type" if isinstance(nom, str) else genre(ressource),
        )  # fmt: skip
        return [regle]
    demandes = list(profils) or declares(ressource)
    connus = [c for p in demandes if (c := connu(p, racine[1]))]
    _reperer(ressource, suivi)
    try:
        for profil in connus or [racine[1]]:
            compilateur().ressource(profil)(ressource, racine, suivi)
    except Plein:
        pass
    except RecursionError:
        suivi.constats.append(Erreur.TROP_PROFOND.constat(racine[1]))
    suivi.constats += [
        RegleProfil.NON_SERVI.constat(
            f"{racine[1]}.meta.profile", "Resource#meta.profile", gravite="information"
        )
        for p in demandes
        if not connu(p, racine[1])
    ]
    return list(dict.fromkeys(suivi.constats))


def conforme(noms: Sequence[str], type_: str) -> Constat:
    """The information that nothing was found."""
    attendu = ", ".join(noms) or f"FHIR R4, {type_}"
    return RegleProfil.CONFORME.constat(type_, "", gravite="information", attendu=attendu)


def profils_suivis(ressource: Any, profils: Sequence[str] = ()) -> list[str]:
    """Short names of the profiles that `verifier` would apply."""
    nom = ressource.get("resourceType") if isinstance(ressource, dict) else ""
    return [c for p in (list(profils) or declares(ressource)) if (c := connu(p, nom))]


def _reperer(ressource: dict[str, Any], suivi: Suivi) -> None:
    """What the entries of a Bundle are, for the references between them."""
    entrees = ressource.get("entry")
    for entree in entrees if isinstance(entrees, list) else ():
        if isinstance(entree, dict) and isinstance(entree.get("fullUrl"), str):
            visee = entree.get("resource")
            type_ = visee.get("resourceType") if isinstance(visee, dict) else None
            if isinstance(type_, str):
                suivi.adresses[entree["fullUrl"]] = type_
