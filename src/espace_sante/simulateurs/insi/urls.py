from django.urls import path

from espace_sante.simulateurs.insi import views

urlpatterns = [path("lps", views.lps, name="insi")]
