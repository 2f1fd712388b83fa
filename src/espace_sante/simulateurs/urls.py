"""Addresses of the simulators: other people's servers, on this machine, outside production only."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path

from espace_sante.platform.http import publique
from espace_sante.simulateurs.garde import exiger_local

exiger_local()


@publique
def index(request: HttpRequest) -> HttpResponse:
    """What is simulated here, and for what."""
    return render(request, "simulateurs/index.html")


app_name = "simulateurs"
urlpatterns = [
    path("", index, name="index"),
    path("psc/", include("espace_sante.simulateurs.psc.urls")),
    path("franceconnect/", include("espace_sante.simulateurs.franceconnect.urls")),
    path("insi/", include("espace_sante.simulateurs.insi.urls")),
    path("annuaire/", include("espace_sante.simulateurs.annuaire_sante.urls")),
    path("carnet/", include("espace_sante.simulateurs.carnet.urls")),
    path("courriels/", include("espace_sante.simulateurs.courriels.urls")),
]
