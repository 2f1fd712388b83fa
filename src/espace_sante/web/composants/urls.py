"""Addresses of the living page; mounted only with the simulators (settings.ES_LOCAL)."""

from django.urls import path

from espace_sante.web.composants import views

app_name = "composants"
urlpatterns = [
    path("", views.page, name="page"),
    path("espace/", views.espace, name="espace"),
    path("pro/", views.pro, name="pro"),
    path("document/", views.document, name="document"),
]
