"""The pivot identity of FranceConnect as traits (OID-26, IDN-27). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from espace_sante.identite.insi.erreurs import DemandeRefusee
from espace_sante.identite.insi.modeles import COG
from espace_sante.kernel.traits import Sexe, Traits

_SEXES: Final[dict[str, Sexe]] = {"male": "M", "female": "F"}
_FRANCE: Final = "99100"
_TEXTE_MAX: Final = 200


def traits_du_pivot(reclamations: Mapping[str, Any]) -> Traits:
    """Birth name, all first names, sex, date and place; somebody born abroad has his country as place (INS-13).

    Raises DemandeRefusee(`traits_insuffisants`) without the four that a search needs.
    """

    def texte(nom: str) -> str:
        valeur = reclamations.get(nom, "")
        return valeur.strip() if isinstance(valeur, str) and len(valeur) <= _TEXTE_MAX else ""

    sexe = _SEXES.get(texte("gender").lower())
    nom, prenoms, naissance = texte("family_name"), texte("given_name"), texte("birthdate")
    if not (sexe and nom and prenoms and naissance):
        raise DemandeRefusee("traits_insuffisants", "L’identité reçue ne permet pas de vous reconnaître.")
    lieux = (texte("birthplace").upper(), texte("birthcountry").upper())
    lieu = next((v for v in lieux if v != _FRANCE and COG.fullmatch(v)), "")
    return Traits(nom, " ".join(prenoms.split()), naissance, sexe, lieu)
