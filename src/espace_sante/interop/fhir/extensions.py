"""Extensions of ours that are read; the others stay raw and go out as they came (FHR-05, FHR-07)."""

from __future__ import annotations

import re
from typing import Final

import msgspec
from msgspec import UNSET, Raw, Struct

from espace_sante.interop.fhir.constats import Constat
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.structs import Absent, RawListe, Texte

_VALEURS: Final = re.findall(
    r"\w+",
    "Base64Binary Boolean Canonical Code Date DateTime Decimal Id Instant Integer Markdown Oid PositiveInt "
    "String Time UnsignedInt Uri Url Uuid Address Age Annotation Attachment CodeableConcept Coding "
    "ContactPoint Count Distance Duration HumanName Identifier Money Period Quantity Range Ratio Reference "
    "SampledData Signature Timing ContactDetail Contributor DataRequirement Expression ParameterDefinition "
    "RelatedArtifact TriggerDefinition UsageContext Dosage Meta",
)


class ExtensionLue(Struct, forbid_unknown_fields=True):
    """What every extension has; the values are added below, raw, one field for each type of R4."""

    url: Texte
    id: str | Absent = UNSET
    extension: RawListe | Absent = UNSET
    valueBoolean: Raw = Raw()
    valueCodeableConcept: Raw = Raw()
    valueIdentifier: Raw = Raw()


Extension: type[ExtensionLue] = msgspec.defstruct(  # type: ignore[assignment]
    "Extension",
    [(f"value{n}", Raw, Raw()) for n in _VALEURS if n not in ("Boolean", "CodeableConcept", "Identifier")],
    bases=(ExtensionLue,),
    forbid_unknown_fields=True,
    module=__name__,
)

_LIRE: Final = msgspec.json.Decoder(Extension)


def lire_extension(brute: msgspec.Raw, chemin: str, constats: list[Constat]) -> ExtensionLue | None:
    """An extension of ours to read, or None with a finding when it is not one (FHR-07)."""
    try:
        return _LIRE.decode(brute)
    except (msgspec.DecodeError, RecursionError):
        constats.append(Erreur.TYPE_INVALIDE.constat(chemin))
        return None
