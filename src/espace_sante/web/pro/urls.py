"""Addresses of the professionals' portal (WebPS). None holds an INS nor the id of a record."""

from django.urls import path

from espace_sante.web.pro import (
    demandes,
    depot,
    vues_blocage,
    vues_document,
    vues_dossier,
    vues_lien,
    vues_matrice,
    vues_message,
    vues_patient,
    vues_recherche,
    vues_session,
    vues_traces,
    vues_vie,
)

urlpatterns = [
    path("", vues_recherche.recherche, name="pro"),
    path("lien/<str:mot>/", vues_lien.lien, name="pro_lien"),
    path("situation/", vues_session.situation, name="pro_situation"),
    path("avertissement/", vues_session.avertissement, name="pro_avertissement"),
    path("matrice/", vues_matrice.matrice_de_la_profession, name="pro_matrice"),
    path("patient/<str:cle>/", vues_patient.panneau, name="pro_patient"),
    path("patient/<str:cle>/identite/", vues_recherche.identite, name="pro_identite"),
    path("patient/<str:cle>/consentement/", vues_patient.consentement, name="pro_consentement"),
    path("patient/<str:cle>/confrere/", vues_patient.confrere, name="pro_confrere"),
    path("patient/<str:cle>/code/", vues_patient.code, name="pro_code"),
    path("patient/<str:cle>/urgence/", vues_patient.urgence, name="pro_urgence"),
    path("patient/<str:cle>/blocage/", vues_blocage.blocage, name="pro_blocage"),
    path("patient/<str:cle>/fermer/", vues_patient.fermer, name="pro_fermer"),
    path("patient/<str:cle>/acces/", vues_traces.mes_acces, name="pro_mes_acces"),
    path("patient/<str:cle>/acces/tous/", vues_traces.tous_les_acces, name="pro_tous_les_acces"),
    path("patient/<str:cle>/documents/", vues_dossier.dossier, name="pro_dossier"),
    path("patient/<str:cle>/documents/<uuid:document_id>/", vues_document.document, name="pro_document"),
    path("patient/<str:cle>/deposer/", depot.depot, name="pro_depot"),
    path("patient/<str:cle>/deposer/<uuid:prepare_id>/", depot.verifier, name="pro_depot_verifier"),
    path("patient/<str:cle>/deposer/<uuid:prepare_id>/fichier/", depot.fichier, name="pro_depot_fichier"),
    path("depots-tardifs/", vues_vie.retards, name="pro_retards"),
    path("demandes/", demandes.liste, name="pro_demandes"),
    path("demandes/<uuid:demande_id>/", demandes.demande, name="pro_demande"),
    path("patient/<str:cle>/documents/<uuid:document_id>/acte/", vues_vie.acte, name="pro_document_acte"),
    path(
        "patient/<str:cle>/documents/<uuid:document_id>/original/",
        vues_document.original,
        name="pro_original",
    ),
    path(
        "patient/<str:cle>/documents/<uuid:document_id>/contenu/", vues_document.contenu, name="pro_contenu"
    ),
    path("patient/<str:cle>/documents/<uuid:document_id>/message/", vues_message.message, name="pro_message"),
    path("patient/<str:cle>/documents/<uuid:document_id>/pdf/", vues_document.pdf, name="pro_pdf"),
]
