"""DocumentReference → `Metadonnees`: cardinalities, codes, dates, authors (table A.5.1, FHR-69 to FHR-86).

One reading for ITI-65 and ITI-105: the second completes the resource first (FHR-94). Every finding
is noted; a value that could not be read is replaced by a neutral one, and the finding refuses the whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from msgspec import UNSET, UnsetType

from espace_sante.documents import nomenclatures
from espace_sante.documents.metadonnees import Auteur, Code, Metadonnees
from espace_sante.interop.fhir import structs
from espace_sante.interop.fhir.auteurs import Contenues, lire_auteur
from espace_sante.interop.fhir.constats import Constat, Gravite
from espace_sante.interop.fhir.contenu import empreinte
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.etiquettes import lire_etiquettes
from espace_sante.interop.fhir.extensions import lire_extension
from espace_sante.interop.fhir.identifiants import decomposer
from espace_sante.interop.fhir.patients import Designation, Resoudre, ins_de_patient, lire_designation
from espace_sante.interop.fhir.regles import Regles
from espace_sante.interop.fhir.structs import Reference
from espace_sante.interop.fhir.valeurs import (
    codages,
    lire_date,
    lire_id,
    lire_instant,
    lire_unique_id,
    normaliser_unique_id,
    present,
    vers_code,
)

IS_ARCHIVED: Final = "https://interop.esante.gouv.fr/ig/fhir/pdsm/StructureDefinition/pdsm-ext-is-archived"
SYSTEMES_CLASSE: Final = frozenset({nomenclatures.SYSTEME_CLASSE, "urn:oid:1.2.250.1.213.1.1.4.1"})
_NOS: Final = "https://mos.esante.gouv.fr/NOS/"
_SYSTEMES_TYPE: Final = {
    f"{_NOS}TRE_A04-Loinc/FHIR/TRE-A04-Loinc": "http://loinc.org",
    f"{_NOS}TRE_A12-NomenclatureASTM/FHIR/TRE-A12-NomenclatureASTM": "urn:oid:ASTM",
}
# Prefixes of the national systems of facility (JDV_J02), setting (JDV_J04) and format (JDV_J10); FHR-74.
_NATIONAUX: Final = {
    "facilityType": (f"{_NOS}TRE_R02", f"{_NOS}TRE_A00", "urn:oid:1.2.250.1.71.4.2.4", "urn:oid:1.2.250.1.213.1.1.4.6"),
    "practiceSetting": (f"{_NOS}TRE_A01", f"{_NOS}TRE_A00", "urn:oid:1.2.250.1.213.1.1.4.9",
                        "urn:oid:1.2.250.1.213.1.1.4.6"),
    "format": (f"{_NOS}TRE_A06", f"{_NOS}TRE_A09", f"{_NOS}TRE_A10", f"{_NOS}TRE_A11", "http://ihe.net/fhir/ihe.formatcode.fhir/",
               "urn:oid:1.3.6.1.4.1.19376.1.2.3", "urn:oid:1.2.250.1.213.1.1.4.2.282"),
}  # fmt: skip
_NEUTRE: Final = Code("?", "urn:x")
_EPOQUE: Final = datetime(1970, 1, 1, tzinfo=UTC)
_RELATIONS: Final = {
    "transforms": Erreur.RELATION_PARTIELLE,
    "appends": Erreur.AJOUT_PARTIEL,
    "signs": Erreur.SIGNATURE_PARTIELLE,
}
_TOLERANCE: Final = timedelta(minutes=5)


@dataclass(slots=True)
class DocumentLu:
    """What reading one DocumentReference gives: it counts only when no finding refuses."""

    metadonnees: Metadonnees
    designations: list[tuple[Designation, str]]
    attachement: structs.Attachment


class _Lecture:
    def __init__(
        self, document: structs.DocumentReference, chemin: str, constats: list[Constat], regles: Regles
    ) -> None:
        self.d = document
        self.chemin = chemin
        self.constats = constats
        self.regles = regles
        self.contenues = Contenues(document.contained, chemin, constats)
        self.contexte = (
            structs.DocumentContext() if isinstance(document.context, UnsetType) else document.context
        )

    def noter(self, erreur: Erreur, suffixe: str, *, gravite: Gravite = "error", **champs: object) -> None:
        self.constats.append(erreur.constat(f"{self.chemin}.{suffixe}", gravite=gravite, **champs))

    def requis(self, valeur: object, suffixe: str) -> bool:
        if valeur is UNSET:
            self.noter(Erreur.ELEMENT_OBLIGATOIRE, suffixe, element=suffixe)
            return False
        return True

    def interdit(self, valeur: object, suffixe: str) -> None:
        if valeur is not UNSET:
            self.noter(Erreur.ELEMENT_INTERDIT, suffixe, element=suffixe)

    def texte(self, valeur: str | UnsetType, suffixe: str, longueur: int) -> str:
        """A required text, not blank and not longer than what is stored."""
        if not self.requis(valeur, suffixe):
            return "?"
        lu = present(valeur)
        if not lu.strip():
            self.noter(Erreur.VALEUR_VIDE, suffixe)
        elif len(lu) > longueur:
            self.noter(Erreur.TYPE_INVALIDE, suffixe)
        return lu

    # -- pieces, in the order of table A.5.1

    def unique_id(self) -> str:
        if isinstance(self.d.masterIdentifier, UnsetType):
            self.requis(UNSET, "masterIdentifier")
            return "?"
        lu = lire_unique_id(self.d.masterIdentifier)
        if isinstance(lu, Erreur):
            self.noter(lu, "masterIdentifier")
            return "?"
        return lu

    def statut(self) -> None:
        if self.requis(self.d.status, "status") and self.d.status != "current":
            self.noter(Erreur.VALEUR_FIXE, "status", element="status", attendu="current")
        self.interdit(self.d.docStatus, "docStatus")
        self.interdit(self.d.modifierExtension, "modifierExtension")
        for extension in [] if isinstance(self.d.extension, UnsetType) else self.d.extension:
            lue = lire_extension(extension, f"{self.chemin}.extension", self.constats)
            if lue is not None and lue.url == IS_ARCHIVED and bytes(lue.valueBoolean) == b"true":
                self.noter(Erreur.ARCHIVE_A_LA_CREATION, "extension")

    def type(self) -> Code:
        if not self.requis(self.d.type, "type"):
            return _NEUTRE
        connu = None
        for codage in codages(self.d.type):
            code, systeme = present(codage.code), present(codage.system)
            if code and not systeme:
                self.noter(Erreur.TYPE_SANS_SYSTEME, "type")
                return _NEUTRE
            connu = nomenclatures.type_document(code)
            systeme = _SYSTEMES_TYPE.get(systeme, nomenclatures.systeme_uri(systeme)) if systeme else ""
            if connu and connu.statut == "official" and connu.systeme == systeme:
                return Code(connu.code, connu.systeme, connu.libelle)
        self.noter(Erreur.TYPE_INCONNU, "type")
        return _NEUTRE

    def classe(self, type_: Code) -> Code:
        if isinstance(self.d.category, UnsetType):
            self.requis(UNSET, "category")
            return _NEUTRE
        if len(self.d.category) > 1:
            self.noter(Erreur.ELEMENT_MULTIPLE, "category", element="category")
        connues = nomenclatures.classes()
        for codage in codages(self.d.category):
            connue = connues.get(present(codage.code))
            if connue and present(codage.system) in SYSTEMES_CLASSE:
                attendu = nomenclatures.type_document(type_.code)
                if attendu and attendu.classe != connue.code:
                    self.noter(Erreur.CLASSE_TYPE, "category", gravite="warning")
                return Code(connue.code, nomenclatures.SYSTEME_CLASSE, connue.libelle)
        self.noter(Erreur.CLASSE_INCONNUE, "category")
        return _NEUTRE

    def instant(self, texte: str | UnsetType, suffixe: str, *, partiel: bool = True) -> datetime:
        if not self.requis(texte, suffixe):
            return _EPOQUE
        lu = lire_date(present(texte)) if partiel else lire_instant(present(texte))
        if isinstance(lu, Erreur):
            self.noter(lu, suffixe)
            return _EPOQUE
        return lu

    def code(self, concept: structs.CodeableConcept | structs.Coding | UnsetType, suffixe: str) -> Code:
        if not self.requis(concept, suffixe):
            return _NEUTRE
        candidats = [concept] if isinstance(concept, structs.Coding) else codages(concept)
        for codage in candidats:
            code = vers_code(codage)
            longueur = 140 if isinstance(concept, structs.Coding) else 60
            if code and len(code.code) <= longueur and len(code.systeme) <= 140:
                nationaux = _NATIONAUX.get(suffixe.rpartition(".")[2], ())
                if nationaux and not code.systeme.startswith(nationaux):
                    self.noter(Erreur.CODE_HORS_JEU, suffixe, gravite="warning")
                return code
        self.noter(Erreur.CODE_ABSENT, suffixe, element=suffixe)
        return _NEUTRE

    def auteurs(self) -> tuple[Auteur, ...]:
        if isinstance(self.d.author, UnsetType):
            self.requis(UNSET, "author")
            return (Auteur("personne"),)
        lus = [
            lire_auteur(r, self.contenues, f"{self.chemin}.author[{rang}]", self.constats)
            for rang, r in enumerate(self.d.author)
        ]
        return tuple(a for a in lus if a) or (Auteur("personne"),)

    def acteur(self, reference: Reference | UnsetType, suffixe: str) -> Auteur | None:
        if isinstance(reference, UnsetType):
            return None
        return lire_auteur(reference, self.contenues, f"{self.chemin}.{suffixe}", self.constats)

    def remplace(self) -> str:
        """What the document replaces: our id, a uniqueId or an entryUUID (FHR-99, FHR-101, FHR-105)."""
        cibles: list[str] = []
        for rang, relation in enumerate([] if isinstance(self.d.relatesTo, UnsetType) else self.d.relatesTo):
            code, suffixe = present(relation.code), f"relatesTo[{rang}]"
            if code in _RELATIONS:
                self.noter(_RELATIONS[code], f"{suffixe}.code", gravite="warning")
            elif code != "replaces":
                self.noter(Erreur.RELATION_INCONNUE, f"{suffixe}.code")
            else:
                cible = lire_cible(relation.target)
                if cible:
                    cibles.append(cible)
                else:
                    self.noter(Erreur.REMPLACE_INCONNU, f"{suffixe}.target")
        if len(cibles) > 1:
            self.noter(Erreur.REMPLACEMENT_MULTIPLE, "relatesTo")
        return cibles[0] if cibles else ""

    def contenu(self) -> tuple[structs.Attachment, Code]:
        if isinstance(self.d.content, UnsetType):
            self.requis(UNSET, "content")
            return structs.Attachment(), _NEUTRE
        if len(self.d.content) > 1:
            self.noter(Erreur.ELEMENT_MULTIPLE, "content", element="content")
        premier = self.d.content[0]
        self.interdit(premier.modifierExtension, "content[0].modifierExtension")
        format_ = self.code(premier.format, "content[0].format")
        if isinstance(premier.attachment, UnsetType):
            self.requis(UNSET, "content[0].attachment")
            return structs.Attachment(), format_
        return premier.attachment, format_

    def patients(self, resoudre: Resoudre) -> list[tuple[Designation, str]]:
        lus = []
        for reference, suffixe in (
            (self.d.subject, "subject"),
            (self.contexte.sourcePatientInfo, "context.sourcePatientInfo"),
        ):
            if isinstance(reference, UnsetType):
                self.requis(UNSET, suffixe)
                continue
            texte = present(reference.reference)
            local = self.contenues.patient(texte)
            if suffixe != "subject" and local is not None and not _porte_un_ins(local):
                continue
            lu = lire_designation(
                reference, lambda r: self.contenues.patient(r) or resoudre(r), fictifs=self.regles.fictifs
            )
            if isinstance(lu, Erreur):
                self.noter(lu, suffixe)
            else:
                lus.append((lu, f"{self.chemin}.{suffixe}"))
        return lus

    def lies(self) -> None:
        for rang, lie in enumerate(
            [] if isinstance(self.contexte.related, UnsetType) else self.contexte.related
        ):
            identifiant = lie.identifier
            if isinstance(identifiant, UnsetType) or identifiant.value is UNSET:
                self.requis(UNSET, f"context.related[{rang}].identifier.value")


def _porte_un_ins(patient: structs.Patient) -> bool:
    return ins_de_patient(patient, fictifs=True) is not None


def lire_cible(cible: Reference | UnsetType) -> str:
    """Target of relatesTo: `DocumentReference/<id>`, absolute URL, or identifier (FHR-101); empty otherwise."""
    if isinstance(cible, UnsetType):
        return ""
    if not isinstance(cible.identifier, UnsetType) and not present(cible.reference):
        lu = present(cible.identifier.value)
        return normaliser_unique_id(lu) or (str(i) if (i := lire_id(lu)) else "")
    _, _, fin = f"/{present(cible.reference)}".rpartition("/DocumentReference/")
    fil = decomposer(fin)
    return str(fil[1]) if fil else ""


def lire_document(
    document: structs.DocumentReference,
    chemin: str,
    constats: list[Constat],
    regles: Regles,
    resoudre: Resoudre,
    contenu: bytes,
) -> DocumentLu:
    """Read and check one DocumentReference whose content is `contenu`; findings are added to `constats`."""
    lecture = _Lecture(document, chemin, constats, regles)
    unique_id = lecture.unique_id()
    lecture.statut()
    type_ = lecture.type()
    classe = lecture.classe(type_)
    designations = lecture.patients(resoudre)
    date = lecture.instant(document.date, "date", partiel=False)
    auteurs = lecture.auteurs()
    authentificateur = lecture.acteur(document.authenticator, "authenticator")
    depositaire = lecture.acteur(document.custodian, "custodian")
    if document.authenticator is UNSET:
        lecture.noter(Erreur.AUTHENTIFICATEUR_DEDUIT, "authenticator", gravite="warning")
    if document.custodian is UNSET:
        lecture.noter(Erreur.DEPOSITAIRE_DEDUIT, "custodian", gravite="warning")
    remplace = lecture.remplace()
    etiquettes = lire_etiquettes(document.securityLabel, f"{chemin}.securityLabel", constats)
    attachement, format_ = lecture.contenu()
    contexte = lecture.contexte
    periode = structs.Period() if isinstance(contexte.period, UnsetType) else contexte.period
    debut = lecture.instant(periode.start, "context.period.start")
    fin = None if periode.end is UNSET else lecture.instant(periode.end, "context.period.end")
    if fin is not None and fin < debut and _EPOQUE not in (debut, fin):
        lecture.noter(Erreur.PERIODE_INVERSEE, "context.period")
    creation = lecture.instant(attachement.creation, "content[0].attachment.creation")
    if creation > regles.maintenant + _TOLERANCE:
        lecture.noter(Erreur.DATE_FUTURE, "content[0].attachment.creation")
    etablissement = lecture.code(contexte.facilityType, "context.facilityType")
    cadre = lecture.code(contexte.practiceSetting, "context.practiceSetting")
    lecture.lies()
    metadonnees = Metadonnees(
        unique_id=unique_id,
        type=type_,
        classe=classe,
        titre=lecture.texte(attachement.title, "content[0].attachment.title", 1000),
        langue=lecture.texte(attachement.language, "content[0].attachment.language", 20),
        format=format_,
        mime=lecture.texte(attachement.contentType, "content[0].attachment.contentType", 100),
        taille=len(contenu),
        sha1=empreinte(contenu),
        creation=creation,
        date=date,
        periode_debut=debut,
        periode_fin=fin,
        etablissement=etablissement,
        cadre=cadre,
        confidentialite=etiquettes.niveau,
        masque_ps=etiquettes.masque_ps,
        invisible_patient=etiquettes.invisible_patient,
        invisible_representants=etiquettes.invisible_representants,
        auteurs=auteurs,
        authentificateur=authentificateur,
        depositaire=depositaire,
        evenements=tuple(
            code for c in codages(contexte.event) if (code := vers_code(c)) and len(code.code) <= 60
        ),
        description=present(document.description),
        remplace=remplace,
    )
    return DocumentLu(metadonnees, designations, attachement)
