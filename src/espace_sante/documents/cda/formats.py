"""Format code of a CDA: from its body for level N1, from its model for level N3 (table B.4.1)."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from typing import Final

from espace_sante.documents.metadonnees import Code

SYSTEME_IHE: Final = "http://ihe.net/fhir/ihe.formatcode.fhir/CodeSystem/formatcode"
SYSTEME_ANS: Final = (
    "https://mos.esante.gouv.fr/NOS/TRE_A06-FormatCodeComplementaire/FHIR/TRE-A06-FormatCodeComplementaire"
)
MIME_SUFFIT: Final = Code("urn:ihe:iti:xds:2017:mimeTypeSufficient", SYSTEME_IHE, "mimeType Sufficient")

_N1: Final = {
    "application/pdf": "urn:ihe:iti:xds-sd:pdf:2008",
    "text/plain": "urn:ihe:iti:xds-sd:text:2008",
    "text/rtf": "urn:ihe:iti-fr:xds-sd:rtf:2010",
    "image/jpeg": "urn:ihe:iti-fr:xds-sd:jpeg:2010",
    "image/tiff": "urn:ihe:iti-fr:xds-sd:tiff:2010",
}
MEDIAS_N1: Final = frozenset(_N1)
_SYSTEMES: Final = {"TRE_A06": SYSTEME_ANS, "IHE": SYSTEME_IHE}


@lru_cache(maxsize=1)
def modeles() -> dict[str, Code]:
    """Format code of each known model, by the root of its templateId."""
    texte = files("espace_sante.documents.cda").joinpath("modeles.csv").read_text(encoding="utf-8")
    return {
        ligne["template_id"]: Code(ligne["format_code"], _SYSTEMES[ligne["code_system"]])
        for ligne in csv.DictReader(texte.splitlines())
    }


def format_n1(media: str) -> Code:
    """Format of a level N1 by the media type of its body; `mimeTypeSufficient` when unknown."""
    code = _N1.get(media)
    return Code(code, SYSTEME_IHE) if code else MIME_SUFFIT


def format_n3(template_ids: Iterable[str]) -> Code:
    """Format of a level N3 by its last known model; `mimeTypeSufficient` when none is known."""
    connus = [modeles()[racine] for racine in template_ids if racine in modeles()]
    return connus[-1] if connus else MIME_SUFFIT
