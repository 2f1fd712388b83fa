"""Names of files in the archive: readable, and harmless whatever a document is called. Pure."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Final
from uuid import UUID

INDEX: Final = "INDEX.html"
TABLEAU: Final = "index.csv"
NOTICE: Final = "LISEZMOI.txt"
DOCUMENTS: Final = "documents"
LISIBLES: Final = "lisible"
FHIR: Final = "fhir/dossier.json"
IPS: Final = "fhir/ips.json"
XDM: Final = "IHE_XDM/SUBSET01/METADATA.XML"
MESSAGES: Final = "messages/LISEZMOI.txt"
TRACES: Final = "traces/traces"
PREUVES: Final = "traces/preuves.json"
REPRISE: Final = "reprise"
MANIFESTE: Final = "manifeste.json"
EMPREINTES: Final = "empreintes.sha256"
SIGNATURE: Final = "empreintes.sha256.sig"
CLE: Final = "cle-publique.pem"
_EXTENSIONS: Final = {
    "application/pdf": "pdf",
    "text/xml": "xml",
    "application/xml": "xml",
    "application/hl7-v3+xml": "xml",
    "application/fhir+json": "json",
    "application/json": "json",
    "application/dicom": "dcm",
    "application/rtf": "rtf",
    "text/rtf": "rtf",
    "text/plain": "txt",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/tiff": "tif",
    "image/heic": "heic",
}
_LONGUEUR: Final = 60


def nom_de_fichier(quand: date, titre: str, mime: str, document_id: UUID) -> str:
    """`2026-03-02-compte-rendu-de-consultation-0f3c….pdf`: letters, digits and dashes only, unique in the archive.

    A title can hold anything (`../../etc/passwd`, a name reserved by a system, nothing at all): the date opens the
    name and the random end of the document's id closes it. A type that is not known, HTML for one, has no
    extension that a double click would run.
    """
    sans_accent = unicodedata.normalize("NFKD", titre).encode("ascii", "ignore").decode().lower()
    mots = re.sub(r"[^a-z0-9]+", "-", sans_accent)[:_LONGUEUR].strip("-") or "document"
    return f"{quand:%Y-%m-%d}-{mots}-{document_id.hex[-12:]}.{extension(mime)}"


def extension(mime: str) -> str:
    """The end of a file's name; `bin` for what is not known."""
    return _EXTENSIONS.get(mime.partition(";")[0].strip().lower(), "bin")
