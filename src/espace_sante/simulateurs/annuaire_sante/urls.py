from django.urls import path

from espace_sante.simulateurs.annuaire_sante import views

urlpatterns = [
    path("fhir/v2/<path:chemin>", views.fhir, name="annuaire_fhir"),
    path("pannes/<str:genre>", views.panne, name="annuaire_panne"),
]
