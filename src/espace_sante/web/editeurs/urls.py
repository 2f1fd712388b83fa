"""Addresses for publishers of software."""

from django.urls import path

from espace_sante.web.editeurs import views

urlpatterns = [path("", views.inscription, name="editeurs")]
