"""Login of operators: two factors, codes that serve once, lockout, sessions that end (IDN-38, IDN-39, HLP-21)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from espace_sante.acces.models import ActeOperateur
from espace_sante.acces.operation.tests.bureau import (
    MOT_DE_PASSE,
    SECRET,
    code,
    entrer,
    operateur,
    premier_facteur,
)
from espace_sante.identite.models import FacteursOperateur, Operateur
from espace_sante.identite.operateurs import totp

pytestmark = pytest.mark.django_db
NOUVEAU = "Cerisier-rouge-3"


@pytest.mark.rule("HLP-21")
def test_password_alone_opens_nothing() -> None:
    o, client = operateur("support"), Client()
    assert premier_facteur(client, o.courriel)["Location"] == "/connexion/operation/code/"
    assert client.get("/operation/")["Location"].startswith("/connexion/operation/")
    mauvais = f"{(int(code()) + 1) % 1_000_000:06d}"
    assert client.post("/connexion/operation/code/", {"code": mauvais}).status_code == 400
    assert client.get("/operation/").status_code == 302
    assert client.post("/connexion/operation/code/", {"code": code()})["Location"] == "/operation/"
    assert client.get("/operation/").status_code == 200
    assert ActeOperateur.objects.filter(operateur_id=o.id, acte="connexion").count() == 1


@pytest.mark.rule("HLP-21")
def test_a_code_serves_once_and_older_ones_no_more() -> None:
    o = operateur("support")
    with time_machine.travel(datetime(2026, 11, 22, 10, 0, 15, tzinfo=UTC), tick=False):
        bon, avant = code(), code(-1)
        premier = Client()
        premier_facteur(premier, o.courriel)
        assert premier.post("/connexion/operation/code/", {"code": bon}).status_code == 302
        for rejoue in (bon, avant):
            autre = Client()
            premier_facteur(autre, o.courriel)
            assert autre.post("/connexion/operation/code/", {"code": rejoue}).status_code == 400
            assert autre.get("/operation/").status_code == 302


@pytest.mark.rule("HLP-21")
@pytest.mark.parametrize(("decalage", "accepte"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_the_clock_may_be_one_step_wrong(decalage: int, accepte: bool) -> None:
    maintenant = datetime(2026, 11, 22, 10, 0, 15, tzinfo=UTC)
    donne = totp.code_du_pas(SECRET, totp.pas_de(maintenant) + decalage)
    assert (totp.pas_du_code(SECRET, donne, maintenant, 0) is not None) is accepte
    for faux in ("", "12345", "1234567", "abcdef", "١٢٣٤٥٦"):
        assert totp.pas_du_code(SECRET, faux, maintenant, 0) is None


def test_rfc_6238_vector() -> None:
    """Appendix B, SHA-1, the six last digits."""
    import base64

    secret = base64.b32encode(b"12345678901234567890").decode()
    for t, attendu in ((59, "287082"), (1111111109, "081804"), (20000000000, "353130")):
        assert totp.code_du_pas(secret, totp.pas_de(datetime.fromtimestamp(t, UTC))) == attendu


@pytest.mark.rule("IDN-38")
def test_unknown_ended_and_wrong_are_told_the_same(monkeypatch: Any) -> None:
    connu = operateur("support")
    ferme = operateur("support", courriel="parti@exemple.fr", nom="Parti")
    Operateur.objects.filter(id=ferme.id).update(desactive_le=datetime.now(UTC))
    pages = []
    for courriel, mot_de_passe in (
        (connu.courriel, "Faux-mot-1"), (ferme.courriel, MOT_DE_PASSE), ("inconnu@exemple.fr", MOT_DE_PASSE), ("\x00", "x"),
    ):  # fmt: skip
        reponse = premier_facteur(Client(), courriel, mot_de_passe)
        texte = re.sub(
            r'name="csrfmiddlewaretoken" value="[^"]*"|value="[^"]*"', "", reponse.content.decode()
        )
        pages.append((reponse.status_code, texte))
    assert len(set(pages)) == 1 and pages[0][0] == 400


@pytest.mark.rule("IDN-38")
def test_unknown_costs_the_same_hashing(monkeypatch: Any) -> None:
    from espace_sante.identite.operateurs import connexion

    appels: list[str] = []
    monkeypatch.setattr(connexion, "make_password", lambda *_: appels.append("fait") or "x")
    premier_facteur(Client(), "inconnu@exemple.fr")
    assert appels == ["fait"]


@pytest.mark.rule("IDN-39")
@pytest.mark.parametrize("etape", ["mot_de_passe", "code"])
def test_five_failures_hold_the_account_even_for_the_right_person(etape: str) -> None:
    o = operateur("support")
    for _ in range(5):
        client = Client()
        if etape == "mot_de_passe":
            premier_facteur(client, o.courriel, "Faux-mot-1")
        else:
            premier_facteur(client, o.courriel)
            client.post("/connexion/operation/code/", {"code": "000000" if code() != "000000" else "000001"})
    assert premier_facteur(Client(), o.courriel).status_code == 429
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=16)):
        assert premier_facteur(Client(), o.courriel).status_code == 302


@pytest.mark.rule("IDN-39")
def test_holding_an_operator_does_not_hold_a_holder() -> None:
    from espace_sante.identite import blocage

    for _ in range(5):
        premier_facteur(Client(), "personne@exemple.fr", "Faux-mot-1")
    assert blocage.restant("operateur:personne@exemple.fr") is not None
    assert blocage.restant("personne@exemple.fr") is None


def _enroler(client: Client, **autres: str) -> Any:
    page = client.get("/connexion/operation/enrolement/").content.decode()
    trouve = re.search(r'es-secret-totp">([A-Z2-7 ]+)<', page)
    assert trouve and "data:image/svg" in page
    secret = trouve[1].replace(" ", "")
    donnes = {
        "password": NOUVEAU, "confirmation": NOUVEAU,
        "code": totp.code_du_pas(secret, totp.pas_de(datetime.now(UTC))), **autres,
    }  # fmt: skip
    return client.post("/connexion/operation/enrolement/", donnes)


@pytest.mark.rule("HLP-21")
def test_the_first_login_enrols_and_seals() -> None:
    o, client = operateur("support", enrole=False), Client()
    assert premier_facteur(client, o.courriel)["Location"] == "/connexion/operation/enrolement/"
    assert client.get("/connexion/operation/code/").status_code == 302, "no way around"
    for refus in ({"code": "000000"}, {"password": "court", "confirmation": "court"}, {"confirmation": "autre"},
                  {"password": MOT_DE_PASSE, "confirmation": MOT_DE_PASSE}):  # fmt: skip
        assert _enroler(client, **refus).status_code == 400
        assert FacteursOperateur.objects.get(operateur=o).enrole_le is None
    assert _enroler(client)["Location"] == "/operation/"
    facteurs = FacteursOperateur.objects.get(operateur=o)
    assert facteurs.totp_scelle and facteurs.provisoire_jusqua is None
    secret = totp.desceller(bytes(facteurs.totp_scelle), o.id)
    assert secret.encode() not in bytes(facteurs.totp_scelle)
    assert premier_facteur(Client(), o.courriel).status_code == 400, "the first password is over"
    assert premier_facteur(Client(), o.courriel, NOUVEAU)["Location"] == "/connexion/operation/code/"


def test_a_provisional_password_has_an_end() -> None:
    o = operateur("support", enrole=False)
    FacteursOperateur.objects.filter(operateur=o).update(
        provisoire_jusqua=datetime.now(UTC) - timedelta(seconds=1)
    )
    assert premier_facteur(Client(), o.courriel).status_code == 400


@pytest.mark.rule("ACC-79")
def test_an_ended_account_and_new_factors_stop_the_login_at_once() -> None:
    o = operateur("support")
    client = entrer(o)
    assert client.get("/operation/signalements/").status_code == 200
    Operateur.objects.filter(id=o.id).update(roles=["securite"])
    assert client.get("/operation/signalements/").status_code == 404, "roles are read at each page"
    FacteursOperateur.objects.filter(operateur=o).update(changes_le=datetime.now(UTC))
    assert client.get("/operation/").status_code == 302
    client = entrer(o)
    Operateur.objects.filter(id=o.id).update(desactive_le=datetime.now(UTC))
    assert client.get("/operation/")["Location"] == "/connexion/operation/"
    Operateur.objects.filter(id=o.id).update(desactive_le=None)
    assert client.get("/operation/").status_code == 302, "the session is destroyed"


def test_an_idle_login_ends_after_fifteen_minutes() -> None:
    depart = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
    with time_machine.travel(depart, tick=False) as horloge:
        client = entrer(operateur("support"))
        horloge.shift(timedelta(minutes=14, seconds=59))
        assert client.get("/operation/").status_code == 200
        horloge.shift(timedelta(minutes=15, seconds=1))
        assert client.get("/operation/").status_code == 302


def test_a_first_factor_left_on_a_screen_expires() -> None:
    o, client = operateur("support"), Client()
    with time_machine.travel(datetime(2026, 11, 22, 10, 0, tzinfo=UTC), tick=False) as horloge:
        premier_facteur(client, o.courriel)
        horloge.shift(timedelta(minutes=10, seconds=1))
        assert (
            client.post("/connexion/operation/code/", {"code": code()})["Location"] == "/connexion/operation/"
        )
        assert client.get("/operation/").status_code == 302


def test_forms_ask_for_the_token_of_the_page() -> None:
    strict = Client(enforce_csrf_checks=True)
    o = operateur("support", "gestionnaire_matrice")
    assert premier_facteur(strict, o.courriel).status_code == 403
    entrer(o, client := Client())
    client.handler.enforce_csrf_checks = True
    for chemin in ("matrice/charger/", "matrice/retour/", "profil/", "signalements/S-2026-AAAAAAAA/"):
        assert client.post(f"/operation/{chemin}").status_code == 403, chemin


def test_no_open_redirect() -> None:
    for suite in ("//ailleurs.example", "https://ailleurs.example/", "/espace/"):
        o = operateur("support", courriel=f"x{len(suite)}@exemple.fr", nom=f"X {len(suite)}")
        client = Client()
        client.post(
            "/connexion/operation/", {"identifiant": o.courriel, "password": MOT_DE_PASSE, "suite": suite}
        )
        assert client.post("/connexion/operation/code/", {"code": code()})["Location"] == "/operation/"
