"""One document of an open record: reading page, safe view, original (ACC-03, ACC-61, DOC-60, CDA-35 to CDA-37).

The gate is asked anew at each address: a consent withdrawn between list and document refuses the document.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from espace_sante.acces.dossier_ouvert import DossierOuvert
from espace_sante.acces.errors import AccesRefuse, DocumentIntrouvable
from espace_sante.documents.filtre import Filtre
from espace_sante.documents.nomenclatures import type_document
from espace_sante.documents.queries import DocumentVu
from espace_sante.platform.crypto import ScelleRompu
from espace_sante.web import erreurs
from espace_sante.web.espace.calendrier import date_longue
from espace_sante.web.lecture import reponses
from espace_sante.web.lecture.maniere import decider
from espace_sante.web.lecture.suite import sceau, suite_de_lecture
from espace_sante.web.pro import vues_vie
from espace_sante.web.pro.gardes import RequetePro, ouvrir, patient_confirme
from espace_sante.web.pro.pages import Paire, page, refus, traits_en_mots
from espace_sante.web.pro.patients import Patient

# A chain of replacements is followed this far on each side.
_MAILLONS = 20


@dataclass(frozen=True, slots=True)
class Version:
    """One document of a chain of replacements, newest first."""

    vu: DocumentVu
    affichee: bool

    @property
    def jour(self) -> str:
        return date_longue(self.vu.creation)


@patient_confirme
@require_GET
def document(request: RequetePro, patient: Patient, document_id: UUID) -> HttpResponse:
    """The page of a document: content first, then who made it, and its other versions."""
    try:
        with ouvrir(request, patient) as ouvert:
            vu, contenu_lu = ouvert.lire_contenu(document_id)
            titulaire = ouvert.titulaire
            versions = _chaine(ouvert, vu)
    except AccesRefuse as erreur:
        return refus(request, erreur.decision, patient)
    except (DocumentIntrouvable, ScelleRompu):
        return erreurs.introuvable(request)
    contexte = {
        "patient": patient,
        "titulaire": titulaire,
        **traits_en_mots(titulaire.traits),
        "document": vu,
        "lecture": decider(vu.mime, contenu_lu),
        "sceau": sceau(request.acteur, request.contexte, document_id),
        "versions": versions,
        "offres": vues_vie.offres(request, patient, vu),
        "fait": vues_vie.FAITS.get(request.GET.get("fait", ""), ""),
        "plus_recente": _plus_recente(patient, versions),
        "paires": _paires(vu),
    }
    return page(request, "pro/document.html", contexte)


def _paires(vu: DocumentVu) -> list[Paire]:
    connu = type_document(vu.type_code)
    paires = [
        Paire("Type", connu.libelle if connu else vu.type_libelle),
        Paire("Date du document", date_longue(vu.creation)),
        Paire("Auteur", ", ".join(dict.fromkeys(t for t in (vu.auteur_nom, vu.auteur_structure_nom) if t))),
        Paire("Déposé le", date_longue(vu.depose_le)),
        Paire("Description", vu.description),
    ]
    return [p for p in paires if p.valeur]


def _plus_recente(patient: Patient, versions: list[Version]) -> str:
    """Address of the current version, when the one shown is an older one and he may read the newer."""
    if not versions or versions[0].affichee:
        return ""
    return reverse("web:pro_document", args=[patient.cle, versions[0].vu.id])


@suite_de_lecture
@patient_confirme
@require_GET
def contenu(request: RequetePro, patient: Patient, document_id: UUID) -> HttpResponse:
    """What the frame of the page shows: without script, without outside fetch."""
    lu = _lire(request, patient, document_id, telechargement=False)
    if isinstance(lu, HttpResponse):
        return lu
    return reponses.apercu(request, *lu) or erreurs.introuvable(request)


@suite_de_lecture
@patient_confirme
@require_GET
def pdf(request: RequetePro, patient: Patient, document_id: UUID) -> HttpResponse:
    """The PDF in the browser's own viewer: all its pages, to search and to print (CDA-37)."""
    lu = _lire(request, patient, document_id, telechargement=False)
    if isinstance(lu, HttpResponse):
        return lu
    return reponses.pdf_entier(*lu) or erreurs.introuvable(request)


@patient_confirme
@require_GET
def original(request: RequetePro, patient: Patient, document_id: UUID) -> HttpResponse:
    """The exact bytes received, to keep; traced as a download (AUD-01). `?corps`: the file inside a CDA N1."""
    lu = _lire(request, patient, document_id, telechargement=True)
    if isinstance(lu, HttpResponse):
        return lu
    if "corps" in request.GET:
        return reponses.corps_a_part(*lu) or erreurs.introuvable(request)
    return reponses.original(*lu)


def _lire(
    request: RequetePro, patient: Patient, document_id: UUID, *, telechargement: bool
) -> tuple[DocumentVu, bytes] | HttpResponse:
    try:
        with ouvrir(request, patient) as ouvert:
            return ouvert.lire_contenu(document_id, telechargement=telechargement)
    except AccesRefuse as erreur:
        return refus(request, erreur.decision, patient)
    except (DocumentIntrouvable, ScelleRompu):
        return erreurs.introuvable(request)


def _chaine(ouvert: DossierOuvert, vu: DocumentVu) -> list[Version]:
    """The versions of a document that this professional may read; a hidden one leaves no gap to see (DOC-43)."""
    avant = _suivre(ouvert, vu, "remplace_id")
    apres = _suivre(ouvert, vu, "remplace_par_id")
    if not avant and not apres:
        return []
    return [Version(v, v.id == vu.id) for v in (*reversed(apres), vu, *avant)]


def _suivre(ouvert: DossierOuvert, vu: DocumentVu, lien: str) -> list[DocumentVu]:
    suite: list[DocumentVu] = []
    while (suivant := getattr(vu, lien)) is not None and len(suite) < _MAILLONS:
        page_lue = ouvert.lister(
            Filtre(ids=(suivant,), statuts=("current", "superseded"), limite=1, avec_total=False)
        )
        if not page_lue.elements:
            break
        vu = page_lue.elements[0]
        suite.append(vu)
    return suite
