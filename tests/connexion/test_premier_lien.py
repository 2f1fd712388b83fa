"""FranceConnect's first login: the record is found through the INS, once (INS-12, OID-25, IDN-27, IDN-28)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.test import Client

from espace_sante.acces.tests import fabrique
from espace_sante.identite.comptes import creer_compte
from espace_sante.identite.insi import client as insi
from espace_sante.identite.models import FusionAFaire, LienFranceConnect
from espace_sante.kernel.codes import EtatProfil
from espace_sante.platform.postgres.rls import portee
from espace_sante.simulateurs.insi.personnes import Historique, Personne, Registre, ecrire
from espace_sante.simulateurs.insi.service import repondre
from espace_sante.traces.queries import FiltreTraces, lister
from tests.connexion import parcours
from tests.connexion.conftest import CLAIRE

pytestmark = pytest.mark.django_db
Connue = Callable[..., None]


@pytest.fixture
def connue(simulateurs: Path) -> Connue:
    """Make INSi know Claire under the INS of record 71, changed as the test wants."""

    def faire(**change: Any) -> None:
        claire = {
            "matricule": fabrique.ins(71).matricule, "nom": "MARTIN", "prenoms": "CLAIRE LOUISE", "sexe": "F",
            "naissance": "1978-03-02", "lieu": "14118",
        }  # fmt: skip
        ecrire(simulateurs, [Personne(**{**claire, **change})])

    return faire


@pytest.mark.rule("INS-12", "OID-25", "IDN-28", "IDN-40")
def test_the_first_login_finds_the_record_and_links_it(connue: Connue, navigateur: Client) -> None:
    connue()
    dossier_id, _ = fabrique.dossier(71)
    assert parcours.connecter_fc(navigateur, CLAIRE, "deux_facteurs")["Location"] == "/espace/"
    assert navigateur.get("/espace/").status_code == 200
    assert LienFranceConnect.objects.get(sub=CLAIRE).dossier_id == dossier_id
    with portee(dossier_id):
        actions = [t.action for t in lister(dossier_id, FiltreTraces()).elements]
    assert actions.count("lien_franceconnect") == 1

    def jamais(*_: object, **__: object) -> None:
        raise AssertionError("INSi was asked again")

    autre = Client()
    insi.utiliser_transport(type("Muet", (), {"handle_request": jamais})())
    assert parcours.connecter_fc(autre, CLAIRE, "deux_facteurs")["Location"] == "/espace/"


@pytest.mark.rule("OID-24", "IDN-40")
def test_below_two_factors_the_code_is_still_asked(connue: Connue, navigateur: Client) -> None:
    connue()
    dossier_id, _ = fabrique.dossier(71)
    creer_compte(dossier_id, "claire.martin", "Tarivo-Bekumi47", "claire@courriel.example")
    assert parcours.connecter_fc(navigateur, CLAIRE, "mot_de_passe")["Location"] == "/connexion/code/"
    assert navigateur.get("/espace/").status_code != 200
    navigateur.post("/connexion/code/", {"code": parcours.code_recu()})
    assert navigateur.get("/espace/").status_code == 200


@pytest.mark.rule("INS-12", "IDN-27", "IDN-28")
@pytest.mark.parametrize(
    "change",
    [
        {"nom": "AUTRE"},
        {"sexe": "M"},
        {"naissance": "1978-03-03"},
        {"matricule": fabrique.ins(72).matricule},
    ],
    ids=["nobody", "another sex", "another date", "no record"],
)
def test_otherwise_the_same_neutral_page(connue: Connue, navigateur: Client, change: dict[str, str]) -> None:
    connue(**change)
    fabrique.dossier(71)
    reponse = parcours.connecter_fc(navigateur, CLAIRE, "deux_facteurs")
    assert reponse.status_code == 403
    assert "espace_ferme" in reponse.content.decode()
    assert not LienFranceConnect.objects.exists()
    assert navigateur.get("/espace/").status_code != 200


@pytest.mark.rule("INS-12", "IDN-27")
@pytest.mark.parametrize("change", [{"sexe": "M"}, {"naissance": "1978-03-12"}])
def test_an_answer_about_somebody_else_is_not_taken(
    simulateurs: Path, navigateur: Client, change: dict[str, str]
) -> None:
    """A service that is wider than it should be: its one answer has another sex or another birth date."""
    fabrique.dossier(71)
    claire = {
        "matricule": fabrique.ins(71).matricule, "nom": "MARTIN", "prenoms": "CLAIRE LOUISE", "sexe": "F",
        "naissance": "1978-03-02", "lieu": "14118",
    }  # fmt: skip

    class Large(Registre):
        def avec_traits(self, *_: Any, **__: Any) -> list[Personne]:
            return [Personne(**{**claire, **change})]

    insi.utiliser_transport(
        httpx.MockTransport(lambda r: httpx.Response(200, content=repondre(r.read(), Large([]))[1]))
    )
    assert parcours.connecter_fc(navigateur, CLAIRE, "deux_facteurs").status_code == 403
    assert not LienFranceConnect.objects.exists()


@pytest.mark.rule("INS-12", "INS-09")
def test_several_persons_are_never_chosen_between(simulateurs: Path, navigateur: Client) -> None:
    fabrique.dossier(71)
    commun = {
        "nom": "MARTIN",
        "prenoms": "CLAIRE LOUISE",
        "sexe": "F",
        "naissance": "1978-03-02",
        "lieu": "14118",
    }
    ecrire(simulateurs, [Personne(matricule=fabrique.ins(n).matricule, **commun) for n in (71, 72)])
    assert parcours.connecter_fc(navigateur, CLAIRE, "deux_facteurs").status_code == 403
    assert not LienFranceConnect.objects.exists()


@pytest.mark.rule("IDN-40")
@pytest.mark.parametrize(
    "etat", [EtatProfil.CLOTURE, EtatProfil.SUSPENDU, EtatProfil.NOTIFIE, EtatProfil.CREE_AUTO]
)
def test_a_space_that_is_not_open_is_not_linked(connue: Connue, navigateur: Client, etat: EtatProfil) -> None:
    connue()
    fabrique.dossier(71, etat)
    assert parcours.connecter_fc(navigateur, CLAIRE, "deux_facteurs").status_code == 403
    assert not LienFranceConnect.objects.exists()


@pytest.mark.rule("INS-16", "FHR-48")
def test_the_record_is_found_under_a_former_matricule(connue: Connue, navigateur: Client) -> None:
    ancien = fabrique.ins(71).matricule
    connue(matricule=fabrique.ins(75).matricule, anciens=(Historique(ancien),))
    dossier_id, _ = fabrique.dossier(71)
    assert parcours.connecter_fc(navigateur, CLAIRE, "deux_facteurs")["Location"] == "/espace/"
    assert LienFranceConnect.objects.get(sub=CLAIRE).dossier_id == dossier_id


@pytest.mark.rule("INS-16")
def test_two_records_of_one_person_wait_for_people(connue: Connue, navigateur: Client) -> None:
    connue(matricule=fabrique.ins(75).matricule, anciens=(Historique(fabrique.ins(71).matricule),))
    deux = {fabrique.dossier(71)[0], fabrique.dossier(75)[0]}
    assert parcours.connecter_fc(navigateur, CLAIRE, "deux_facteurs").status_code == 403
    assert not LienFranceConnect.objects.exists()
    fusion = FusionAFaire.objects.get()
    assert {fusion.dossier_id, fusion.autre_id} == deux


@pytest.mark.rule("INS-10", "IDN-17")
def test_the_service_out_of_order_is_said_and_nothing_is_opened(
    simulateurs: Path, navigateur: Client, settings: Any
) -> None:
    fabrique.dossier(71)
    settings.ES_INSI = {**settings.ES_INSI, "url": ""}
    reponse = parcours.connecter_fc(navigateur, CLAIRE, "deux_facteurs")
    assert reponse.status_code == 503
    assert "insi_indisponible" in reponse.content.decode()
    assert not LienFranceConnect.objects.exists()
