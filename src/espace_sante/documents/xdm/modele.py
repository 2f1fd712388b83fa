"""What an XDM archive says: whose documents, which submission, which entries. Pure values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from espace_sante.documents.cda.constats import Constat, refuse
from espace_sante.documents.metadonnees import Auteur, Code, Metadonnees
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.kernel.ins import Ins
from espace_sante.kernel.traits import Traits

StatutXdm = Literal["current", "superseded", "archived"]


class XdmRefuse(EspaceSanteError):
    """An archive that is not taken as a whole.

    Codes: `xdm-illisible` (XDM-04), `xdm-dangereux` (XDM-06, detail `raison`), `xdm-plusieurs-personnes` (XDM-08),
    `xdm-invisible-patient` (XDM-14).
    """


@dataclass(frozen=True, slots=True)
class PatientXdm:
    """The person whose documents they are (sourcePatientId, sourcePatientInfo)."""

    ins: Ins
    traits: Traits | None = None


@dataclass(frozen=True, slots=True)
class SoumissionXdm:
    """The SubmissionSet: who gathered these documents, when, under which title."""

    id: UUID
    unique_id: str
    source_id: str
    date: datetime
    titre: str
    auteur: Auteur
    designation: Code | None = None


@dataclass(frozen=True, slots=True)
class EntreeXdm:
    """One DocumentEntry: metadata of a document and its place, relative to METADATA.XML."""

    id: UUID
    uri: str
    metadonnees: Metadonnees
    statut: StatutXdm = "current"


@dataclass(frozen=True, slots=True)
class DocumentXdm:
    """A document that was read. `contenu` is None when it is refused; `constats` say why (XDM-05, XDM-07)."""

    entree: EntreeXdm
    contenu: bytes | None
    constats: tuple[Constat, ...] = ()

    @property
    def refuse(self) -> bool:
        return self.contenu is None or refuse(self.constats)


@dataclass(frozen=True, slots=True)
class ArchiveXdm:
    """What an archive holds. `retenue`: it is of somebody else than expected and may be looked at, never filed
    (XDM-09). `ecartes`: documents whose metadata are too poor to name them."""

    patient: PatientXdm
    soumissions: tuple[SoumissionXdm, ...]
    documents: tuple[DocumentXdm, ...]
    ecartes: tuple[Constat, ...] = ()
    retenue: bool = False
