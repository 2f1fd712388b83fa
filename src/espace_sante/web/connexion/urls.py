"""Addresses of the logins, under /connexion/."""

from django.urls import path

from espace_sante.web.connexion import franceconnect, operateurs, professionnels, sortie, titulaires

urlpatterns = [
    path("", titulaires.connexion, name="connexion"),
    path("code/", titulaires.code, name="connexion_code"),
    path("code/renvoi/", titulaires.renvoi, name="connexion_code_renvoi"),
    path("franceconnect/", franceconnect.depart, name="connexion_fc"),
    path("franceconnect/retour/", franceconnect.retour, name="connexion_fc_retour"),
    path("pro/", professionnels.connexion, name="connexion_pro"),
    path("pro/depart/", professionnels.depart, name="connexion_pro_depart"),
    path("pro/retour/", professionnels.retour, name="connexion_pro_retour"),
    path("operation/", operateurs.connexion, name="connexion_operation"),
    path("operation/code/", operateurs.code, name="connexion_operation_code"),
    path("operation/enrolement/", operateurs.enrolement, name="connexion_operation_enrolement"),
    path("fin/", sortie.deconnexion, name="deconnexion"),
]
