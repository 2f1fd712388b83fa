"""ITI-106: the DocumentReference that a CDA or a FHIR document would get, from its head alone (FHR-97). Pure."""

from __future__ import annotations

import binascii
from typing import Final

import msgspec
from msgspec import UNSET, Raw

from espace_sante.documents.cda.entete import vers_metadonnees
from espace_sante.documents.cda.lire import CdaInvalide
from espace_sante.documents.metadonnees import Auteur, Metadonnees
from espace_sante.interop.fhir import structs
from espace_sante.interop.fhir.auteurs import contenir
from espace_sante.interop.fhir.cda import examiner_contenu
from espace_sante.interop.fhir.constats import Constat, RefusFhir, en_422, lever_si_refus
from espace_sante.interop.fhir.contenu import FHIR_DOCUMENT, FHIR_XML, media
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.etiquettes import concepts
from espace_sante.interop.fhir.generation_document import decrire
from espace_sante.interop.fhir.lecture import lire
from espace_sante.interop.fhir.regles import Regles
from espace_sante.interop.fhir.representation import codage, concept, etiquettes_de
from espace_sante.interop.fhir.structs import Identifier, Reference
from espace_sante.interop.fhir.valeurs import SYSTEME_URI, ecrire_date, present
from espace_sante.interop.fhir.xml.lecture import vers_json
from espace_sante.kernel.ins import Ins

_LIRE: Final = msgspec.json.Decoder(structs.Binary | structs.Parameters)
_LIRE_DOCUMENT: Final = msgspec.json.Decoder(structs.BundleDocument | structs.Parameters)

_ILLISIBLES: Final = frozenset({"cda-illisible", "cda-doctype", "cda-trop-profond"})


class _Genre(msgspec.Struct):
    resourceType: str = ""


def generer(corps: bytes, regles: Regles) -> tuple[bytes, Ins | None]:
    """The resource for the content of a Binary (CDA or FHIR document) or for a document Bundle, and its patient.

    Nothing is kept. Raises RefusFhir: 400 when the content is neither, 422 when it breaks a rule.
    """
    if _est_un_bundle(corps):
        return _du_document(corps, regles)
    binaire = lire(corps, _LIRE, structs.Binary)
    contenu = binaire.data if isinstance(binaire.data, bytes) else b""
    mime = present(binaire.contentType)
    if media(mime) in (FHIR_DOCUMENT, FHIR_XML):
        return _du_document(contenu if media(mime) == FHIR_DOCUMENT else vers_json(contenu), regles)
    return _du_cda(contenu, mime, regles)


def _est_un_bundle(corps: bytes) -> bool:
    try:
        return msgspec.json.decode(corps, type=_Genre).resourceType == "Bundle"
    except (msgspec.DecodeError, RecursionError, ValueError):
        return False


def _du_document(contenu: bytes, regles: Regles) -> tuple[bytes, Ins | None]:
    document = lire(contenu, _LIRE_DOCUMENT, structs.BundleDocument)
    metadonnees, ins = decrire(document, len(contenu), regles)
    return structs.ECRIRE.encode(_fiche(metadonnees, ins)), ins


def _du_cda(contenu: bytes, mime: str, regles: Regles) -> tuple[bytes, Ins | None]:
    examen = examiner_contenu(contenu, mime, "", "Binary.data", regles)
    illisible = any(c.code in _ILLISIBLES for c in examen.constats)
    lever_si_refus(examen.constats if illisible else en_422(examen.constats))
    if examen.entete is None:
        raise RefusFhir([Erreur.SANS_ENTETE.constat("Binary.data")])
    try:
        metadonnees = vers_metadonnees(examen.entete, contenu)
    except CdaInvalide as refus:
        constat = Constat(refus.code, "Binary.data", refus.message, "error", 422, "required")
        raise RefusFhir([constat]) from None
    ins = examen.ins[0] if examen.ins else None
    return structs.ECRIRE.encode(_fiche(metadonnees, ins)), ins


def _fiche(m: Metadonnees, ins: Ins | None) -> structs.DocumentReference:
    """It claims no profile: the address of its content is still to be given by who deposits it."""
    contenues: list[Raw] = []

    def dire(auteur: Auteur | None, local_id: str) -> Reference | msgspec.UnsetType:
        if auteur is None:
            return UNSET
        contenues.append(contenir(auteur, local_id))
        return Reference(reference=f"#{local_id}")

    auteurs = [Reference(reference=f"#auteur{rang}") for rang, _ in enumerate(m.auteurs, 1)]
    contenues += [contenir(auteur, f"auteur{rang}") for rang, auteur in enumerate(m.auteurs, 1)]
    authentificateur = dire(m.authentificateur, "authentificateur")
    depositaire = dire(m.depositaire, "depositaire")
    sujet = Reference(identifier=Identifier(system=ins.urn, value=ins.matricule)) if ins else UNSET
    return structs.DocumentReference(
        contained=contenues,
        masterIdentifier=Identifier(system=SYSTEME_URI, value=m.unique_id),
        status="current",
        type=concept(m.type),
        category=[concept(m.classe)],
        subject=sujet,
        date=ecrire_date(m.date),
        author=auteurs,
        authenticator=authentificateur,
        custodian=depositaire,
        description=m.description or UNSET,
        securityLabel=concepts(etiquettes_de(m)),
        content=[
            structs.DocumentContent(
                attachment=structs.Attachment(
                    contentType=m.mime,
                    language=m.langue,
                    # A FHIR document has no canonical bytes (FHR-88).
                    size=m.taille if m.sha1 else UNSET,
                    hash=binascii.b2a_base64(m.sha1, newline=False).decode() or UNSET,
                    title=m.titre,
                    creation=ecrire_date(m.creation),
                ),
                format=codage(m.format),
            )
        ],
        context=structs.DocumentContext(
            event=[concept(e) for e in m.evenements] or UNSET,
            period=structs.Period(
                start=ecrire_date(m.periode_debut),
                end=ecrire_date(m.periode_fin) if m.periode_fin else UNSET,
            ),
            facilityType=concept(m.etablissement) if m.etablissement.code else UNSET,
            practiceSetting=concept(m.cadre) if m.cadre.code else UNSET,
            sourcePatientInfo=sujet,
        ),
    )
