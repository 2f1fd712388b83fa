from django.urls import path

from espace_sante.simulateurs.carnet import views

urlpatterns = [
    path("", views.accueil, name="carnet"),
    path("partir", views.partir, name="carnet_partir"),
    path("retour", views.retour, name="carnet_retour"),
]
