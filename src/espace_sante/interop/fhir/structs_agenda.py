"""FHIR R4 Appointment and Schedule, every element declared, so that an unknown one is refused (FHR-07)."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from msgspec import UNSET, Meta

from espace_sante.interop.fhir.structs import (
    Absent,
    CodeableConcept,
    Concepts,
    Identifiers,
    Parameters,
    Period,
    Reference,
    References,
    Texte,
    _Backbone,
    _DomainResource,
)

Entier = Annotated[int, Meta(ge=0)]
Periodes = Annotated[list[Period], Meta(min_length=1)]


class AppointmentParticipant(_Backbone):
    type: Concepts | Absent = UNSET
    actor: Reference | Absent = UNSET
    required: Texte | Absent = UNSET
    status: Texte | Absent = UNSET
    period: Period | Absent = UNSET


class Appointment(_DomainResource, tag="Appointment"):
    identifier: Identifiers | Absent = UNSET
    status: Texte | Absent = UNSET
    cancelationReason: CodeableConcept | Absent = UNSET
    serviceCategory: Concepts | Absent = UNSET
    serviceType: Concepts | Absent = UNSET
    specialty: Concepts | Absent = UNSET
    appointmentType: CodeableConcept | Absent = UNSET
    reasonCode: Concepts | Absent = UNSET
    reasonReference: References | Absent = UNSET
    priority: Entier | Absent = UNSET
    description: Texte | Absent = UNSET
    supportingInformation: References | Absent = UNSET
    start: Texte | Absent = UNSET
    end: Texte | Absent = UNSET
    minutesDuration: Entier | Absent = UNSET
    slot: References | Absent = UNSET
    created: Texte | Absent = UNSET
    comment: Texte | Absent = UNSET
    patientInstruction: Texte | Absent = UNSET
    basedOn: References | Absent = UNSET
    participant: Annotated[list[AppointmentParticipant], Meta(min_length=1)] | Absent = UNSET
    requestedPeriod: Periodes | Absent = UNSET


class Schedule(_DomainResource, tag="Schedule"):
    identifier: Identifiers | Absent = UNSET
    active: bool | Absent = UNSET
    serviceCategory: Concepts | Absent = UNSET
    serviceType: Concepts | Absent = UNSET
    specialty: Concepts | Absent = UNSET
    actor: References | Absent = UNSET
    planningHorizon: Period | Absent = UNSET
    comment: Texte | Absent = UNSET


# A tag is only looked at when there are several: the wrong resource is then told as such.
LIRE_APPOINTMENT: Final = msgspec.json.Decoder(Appointment | Parameters)
LIRE_SCHEDULE: Final = msgspec.json.Decoder(Schedule | Parameters)
