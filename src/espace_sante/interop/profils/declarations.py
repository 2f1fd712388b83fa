"""What a resource says of itself: the profiles that it declares, and whether it is only a part (FHR-27)."""

from __future__ import annotations

from typing import Any

from espace_sante.interop.profils.table import Definition, definitions, par_url


def est_ressource(definition: Definition) -> bool:
    """A resource, or a profile of one."""
    return "implicitRules" in definitions()[definition.base or definition.nom].racine.enfants


def partielle(ressource: dict[str, Any]) -> bool:
    """A resource given in part (`_summary`, `_elements`): it can follow no profile, and its contained may be unnamed."""
    meta = ressource.get("meta")
    etiquettes = meta.get("tag") if isinstance(meta, dict) else None
    return isinstance(etiquettes, list) and any(
        isinstance(e, dict) and e.get("code") == "SUBSETTED" for e in etiquettes
    )


def declares(ressource: Any) -> list[str]:
    """Addresses in `meta.profile`; none for a part of a resource."""
    meta = ressource.get("meta") if isinstance(ressource, dict) else None
    adresses = meta.get("profile") if isinstance(meta, dict) else None
    if not isinstance(adresses, list) or partielle(ressource):
        return []
    return [p for p in adresses if isinstance(p, str)]


def connu(profil: str, type_: Any) -> str:
    """Short name of a profile of that resource type, empty when it is not known here."""
    url = profil.partition("|")[0]
    definition = par_url().get(url) or definitions().get(url)
    if definition is None or (definition.base or definition.nom) != type_ or not est_ressource(definition):
        return ""
    return definition.nom
