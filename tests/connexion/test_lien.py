"""A link from a software or another portal opens WebPS on a person, without an INS in it (OID-10, OID-37)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.test import Client

from espace_sante.acces.tests.fabrique import dossier, ins
from espace_sante.identite import liens
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.jetons import emettre_jeton
from espace_sante.identite.models import ContexteLien, Logiciel
from espace_sante.kernel.codes import EtatProfil, GenreActeur
from espace_sante.kernel.ins import Ins
from tests.connexion import parcours
from tests.connexion.conftest import DEUX, REGULATEUR, UNE

pytestmark = pytest.mark.django_db
_FORMULAIRE = "application/x-www-form-urlencoded"


@pytest.fixture
def numero(simulateurs: Path) -> Ins:
    for client_id in ("lps", "amelipro"):
        Logiciel.objects.create(client_id=client_id, nom=client_id)
    return dossier(7)[1]


def _jeton(rpps: str = UNE, portee: str = "user/Patient.r", client_id: str = "lps") -> str:
    genre = GenreActeur.PROFESSIONNEL if rpps else GenreActeur.SERVICE
    return emettre_jeton(Acteur(genre, rpps=rpps, client_id=client_id, portees=frozenset({portee})))


def _demander(personne: str, jeton: str) -> Any:
    return Client().post(
        "/oauth/lien", urlencode({"person_id": personne}), content_type=_FORMULAIRE,
        headers={"Authorization": f"Bearer {jeton}"},
    )  # fmt: skip


def _lien(numero: Ins, **acteur: str) -> str:
    reponse = _demander(f"{numero.urn}|{numero.matricule}", _jeton(**acteur))
    assert reponse.status_code == 201, reponse.content
    corps = reponse.json()
    assert corps["expires_in"] == 300
    assert numero.matricule[:13] not in corps["url"]
    return str(corps["url"]).removeprefix("http://testserver")


def _suivre(lien: str, rpps: str, client: Client | None = None) -> Any:
    """The professional follows the link: Pro Santé Connect, the warning, then the portal."""
    client = client or Client()
    premiere = client.get(lien)
    assert premiere["Location"] == f"/connexion/pro/?{urlencode({'suite': lien})}", "no other login"
    retour = parcours.connecter_psc(client, rpps, suite=lien)
    suite = retour["Location"]
    if suite.startswith("/pro/situation/"):
        suite = client.post(suite, {"situation": f"{rpps}-0"})["Location"]
    assert suite == lien
    assert client.get(suite)["Location"] == "/pro/"
    client.get("/pro/")
    client.post("/pro/avertissement/", {"lu": "oui", "confirme": "oui"})
    return client.get("/pro/")


@pytest.mark.rule("OID-37", "OID-01")
@pytest.mark.parametrize("rpps", [UNE, DEUX])
def test_the_link_opens_the_portal_on_the_person_to_confirm(numero: Ins, rpps: str) -> None:
    page = _suivre(_lien(numero, rpps=rpps), rpps).content.decode()
    assert "MARTIN" in page
    assert 'name="reponse"' in page, (
        "the professional still says that this is the person in front of him (ACC-09)"
    )


@pytest.mark.rule("OID-37")
def test_the_word_serves_once(numero: Ins) -> None:
    lien = _lien(numero)
    assert "MARTIN" in _suivre(lien, UNE).content.decode()
    encore = _suivre(lien, UNE)
    assert encore.status_code == 200
    assert "MARTIN" not in encore.content.decode()
    assert 'name="matricule"' in encore.content.decode(), "the portal opens, without patient"
    assert not ContexteLien.objects.exists()


@pytest.mark.rule("OID-37")
def test_a_word_wrong_over_or_of_another_opens_without_patient(numero: Ins) -> None:
    lien = _lien(numero)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=5, seconds=1), tick=True):
        assert liens.utiliser(lien.split("/")[-2], rpps=UNE) is None
    for mot in ("inconnu", "x" * 300):
        assert "MARTIN" not in _suivre(f"/pro/lien/{mot}/", UNE).content.decode()
    page = _suivre(_lien(numero, rpps=UNE), REGULATEUR).content.decode()
    assert "MARTIN" not in page and 'name="matricule"' in page


@pytest.mark.rule("OID-37")
def test_another_portal_names_no_professional(numero: Ins) -> None:
    lien = _lien(numero, rpps="", client_id="amelipro")
    assert "MARTIN" in _suivre(lien, REGULATEUR).content.decode()


@pytest.mark.rule("OID-37")
def test_what_is_kept_names_nobody(numero: Ins) -> None:
    lien = _lien(numero)
    garde = ContexteLien.objects.get()
    assert numero.matricule.encode() not in bytes(garde.ins_scelle)
    assert lien.split("/")[-2].encode() not in bytes(garde.empreinte)
    assert (garde.expire_le - datetime.now(UTC)) <= timedelta(minutes=5)
    liens.purger(datetime.now(UTC) + timedelta(minutes=4))
    assert ContexteLien.objects.exists()
    liens.purger(datetime.now(UTC) + timedelta(minutes=6))
    assert not ContexteLien.objects.exists()


@pytest.mark.rule("OID-37")
def test_who_may_make_a_link(numero: Ins) -> None:
    nommee = f"{numero.urn}|{numero.matricule}"
    assert _demander(nommee, "a.b.c").status_code == 401
    assert _demander(nommee, _jeton(portee="ITI-65")).status_code == 403
    for faux in ("", "279035121518989", f"{numero.urn}|123456789012345", f"urn:oid:1.2.3|{numero.matricule}"):
        assert _demander(faux, _jeton()).json()["error"] == "invalid_request"
    # A link says nothing of the record: unknown persons have one too.
    inconnu = ins(999)
    assert _demander(f"{inconnu.urn}|{inconnu.matricule}", _jeton()).status_code == 201


@pytest.mark.rule("OID-37", "OID-10")
def test_the_five_conditions_apply_as_when_the_number_is_typed(numero: Ins) -> None:
    client = Client()
    par_lien = _suivre(_lien(numero), UNE, client)
    tape = client.post("/pro/", {"matricule": numero.matricule})
    assert "MARTIN" in par_lien.content.decode() and "MARTIN" in tape.content.decode()
    cle = par_lien.context["patient"].cle
    assert client.get(f"/pro/patient/{cle}/documents/").status_code == 302, "not confirmed: no record"
    client.post(f"/pro/patient/{cle}/identite/", {"reponse": "oui"})
    panneau = client.get(f"/pro/patient/{cle}/")
    assert {t.lettre for t in panneau.context["tuiles"]} == set("DICAH")
    assert not panneau.context["accordee"], "no consent: the letter C is missing, as for software"
    assert client.get(f"/pro/patient/{cle}/documents/").status_code == 403
    _, oppose = dossier(8, EtatProfil.OPPOSE)
    refus = _suivre(_lien(oppose), UNE)
    assert refus.status_code == 403 and "MARTIN" not in refus.content.decode()
