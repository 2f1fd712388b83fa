from django.urls import path

from espace_sante.simulateurs.openid.pages import adresses
from espace_sante.simulateurs.psc import views
from espace_sante.simulateurs.psc.fournisseur import simulateur

urlpatterns = [
    *adresses(simulateur, "Pro Santé Connect", "wallet-openid-configuration"),
    path("auth", views.autoriser, name="psc_autoriser"),
    path("ext/ciba/auth", views.decoupler, name="psc_decoupler"),
    path("telephone", views.telephone, name="psc_telephone"),
    path("confirmation", views.confirmer, name="psc_confirmer"),
]
