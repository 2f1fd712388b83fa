"""The few elements of the directory's FHIR resources that are read; anything else is passed over."""

from __future__ import annotations

import msgspec


class Coding(msgspec.Struct):
    system: str = ""
    code: str = ""


class Concept(msgspec.Struct):
    coding: list[Coding] = []


class Identifiant(msgspec.Struct):
    system: str = ""
    value: str = ""


class Nom(msgspec.Struct):
    use: str = ""
    family: str = ""
    given: list[str] = []
    prefix: list[str] = []
    suffix: list[str] = []


class Extension(msgspec.Struct):
    url: str = ""
    extension: list[Extension] = []
    valueCoding: Coding | None = None
    valueCodeableConcept: Concept | None = None
    valueBoolean: bool | None = None
    valueString: str = ""


class Contact(msgspec.Struct):
    system: str = ""
    value: str = ""
    rank: int = 999
    extension: list[Extension] = []


class Qualification(msgspec.Struct):
    code: Concept = msgspec.field(default_factory=Concept)


class Adresse(msgspec.Struct):
    city: str = ""
    postalCode: str = ""


class Reference(msgspec.Struct):
    reference: str = ""


class Practitioner(msgspec.Struct, tag_field="resourceType", tag="Practitioner"):
    id: str
    # Nobody is active by omission (ANN-06).
    active: bool = False
    identifier: list[Identifiant] = []
    name: list[Nom] = []
    telecom: list[Contact] = []
    qualification: list[Qualification] = []


class PractitionerRole(msgspec.Struct, tag_field="resourceType", tag="PractitionerRole"):
    id: str
    active: bool = False
    practitioner: Reference = msgspec.field(default_factory=Reference)
    organization: Reference = msgspec.field(default_factory=Reference)
    code: list[Concept] = []
    telecom: list[Contact] = []


class Organization(msgspec.Struct, tag_field="resourceType", tag="Organization"):
    id: str
    active: bool = False
    identifier: list[Identifiant] = []
    type: list[Concept] = []
    name: str = ""
    telecom: list[Contact] = []
    address: list[Adresse] = []
