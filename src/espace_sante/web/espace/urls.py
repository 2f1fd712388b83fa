"""Addresses of the holder's space."""

from __future__ import annotations

from django.urls import path

from espace_sante.web.espace import accueil, document, documents, historique, plus

urlpatterns = [
    path("", accueil.accueil, name="espace"),
    path("documents/", documents.documents, name="documents"),
    path("documents/<uuid:document_id>/", document.document, name="document"),
    path("documents/<uuid:document_id>/apercu/", document.apercu, name="document_apercu"),
    path("documents/<uuid:document_id>/pdf/", document.pdf, name="document_pdf"),
    path("documents/<uuid:document_id>/original/", document.original, name="document_original"),
    path("documents/<uuid:document_id>/fichier/", document.fichier, name="document_fichier"),
    path("documents/<uuid:document_id>/masquage/", document.masquage, name="document_masquage"),
    path("historique/", historique.historique, name="historique"),
    path("plus/", plus.plus, name="plus"),
    path("plus/identite/", plus.identite, name="identite"),
    path("plus/accords/<uuid:consentement_id>/retrait/", plus.retrait, name="retrait_accord"),
]
