"""SubmissionSet (List of a lot) → its header (FHR-67, FHR-68)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from espace_sante.documents.metadonnees import Auteur, Code
from espace_sante.interop.fhir import structs
from espace_sante.interop.fhir.auteurs import Contenues, lire_auteur
from espace_sante.interop.fhir.constats import Constat
from espace_sante.interop.fhir.entrees import CODE_LISTE, Entree
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.extensions import lire_extension
from espace_sante.interop.fhir.valeurs import codages, lire_date, lire_unique_id, present, vers_code

_IHE: Final = "https://profiles.ihe.net/ITI/MHD/StructureDefinition/"
DESIGNATION_TYPE: Final = f"{_IHE}ihe-designationType"
SOURCE_ID: Final = f"{_IHE}ihe-sourceId"
_LONGUEUR: Final = 140
EPOQUE: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Entete:
    """What is kept of a SubmissionSet."""

    unique_id: str
    source_id: str
    date: datetime
    titre: str
    auteur: Auteur
    designation: Code | None
    contenues: Contenues


def unique_id_de(uuid: UUID) -> str:
    """A uniqueId made from a UUID: an OID under 2.25 (X.667)."""
    return f"urn:oid:2.25.{uuid.int}"


def lire_entete(entree: Entree, lot_id: UUID, constats: list[Constat]) -> Entete:
    """Read and check the SubmissionSet; findings are added."""
    liste: structs.Liste = entree.ressource
    chemin = entree.chemin

    def requis(valeur: object, element: str) -> bool:
        if valeur is UNSET:
            constats.append(Erreur.ELEMENT_OBLIGATOIRE.constat(f"{chemin}.{element}", element=element))
        return valeur is not UNSET

    if requis(liste.status, "status") and liste.status != "current":
        constats.append(Erreur.VALEUR_FIXE.constat(f"{chemin}.status", element="status", attendu="current"))
    if requis(liste.mode, "mode") and liste.mode != "working":
        constats.append(Erreur.VALEUR_FIXE.constat(f"{chemin}.mode", element="mode", attendu="working"))
    if requis(liste.code, "code") and not any(
        c.code == "submissionset" and c.system == CODE_LISTE for c in codages(liste.code)
    ):
        constats.append(Erreur.VALEUR_FIXE.constat(f"{chemin}.code", element="code", attendu="submissionset"))
    requis(liste.entry, "entry")
    if liste.modifierExtension is not UNSET:
        constats.append(
            Erreur.ELEMENT_INTERDIT.constat(f"{chemin}.modifierExtension", element="modifierExtension")
        )
    contenues = Contenues(liste.contained, chemin, constats)
    auteur = None
    if isinstance(liste.source, UnsetType):
        requis(UNSET, "source")
    else:
        auteur = lire_auteur(liste.source, contenues, f"{chemin}.source", constats)
    date = EPOQUE
    if not isinstance(liste.date, UnsetType):
        lue = lire_date(liste.date)
        if isinstance(lue, Erreur):
            constats.append(lue.constat(f"{chemin}.date"))
        else:
            date = lue
    else:
        requis(UNSET, "date")
    designation, source_id = lire_extensions(liste, chemin, constats)
    return Entete(
        unique_id=lire_unique_id_de_liste(liste, chemin, lot_id, constats),
        source_id=source_id,
        date=date,
        titre=present(liste.title),
        auteur=auteur or Auteur("personne"),
        designation=designation,
        contenues=contenues,
    )


def lire_unique_id_de_liste(liste: structs.Liste, chemin: str, lot_id: UUID, constats: list[Constat]) -> str:
    """The `usual` identifier; made by the service with a warning when absent (FHR-68)."""
    for rang, identifiant in enumerate([] if isinstance(liste.identifier, UnsetType) else liste.identifier):
        if identifiant.use == "usual":
            lu = lire_unique_id(identifiant)
            if not isinstance(lu, Erreur):
                return lu
            constats.append(lu.constat(f"{chemin}.identifier[{rang}]"))
    constats.append(Erreur.IDENTIFIANT_LOT.constat(f"{chemin}.identifier", gravite="warning"))
    return unique_id_de(lot_id)


def lire_extensions(
    liste: structs.Liste, chemin: str, constats: list[Constat], *, source: bool = True
) -> tuple[Code | None, str]:
    """designationType and, for a SubmissionSet, sourceId; findings are added when one is missing."""
    designation: Code | None = None
    source_id = ""
    for rang, brute in enumerate([] if isinstance(liste.extension, UnsetType) else liste.extension):
        lue = lire_extension(brute, f"{chemin}.extension[{rang}]", constats)
        if lue is None:
            continue
        try:
            if lue.url == DESIGNATION_TYPE:
                concept = structs.LIRE_CONCEPT.decode(lue.valueCodeableConcept)
                designation = next((code for c in codages(concept) if (code := vers_code(c))), None)
            elif lue.url == SOURCE_ID:
                source_id = present(structs.LIRE_IDENTIFIANT.decode(lue.valueIdentifier).value)
        except msgspec.DecodeError:
            constats.append(Erreur.TYPE_INVALIDE.constat(f"{chemin}.extension[{rang}]"))
    if designation is None or len(designation.code) > 60:
        constats.append(
            Erreur.ELEMENT_OBLIGATOIRE.constat(
                f"{chemin}.extension('{DESIGNATION_TYPE}')", element="ihe-designationType"
            )
        )
    if source and (not source_id or len(source_id) > _LONGUEUR):
        constats.append(
            Erreur.ELEMENT_OBLIGATOIRE.constat(f"{chemin}.extension('{SOURCE_ID}')", element="ihe-sourceId")
        )
    return designation, source_id
