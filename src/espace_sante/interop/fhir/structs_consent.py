"""FHIR R4 Consent, as `structs` declares the other resources: every element, so that an unknown one is refused."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from msgspec import UNSET, Meta, Raw, field

from espace_sante.interop.fhir.structs import (
    Absent,
    CodeableConcept,
    Concepts,
    Identifiers,
    Parameters,
    Period,
    RawListe,
    Reference,
    References,
    Texte,
    _Backbone,
    _DomainResource,
)


class ConsentActor(_Backbone):
    role: CodeableConcept | Absent = UNSET
    reference: Reference | Absent = UNSET


class ConsentProvision(_Backbone):
    type: Texte | Absent = UNSET
    period: Period | Absent = UNSET
    actor: Annotated[list[ConsentActor], Meta(min_length=1)] | Absent = UNSET
    action: Concepts | Absent = UNSET
    securityLabel: RawListe | Absent = UNSET
    purpose: RawListe | Absent = UNSET
    classe: RawListe | Absent = field(default=UNSET, name="class")
    code: Concepts | Absent = UNSET
    dataPeriod: Period | Absent = UNSET
    data: RawListe | Absent = UNSET
    provision: RawListe | Absent = UNSET


class Consent(_DomainResource, tag="Consent"):
    identifier: Identifiers | Absent = UNSET
    status: Texte | Absent = UNSET
    scope: CodeableConcept | Absent = UNSET
    category: Concepts | Absent = UNSET
    patient: Reference | Absent = UNSET
    dateTime: Texte | Absent = UNSET
    performer: References | Absent = UNSET
    organization: References | Absent = UNSET
    sourceAttachment: Raw = Raw()
    sourceReference: Reference | Absent = UNSET
    policy: RawListe | Absent = UNSET
    policyRule: CodeableConcept | Absent = UNSET
    verification: RawListe | Absent = UNSET
    provision: ConsentProvision | Absent = UNSET


LIRE_CONSENT: Final = msgspec.json.Decoder(Consent | Parameters)
