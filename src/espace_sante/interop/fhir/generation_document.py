"""ITI-106 for a FHIR document: what its Composition says, as metadata (FHR-97). Pure.

What a deposit would be refused for is refused here too (422); facility and setting come from the caller's registration,
as for a simplified deposit (FHR-94), and stay out when it says none.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from espace_sante.documents.cda.formats import MIME_SUFFIT
from espace_sante.documents.metadonnees import Auteur, Code, Metadonnees
from espace_sante.documents.nomenclatures import SYSTEME_CLASSE, classes, type_document
from espace_sante.interop.fhir import structs
from espace_sante.interop.fhir.auteurs import Contenues, lire_auteur
from espace_sante.interop.fhir.constats import Constat, RefusFhir, en_422
from espace_sante.interop.fhir.contenu import FHIR_DOCUMENT, controler_document_fhir
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.patients import lire_designation
from espace_sante.interop.fhir.regles import Regles
from espace_sante.interop.fhir.structs import CodeableConcept, Identifier, Period, Reference
from espace_sante.interop.fhir.valeurs import codages, lire_date, lire_unique_id, present, vers_code
from espace_sante.kernel.ins import Ins

NEUTRE: Final = Code("", "")
_COMPOSITION: Final = "Bundle.entry[0].resource"
_LANGUE: Final = "fr-FR"
_NIVEAUX: Final = frozenset("NRV")


class _Signature(Struct):
    mode: str | UnsetType = UNSET
    party: Reference | UnsetType = UNSET


class _Evenement(Struct):
    period: Period | UnsetType = UNSET


class _Composition(Struct, tag_field="resourceType", tag="Composition"):
    """What is read of it; the rest of the document is not looked at."""

    type: CodeableConcept | UnsetType = UNSET
    subject: Reference | UnsetType = UNSET
    date: str | UnsetType = UNSET
    author: list[Reference] | UnsetType = UNSET
    title: str | UnsetType = UNSET
    confidentiality: str | UnsetType = UNSET
    language: str | UnsetType = UNSET
    attester: list[_Signature] | UnsetType = UNSET
    custodian: Reference | UnsetType = UNSET
    event: list[_Evenement] | UnsetType = UNSET


class _Entree(Struct):
    resource: Raw
    fullUrl: str = ""


_LIRE_ENTREE: Final = msgspec.json.Decoder(_Entree)
_LIRE_COMPOSITION: Final = msgspec.json.Decoder(_Composition)
_ILLISIBLE: Final = (msgspec.DecodeError, RecursionError, ValueError)


class _Entrees(Contenues):
    """People and organisations of the document, found by fullUrl."""

    __slots__ = ()

    def __init__(self, brutes: Sequence[bytes]) -> None:
        super().__init__(UNSET, "", [])
        for brute in brutes:
            try:
                entree = _LIRE_ENTREE.decode(brute)
                self._par_id[entree.fullUrl] = structs.LIRE_CONTENUE.decode(entree.resource)
            except _ILLISIBLE:
                # Not somebody: an observation, a section. A reference to it names no author.
                continue

    def __getitem__(self, reference: str) -> structs.Contenue | None:
        if trouvee := self._par_id.get(reference):
            return trouvee
        fins = (url for url in self._par_id if reference and url.endswith(f"/{reference}"))
        return self._par_id.get(next(fins, ""))


def decrire(document: structs.BundleDocument, taille: int, regles: Regles) -> tuple[Metadonnees, Ins | None]:
    """The metadata of a FHIR document, and its patient. Raises RefusFhir: 400 no document, 422 what is missing."""
    if refus := controler_document_fhir(document, "Bundle"):
        raise RefusFhir(refus)
    brutes = [bytes(e) for e in document.entry] if isinstance(document.entry, list) else []
    try:
        composition = _LIRE_COMPOSITION.decode(_LIRE_ENTREE.decode(brutes[0]).resource)
    except _ILLISIBLE:
        raise RefusFhir([Erreur.DOCUMENT_FHIR.constat(_COMPOSITION)]) from None
    lecture = _Lecture(composition, _Entrees(brutes[1:]), regles)
    lu = lecture.metadonnees(document, taille)
    if any(c.refuse for c in lecture.constats):
        raise RefusFhir(en_422(lecture.constats))
    return lu


class _Lecture:
    """One Composition being read; every finding is kept."""

    def __init__(self, composition: _Composition, entrees: _Entrees, regles: Regles) -> None:
        self._c, self._entrees, self._regles = composition, entrees, regles
        self.constats: list[Constat] = []

    def metadonnees(self, document: structs.BundleDocument, taille: int) -> tuple[Metadonnees, Ins | None]:
        c, regles = self._c, self._regles
        type_, classe = self._type()
        creation, debut, fin = self._instant(c.date, "date"), None, None
        if isinstance(c.event, list) and c.event and isinstance(c.event[0].period, Period):
            debut, fin = c.event[0].period.start, c.event[0].period.end
        niveau = present(c.confidentiality)
        return Metadonnees(
            unique_id=self._unique_id(document),
            type=type_,
            classe=classe,
            titre=self._texte(c.title, "title"),
            langue=present(c.language) or present(document.language) or _LANGUE,
            format=MIME_SUFFIT,
            mime=FHIR_DOCUMENT,
            taille=taille,
            sha1=b"",
            creation=creation,
            date=self._instant(document.timestamp, "timestamp", racine="Bundle"),
            periode_debut=self._instant(debut, "event[0].period.start") if debut else creation,
            periode_fin=self._instant(fin, "event[0].period.end") if isinstance(fin, str) else None,
            etablissement=regles.deposant.etablissement or NEUTRE,
            cadre=regles.deposant.cadre or NEUTRE,
            confidentialite=niveau if niveau in _NIVEAUX else "N",
            auteurs=self._auteurs(),
            authentificateur=self._authentificateur(),
            depositaire=self._acteur(c.custodian, "custodian"),
        ), self._patient()

    def _noter(self, erreur: Erreur, place: str, racine: str = _COMPOSITION) -> None:
        self.constats.append(erreur.constat(f"{racine}.{place}", element=place))

    def _texte(self, valeur: str | UnsetType, place: str, racine: str = _COMPOSITION) -> str:
        if not present(valeur):
            self._noter(Erreur.ELEMENT_OBLIGATOIRE, place, racine)
        return present(valeur)

    def _instant(self, valeur: str | UnsetType, place: str, racine: str = _COMPOSITION) -> datetime:
        texte = self._texte(valeur, place, racine)
        lu = lire_date(texte) if texte else self._regles.maintenant
        if isinstance(lu, Erreur):
            self._noter(lu, place, racine)
            return self._regles.maintenant
        return lu

    def _unique_id(self, document: structs.BundleDocument) -> str:
        lu = lire_unique_id(document.identifier) if isinstance(document.identifier, Identifier) else ""
        if isinstance(lu, Erreur):
            self._noter(lu, "identifier", "Bundle")
            return ""
        return lu

    def _type(self) -> tuple[Code, Code]:
        lus = (vers_code(codage) for codage in codages(self._c.type))
        envoye = next((c for c in lus if c is not None), None)
        connu = type_document(envoye.code) if envoye else None
        if envoye is None or connu is None:
            self._noter(Erreur.TYPE_INCONNU, "type")
            return NEUTRE, NEUTRE
        classe = classes().get(connu.classe)
        return envoye, Code(connu.classe, SYSTEME_CLASSE, classe.libelle if classe else "")

    def _auteurs(self) -> tuple[Auteur, ...]:
        cites = self._c.author if isinstance(self._c.author, list) else []
        if not cites:
            self._noter(Erreur.ELEMENT_OBLIGATOIRE, "author")
        lus = (self._acteur(cite, f"author[{rang}]") for rang, cite in enumerate(cites))
        return tuple(a for a in lus if a is not None)

    def _authentificateur(self) -> Auteur | None:
        signatures = self._c.attester if isinstance(self._c.attester, list) else []
        legale = next((s for s in signatures if s.mode == "legal"), None)
        return self._acteur(legale.party, "attester") if legale else None

    def _acteur(self, reference: Reference | UnsetType, place: str) -> Auteur | None:
        if isinstance(reference, UnsetType):
            return None
        return lire_auteur(reference, self._entrees, f"{_COMPOSITION}.{place}", self.constats)

    def _patient(self) -> Ins | None:
        if isinstance(self._c.subject, UnsetType):
            self._noter(Erreur.ELEMENT_OBLIGATOIRE, "subject")
            return None
        # The document names him by an entry of its own, absolute or not.
        patient = self._entrees.patient(present(self._c.subject.reference))
        sujet = Reference(reference="#patient") if patient is not None else self._c.subject
        lu = lire_designation(sujet, lambda _: patient, fictifs=self._regles.fictifs)
        if isinstance(lu, Erreur):
            self._noter(lu, "subject")
            return None
        return lu.ins
