"""Addresses for programs and probes (contract)."""

from django.urls import path

from espace_sante.api.matrice import liste_editions, matrice_csv, matrice_json
from espace_sante.api.metriques import metriques
from espace_sante.api.oauth import appairage, decouverte, vie
from espace_sante.api.oauth.decouple import demander
from espace_sante.api.oauth.jeton import jeton
from espace_sante.api.oauth.lien import lien
from espace_sante.api.sante import sante

app_name = "api"
urlpatterns = [
    path("oauth/token", jeton, name="jeton"),
    path("oauth/ciba", demander, name="decouplee"),
    path("oauth/lien", lien, name="lien"),
    path("oauth/introspect", vie.introspecter, name="introspection"),
    path("oauth/userinfo", appairage.informations, name="informations"),
    path("oauth/revoke", vie.revoquer, name="revocation"),
    path(".well-known/openid-configuration", decouverte.openid, name="decouverte_openid"),
    path(".well-known/oauth-authorization-server", decouverte.serveur, name="decouverte"),
    path(".well-known/jwks.json", decouverte.cles, name="cles"),
    path("fhir/.well-known/smart-configuration", decouverte.smart, name="smart"),
    path("sante", sante, name="sante"),
    path("metrics", metriques, name="metriques"),
    path("matrice.csv", matrice_csv, name="matrice_csv"),
    path("matrice.json", matrice_json, name="matrice_json"),
    path("matrice/editions.json", liste_editions, name="matrice_editions"),
    path("matrice/editions/<int:numero>.csv", matrice_csv, name="matrice_csv_edition"),
    path("matrice/editions/<int:numero>.json", matrice_json, name="matrice_json_edition"),
]
