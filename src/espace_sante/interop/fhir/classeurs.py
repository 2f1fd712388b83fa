"""Folders (List `folder`) of a lot, and links to documents that are in the record already (FHR-65, FHR-85)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec import UNSET, UnsetType

from espace_sante.documents.depot import ClasseurADeposer
from espace_sante.documents.metadonnees import Code
from espace_sante.interop.fhir import representation, structs
from espace_sante.interop.fhir.constats import Constat
from espace_sante.interop.fhir.entrees import Entree
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.identifiants import composer, decomposer
from espace_sante.interop.fhir.liste import EPOQUE, lire_extensions, lire_unique_id_de_liste, unique_id_de
from espace_sante.interop.fhir.patients import Designation
from espace_sante.interop.fhir.valeurs import lire_date, present
from espace_sante.kernel.ids import uuid7

_GENRE: Final = "DocumentReference/"


@dataclass(frozen=True, slots=True)
class Citation:
    """One item of a list: the fullUrl of a document of the request, or (record, document) of a stored one."""

    reference: str
    existant: tuple[UUID, UUID] | None = None


@dataclass(slots=True)
class Classeur:
    """A folder on its way."""

    rang: int
    full_url: str
    id: UUID
    ressource: structs.Liste
    unique_id: str
    date: datetime
    titre: str
    designation: Code | None
    citations: tuple[Citation, ...]

    def renommer(self, identifiant: UUID) -> None:
        """Take the id of a former sending, and the uniqueId that was made from it (FHR-91)."""
        if self.unique_id == unique_id_de(self.id):
            self.unique_id = unique_id_de(identifiant)
        self.id = identifiant

    def a_deposer(self, dossier_id: UUID, nouveaux: dict[str, UUID], quand: datetime) -> ClasseurADeposer:
        """The folder for that record; `nouveaux` maps the fullUrl of each document of the request to its id."""
        ids = tuple(dict.fromkeys(identifiant(c, nouveaux) for c in self.citations))
        brut = representation.liste(
            self.ressource,
            composer(dossier_id, self.id),
            self.id,
            self.unique_id,
            dossier_id,
            adresses(self.citations, dossier_id, nouveaux),
            quand,
            profil=representation.PROFIL_CLASSEUR,
        )
        return ClasseurADeposer(self.id, self.unique_id, self.date, self.titre, self.designation, ids, brut)


def identifiant(citation: Citation, nouveaux: dict[str, UUID]) -> UUID:
    """The document that an item means."""
    return citation.existant[1] if citation.existant else nouveaux[citation.reference]


def adresses(citations: tuple[Citation, ...], dossier_id: UUID, nouveaux: dict[str, UUID]) -> dict[str, str]:
    """Reference as sent → relative address of the document."""
    return {c.reference: f"{_GENRE}{composer(dossier_id, identifiant(c, nouveaux))}" for c in citations}


def lire_citations(
    liste: structs.Liste, chemin: str, connus: Callable[[str], bool], constats: list[Constat]
) -> tuple[Citation, ...]:
    """Items of a list: documents of the request (`connus`) or of a record; findings for all others."""
    lues: list[Citation] = []
    for rang, element in enumerate([] if isinstance(liste.entry, UnsetType) else liste.entry):
        reference = "" if isinstance(element.item, UnsetType) else present(element.item.reference)
        existant = decomposer(reference.rpartition("/")[2]) if _GENRE in reference else None
        if connus(reference) or existant:
            lues.append(Citation(reference, None if connus(reference) else existant))
        else:
            constats.append(Erreur.REFERENCE_NON_RESOLUE.constat(f"{chemin}.entry[{rang}].item"))
    return tuple(lues)


def designations(citations: tuple[Citation, ...], chemin: str) -> list[tuple[Designation, str]]:
    """Records of stored documents: they must be the one record of the request (FHR-66)."""
    return [(Designation(dossier_id=c.existant[0]), f"{chemin}.entry") for c in citations if c.existant]


def lire_classeur(entree: Entree, connus: Callable[[str], bool], constats: list[Constat]) -> Classeur:
    """Read and check one folder; its subject is read with the others of the request."""
    liste: structs.Liste = entree.ressource
    chemin = entree.chemin
    for element in ("status", "mode", "title", "date", "entry"):
        if getattr(liste, element) is UNSET:
            constats.append(Erreur.ELEMENT_OBLIGATOIRE.constat(f"{chemin}.{element}", element=element))
    for element, attendu in (("status", "current"), ("mode", "working")):
        if getattr(liste, element) not in (UNSET, attendu):
            constats.append(
                Erreur.VALEUR_FIXE.constat(f"{chemin}.{element}", element=element, attendu=attendu)
            )
    if liste.modifierExtension is not UNSET:
        constats.append(
            Erreur.ELEMENT_INTERDIT.constat(f"{chemin}.modifierExtension", element="modifierExtension")
        )
    date = EPOQUE if isinstance(liste.date, UnsetType) else lire_date(liste.date)
    if isinstance(date, Erreur):
        constats.append(date.constat(f"{chemin}.date"))
        date = EPOQUE
    identite = uuid7()
    designation, _ = lire_extensions(liste, chemin, constats, source=False)
    return Classeur(
        rang=entree.rang,
        full_url=entree.full_url,
        id=identite,
        ressource=liste,
        unique_id=lire_unique_id_de_liste(liste, chemin, identite, constats),
        date=date,
        titre=present(liste.title),
        designation=designation,
        citations=lire_citations(liste, chemin, connus, constats),
    )
