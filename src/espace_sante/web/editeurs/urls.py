"""Addresses for publishers of software."""

from django.urls import path

from espace_sante.web.editeurs import conformite, service, views

urlpatterns = [
    path("", views.inscription, name="editeurs"),
    path("service/", service.inscription, name="editeurs_service"),
    path("conformite/", conformite.conformite, name="editeurs_conformite"),
    path("conformite/commencer/", conformite.commencer, name="editeurs_conformite_commencer"),
    path("conformite/quitter/", conformite.quitter, name="editeurs_conformite_quitter"),
    path("conformite/cle.pem", conformite.cle, name="editeurs_conformite_cle"),
]
