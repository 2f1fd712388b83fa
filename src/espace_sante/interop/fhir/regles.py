"""What the checks of a deposit need to know of the installation and of the caller. Pure values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from espace_sante.documents.metadonnees import Auteur, Code

MAX_DOCUMENT = 25_000_000
MAX_DOCUMENTS = 20


@dataclass(frozen=True, slots=True)
class Deposant:
    """Who calls: its structure is the last resort for the custodian (FHR-70); facility and setting of
    its registration complete a simplified deposit (FHR-94)."""

    auteur: Auteur
    source_id: str
    etablissement: Code | None = None
    cadre: Code | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Regles:
    """Settings of the checks; `fictifs` admits INS of test and demonstration (FHR-51), `schema` is
    the CDA schema (CDA-03)."""

    maintenant: datetime
    deposant: Deposant
    fictifs: bool
    production: bool = False
    schema: Path | str | None = None
    max_document: int = MAX_DOCUMENT
    max_documents: int = MAX_DOCUMENTS
