"""Addresses of the professionals' portal (WebPS). None holds an INS nor the id of a record."""

from django.urls import path

from espace_sante.web.pro import (
    vues_document,
    vues_dossier,
    vues_matrice,
    vues_patient,
    vues_recherche,
    vues_session,
    vues_vie,
)

urlpatterns = [
    path("", vues_recherche.recherche, name="pro"),
    path("situation/", vues_session.situation, name="pro_situation"),
    path("avertissement/", vues_session.avertissement, name="pro_avertissement"),
    path("matrice/", vues_matrice.matrice_de_la_profession, name="pro_matrice"),
    path("patient/<str:cle>/", vues_patient.panneau, name="pro_patient"),
    path("patient/<str:cle>/identite/", vues_recherche.identite, name="pro_identite"),
    path("patient/<str:cle>/consentement/", vues_patient.consentement, name="pro_consentement"),
    path("patient/<str:cle>/code/", vues_patient.code, name="pro_code"),
    path("patient/<str:cle>/urgence/", vues_patient.urgence, name="pro_urgence"),
    path("patient/<str:cle>/fermer/", vues_patient.fermer, name="pro_fermer"),
    path("patient/<str:cle>/documents/", vues_dossier.dossier, name="pro_dossier"),
    path("patient/<str:cle>/documents/<uuid:document_id>/", vues_document.document, name="pro_document"),
    path("depots-tardifs/", vues_vie.retards, name="pro_retards"),
    path("patient/<str:cle>/documents/<uuid:document_id>/acte/", vues_vie.acte, name="pro_document_acte"),
    path(
        "patient/<str:cle>/documents/<uuid:document_id>/original/",
        vues_document.original,
        name="pro_original",
    ),
    path(
        "patient/<str:cle>/documents/<uuid:document_id>/contenu/", vues_document.contenu, name="pro_contenu"
    ),
    path("patient/<str:cle>/documents/<uuid:document_id>/pdf/", vues_document.pdf, name="pro_pdf"),
]
