"""Addresses of the FHIR door, under /fhir (contract)."""

from django.urls import path, re_path
from django.views.decorators.csrf import csrf_exempt

from espace_sante.interop.views import depots, lectures, patients, publiques, recherches
from espace_sante.interop.views.enveloppe import par_methode
from espace_sante.platform.http import publique

app_name = "fhir"

_racine = par_methode(POST=depots.lot)
_contenu = par_methode(GET=lectures.contenu, HEAD=lectures.contenu)

urlpatterns = [
    path("", _racine, name="racine"),
    path("/", _racine, name="racine_barre"),
    path("/metadata", publique(par_methode(GET=publiques.metadata)), name="metadata"),
    path("/CodeSystem/erreur-mes", publique(par_methode(GET=publiques.codes)), name="codes"),
    path(
        "/DocumentReference",
        par_methode(GET=recherches.documents, POST=depots.simplifie),
        name="documents",
    ),
    path("/DocumentReference/_search", par_methode(POST=recherches.documents), name="documents_recherche"),
    path("/DocumentReference/<str:fil>", par_methode(GET=lectures.document), name="document"),
    path("/Binary/<str:fil>", _contenu, name="binaire"),
    path("/Bundle/<str:fil>", _contenu, name="document_fhir"),
    path("/Patient", par_methode(GET=patients.rechercher), name="patients"),
    path("/Patient/_search", par_methode(POST=patients.rechercher), name="patients_recherche"),
    path("/Patient/<str:texte>", par_methode(GET=patients.lire), name="patient"),
    # Not what another face serves under the same root (SMART configuration).
    re_path(
        r"^/(?!\.well-known/)(?P<_chemin>.*)$", publique(csrf_exempt(publiques.ailleurs)), name="ailleurs"
    ),
]
