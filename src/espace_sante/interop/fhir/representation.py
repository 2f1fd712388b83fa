"""Resources as they are stored and given back: the sent ones with the service's own ids and deductions.

What was sent stays word for word except ids, meta, subject, labels, addresses of contents, and what
was deduced, which is marked (FHR-05, FHR-70, FHR-86, FHR-112, FHR-113).
"""

from __future__ import annotations

import binascii
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec import UNSET, Raw, UnsetType

from espace_sante.documents.metadonnees import Auteur, Code, Metadonnees
from espace_sante.interop.fhir import structs
from espace_sante.interop.fhir.auteurs import contenir, deduite
from espace_sante.interop.fhir.etiquettes import Etiquettes, concepts
from espace_sante.interop.fhir.structs import CodeableConcept, Coding, Identifier, Reference, ResourceMeta
from espace_sante.interop.fhir.valeurs import SYSTEME_URI, ecrire_date, present

PROFIL_DOCUMENT: Final = (
    "https://interop.esante.gouv.fr/ig/fhir/pdsm/StructureDefinition/pdsm-comprehensive-document-reference"
)
PROFIL_LISTE: Final = (
    "https://interop.esante.gouv.fr/ig/fhir/pdsm/StructureDefinition/pdsm-submissionset-comprehensive"
)

PROFIL_CLASSEUR: Final = (
    "https://interop.esante.gouv.fr/ig/fhir/pdsm/StructureDefinition/pdsm-folder-comprehensive"
)


def avec_deductions(
    metadonnees: Metadonnees, authentificateur: Auteur | None, depositaire: Auteur | None, deposant: Auteur
) -> Metadonnees:
    """Custodian: the CDA's, else the author's organisation, else the depositing structure;
    authenticator: the CDA's, else the first human author (FHR-70)."""
    m = metadonnees
    if m.authentificateur is None:
        authentificateur = authentificateur or next(
            (a for a in m.auteurs if a.genre == "personne"), m.auteurs[0]
        )
    if m.depositaire is None:
        depositaire = depositaire or next(
            (o for a in (*m.auteurs, deposant) if (o := _organisation(a))), None
        )
    if m.authentificateur is not None and m.depositaire is not None:
        return m
    return replace(
        m,
        authentificateur=m.authentificateur or authentificateur,
        depositaire=m.depositaire or depositaire,
    )


def _organisation(auteur: Auteur) -> Auteur | None:
    if not auteur.structure_idnat and not auteur.structure_nom:
        return None
    return Auteur("organisation", structure_idnat=auteur.structure_idnat, structure_nom=auteur.structure_nom)


def document(
    ressource: structs.DocumentReference,
    metadonnees: Metadonnees,
    fil: str,
    entree: UUID,
    dossier_id: UUID,
    adresse: str,
    quand: datetime,
) -> bytes:
    """The stored DocumentReference. `ressource` is changed in place: it is not used again."""
    d, m = ressource, metadonnees
    d.id = fil
    d.meta = ResourceMeta(versionId="1", lastUpdated=ecrire_date(quand), profile=[PROFIL_DOCUMENT])
    urn = f"urn:uuid:{entree}"
    d.identifier = [
        Identifier(use="official", system=SYSTEME_URI, value=urn),
        Identifier(use="secondary", system=SYSTEME_URI, value=urn),
        # An entryUUID of the client is replaced, any other identifier is kept (FHR-112).
        *(
            i
            for i in ([] if isinstance(d.identifier, UnsetType) else d.identifier)
            if i.system != SYSTEME_URI
        ),
    ]
    d.subject = sujet(d.subject, dossier_id)
    if isinstance(d.context, structs.DocumentContext) and isinstance(d.context.sourcePatientInfo, Reference):
        source = d.context.sourcePatientInfo
        if not present(source.reference).startswith("#"):
            d.context.sourcePatientInfo = sujet(source, dossier_id)
    d.securityLabel = concepts(etiquettes_de(m))
    _deduire(d, m)
    if isinstance(d.content, list) and isinstance(d.content[0].attachment, structs.Attachment):
        attachement = d.content[0].attachment
        attachement.data = UNSET
        attachement.url = adresse
        attachement.size = m.taille
        attachement.hash = binascii.b2a_base64(m.sha1, newline=False).decode()
    return structs.ECRIRE.encode(d)


def _deduire(d: structs.DocumentReference, m: Metadonnees) -> None:
    ajoutes: list[Raw] = []
    if d.authenticator is UNSET and m.authentificateur is not None:
        ajoutes.append(contenir(m.authentificateur, "authentificateur-deduit"))
        d.authenticator = deduite("authentificateur-deduit")
    if d.custodian is UNSET and m.depositaire is not None:
        ajoutes.append(contenir(m.depositaire, "depositaire-deduit"))
        d.custodian = deduite("depositaire-deduit")
    if ajoutes:
        d.contained = [*([] if isinstance(d.contained, UnsetType) else d.contained), *ajoutes]


def liste(
    ressource: structs.Liste,
    fil: str,
    lot_id: UUID,
    unique_id: str,
    dossier_id: UUID,
    fils: dict[str, str],
    quand: datetime,
    profil: str = PROFIL_LISTE,
) -> bytes:
    """The stored SubmissionSet or folder; `fils` maps each item as it was sent to its address."""
    li = ressource
    li.id = fil
    li.meta = ResourceMeta(versionId="1", lastUpdated=ecrire_date(quand), profile=[profil])
    li.identifier = [
        Identifier(use="usual", system=SYSTEME_URI, value=unique_id),
        Identifier(use="official", system=SYSTEME_URI, value=f"urn:uuid:{lot_id}"),
        *(
            i
            for i in ([] if isinstance(li.identifier, UnsetType) else li.identifier)
            if i.system != SYSTEME_URI
        ),
    ]
    li.subject = sujet(li.subject, dossier_id)
    for element in [] if isinstance(li.entry, UnsetType) else li.entry:
        if isinstance(element.item, Reference):
            element.item.reference = fils.get(present(element.item.reference), element.item.reference)
    return structs.ECRIRE.encode(li)


def sujet(reference: Reference | UnsetType, dossier_id: UUID) -> Reference:
    """The patient by our id; a conditional reference is resolved, a logical identifier stays beside."""
    identifiant = UNSET if isinstance(reference, UnsetType) else reference.identifier
    return Reference(reference=f"Patient/{dossier_id}", identifier=identifiant)


def etiquettes_de(m: Metadonnees) -> Etiquettes:
    """The labels of a document's metadata."""
    return Etiquettes(m.confidentialite, m.masque_ps, m.invisible_patient, m.invisible_representants)


def concept(code: Code) -> CodeableConcept:
    """A coded value as a CodeableConcept."""
    return CodeableConcept(coding=[codage(code)])


def codage(code: Code) -> Coding:
    """A coded value as a Coding."""
    return Coding(system=code.systeme or UNSET, code=code.code, display=code.libelle or UNSET)
