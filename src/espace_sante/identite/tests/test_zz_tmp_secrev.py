import pytest
from django.test import Client
from espace_sante.identite.models import Logiciel
pytestmark = pytest.mark.django_db
def test_a(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    c=Client(raise_request_exception=False)
    print("login", c.post("/connexion/",{"identifiant":"a\x00b","password":"x"}).status_code)
def test_b():
    c=Client(raise_request_exception=False)
    print("oauth", c.post("/oauth/token","grant_type=client_credentials&client_id=a%00b&client_secret=x",content_type="application/x-www-form-urlencoded").status_code)
def test_c():
    c=Client(raise_request_exception=False)
    print("fhir", c.get("/fhir/metadata?x=%00").status_code)
