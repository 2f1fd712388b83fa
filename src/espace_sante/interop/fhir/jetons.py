"""Token search values (`system|code`) → the codes that are stored (FHR-108, FHR-114, FHR-116)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from espace_sante.documents import nomenclatures
from espace_sante.interop.fhir.document import SYSTEMES_CLASSE
from espace_sante.interop.fhir.valeurs import SYSTEME_URI, normaliser_unique_id

# No code has this form: a value of another system matches nothing, without an error.
AUCUN: Final = "?"
_SYSTEME_ETAT: Final = "http://hl7.org/fhir/document-reference-status"
_ETATS: Final = frozenset({"current", "superseded"})
_VIRGULE: Final = re.compile(r"(?<!\\),")


@dataclass(frozen=True, slots=True)
class Jeton:
    """A token; `systeme` is None when none was given, empty for `|code`."""

    systeme: str | None
    code: str


def decouper(valeur: str) -> list[str]:
    """The values of an OR list."""
    return [v.replace("\\,", ",") for v in _VIRGULE.split(valeur) if v]


def lire_jeton(valeur: str) -> Jeton:
    """One token."""
    systeme, barre, code = valeur.rpartition("|")
    return Jeton(systeme.strip() if barre else None, code.strip())


def codes_de(jetons: list[Jeton]) -> list[str]:
    """Codes, whatever their system: the columns hold one system each in practice."""
    return [j.code or AUCUN for j in jetons]


def vers_minuscules(jetons: list[Jeton]) -> list[str]:
    """Media types, written in small letters."""
    return [j.code.lower() or AUCUN for j in jetons]


def vers_types(jetons: list[Jeton]) -> list[str]:
    """Document types; a system that is not the code's own matches nothing."""
    lus = []
    for jeton in jetons:
        connu = nomenclatures.type_document(jeton.code)
        correct = jeton.systeme is None or (
            connu is not None and nomenclatures.systeme_uri(jeton.systeme) == connu.systeme
        )
        lus.append(jeton.code if jeton.code and correct else AUCUN)
    return lus


def vers_classes(jetons: list[Jeton]) -> list[str]:
    """Document classes."""
    return [j.code if j.code and j.systeme in (None, *SYSTEMES_CLASSE) else AUCUN for j in jetons]


def vers_etats(jetons: list[Jeton]) -> list[str]:
    """Statuses; deleted or unknown ones match nothing (FHR-111, FHR-116)."""
    return [j.code if j.code in _ETATS and j.systeme in (None, _SYSTEME_ETAT) else AUCUN for j in jetons]


def vers_identifiants(jetons: list[Jeton]) -> list[str]:
    """uniqueIds in their stored form; a bare OID and `urn:ietf:rfc:3986|urn:oid:…` are equal (FHR-114)."""
    lus = []
    for jeton in jetons:
        code = jeton.code
        if jeton.systeme in (None, "", SYSTEME_URI):
            lus.append(normaliser_unique_id(code) or AUCUN)
        else:
            # MHD lets a uniqueId with an extension be written system = root, value = extension.
            lus.append(normaliser_unique_id(f"{jeton.systeme}^{code}") or AUCUN)
    return lus
