"""ITI-105: one DocumentReference with its content inside → a lot of one document (FHR-92 to FHR-96).

What the sender left out is taken from the CDA header, else from the type, the date and the caller's
registration (FHR-94); the completed resource is then read exactly as one of ITI-65.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from msgspec import UNSET, Raw, UnsetType

from espace_sante.documents import nomenclatures
from espace_sante.documents.cda.formats import MIME_SUFFIT
from espace_sante.documents.cda.modele import EnteteCda
from espace_sante.documents.depot import DocumentADeposer, LotADeposer
from espace_sante.documents.metadonnees import Code
from espace_sante.interop.fhir import representation, structs
from espace_sante.interop.fhir.auteurs import contenir
from espace_sante.interop.fhir.cda import Examen, comparer, examiner_contenu
from espace_sante.interop.fhir.classeurs import Classeur
from espace_sante.interop.fhir.constats import Constat, RefusFhir, en_422
from espace_sante.interop.fhir.contenu import controler_contenu
from espace_sante.interop.fhir.document import DocumentLu, lire_document
from espace_sante.interop.fhir.elements import situer
from espace_sante.interop.fhir.entrees import CODE_LISTE
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.etiquettes import Etiquettes, concepts
from espace_sante.interop.fhir.identifiants import composer
from espace_sante.interop.fhir.lecture import lire_document as lire_json
from espace_sante.interop.fhir.liste import DESIGNATION_TYPE, SOURCE_ID, unique_id_de
from espace_sante.interop.fhir.patients import Designation, lire_designation, meme_patient
from espace_sante.interop.fhir.regles import Regles
from espace_sante.interop.fhir.structs import Coding, Identifier, Reference
from espace_sante.interop.fhir.valeurs import codages, ecrire_date, present
from espace_sante.kernel.ids import uuid7
from espace_sante.kernel.ins import Ins

_RACINE: Final = "DocumentReference"
_LANGUE: Final = "fr-FR"


@dataclass(slots=True)
class DepotSimple:
    """A simplified deposit that may be stored (same meaning of fields as LotLu)."""

    regles: Regles
    ins: Ins | None
    dossier_id: UUID | None
    ins_a_verifier: list[tuple[Ins, str]]
    avertissements: list[Constat]
    ressource: structs.DocumentReference
    lu: DocumentLu
    examen: Examen
    contenu: bytes
    lot_id: UUID
    id: UUID
    entree: UUID

    @property
    def a_ranger(self) -> Sequence[DepotSimple]:
        """Its one document, with the id that it will have."""
        return (self,)

    @property
    def classeurs(self) -> Sequence[Classeur]:
        """None: a folder comes with a lot."""
        return ()

    def renommer(self, lot_id: UUID) -> None:
        """Take the id of a former sending (FHR-91)."""
        self.lot_id = lot_id

    def a_deposer(self, dossier_id: UUID) -> LotADeposer:
        """The lot of one document, with the caller as its source (FHR-96)."""
        regles, deposant = self.regles, self.regles.deposant
        fil = composer(dossier_id, self.id)
        metadonnees = representation.avec_deductions(
            self.lu.metadonnees, self.examen.authentificateur, self.examen.depositaire, deposant.auteur
        )
        brut = representation.document(
            self.ressource, metadonnees, fil, self.entree, dossier_id, f"Binary/{fil}", regles.maintenant
        )
        document = DocumentADeposer(self.id, self.entree, metadonnees, self.contenu, brut, self.examen.traits)
        return LotADeposer(
            id=self.lot_id,
            unique_id=unique_id_de(self.lot_id),
            source_id=deposant.source_id,
            date=regles.maintenant,
            titre=metadonnees.titre,
            auteur=deposant.auteur,
            designation=metadonnees.classe,
            documents=(document,),
            representation=self._liste(dossier_id, fil, metadonnees.classe),
        )

    def _liste(self, dossier_id: UUID, fil: str, classe: Code) -> bytes:
        adresse = f"DocumentReference/{fil}"
        liste = structs.Liste(
            contained=[contenir(self.regles.deposant.auteur, "source")],
            extension=[
                Raw(_extension(DESIGNATION_TYPE, "valueCodeableConcept", representation.concept(classe))),
                Raw(
                    _extension(SOURCE_ID, "valueIdentifier", Identifier(value=self.regles.deposant.source_id))
                ),
            ],
            status="current",
            mode="working",
            title=self.lu.metadonnees.titre,
            code=structs.CodeableConcept(coding=[Coding(system=CODE_LISTE, code="submissionset")]),
            date=ecrire_date(self.regles.maintenant),
            source=Reference(reference="#source"),
            entry=[structs.ListEntry(item=Reference(reference=adresse))],
        )
        return representation.liste(
            liste, composer(dossier_id, self.lot_id), self.lot_id, unique_id_de(self.lot_id), dossier_id,
            {adresse: adresse}, self.regles.maintenant,
        )  # fmt: skip


def lire_simplifie(corps: bytes, regles: Regles) -> DepotSimple:
    """Read, complete and check the body of an ITI-105. Raises RefusFhir: 400 unreadable, 422 the rest."""
    document = lire_json(corps)
    del corps  # up to 60 MB, no more needed
    constats: list[Constat] = []
    contenu = _exiger(document, constats)
    chemin = f"{_RACINE}.content[0].attachment"
    examen = examiner_contenu(contenu, *_mime_et_format(document), chemin, regles)
    completer(document, examen.entete, regles)
    lu = lire_document(document, _RACINE, constats, regles, lambda _: None, contenu)
    if contenu or not constats:
        constats.extend(
            controler_contenu(contenu, lu.metadonnees.sha1, lu.attachement, "", chemin, regles.max_document)
        )
    constats.extend((*examen.constats, *comparer(examen, lu.metadonnees, _RACINE)))
    ins, dossier_id = _patient(lu.designations, constats)
    if any(c.refuse for c in constats):
        raise RefusFhir(en_422(situer(constats)))
    autres = [(i, chemin) for i in examen.ins if ins is None or not meme_patient(i, ins)]
    return DepotSimple(
        regles, ins, dossier_id, autres, constats, document, lu, examen, contenu, uuid7(), uuid7(), uuid7()
    )


def _attachement(document: structs.DocumentReference) -> structs.Attachment | None:
    if isinstance(document.content, UnsetType) or isinstance(document.content[0].attachment, UnsetType):
        return None
    return document.content[0].attachment


def _mime_et_format(document: structs.DocumentReference) -> tuple[str, str]:
    if isinstance(document.content, UnsetType):
        return "", ""
    attachement, format_ = _attachement(document), document.content[0].format
    mime = present(attachement.contentType) if attachement else ""
    return mime, "" if isinstance(format_, UnsetType) else present(format_.code)


def _exiger(document: structs.DocumentReference, constats: list[Constat]) -> bytes:
    """What FHR-93 alone demands or forbids; gives the content."""
    if document.identifier is not UNSET:
        constats.append(Erreur.ELEMENT_INTERDIT.constat(f"{_RACINE}.identifier", element="identifier"))
    attachement = _attachement(document)
    if attachement is None:
        return b""
    chemin = f"{_RACINE}.content[0].attachment"
    if attachement.url is not UNSET:
        constats.append(Erreur.ELEMENT_INTERDIT.constat(f"{chemin}.url", element="attachment.url"))
    if isinstance(attachement.data, UnsetType):
        constats.append(Erreur.ELEMENT_OBLIGATOIRE.constat(f"{chemin}.data", element="attachment.data"))
        return b""
    return attachement.data


def _patient(
    designations: list[tuple[Designation, str]], constats: list[Constat]
) -> tuple[Ins | None, UUID | None]:
    ins = next((d.ins for d, _ in designations if d.ins), None)
    dossier_id = next((d.dossier_id for d, _ in designations if d.dossier_id), None)
    for designation, chemin in designations:
        autre_ins = designation.ins and ins and not meme_patient(designation.ins, ins)
        if autre_ins or designation.dossier_id not in (None, dossier_id):
            constats.append(Erreur.PATIENTS_DIFFERENTS.constat(chemin))
    return ins, dossier_id


# --- Completion (FHR-94) -------------------------------------------------------------------------


def completer(document: structs.DocumentReference, entete: EnteteCda | None, regles: Regles) -> None:
    """Fill what the sender left out, in place: from the CDA header first, then by rule."""
    evenement = entete.evenement if entete else None
    if document.type is UNSET and entete is not None and entete.code is not None:
        document.type = representation.concept(entete.code)
    if document.category is UNSET and (classe := _classe(document)):
        document.category = [representation.concept(classe)]
    if document.securityLabel is UNSET:
        niveau = entete.confidentialite.code if entete and entete.confidentialite else "N"
        document.securityLabel = concepts(Etiquettes(niveau if niveau in ("N", "R", "V") else "N"))
    contexte = structs.DocumentContext() if isinstance(document.context, UnsetType) else document.context
    document.context = contexte
    if contexte.period is UNSET:
        debut = evenement.debut if evenement else None
        fin = evenement.fin if evenement else None
        contexte.period = structs.Period(
            start=debut.instant.isoformat() if debut else document.date,
            end=fin.instant.isoformat() if fin and debut else UNSET,
        )
    etablissement = (entete.etablissement if entete else None) or regles.deposant.etablissement
    if contexte.facilityType is UNSET and etablissement is not None:
        contexte.facilityType = representation.concept(etablissement)
    cadre = (evenement.cadre if evenement else None) or regles.deposant.cadre
    if contexte.practiceSetting is UNSET and cadre is not None:
        contexte.practiceSetting = representation.concept(cadre)
    codes = [e.code for e in entete.evenements if e.code and e.code.systeme] if entete else []
    if contexte.event is UNSET and codes:
        contexte.event = [representation.concept(code) for code in codes]
    if contexte.sourcePatientInfo is UNSET:
        _patient_source(document, contexte, entete)
    _contenu(document, entete)


def _classe(document: structs.DocumentReference) -> Code | None:
    for codage in codages(document.type):
        connu = nomenclatures.type_document(present(codage.code))
        if connu:
            return Code(
                connu.classe, nomenclatures.SYSTEME_CLASSE, nomenclatures.classes()[connu.classe].libelle
            )
    return None


def _patient_source(
    document: structs.DocumentReference, contexte: structs.DocumentContext, entete: EnteteCda | None
) -> None:
    """The source patient: as the header names him, else as the subject does."""
    ins = entete.ins if entete else None
    if entete is None or entete.patient is None or ins is None or _autre_ins(document.subject, ins):
        contexte.sourcePatientInfo = document.subject
        return
    p = entete.patient
    nom = structs.HumanName(
        use="official", family=p.nom_naissance or UNSET, given=p.prenoms.split(" ") if p.prenoms else UNSET
    )
    sexe = {"M": "male", "F": "female", "I": "unknown"}.get(p.sexe)
    patient = structs.Patient(
        # Not « patient-source », which publishers use for their own: two contained ids would be the same.
        id="patient-de-l-entete",
        identifier=[Identifier(use="official", system=ins.urn, value=ins.matricule)],
        name=[nom] if p.nom_naissance or p.prenoms else UNSET,
        gender=sexe or UNSET,
        birthDate=p.date_naissance or UNSET,
    )
    contenues = [] if isinstance(document.contained, UnsetType) else document.contained
    document.contained = [*contenues, Raw(structs.ECRIRE.encode(patient))]
    contexte.sourcePatientInfo = Reference(reference="#patient-de-l-entete")


def _autre_ins(sujet: Reference | UnsetType, ins: Ins) -> bool:
    """The subject names another INS than the header; whether it is a former one is for the door to say."""
    lu = UNSET if isinstance(sujet, UnsetType) else lire_designation(sujet, lambda _: None, fictifs=True)
    return isinstance(lu, Designation) and lu.ins is not None and not meme_patient(lu.ins, ins)


def _contenu(document: structs.DocumentReference, entete: EnteteCda | None) -> None:
    attachement = _attachement(document)
    if attachement is None or isinstance(document.content, UnsetType):
        return
    if attachement.language is UNSET:
        attachement.language = (entete.langue if entete else "") or _LANGUE
    if attachement.creation is UNSET:
        horodatage = entete.horodatage if entete else None
        attachement.creation = horodatage.instant.isoformat() if horodatage else document.date
    if document.content[0].format is UNSET:
        document.content[0].format = representation.codage(entete.format if entete else MIME_SUFFIT)


def _extension(url: str, nom: str, valeur: structs.CodeableConcept | Identifier) -> bytes:
    return b'{"url":"%s","%s":%s}' % (url.encode(), nom.encode(), structs.ECRIRE.encode(valeur))
