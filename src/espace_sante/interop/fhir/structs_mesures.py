"""FHIR R4 Observation and the Bundle that writes one, declared as `structs` does: an unknown element is refused."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from msgspec import UNSET, Meta, Raw

from espace_sante.interop.fhir.structs import (
    Absent,
    CodeableConcept,
    Concepts,
    Device,
    EntryRequest,
    Identifier,
    Identifiers,
    Parameters,
    RawListe,
    Reference,
    References,
    Texte,
    _Backbone,
    _Base,
    _DomainResource,
    _Resource,
)


class Quantity(_Base):
    # Kept as it was written: 71.50 is not 71.5 (FHR-05).
    value: Raw = Raw()
    comparator: Texte | Absent = UNSET
    unit: Texte | Absent = UNSET
    system: Texte | Absent = UNSET
    code: Texte | Absent = UNSET


class ObservationComponent(_Backbone):
    code: CodeableConcept | Absent = UNSET
    valueQuantity: Quantity | Absent = UNSET
    dataAbsentReason: CodeableConcept | Absent = UNSET
    interpretation: Concepts | Absent = UNSET
    referenceRange: RawListe | Absent = UNSET


class Observation(_DomainResource, tag="Observation"):
    identifier: Identifiers | Absent = UNSET
    basedOn: References | Absent = UNSET
    partOf: References | Absent = UNSET
    status: Texte | Absent = UNSET
    category: Concepts | Absent = UNSET
    code: CodeableConcept | Absent = UNSET
    subject: Reference | Absent = UNSET
    focus: References | Absent = UNSET
    encounter: Reference | Absent = UNSET
    effectiveDateTime: Texte | Absent = UNSET
    effectivePeriod: Raw = Raw()
    effectiveTiming: Raw = Raw()
    effectiveInstant: Texte | Absent = UNSET
    issued: Texte | Absent = UNSET
    performer: References | Absent = UNSET
    valueQuantity: Quantity | Absent = UNSET
    valueCodeableConcept: Raw = Raw()
    valueString: Raw = Raw()
    valueBoolean: Raw = Raw()
    valueInteger: Raw = Raw()
    valueRange: Raw = Raw()
    valueRatio: Raw = Raw()
    valueSampledData: Raw = Raw()
    valueTime: Raw = Raw()
    valueDateTime: Raw = Raw()
    valuePeriod: Raw = Raw()
    dataAbsentReason: CodeableConcept | Absent = UNSET
    interpretation: Concepts | Absent = UNSET
    note: RawListe | Absent = UNSET
    bodySite: CodeableConcept | Absent = UNSET
    method: CodeableConcept | Absent = UNSET
    specimen: Reference | Absent = UNSET
    device: Reference | Absent = UNSET
    referenceRange: RawListe | Absent = UNSET
    hasMember: References | Absent = UNSET
    derivedFrom: References | Absent = UNSET
    component: Annotated[list[ObservationComponent], Meta(min_length=1)] | Absent = UNSET


class EntreeMesure(_Backbone):
    link: RawListe | Absent = UNSET
    fullUrl: Texte | Absent = UNSET
    resource: Observation | Device | Absent = UNSET
    search: Raw = Raw()
    request: EntryRequest | Absent = UNSET
    response: Raw = Raw()


class BundleMesure(_Resource, tag="Bundle"):
    identifier: Identifier | Absent = UNSET
    type: Texte | Absent = UNSET
    timestamp: Texte | Absent = UNSET
    total: int | Absent = UNSET
    link: RawListe | Absent = UNSET
    entry: Annotated[list[EntreeMesure], Meta(min_length=1)] | Absent = UNSET
    signature: Raw = Raw()


class Extension(_Base):
    url: Texte | Absent = UNSET
    valueString: Texte | Absent = UNSET
    valueCodeableConcept: CodeableConcept | Absent = UNSET


LIRE_LOT: Final = msgspec.json.Decoder(BundleMesure | Parameters)
LIRE_OBSERVATION: Final = msgspec.json.Decoder(Observation | Parameters)
LIRE_EXTENSION: Final = msgspec.json.Decoder(Extension)
