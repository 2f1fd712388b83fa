"""List JSON of a submission set or a folder, with what the asker may see of it and nothing else (FHR-107, FHR-110)."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import msgspec
from msgspec import UNSET, Raw, UnsetType

from espace_sante.documents.listes import Liste
from espace_sante.documents.metadonnees import Auteur
from espace_sante.interop.fhir import structs
from espace_sante.interop.fhir.auteurs import contenir
from espace_sante.interop.fhir.entrees import CODE_LISTE
from espace_sante.interop.fhir.identifiants import composer
from espace_sante.interop.fhir.liste import DESIGNATION_TYPE, SOURCE_ID
from espace_sante.interop.fhir.structs import Identifier, ListEntry, Reference, ResourceMeta
from espace_sante.interop.fhir.valeurs import SYSTEME_URI, ecrire_date, present

_LIRE: Final = msgspec.json.Decoder(structs.Liste | structs.Parameters)


def ressource_liste(liste: Liste, dossier_id: UUID) -> bytes:
    """The List as given to the caller."""
    if liste.representation is None:
        return structs.ECRIRE.encode(_neuve(liste, dossier_id))
    lue = _LIRE.decode(liste.representation)
    assert isinstance(lue, structs.Liste)  # noqa: S101 - the door stored it
    vus = {f"DocumentReference/{composer(dossier_id, i)}" for i in liste.documents}
    entrees = [] if isinstance(lue.entry, UnsetType) else lue.entry
    cites = [_reference(e) for e in entrees]
    caches = any(c.startswith("DocumentReference/") and c not in vus for c in cites)
    if caches:
        # A folder of the same lot may hold hidden documents alone: it is told only when nothing is hidden.
        lue.entry = [e for e, cite in zip(entrees, cites, strict=True) if cite in vus] or UNSET
        return structs.ECRIRE.encode(lue)
    return bytes(liste.representation)


def _reference(element: ListEntry) -> str:
    return "" if isinstance(element.item, UnsetType) else present(element.item.reference)


def _neuve(liste: Liste, dossier_id: UUID) -> structs.Liste:
    """A resource made from the columns alone: the lot came by another door, and claims no profile of MHD."""
    auteur = Auteur(
        "personne" if liste.auteur_idnat or not liste.auteur_structure else "organisation",
        idnat=liste.auteur_idnat,
        nom=liste.auteur_nom,
        structure_idnat=liste.auteur_structure,
    )
    source = structs.Identifier(system=SYSTEME_URI, value=liste.source_id)
    extensions = [
        Raw(b'{"url":"%s","valueIdentifier":%s}' % (SOURCE_ID.encode(), structs.ECRIRE.encode(source)))
    ]
    if liste.designation:
        concept = structs.CodeableConcept(coding=[structs.Coding(code=liste.designation)])
        extensions.append(
            Raw(
                b'{"url":"%s","valueCodeableConcept":%s}'
                % (DESIGNATION_TYPE.encode(), structs.ECRIRE.encode(concept))
            )
        )
    return structs.Liste(
        id=composer(dossier_id, liste.id),
        meta=ResourceMeta(versionId="1", lastUpdated=ecrire_date(liste.depose_le)),
        contained=[contenir(auteur, "source")],
        extension=extensions,
        identifier=[
            Identifier(use="usual", system=SYSTEME_URI, value=liste.unique_id),
            Identifier(use="official", system=SYSTEME_URI, value=f"urn:uuid:{liste.id}"),
        ],
        status="current",
        mode="working",
        title=liste.titre or UNSET,
        code=structs.CodeableConcept(coding=[structs.Coding(system=CODE_LISTE, code=liste.genre)]),
        subject=Reference(reference=f"Patient/{dossier_id}"),
        date=ecrire_date(liste.date),
        source=Reference(reference="#source"),
        entry=[
            ListEntry(item=Reference(reference=f"DocumentReference/{composer(dossier_id, i)}"))
            for i in liste.documents
        ],
    )
