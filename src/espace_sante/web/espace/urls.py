"""Addresses of the holder's space."""

from __future__ import annotations

from django.urls import include, path

from espace_sante.web.espace import (
    accueil,
    depot,
    depot_emporter,
    document,
    documents,
    dossiers_perso,
    epingles,
    historique,
    plus,
    ranger_message,
    vie,
)

urlpatterns = [
    path("", include("espace_sante.web.espace.urls_agenda")),
    path("", include("espace_sante.web.espace.urls_droits")),
    path("", include("espace_sante.web.espace.urls_personnes")),
    path("", include("espace_sante.web.espace.urls_avis")),
    path("", include("espace_sante.web.espace.urls_mesures")),
    path("", accueil.accueil, name="espace"),
    path("documents/", documents.documents, name="documents"),
    path("documents/ajouter/", depot.ajouter, name="document_ajouter"),
    path("documents/ajouter/message/", ranger_message.ranger_message, name="ranger_message"),
    path("documents/ajouter/photos/", depot.ajouter_photos, name="document_ajouter_photos"),
    path("documents/<uuid:document_id>/telecharger/", depot_emporter.emporter, name="document_telecharger"),
    path("documents/<uuid:document_id>/epingle/", epingles.epingle, name="document_epingle"),
    path("documents/<uuid:document_id>/rangement/", dossiers_perso.ranger, name="document_rangement"),
    path("dossiers/", dossiers_perso.dossiers, name="dossiers_perso"),
    path("dossiers/<uuid:dossier_perso_id>/", dossiers_perso.dossier, name="dossier_perso"),
    path("dossiers/<uuid:dossier_perso_id>/ajouter/", dossiers_perso.remplir, name="dossier_perso_remplir"),
    path("dossiers/<uuid:dossier_perso_id>/nom/", dossiers_perso.renommer, name="dossier_perso_nom"),
    path(
        "dossiers/<uuid:dossier_perso_id>/suppression/",
        dossiers_perso.supprimer,
        name="dossier_perso_suppression",
    ),
    path("documents/supprimes/", vie.supprimes, name="documents_supprimes"),
    path("documents/suppression/", vie.supprimer, name="documents_suppression"),
    path("documents/archives/", vie.archives, name="documents_archives"),
    path("documents/<uuid:document_id>/suppression/", vie.suppression, name="document_suppression"),
    path("documents/<uuid:document_id>/reprise/", vie.reprise, name="document_reprise"),
    path("plus/confidentialite/", vie.confidentialite, name="confidentialite"),
    path("documents/<uuid:document_id>/", document.document, name="document"),
    path("documents/<uuid:document_id>/apercu/", document.apercu, name="document_apercu"),
    path("documents/<uuid:document_id>/pdf/", document.pdf, name="document_pdf"),
    path("documents/<uuid:document_id>/masquage/", document.masquage, name="document_masquage"),
    path("historique/", historique.historique, name="historique"),
    path("plus/", plus.plus, name="plus"),
    path("plus/identite/", plus.identite, name="identite"),
    path("plus/accords/<uuid:consentement_id>/retrait/", plus.retrait, name="retrait_accord"),
]
