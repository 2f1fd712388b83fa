"""Names of ebRIM 3.0 and XDS.b metadata (ITI TF-3, 4.2), code systems and times in their spelling. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from espace_sante.documents.cda.formats import SYSTEME_ANS, SYSTEME_IHE
from espace_sante.documents.nomenclatures import OID_DE_SYSTEME, systeme_uri

LCM: Final = "urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0"
RIM: Final = "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"

DOCUMENT: Final = "urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1"
SOUMISSION: Final = "urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd"
A_MEMBRE: Final = "urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember"
REMPLACE: Final = "urn:ihe:iti:2007:AssociationType:RPLC"
APPROUVE: Final = "urn:oasis:names:tc:ebxml-regrep:StatusType:Approved"
PERIME: Final = "urn:oasis:names:tc:ebxml-regrep:StatusType:Deprecated"
# The DMP's own status of a document put aside.
ARCHIVE: Final = "urn:asip:ci-sis:2010:StatusType:Archived"

# Classifications of a DocumentEntry.
AUTEUR: Final = "urn:uuid:93606bcf-9494-43ec-9b4e-a7748d1a838d"
CLASSE: Final = "urn:uuid:41a5887f-8865-4c09-adf7-e362475b143a"
CONFIDENTIALITE: Final = "urn:uuid:f4f85eac-e6cb-4883-b524-f2705394840f"
EVENEMENT: Final = "urn:uuid:2c6b8cb7-8b2a-4051-b291-b1ae6a575ef4"
FORMAT: Final = "urn:uuid:a09d5840-386c-46f2-b5ad-9c3699a4309d"
ETABLISSEMENT: Final = "urn:uuid:f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1"
CADRE: Final = "urn:uuid:cccf5598-8b07-4b77-a05e-ae952c785ead"
TYPE: Final = "urn:uuid:f0306f51-975f-434e-a61c-c59651d33983"
# External identifiers of a DocumentEntry.
ID_PATIENT: Final = "urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427"
ID_UNIQUE: Final = "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab"
# The same of a SubmissionSet.
SS_AUTEUR: Final = "urn:uuid:a7058bb9-b4e4-4307-ba5b-e3f0ab85e12d"
SS_DESIGNATION: Final = "urn:uuid:aa543740-bdda-424e-8c96-df4873be8500"
SS_ID_PATIENT: Final = "urn:uuid:6b5aea1a-874d-4603-a4bc-96a0a7b38446"
SS_ID_SOURCE: Final = "urn:uuid:554ac39e-e3fe-47fe-b233-965d2a147832"
SS_ID_UNIQUE: Final = "urn:uuid:96fdda7c-d067-4183-912e-bf5ee74998a8"

# Metadata that XDS has no name for, as extra attributes (TF-3, 4.2.3.1.6): the date of indexing, the keeper, what the
# signatory's XCN cannot hold, a document replaced that is named by its uniqueId.
PROPRE: Final = "urn:espace-sante-ouvert:xdm:"

_SYSTEMES: Final = {SYSTEME_IHE: "1.3.6.1.4.1.19376.1.2.3", SYSTEME_ANS: "1.2.250.1.213.1.1.4.2.282"}
_URI: Final = {oid: uri for uri, oid in _SYSTEMES.items()}
_OID: Final = re.compile(r"[0-2](?:\.(?:0|[1-9][0-9]*))+(?:\^.*)?")
_DTM: Final = re.compile(r"[0-9]{4}(?:[0-9]{2}){0,5}")


def schema_de_codage(systeme: str) -> str:
    """A code system as XDS names it: its OID when it has one."""
    return _SYSTEMES.get(systeme) or OID_DE_SYSTEME.get(systeme) or systeme.removeprefix("urn:oid:")


def systeme_de(schema: str) -> str:
    """The code system that XDS names so, as the product names it; the inverse of `schema_de_codage`."""
    return _URI.get(schema) or systeme_uri(schema)


def unique_id_xds(unique_id: str) -> str:
    """A uniqueId as XDS writes it: the bare OID, with its extension after `^`."""
    nu = unique_id.removeprefix("urn:oid:")
    return nu if _OID.fullmatch(nu) else unique_id


def unique_id_de(valeur: str) -> str:
    """The inverse: `urn:oid:…` for an OID, as it is otherwise."""
    return f"urn:oid:{valeur}" if _OID.fullmatch(valeur) else valeur


def dtm(quand: datetime) -> str:
    """A time to the second, in UTC, as XDS writes all of them."""
    q = quand.astimezone(UTC)
    return f"{q.year:04d}{q:%m%d%H%M%S}"


def lire_dtm(texte: str) -> datetime:
    """The first instant of what is written, UTC; from the year down to the second. Raises ValueError."""
    if not _DTM.fullmatch(texte):
        raise ValueError("not a DTM")
    complet = texte + "00000101000000"[len(texte) :]
    return datetime.strptime(f"{complet}+0000", "%Y%m%d%H%M%S%z")
