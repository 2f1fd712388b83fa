"""Addresses of the back office, under /operation/ (contract)."""

from django.urls import path

from espace_sante.web.operation import (
    alertes,
    identite_titulaire,
    identites,
    logiciels,
    matrice,
    signalements,
    tableau,
    urgences,
)

urlpatterns = [
    path("", tableau.tableau, name="operation"),
    path("actes/", tableau.mes_actes, name="operation_actes"),
    path("profil/", tableau.profil, name="operation_profil"),
    path("signalements/", signalements.file, name="operation_signalements"),
    path("signalements/<str:numero>/", signalements.un, name="operation_signalement"),
    path("signalements/<str:numero>/identite/", identites.demander, name="operation_identite_demander"),
    path("urgences/", urgences.liste, name="operation_urgences"),
    path("urgences/<uuid:urgence_id>/", urgences.une, name="operation_urgence"),
    path("alertes/", alertes.liste, name="operation_alertes"),
    path("alertes/<uuid:alerte_id>/", alertes.une, name="operation_alerte"),
    path("identites/", identites.liste, name="operation_identites"),
    path("identite/", identite_titulaire.identite, name="operation_identite"),
    path("logiciels/", logiciels.liste, name="operation_logiciels"),
    path("logiciels/<uuid:demande_id>/", logiciels.un, name="operation_logiciel"),
    path("matrice/", matrice.accueil, name="operation_matrice"),
    path("matrice/charger/", matrice.charger, name="operation_matrice_charger"),
    path("matrice/retour/", matrice.revenir, name="operation_matrice_retour"),
    path("matrice/<int:numero>/", matrice.proposition, name="operation_proposition"),
    path("matrice/demandes/<uuid:demande_id>/", matrice.demande, name="operation_demande"),
]
