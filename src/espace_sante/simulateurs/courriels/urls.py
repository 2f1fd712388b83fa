from django.urls import path

from espace_sante.simulateurs.courriels import views

urlpatterns = [path("", views.liste, name="courriels")]
