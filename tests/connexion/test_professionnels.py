"""Login of professionals against the simulated Pro Santé Connect."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from espace_sante.identite.annuaire import ProfessionnelRefuse
from espace_sante.identite.sessions import acteur_de
from espace_sante.web.connexion.situations import choisir_situation, situations_offertes
from tests.connexion import parcours
from tests.connexion.conftest import ABSENT, DEUX, INACTIF, REGULATEUR, UNE

pytestmark = pytest.mark.django_db


def _requete(client: Client):
    """A request that carries the browser's session."""
    from django.test import RequestFactory

    requete = RequestFactory().get("/")
    requete.session = client.session
    return requete


@pytest.mark.rule("OID-01", "OID-02", "OID-04", "IDN-50", "IDN-54")
def test_une_situation_est_prise_sans_question(simulateurs: Path, navigateur: Client) -> None:
    reponse = parcours.connecter_psc(navigateur, UNE, suite="/pro/?q=1")
    assert reponse.status_code == 302
    assert reponse["Location"] == "/pro/?q=1"
    acteur = acteur_de(_requete(navigateur))
    assert acteur is not None
    assert (acteur.rpps, acteur.profession_code, acteur.structure_id) == (UNE, "10", "1140000011")
    assert acteur.deux_facteurs
    assert not acteur.regulation


@pytest.mark.rule("IDN-53", "IDN-55", "OID-06")
def test_deux_situations_le_choix_est_force(simulateurs: Path, navigateur: Client) -> None:
    reponse = parcours.connecter_psc(navigateur, DEUX, suite="/pro/")
    assert reponse["Location"] == "/pro/situation/?suite=%2Fpro%2F"
    requete = _requete(navigateur)
    en_attente = acteur_de(requete)
    assert en_attente is not None
    assert en_attente.profession_code == ""
    assert en_attente.structure_id == ""
    offertes = situations_offertes(requete)
    assert [s.id for s in offertes] == [f"{DEUX}-0", f"{DEUX}-1"]
    with pytest.raises(ProfessionnelRefuse) as refus:
        choisir_situation(requete, f"{UNE}-0")
    assert refus.value.code == "situation_inconnue"
    avant = requete.session.session_key
    choisi = choisir_situation(requete, f"{DEUX}-1")
    requete.session.save()
    assert (choisi.profession_code, choisi.structure_id) == ("10", "1140000029")
    assert requete.session.session_key != avant
    assert acteur_de(requete) == choisi
    # The provider's session can still be ended after the choice.
    navigateur.cookies["session"] = requete.session.session_key
    assert navigateur.post("/connexion/fin/")["Location"].startswith(
        "http://testserver/simulateurs/psc/logout"
    )


@pytest.mark.rule("OID-07", "IDN-60")
def test_regulation_vient_de_pro_sante_connect(simulateurs: Path, navigateur: Client) -> None:
    parcours.connecter_psc(navigateur, REGULATEUR)
    acteur = acteur_de(_requete(navigateur))
    assert acteur is not None
    assert acteur.regulation


@pytest.mark.rule("IDN-49", "OID-04")
@pytest.mark.parametrize(("rpps", "code"), [(ABSENT, "rpps_inconnu"), (INACTIF, "exercice_inactif")])
def test_annuaire_refuse(simulateurs: Path, navigateur: Client, rpps: str, code: str) -> None:
    reponse = parcours.connecter_psc(navigateur, rpps)
    assert reponse.status_code == 403
    assert code in reponse.content.decode()
    assert "Que faire" in reponse.content.decode()
    assert acteur_de(_requete(navigateur)) is None


@pytest.mark.rule("IDN-51", "OID-03")
@pytest.mark.parametrize("geste", ["carte_sans_code", "niveau_absent"])
def test_un_seul_facteur_refuse(simulateurs: Path, navigateur: Client, geste: str) -> None:
    reponse = parcours.connecter_psc(navigateur, UNE, geste)
    assert reponse.status_code == 403
    assert "authentification_insuffisante" in reponse.content.decode()
    assert acteur_de(_requete(navigateur)) is None


@pytest.mark.rule("OID-02")
def test_annulation_par_la_personne(simulateurs: Path, navigateur: Client) -> None:
    reponse = parcours.connecter_psc(navigateur, UNE, "refus")
    assert reponse.status_code == 400
    assert "connexion_annulee" in reponse.content.decode()


@pytest.mark.rule("OID-02", "OID-03")
def test_etat_change_refuse(simulateurs: Path, navigateur: Client) -> None:
    retour = parcours.retour_psc(navigateur, UNE)
    faux = retour.replace("state=", "state=x")
    assert navigateur.get(faux).status_code == 400
    # The login under way was used up by the wrong return: the good one is worth nothing any more.
    assert navigateur.get(retour).status_code == 400
    assert acteur_de(_requete(navigateur)) is None


@pytest.mark.rule("OID-02")
def test_retour_dans_un_autre_navigateur_refuse(simulateurs: Path, navigateur: Client) -> None:
    retour = parcours.retour_psc(navigateur, UNE)
    victime = Client()
    assert victime.get(retour).status_code == 400
    assert acteur_de(_requete(victime)) is None


@pytest.mark.rule("OID-02")
def test_code_rejoue_refuse(simulateurs: Path, navigateur: Client) -> None:
    retour = parcours.retour_psc(navigateur, UNE)
    assert navigateur.get(retour).status_code == 302
    autre = navigateur.get(retour)
    assert autre.status_code == 400
    assert "retour_inattendu" in autre.content.decode()


@pytest.mark.rule("OID-02")
@pytest.mark.parametrize("champ", ["nonce", "verificateur"])
def test_nonce_ou_pkce_change_refuse(simulateurs: Path, navigateur: Client, champ: str) -> None:
    retour = parcours.retour_psc(navigateur, UNE)
    session = navigateur.session
    session["connexion_psc"]["demande"][champ] = "x" * 50
    session.save()
    reponse = navigateur.get(retour)
    assert reponse.status_code == 400
    assert acteur_de(_requete(navigateur)) is None


@pytest.mark.rule("OID-08")
def test_cle_de_session_changee_a_la_connexion(simulateurs: Path, navigateur: Client) -> None:
    retour = parcours.retour_psc(navigateur, UNE)
    fixee = navigateur.session.session_key
    navigateur.get(retour)
    assert navigateur.session.session_key != fixee
    assert not Session.objects.filter(session_key=fixee).exists()


@pytest.mark.rule("OID-08", "IDN-44")
def test_deconnexion_finit_les_deux_sessions(simulateurs: Path, navigateur: Client) -> None:
    parcours.connecter_psc(navigateur, UNE)
    ancienne = navigateur.cookies["session"].value
    reponse = navigateur.post("/connexion/fin/")
    assert reponse["Location"].startswith("http://testserver/simulateurs/psc/logout?")
    assert navigateur.get(reponse["Location"])["Location"] == "http://testserver/"
    assert list((simulateurs / "psc" / "fins").iterdir())
    rejeu = Client()
    rejeu.cookies["session"] = ancienne
    assert rejeu.get("/pro/").status_code == 302
    assert navigateur.get("/connexion/fin/").status_code == 405


@pytest.mark.rule("OID-02")
@pytest.mark.parametrize("suite", ["https://mal.example/", "//mal.example", "/\\mal.example", "javascript:1"])
def test_pas_de_redirection_ouverte(simulateurs: Path, navigateur: Client, suite: str) -> None:
    reponse = parcours.connecter_psc(navigateur, UNE, suite=suite)
    assert reponse["Location"] == "/pro/"


@pytest.mark.rule("OID-02")
def test_fournisseur_injoignable_se_dit(simulateurs: Path, navigateur: Client, settings) -> None:
    settings.ES_PSC_ISSUER = "http://testserver/simulateurs/rien"
    reponse = navigateur.get("/connexion/pro/depart/")
    assert reponse.status_code == 503
    assert "fournisseur_injoignable" in reponse.content.decode()
