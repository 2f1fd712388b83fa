from django.urls import path

from espace_sante.simulateurs.franceconnect import views
from espace_sante.simulateurs.franceconnect.fournisseur import simulateur
from espace_sante.simulateurs.openid.pages import adresses

urlpatterns = [
    *adresses(simulateur, "FranceConnect", "openid-configuration"),
    path("authorize", views.autoriser, name="fc_autoriser"),
    path("confirmation", views.confirmer, name="fc_confirmer"),
]
