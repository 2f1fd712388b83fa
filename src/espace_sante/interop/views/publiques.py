"""What anyone may read: capabilities and the list of error codes (FHR-02, FHR-08)."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from espace_sante.interop import reponses
from espace_sante.interop.fhir import capacites, elements, erreurs
from espace_sante.interop.fhir.catalogue import toutes
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.regles import MAX_DOCUMENTS
from espace_sante.interop.formats import en_format, exiger_format
from espace_sante.interop.profils.regles import RegleProfil
from espace_sante.interop.requete import base
from espace_sante.interop.views.enveloppe import publique_fhir


@publique_fhir
def metadata(requete: HttpRequest) -> HttpResponse:
    """GET [base]/metadata."""
    exiger_format(requete)
    corps = capacites.rendre(
        base(),
        max_requete=settings.ES_FHIR_MAX_REQUETE,
        max_document=settings.ES_FHIR_MAX_DOCUMENT,
        max_documents=MAX_DOCUMENTS,
        depots=settings.ES_FHIR_DEPOTS,
        creneaux=settings.ES_AGENDA_CRENEAUX,
    )
    return reponses.json(corps, public=True)


@publique_fhir
def codes(requete: HttpRequest) -> HttpResponse:
    """GET [base]/CodeSystem/erreur-mes."""
    exiger_format(requete)
    codes_ = ((r.code, r.phrase) for r in (*toutes(), *RegleProfil))
    return reponses.json(erreurs.code_system(base(), codes_), public=True)


@publique_fhir
def elements_obligatoires(requete: HttpRequest) -> HttpResponse:
    """GET [base]/CodeSystem/element-mes."""
    exiger_format(requete)
    return reponses.json(elements.code_system(base()), public=True)


def ailleurs(requete: HttpRequest, _chemin: str = "") -> HttpResponse:
    """Any other address under the root: a resource type that is not served (FHR-03)."""
    return en_format(requete, reponses.outcome([Erreur.RESSOURCE_NON_OFFERTE.constat()], 404))
