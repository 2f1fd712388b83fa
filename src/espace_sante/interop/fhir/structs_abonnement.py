"""FHIR R4 Subscription and CareTeam, as `structs` declares the other resources: every element is known."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from msgspec import UNSET, Meta

from espace_sante.interop.fhir.structs import (
    Absent,
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


class SubscriptionChannel(_Backbone):
    type: Texte | Absent = UNSET
    endpoint: Texte | Absent = UNSET
    payload: Texte | Absent = UNSET
    header: Annotated[list[Texte], Meta(min_length=1)] | Absent = UNSET


class Subscription(_DomainResource, tag="Subscription"):
    status: Texte | Absent = UNSET
    contact: RawListe | Absent = UNSET
    end: Texte | Absent = UNSET
    reason: Texte | Absent = UNSET
    criteria: Texte | Absent = UNSET
    error: Texte | Absent = UNSET
    channel: SubscriptionChannel | Absent = UNSET


class CareTeamParticipant(_Backbone):
    role: Concepts | Absent = UNSET
    member: Reference | Absent = UNSET
    onBehalfOf: Reference | Absent = UNSET
    period: Period | Absent = UNSET


class CareTeam(_DomainResource, tag="CareTeam"):
    identifier: Identifiers | Absent = UNSET
    status: Texte | Absent = UNSET
    category: Concepts | Absent = UNSET
    name: Texte | Absent = UNSET
    subject: Reference | Absent = UNSET
    encounter: Reference | Absent = UNSET
    period: Period | Absent = UNSET
    participant: Annotated[list[CareTeamParticipant], Meta(min_length=1)] | Absent = UNSET
    reasonCode: Concepts | Absent = UNSET
    reasonReference: References | Absent = UNSET
    managingOrganization: References | Absent = UNSET
    telecom: RawListe | Absent = UNSET
    note: RawListe | Absent = UNSET


LIRE_SUBSCRIPTION: Final = msgspec.json.Decoder(Subscription | Parameters)
LIRE_CARETEAM: Final = msgspec.json.Decoder(CareTeam | Parameters)
