"""FHIR R4 resources that the product reads, as msgspec structs.

Every element of R4 is declared, so that an unknown one is refused (FHR-07); all are optional, so
that the profile checks list every missing one together (FHR-10). Order of fields = order of output.
Extensions, contained resources and narratives stay raw bytes and go out as they came (FHR-05, FHR-86).
"""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from msgspec import UNSET, Meta, Raw, Struct, UnsetType, field

Texte = Annotated[str, Meta(min_length=1)]
Absent = UnsetType
RawListe = Annotated[list[Raw], Meta(min_length=1)]


class _Base(Struct, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """An element: id and extensions."""

    id: Texte | Absent = UNSET
    extension: RawListe | Absent = UNSET


class Coding(_Base):
    system: Texte | Absent = UNSET
    version: Texte | Absent = UNSET
    code: Texte | Absent = UNSET
    display: Texte | Absent = UNSET
    userSelected: bool | Absent = UNSET


class CodeableConcept(_Base):
    coding: Annotated[list[Coding], Meta(min_length=1)] | Absent = UNSET
    text: Texte | Absent = UNSET


class Period(_Base):
    start: Texte | Absent = UNSET
    end: Texte | Absent = UNSET


class Identifier(_Base):
    use: Texte | Absent = UNSET
    type: CodeableConcept | Absent = UNSET
    system: Texte | Absent = UNSET
    value: Texte | Absent = UNSET
    period: Period | Absent = UNSET
    assigner: Reference | Absent = UNSET


class Reference(_Base):
    reference: Texte | Absent = UNSET
    type: Texte | Absent = UNSET
    identifier: Identifier | Absent = UNSET
    display: Texte | Absent = UNSET


class ResourceMeta(_Base):
    versionId: Texte | Absent = UNSET
    lastUpdated: Texte | Absent = UNSET
    source: Texte | Absent = UNSET
    profile: Annotated[list[Texte], Meta(min_length=1)] | Absent = UNSET
    security: Annotated[list[Coding], Meta(min_length=1)] | Absent = UNSET
    tag: Annotated[list[Coding], Meta(min_length=1)] | Absent = UNSET


class HumanName(_Base):
    use: Texte | Absent = UNSET
    text: Texte | Absent = UNSET
    family: Texte | Absent = UNSET
    family_ext: Raw = field(default=Raw(), name="_family")
    given: Annotated[list[Texte], Meta(min_length=1)] | Absent = UNSET
    given_ext: Raw = field(default=Raw(), name="_given")
    prefix: Annotated[list[Texte], Meta(min_length=1)] | Absent = UNSET
    suffix: Annotated[list[Texte], Meta(min_length=1)] | Absent = UNSET
    period: Period | Absent = UNSET


class _Resource(_Base, tag_field="resourceType"):
    meta: ResourceMeta | Absent = UNSET
    implicitRules: Texte | Absent = UNSET
    language: Texte | Absent = UNSET


class _DomainResource(_Resource):
    text: Raw = Raw()
    contained: RawListe | Absent = UNSET
    modifierExtension: RawListe | Absent = UNSET


# --- Contained resources: who made it, for whom --------------------------------------------------


Identifiers = Annotated[list[Identifier], Meta(min_length=1)]
Concepts = Annotated[list[CodeableConcept], Meta(min_length=1)]
References = Annotated[list[Reference], Meta(min_length=1)]
Noms = Annotated[list[HumanName], Meta(min_length=1)]


class Patient(_DomainResource, tag="Patient"):
    identifier: Identifiers | Absent = UNSET
    active: bool | Absent = UNSET
    name: Noms | Absent = UNSET
    telecom: RawListe | Absent = UNSET
    gender: Texte | Absent = UNSET
    birthDate: Texte | Absent = UNSET
    birthDate_ext: Raw = field(default=Raw(), name="_birthDate")
    deceasedBoolean: bool | Absent = UNSET
    deceasedDateTime: Texte | Absent = UNSET
    address: RawListe | Absent = UNSET
    maritalStatus: CodeableConcept | Absent = UNSET
    multipleBirthBoolean: bool | Absent = UNSET
    multipleBirthInteger: int | Absent = UNSET
    photo: RawListe | Absent = UNSET
    contact: RawListe | Absent = UNSET
    communication: RawListe | Absent = UNSET
    generalPractitioner: References | Absent = UNSET
    managingOrganization: Reference | Absent = UNSET
    link: RawListe | Absent = UNSET


class Practitioner(_DomainResource, tag="Practitioner"):
    identifier: Identifiers | Absent = UNSET
    active: bool | Absent = UNSET
    name: Noms | Absent = UNSET
    telecom: RawListe | Absent = UNSET
    address: RawListe | Absent = UNSET
    gender: Texte | Absent = UNSET
    birthDate: Texte | Absent = UNSET
    photo: RawListe | Absent = UNSET
    qualification: RawListe | Absent = UNSET
    communication: RawListe | Absent = UNSET


class PractitionerRole(_DomainResource, tag="PractitionerRole"):
    identifier: Identifiers | Absent = UNSET
    active: bool | Absent = UNSET
    period: Period | Absent = UNSET
    practitioner: Reference | Absent = UNSET
    organization: Reference | Absent = UNSET
    code: Concepts | Absent = UNSET
    specialty: Concepts | Absent = UNSET
    location: References | Absent = UNSET
    healthcareService: References | Absent = UNSET
    telecom: RawListe | Absent = UNSET
    availableTime: RawListe | Absent = UNSET
    notAvailable: RawListe | Absent = UNSET
    availabilityExceptions: Texte | Absent = UNSET
    endpoint: References | Absent = UNSET


class Organization(_DomainResource, tag="Organization"):
    identifier: Identifiers | Absent = UNSET
    active: bool | Absent = UNSET
    type: Concepts | Absent = UNSET
    name: Texte | Absent = UNSET
    alias: Annotated[list[Texte], Meta(min_length=1)] | Absent = UNSET
    telecom: RawListe | Absent = UNSET
    address: RawListe | Absent = UNSET
    partOf: Reference | Absent = UNSET
    contact: RawListe | Absent = UNSET
    endpoint: References | Absent = UNSET


class DeviceName(_Base):
    modifierExtension: RawListe | Absent = UNSET
    name: Texte | Absent = UNSET
    type: Texte | Absent = UNSET


class Device(_DomainResource, tag="Device"):
    identifier: Identifiers | Absent = UNSET
    definition: Reference | Absent = UNSET
    udiCarrier: RawListe | Absent = UNSET
    status: Texte | Absent = UNSET
    statusReason: Concepts | Absent = UNSET
    distinctIdentifier: Texte | Absent = UNSET
    manufacturer: Texte | Absent = UNSET
    manufactureDate: Texte | Absent = UNSET
    expirationDate: Texte | Absent = UNSET
    lotNumber: Texte | Absent = UNSET
    serialNumber: Texte | Absent = UNSET
    deviceName: Annotated[list[DeviceName], Meta(min_length=1)] | Absent = UNSET
    modelNumber: Texte | Absent = UNSET
    partNumber: Texte | Absent = UNSET
    type: CodeableConcept | Absent = UNSET
    specialization: RawListe | Absent = UNSET
    version: RawListe | Absent = UNSET
    property: RawListe | Absent = UNSET
    patient: Reference | Absent = UNSET
    owner: Reference | Absent = UNSET
    contact: RawListe | Absent = UNSET
    location: Reference | Absent = UNSET
    url: Texte | Absent = UNSET
    note: RawListe | Absent = UNSET
    safety: Concepts | Absent = UNSET
    parent: Reference | Absent = UNSET


class RelatedPerson(_DomainResource, tag="RelatedPerson"):
    identifier: Identifiers | Absent = UNSET
    active: bool | Absent = UNSET
    patient: Reference | Absent = UNSET
    relationship: Concepts | Absent = UNSET
    name: Noms | Absent = UNSET
    telecom: RawListe | Absent = UNSET
    gender: Texte | Absent = UNSET
    birthDate: Texte | Absent = UNSET
    address: RawListe | Absent = UNSET
    photo: RawListe | Absent = UNSET
    period: Period | Absent = UNSET
    communication: RawListe | Absent = UNSET


# --- DocumentReference ---------------------------------------------------------------------------


class Attachment(_Base):
    contentType: Texte | Absent = UNSET
    language: Texte | Absent = UNSET
    data: bytes | Absent = UNSET
    url: Texte | Absent = UNSET
    size: Annotated[int, Meta(ge=0)] | Absent = UNSET
    hash: Texte | Absent = UNSET
    title: Texte | Absent = UNSET
    creation: Texte | Absent = UNSET


class _Backbone(_Base):
    modifierExtension: RawListe | Absent = UNSET


class DocumentContent(_Backbone):
    attachment: Attachment | Absent = UNSET
    format: Coding | Absent = UNSET


class DocumentContext(_Backbone):
    encounter: References | Absent = UNSET
    event: Concepts | Absent = UNSET
    period: Period | Absent = UNSET
    facilityType: CodeableConcept | Absent = UNSET
    practiceSetting: CodeableConcept | Absent = UNSET
    sourcePatientInfo: Reference | Absent = UNSET
    related: References | Absent = UNSET


class RelatesTo(_Backbone):
    code: Texte | Absent = UNSET
    target: Reference | Absent = UNSET


class DocumentReference(_DomainResource, tag="DocumentReference"):
    masterIdentifier: Identifier | Absent = UNSET
    identifier: Identifiers | Absent = UNSET
    status: Texte | Absent = UNSET
    docStatus: Texte | Absent = UNSET
    type: CodeableConcept | Absent = UNSET
    category: Concepts | Absent = UNSET
    subject: Reference | Absent = UNSET
    date: Texte | Absent = UNSET
    author: References | Absent = UNSET
    authenticator: Reference | Absent = UNSET
    custodian: Reference | Absent = UNSET
    relatesTo: Annotated[list[RelatesTo], Meta(min_length=1)] | Absent = UNSET
    description: Texte | Absent = UNSET
    securityLabel: Concepts | Absent = UNSET
    content: Annotated[list[DocumentContent], Meta(min_length=1)] | Absent = UNSET
    context: DocumentContext | Absent = UNSET


# --- List, Binary, Bundle ------------------------------------------------------------------------


class ListEntry(_Backbone):
    flag: CodeableConcept | Absent = UNSET
    deleted: bool | Absent = UNSET
    date: Texte | Absent = UNSET
    item: Reference | Absent = UNSET


class Liste(_DomainResource, tag="List"):
    identifier: Identifiers | Absent = UNSET
    status: Texte | Absent = UNSET
    mode: Texte | Absent = UNSET
    title: Texte | Absent = UNSET
    code: CodeableConcept | Absent = UNSET
    subject: Reference | Absent = UNSET
    encounter: Reference | Absent = UNSET
    date: Texte | Absent = UNSET
    source: Reference | Absent = UNSET
    orderedBy: CodeableConcept | Absent = UNSET
    note: RawListe | Absent = UNSET
    entry: Annotated[list[ListEntry], Meta(min_length=1)] | Absent = UNSET
    emptyReason: CodeableConcept | Absent = UNSET


class Binary(_Resource, tag="Binary"):
    contentType: Texte | Absent = UNSET
    securityContext: Reference | Absent = UNSET
    data: bytes | Absent = UNSET


class Parameters(_Resource, tag="Parameters"):
    parameter: RawListe | Absent = UNSET


class BundleDocument(_Resource, tag="Bundle"):
    """A FHIR document (Bundle of type document): kept raw, only its head is read (FHR-88)."""

    identifier: Identifier | Absent = UNSET
    type: Texte | Absent = UNSET
    timestamp: Texte | Absent = UNSET
    total: int | Absent = UNSET
    link: RawListe | Absent = UNSET
    entry: RawListe | Absent = UNSET
    signature: Raw = Raw()


class EntryRequest(_Backbone):
    method: Texte | Absent = UNSET
    url: Texte | Absent = UNSET
    ifNoneMatch: Texte | Absent = UNSET
    ifModifiedSince: Texte | Absent = UNSET
    ifMatch: Texte | Absent = UNSET
    ifNoneExist: Texte | Absent = UNSET


Ressource = DocumentReference | Liste | Binary | Patient | BundleDocument | Parameters


class Entry(_Backbone):
    link: RawListe | Absent = UNSET
    fullUrl: Texte | Absent = UNSET
    resource: Ressource | Absent = UNSET
    search: Raw = Raw()
    request: EntryRequest | Absent = UNSET
    response: Raw = Raw()


class Bundle(_Resource, tag="Bundle"):
    identifier: Identifier | Absent = UNSET
    type: Texte | Absent = UNSET
    timestamp: Texte | Absent = UNSET
    total: int | Absent = UNSET
    link: RawListe | Absent = UNSET
    entry: Annotated[list[Entry], Meta(min_length=1)] | Absent = UNSET
    signature: Raw = Raw()


class _EntryRaw(Struct):
    resource: Raw = Raw()


class _BundleRaw(Struct):
    entry: list[_EntryRaw] = []


Contenue = Patient | Practitioner | PractitionerRole | Organization | Device | RelatedPerson

# Parameters is there because the tag is only asked for among several structs (FHR-07); it is refused later.
LIRE_BUNDLE: Final = msgspec.json.Decoder(Bundle | Parameters)
LIRE_BUNDLE_RAW: Final = msgspec.json.Decoder(_BundleRaw)
LIRE_DOCUMENT: Final = msgspec.json.Decoder(DocumentReference | Parameters)
LIRE_CONTENUE: Final = msgspec.json.Decoder(Contenue)
LIRE_CONCEPT: Final = msgspec.json.Decoder(CodeableConcept)
LIRE_IDENTIFIANT: Final = msgspec.json.Decoder(Identifier)
ECRIRE: Final = msgspec.json.Encoder()
