"""DocumentReference JSON of a stored document, whatever door it came by (FHR-05, FHR-70, FHR-111 to FHR-113).

A document deposited in FHIR is given back as it was stored, bytes for bytes, until one of its volatile
metadata changes (status, labels, archive): these are then written over.
"""

from __future__ import annotations

import binascii
from typing import Final

from msgspec import UNSET, Raw, UnsetType

from espace_sante.documents.metadonnees import Auteur, Code
from espace_sante.documents.nomenclatures import SYSTEME_CLASSE, classes
from espace_sante.documents.queries import DocumentVu
from espace_sante.interop.fhir import structs
from espace_sante.interop.fhir.auteurs import contenir, deduite
from espace_sante.interop.fhir.contenu import FHIR_DOCUMENT
from espace_sante.interop.fhir.document import IS_ARCHIVED
from espace_sante.interop.fhir.etiquettes import Etiquettes, concepts
from espace_sante.interop.fhir.extensions import lire_extension
from espace_sante.interop.fhir.identifiants import composer
from espace_sante.interop.fhir.representation import PROFIL_DOCUMENT, codage, concept
from espace_sante.interop.fhir.structs import Identifier, Reference, ResourceMeta
from espace_sante.interop.fhir.valeurs import SYSTEME_URI, ecrire_date

_ARCHIVE: Final = Raw(b'{"url":"%s","valueBoolean":true}' % IS_ARCHIVED.encode())
_SUPPRIME: Final = "entered-in-error"
_BINAIRE, _BUNDLE = b'"url":"Binary/', b'"url":"Bundle/'


def ressource(vu: DocumentVu, base: str) -> bytes:
    """The DocumentReference as given to a caller, with absolute content URLs (FHR-118)."""
    brut = vu.representation
    if brut is None:
        brut = structs.ECRIRE.encode(_neuve(vu))
    elif vu.version != vu.representation_version:
        brut = structs.ECRIRE.encode(_volatiles(structs.LIRE_DOCUMENT.decode(brut), vu))
    return absolue(bytes(brut), base)


def absolue(brut: bytes, base: str) -> bytes:
    """Relative addresses of contents made absolute under `base`."""
    racine = base.encode()
    return brut.replace(_BINAIRE, b'"url":"%s/Binary/' % racine).replace(
        _BUNDLE, b'"url":"%s/Bundle/' % racine
    )


def adresse_du_contenu(vu: DocumentVu) -> str:
    """Relative address of the content (FHR-118)."""
    genre = "Bundle" if vu.mime.partition(";")[0].strip().lower() == FHIR_DOCUMENT else "Binary"
    return f"{genre}/{composer(vu.dossier_id, vu.id)}"


def _volatiles(d: structs.DocumentReference, vu: DocumentVu) -> structs.DocumentReference:
    d.meta = ResourceMeta(
        versionId=str(vu.version),
        lastUpdated=ecrire_date(vu.maj_le),
        # The profile knows current and superseded alone: what is deleted follows R4 and no more.
        profile=UNSET if vu.statut == _SUPPRIME else [PROFIL_DOCUMENT],
    )
    d.status = vu.statut
    d.identifier = _identifiants(d.identifier, vu)
    d.securityLabel = concepts(_etiquettes(vu))
    autres = [e for e in ([] if isinstance(d.extension, UnsetType) else d.extension) if not _est_archive(e)]
    extensions = [*autres, _ARCHIVE] if vu.archive else autres
    d.extension = extensions or UNSET
    return d


def _identifiants(identifiants: list[Identifier] | UnsetType, vu: DocumentVu) -> list[Identifier]:
    """The official entryUUID is that of the version in force; the first one stays as the secondary (FHR-112)."""
    autres = [] if isinstance(identifiants, UnsetType) else identifiants
    return [
        Identifier(use="official", system=SYSTEME_URI, value=f"urn:uuid:{vu.entree_courante}"),
        Identifier(use="secondary", system=SYSTEME_URI, value=f"urn:uuid:{vu.entree}"),
        *(i for i in autres if i.system != SYSTEME_URI),
    ]


def _etiquettes(vu: DocumentVu) -> Etiquettes:
    return Etiquettes(vu.confidentialite, vu.masque_ps, vu.invisible_patient, vu.invisible_representants)


def _est_archive(brute: Raw) -> bool:
    lue = lire_extension(brute, "", [])
    return lue is not None and lue.url == IS_ARCHIVED


def _neuve(vu: DocumentVu) -> structs.DocumentReference:
    """A resource made from the columns alone: the document came by another door."""
    auteur = Auteur(
        "personne" if vu.auteur_idnat or not vu.auteur_structure_nom else "organisation",
        idnat=vu.auteur_idnat,
        nom=vu.auteur_nom,
        structure_idnat=vu.auteur_structure,
        structure_nom=vu.auteur_structure_nom,
    )
    contenues = [contenir(auteur, "auteur")]
    custodian: Reference | UnsetType = UNSET
    if vu.auteur_structure or vu.auteur_structure_nom:
        organisation = Auteur(
            "organisation", structure_idnat=vu.auteur_structure, structure_nom=vu.auteur_structure_nom
        )
        contenues.append(contenir(organisation, "depositaire-deduit"))
        custodian = deduite("depositaire-deduit")
    sujet = Reference(reference=f"Patient/{vu.dossier_id}")
    classe = classes().get(vu.classe_code)
    relations: list[structs.RelatesTo] | UnsetType = UNSET
    if vu.remplace_id is not None:
        cible = Reference(reference=f"DocumentReference/{composer(vu.dossier_id, vu.remplace_id)}")
        relations = [structs.RelatesTo(code="replaces", target=cible)]
    attachement = structs.Attachment(
        contentType=vu.mime,
        language=vu.langue,
        url=adresse_du_contenu(vu),
        size=vu.taille,
        hash=binascii.b2a_base64(bytes(vu.sha1), newline=False).decode(),
        title=vu.titre,
        creation=ecrire_date(vu.creation),
    )
    contexte = structs.DocumentContext(
        event=[structs.CodeableConcept(coding=[structs.Coding(code=e)]) for e in vu.evenements] or UNSET,
        period=structs.Period(
            start=ecrire_date(vu.periode_debut), end=ecrire_date(vu.periode_fin) if vu.periode_fin else UNSET
        ),
        facilityType=concept(Code(vu.etablissement_code, vu.etablissement_systeme)),
        practiceSetting=concept(Code(vu.cadre_code, vu.cadre_systeme)),
        sourcePatientInfo=sujet,
    )
    document = structs.DocumentReference(
        id=composer(vu.dossier_id, vu.id),
        contained=contenues,
        masterIdentifier=Identifier(system=SYSTEME_URI, value=vu.unique_id),
        type=concept(Code(vu.type_code, vu.type_systeme, vu.type_libelle)),
        category=[concept(Code(vu.classe_code, SYSTEME_CLASSE, classe.libelle if classe else ""))],
        subject=sujet,
        date=ecrire_date(vu.date),
        author=[Reference(reference="#auteur")],
        authenticator=deduite("auteur"),
        custodian=custodian,
        relatesTo=relations,
        description=vu.description or UNSET,
        content=[
            structs.DocumentContent(
                attachment=attachement, format=codage(Code(vu.format_code, vu.format_systeme))
            )
        ],
        context=contexte,
    )
    return _volatiles(document, vu)
