"""ITI-106: the DocumentReference that a CDA document would get, from its header alone (FHR-97). Pure."""

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
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.etiquettes import concepts
from espace_sante.interop.fhir.lecture import lire
from espace_sante.interop.fhir.regles import Regles
from espace_sante.interop.fhir.representation import codage, concept, etiquettes_de
from espace_sante.interop.fhir.structs import Identifier, Reference
from espace_sante.interop.fhir.valeurs import SYSTEME_URI, ecrire_date, present
from espace_sante.kernel.ins import Ins

_LIRE: Final = msgspec.json.Decoder(structs.Binary | structs.Parameters)

_ILLISIBLES: Final = frozenset({"cda-illisible", "cda-doctype", "cda-trop-profond"})


def generer(corps: bytes, regles: Regles) -> tuple[bytes, Ins | None]:
    """The resource for the CDA of a Binary, and its patient; nothing is kept.

    Raises RefusFhir: 400 when the content is no CDA, 422 when the CDA breaks a rule.
    """
    binaire = lire(corps, _LIRE, structs.Binary)
    contenu = binaire.data if isinstance(binaire.data, bytes) else b""
    examen = examiner_contenu(contenu, present(binaire.contentType), "", "Binary.data", regles)
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
                    size=m.taille,
                    hash=binascii.b2a_base64(m.sha1, newline=False).decode(),
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
            facilityType=concept(m.etablissement),
            practiceSetting=concept(m.cadre),
            sourcePatientInfo=sujet,
        ),
    )
