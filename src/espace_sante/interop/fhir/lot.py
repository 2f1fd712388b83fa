"""ITI-65: a transaction Bundle → findings, or a lot ready to be stored (FHR-57 to FHR-88).

Pure. Reading gives all findings together (FHR-10); the order of the entries changes nothing (FHR-60).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec import UNSET, UnsetType

from espace_sante.documents.depot import DocumentADeposer, LotADeposer
from espace_sante.documents.metadonnees import Auteur
from espace_sante.interop.fhir import representation, structs
from espace_sante.interop.fhir.cda import Examen, comparer, examiner_contenu
from espace_sante.interop.fhir.classeurs import (
    Citation,
    Classeur,
    adresses,
    designations,
    lire_citations,
    lire_classeur,
)
from espace_sante.interop.fhir.constats import Constat, RefusFhir
from espace_sante.interop.fhir.contenu import (
    FHIR_DOCUMENT,
    FHIR_XML,
    controler_contenu,
    controler_document_fhir,
    media,
)
from espace_sante.interop.fhir.document import DocumentLu, lire_document
from espace_sante.interop.fhir.elements import presents, situer
from espace_sante.interop.fhir.entrees import Entree, bruts_des_documents_fhir, controler_patch, trier
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.identifiants import composer
from espace_sante.interop.fhir.lecture import lire_bundle
from espace_sante.interop.fhir.liste import Entete, lire_entete, unique_id_de
from espace_sante.interop.fhir.patients import (
    Designation,
    Resoudre,
    ins_de_patient,
    lire_designation,
    meme_patient,
)
from espace_sante.interop.fhir.regles import Regles
from espace_sante.interop.fhir.valeurs import present
from espace_sante.kernel.ids import uuid7
from espace_sante.kernel.ins import Ins

_IHE: Final = "https://profiles.ihe.net/ITI/MHD/StructureDefinition/"
PROFILS: Final = frozenset(
    {
        "https://interop.esante.gouv.fr/ig/fhir/pdsm/StructureDefinition/pdsm-comprehensive-provide-document-bundle",
        f"{_IHE}IHE.MHD.Comprehensive.ProvideBundle",
        f"{_IHE}IHE.MHD.Minimal.ProvideBundle",
        f"{_IHE}IHE.MHD.UnContained.Comprehensive.ProvideBundle",
    }
)


@dataclass(slots=True)
class DocumentDuLot:
    """One document on its way: ids made here, resource, bytes."""

    rang: int
    full_url: str
    si_absent: bool
    ressource: structs.DocumentReference
    lu: DocumentLu
    contenu: bytes
    contenu_rang: int
    fhir: bool
    examen: Examen
    id: UUID
    entree: UUID

    @property
    def chemin(self) -> str:
        """Its place in the request, as a FHIRPath."""
        return f"Bundle.entry[{self.rang}].resource"

    def fil(self, dossier_id: UUID) -> str:
        """Where its content is read, relative to the base."""
        return f"{'Bundle' if self.fhir else 'Binary'}/{composer(dossier_id, self.id)}"

    def a_deposer(self, dossier_id: UUID, maintenant: datetime, deposant: Auteur) -> DocumentADeposer:
        """The document for that record, with its final resource."""
        metadonnees = representation.avec_deductions(
            self.lu.metadonnees, self.examen.authentificateur, self.examen.depositaire, deposant
        )
        brut = representation.document(
            self.ressource, metadonnees, composer(dossier_id, self.id), self.entree, dossier_id, self.fil(dossier_id),
            maintenant,
        )  # fmt: skip
        return DocumentADeposer(self.id, self.entree, metadonnees, self.contenu, brut, self.examen.traits)


@dataclass(slots=True)
class LotLu:
    """A lot that may be stored: whom it is for, its warnings, and what is left to build.

    `ins` is the patient of the metadata; `ins_a_verifier` are other INS met in contents, which must
    find the same record (current or former matricule, CDA-23); `dossier_id` when named by our id.
    """

    regles: Regles
    ins: Ins | None
    dossier_id: UUID | None
    ins_a_verifier: list[tuple[Ins, str]]
    avertissements: list[Constat]
    lot_id: UUID
    liste: structs.Liste
    entete: Entete
    documents: list[DocumentDuLot]
    entrees: list[Entree]
    classeurs: list[Classeur]
    citations: tuple[Citation, ...]

    @property
    def si_absent(self) -> bool:
        """Every document asked to be created only if absent (`ifNoneExist`, FHR-79)."""
        return all(d.si_absent for d in self.documents)

    def renommer(self, lot_id: UUID) -> None:
        """Take the id of a former sending, and the uniqueId that was made from it (FHR-91)."""
        if self.entete.unique_id == unique_id_de(self.lot_id):
            self.entete = replace(self.entete, unique_id=unique_id_de(lot_id))
        self.lot_id = lot_id

    def a_deposer(self, dossier_id: UUID) -> LotADeposer:
        """The lot for that record, with final resources."""
        quand = self.regles.maintenant
        documents = tuple(d.a_deposer(dossier_id, quand, self.regles.deposant.auteur) for d in self.documents)
        nouveaux = {d.full_url: d.id for d in self.documents}
        fils = adresses(self.citations, dossier_id, nouveaux)
        fils |= {c.full_url: f"List/{composer(dossier_id, c.id)}" for c in self.classeurs}
        e = self.entete
        brut = representation.liste(
            self.liste, composer(dossier_id, self.lot_id), self.lot_id, e.unique_id, dossier_id, fils, quand
        )
        return LotADeposer(
            self.lot_id, e.unique_id, e.source_id, e.date, e.titre, e.auteur, e.designation, documents, brut,
            lies=tuple(c.existant[1] for c in self.citations if c.existant),
            classeurs=tuple(c.a_deposer(dossier_id, nouveaux, quand) for c in self.classeurs),
        )  # fmt: skip

    @property
    def a_ranger(self) -> Sequence[DocumentDuLot]:
        """Its documents, each with the id that it will have."""
        return self.documents

    def reponses(self, dossier_id: UUID) -> list[tuple[str, str]]:
        """(status, location) of each entry, in the order of the request (FHR-59)."""
        lieux = {d.rang: f"DocumentReference/{composer(dossier_id, d.id)}" for d in self.documents}
        lieux |= {d.contenu_rang: d.fil(dossier_id) for d in self.documents}
        lieux |= {c.rang: f"List/{composer(dossier_id, c.id)}" for c in self.classeurs}
        lieux |= {
            e.rang: f"List/{composer(dossier_id, self.lot_id)}" for e in self.entrees if e.genre == "lot"
        }
        return [("201 Created", lieux[e.rang]) if e.rang in lieux else ("200 OK", "") for e in self.entrees]


def lire_lot(corps: bytes, regles: Regles) -> LotLu:
    """Read and check the body of an ITI-65. Raises RefusFhir with every finding."""
    bundle = lire_bundle(corps)
    constats: list[Constat] = []
    if bundle.type != "transaction":
        constats.append(Erreur.BUNDLE_TYPE.constat("Bundle.type"))
    profils = (
        set()
        if isinstance(bundle.meta, UnsetType) or bundle.meta.profile is UNSET
        else {*bundle.meta.profile}
    )
    if not profils & PROFILS:
        constats.append(Erreur.PROFIL_INCONNU.constat("Bundle.meta.profile"))
    entrees = trier(bundle, constats)
    par_genre = _par_genre(entrees, regles, constats)
    lecture = _Lecture(corps, entrees, par_genre, regles, constats)
    del corps  # up to 60 MB, no more needed
    lot_id = uuid7()
    listes = par_genre.get("lot", [])
    entete = lire_entete(listes[0], lot_id, constats) if listes else None
    documents = [d for e in par_genre.get("document", []) if (d := lecture.document(e))]
    lecture.contenus_sans_document()
    classeurs = [lecture.classeur(e) for e in par_genre.get("classeur", [])]
    citations = lecture.liste(listes[0], entete) if listes and entete else ()
    for patch in par_genre.get("patch", []):
        constats.extend(controler_patch(patch))
        if not any(d.lu.metadonnees.remplace for d in documents):
            constats.append(Erreur.PATCH_SANS_REMPLACEMENT.constat(patch.chemin))
    ins, dossier_id = lecture.patient()
    if any(c.refuse for c in constats):
        raise RefusFhir(situer(constats, [presents(e.ressource) for e in entrees]))
    assert entete is not None  # noqa: S101 - a missing list is a finding that has just been raised
    return LotLu(
        regles, ins, dossier_id, lecture.ins_a_verifier(ins), constats, lot_id, listes[0].ressource, entete,
        documents, entrees, classeurs, citations,
    )  # fmt: skip


def _en_json(document: structs.DocumentReference) -> None:
    """A FHIR document of the request is kept in JSON, whichever format it came in (FHR-05, FHR-119)."""
    attachement = document.content[0].attachment if isinstance(document.content, list) else UNSET
    if isinstance(attachement, structs.Attachment) and media(present(attachement.contentType)) == FHIR_XML:
        attachement.contentType = FHIR_DOCUMENT


def _par_genre(entrees: list[Entree], regles: Regles, constats: list[Constat]) -> dict[str, list[Entree]]:
    par_genre: dict[str, list[Entree]] = {}
    for entree in entrees:
        par_genre.setdefault(entree.genre, []).append(entree)
    listes, documents = par_genre.get("lot", []), par_genre.get("document", [])
    if not listes:
        constats.append(Erreur.LOT_ABSENT.constat("Bundle.entry"))
    constats.extend(Erreur.LOT_MULTIPLE.constat(e.chemin) for e in listes[1:])
    constats.extend(Erreur.PATIENT_MULTIPLE.constat(e.chemin) for e in par_genre.get("patient", [])[1:])
    if not documents:
        constats.append(Erreur.DOCUMENT_ABSENT.constat("Bundle.entry"))
    if len(documents) > regles.max_documents:
        constats.append(Erreur.TROP_DE_DOCUMENTS.constat("Bundle.entry", maximum=regles.max_documents))
    return par_genre


class _Lecture:
    """The entries of one Bundle, their contents and patients, while they are checked together."""

    def __init__(
        self,
        corps: bytes,
        entrees: list[Entree],
        par_genre: dict[str, list[Entree]],
        regles: Regles,
        constats: list[Constat],
    ) -> None:
        self._regles = regles
        self._constats = constats
        self._par_url = {e.full_url: e for e in entrees if e.full_url}
        self._contenus = [*par_genre.get("binaire", []), *par_genre.get("document_fhir", [])]
        self._bruts = bruts_des_documents_fhir(corps, entrees)
        self._utilises: dict[int, str] = {}
        self._designations: list[tuple[Designation, str]] = []
        self._ins_des_contenus: list[tuple[Ins, str]] = []
        self._documents: list[Entree] = par_genre.get("document", [])
        self._listes: list[Entree] = par_genre.get("classeur", [])
        self._urls = {e.full_url for e in self._documents}
        self._classeurs: set[str] = set()
        for entree in par_genre.get("patient", []):
            # A Patient entry is only there to say who; its INS must be that of the others (FHR-58).
            ins = ins_de_patient(entree.ressource, fictifs=regles.fictifs)
            if isinstance(ins, Erreur):
                constats.append(ins.constat(f"{entree.chemin}.identifier"))
            elif ins is not None:
                self._designations.append((Designation(ins=ins), f"{entree.chemin}.identifier"))

    def _patient(self, reference: str) -> structs.Patient | None:
        entree = self._par_url.get(reference)
        return entree.ressource if entree is not None and entree.genre == "patient" else None

    def document(self, entree: Entree) -> DocumentDuLot | None:
        """Read one DocumentReference with its content."""
        d: structs.DocumentReference = entree.ressource
        source = self._contenu(d, entree)
        contenu, mime, fhir = b"", "", False
        if source is not None:
            fhir = source.genre == "document_fhir"
            if fhir:
                contenu = self._bruts[source.rang]
                _en_json(d)
                self._constats.extend(controler_document_fhir(source.ressource, source.chemin))
            else:
                binaire: structs.Binary = source.ressource
                contenu = b"" if isinstance(binaire.data, UnsetType) else binaire.data
                mime = present(binaire.contentType)
                if not mime:
                    self._constats.append(
                        Erreur.ELEMENT_OBLIGATOIRE.constat(
                            f"{source.chemin}.contentType", element="contentType"
                        )
                    )
        lu = lire_document(d, entree.chemin, self._constats, self._regles, self._patient, contenu)
        self._designations.extend(lu.designations)
        chemin = f"{entree.chemin}.content[0].attachment"
        self._cardinalites(lu.attachement, chemin, fhir=fhir)
        if source is None:
            return None
        self._constats.extend(
            controler_contenu(
                contenu, lu.metadonnees.sha1, lu.attachement, mime, chemin, self._regles.max_document
            )
        )
        m = lu.metadonnees
        examen = examiner_contenu(contenu, m.mime, m.format.code, chemin, self._regles)
        self._constats.extend((*examen.constats, *comparer(examen, m, entree.chemin)))
        self._ins_des_contenus.extend((ins, chemin) for ins in examen.ins)
        return DocumentDuLot(
            entree.rang, entree.full_url, entree.si_absent, d, lu, contenu, source.rang, fhir, examen,
            uuid7(), uuid7(),
        )  # fmt: skip

    def _cardinalites(self, attachement: structs.Attachment, chemin: str, *, fhir: bool) -> None:
        if attachement.data is not UNSET:
            self._constats.append(
                Erreur.ELEMENT_INTERDIT.constat(f"{chemin}.data", element="attachment.data")
            )
        # A FHIR document has no canonical bytes: its hash and size may be absent (FHR-88).
        for element in ("url",) if fhir else ("url", "size", "hash"):
            if getattr(attachement, element) is UNSET:
                self._constats.append(
                    Erreur.ELEMENT_OBLIGATOIRE.constat(f"{chemin}.{element}", element=f"attachment.{element}")
                )

    def _contenu(self, document: structs.DocumentReference, entree: Entree) -> Entree | None:
        if isinstance(document.content, UnsetType) or isinstance(document.content[0].attachment, UnsetType):
            return None
        url = present(document.content[0].attachment.url)
        if not url:
            return None
        chemin = f"{entree.chemin}.content[0].attachment.url"
        source = self._par_url.get(url)
        if source is None or source.genre not in ("binaire", "document_fhir"):
            self._constats.append(Erreur.REFERENCE_NON_RESOLUE.constat(chemin))
            return None
        if source.rang in self._utilises:
            self._constats.append(Erreur.CONTENU_PARTAGE.constat(chemin))
        self._utilises[source.rang] = entree.full_url
        return source

    def contenus_sans_document(self) -> None:
        """A content that no DocumentReference uses refuses the lot (FHR-64)."""
        self._constats.extend(
            Erreur.CONTENU_NON_REFERENCE.constat(e.chemin)
            for e in self._contenus
            if e.rang not in self._utilises
        )

    def _sujet(self, entree: Entree, resoudre: Resoudre) -> None:
        """Subject of a list: the one patient of the request (FHR-66)."""
        liste: structs.Liste = entree.ressource
        if isinstance(liste.subject, UnsetType):
            self._constats.append(
                Erreur.ELEMENT_OBLIGATOIRE.constat(f"{entree.chemin}.subject", element="subject")
            )
        else:
            lu = lire_designation(liste.subject, resoudre, fictifs=self._regles.fictifs)
            if isinstance(lu, Erreur):
                self._constats.append(lu.constat(f"{entree.chemin}.subject"))
            else:
                self._designations.append((lu, f"{entree.chemin}.subject"))

    def classeur(self, entree: Entree) -> Classeur:
        """One folder and its items (FHR-85)."""
        self._sujet(entree, self._patient)
        classeur = lire_classeur(entree, self._urls.__contains__, self._constats)
        self._designations.extend(designations(classeur.citations, entree.chemin))
        self._classeurs.add(entree.full_url)
        return classeur

    def liste(self, entree: Entree, entete: Entete) -> tuple[Citation, ...]:
        """Subject and items of the SubmissionSet: all that is created, and links to what is stored (FHR-65)."""
        self._sujet(entree, lambda r: entete.contenues.patient(r) or self._patient(r))
        connus = self._urls | self._classeurs
        lues = lire_citations(entree.ressource, entree.chemin, connus.__contains__, self._constats)
        self._designations.extend(designations(lues, entree.chemin))
        cites = {c.reference for c in lues}
        self._constats.extend(
            Erreur.DOCUMENT_HORS_LOT.constat(e.chemin)
            for e in (*self._documents, *self._listes)
            if e.full_url not in cites
        )
        return tuple(c for c in lues if c.reference not in self._classeurs)

    def patient(self) -> tuple[Ins | None, UUID | None]:
        """The one patient of the whole request (FHR-66)."""
        ins: Ins | None = None
        dossier_id: UUID | None = None
        for designation, chemin in self._designations:
            if designation.ins is not None:
                if ins is None:
                    ins = designation.ins
                    if not ins.cle_valide:
                        self._constats.append(Erreur.INS_CLE.constat(chemin, gravite="warning"))
                elif not meme_patient(ins, designation.ins):
                    self._constats.append(Erreur.PATIENTS_DIFFERENTS.constat(chemin))
            elif dossier_id is None:
                dossier_id = designation.dossier_id
            elif dossier_id != designation.dossier_id:
                self._constats.append(Erreur.PATIENTS_DIFFERENTS.constat(chemin))
        return ins, dossier_id

    def ins_a_verifier(self, ins: Ins | None) -> list[tuple[Ins, str]]:
        """INS of contents that are not, letter for letter, that of the metadata (CDA-23)."""
        return [(i, c) for i, c in self._ins_des_contenus if ins is None or not meme_patient(i, ins)]
