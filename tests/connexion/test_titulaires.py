"""Login of holders: own account with a one-time code, and the simulated FranceConnect."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import time_machine
from axes.models import AccessAttempt
from django.core import mail
from django.test import Client
from django.utils import timezone

from espace_sante.acces.tests import fabrique
from espace_sante.identite.comptes import creer_compte
from espace_sante.identite.models import CodeUsageUnique, Compte, LienFranceConnect
from espace_sante.kernel.codes import EtatProfil
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.queries import FiltreTraces, lister
from tests.connexion import parcours
from tests.connexion.conftest import CLAIRE

pytestmark = pytest.mark.django_db
MOT_DE_PASSE = "Tarivo-Bekumi47"


@pytest.fixture
def dossier_id() -> UUID:
    """An active space with its account."""
    identifiant, _ = fabrique.dossier(71)
    creer_compte(identifiant, "claire.martin", MOT_DE_PASSE, "claire@courriel.example")
    return identifiant


def _premier_facteur(
    client: Client, identifiant: str = "claire.martin", mot: str = MOT_DE_PASSE, **plus: str
):
    return client.post("/connexion/", {"identifiant": identifiant, "password": mot, **plus})


def _dans(client: Client) -> bool:
    return client.get("/espace/").status_code == 200


@pytest.mark.rule("IDN-37", "IDN-34")
def test_identifiant_mot_de_passe_code(navigateur: Client, dossier_id: UUID) -> None:
    reponse = _premier_facteur(navigateur, suite="/espace/documents/")
    assert reponse["Location"] == "/connexion/code/"
    assert not _dans(navigateur)
    page = navigateur.get("/connexion/code/").content.decode()
    assert "c***@c***.example" in page
    assert "claire@courriel.example" not in page
    assert 'autocomplete="one-time-code"' in page
    code = parcours.code_recu()
    assert code not in mail.outbox[0].subject
    assert "MARTIN" not in mail.outbox[0].body
    fini = navigateur.post("/connexion/code/", {"code": f" {code[:3]} {code[3:]} "})
    assert fini["Location"] == "/espace/documents/"
    assert _dans(navigateur)
    with portee(dossier_id):
        actions = [t.action for t in lister(dossier_id, FiltreTraces()).elements]
    assert actions[-1] == "connexion"
    assert actions.count("connexion") == 1


@pytest.mark.rule("IDN-37")
def test_code_a_usage_unique(navigateur: Client, dossier_id: UUID) -> None:
    _premier_facteur(navigateur)
    code = parcours.code_recu()
    autre = Client()
    _premier_facteur(autre)
    dernier = parcours.code_recu()
    # Asking again replaced the first code.
    if code != dernier:
        assert navigateur.post("/connexion/code/", {"code": code}).status_code == 400
    assert autre.post("/connexion/code/", {"code": dernier}).status_code == 302
    refus = navigateur.post("/connexion/code/", {"code": dernier})
    assert refus.status_code == 400
    assert not _dans(navigateur)


@pytest.mark.rule("IDN-37")
def test_code_expire(navigateur: Client, dossier_id: UUID) -> None:
    _premier_facteur(navigateur)
    code = parcours.code_recu()
    with time_machine.travel(timezone.now() + timedelta(minutes=10, seconds=1)):
        refus = navigateur.post("/connexion/code/", {"code": code})
    assert refus.status_code == 400
    assert "nouveau code" in refus.content.decode()
    assert not _dans(navigateur)


@pytest.mark.rule("IDN-37", "IDN-39")
def test_cinq_essais_de_code_et_recommencer_n_en_donne_pas_plus(navigateur: Client, dossier_id: UUID) -> None:
    _premier_facteur(navigateur)
    bon = parcours.code_recu()
    faux = "000000" if bon != "000000" else "111111"
    statuts = [navigateur.post("/connexion/code/", {"code": faux}).status_code for _ in range(5)]
    assert statuts == [400, 400, 400, 400, 429]
    assert not _dans(navigateur)
    assert _premier_facteur(Client()).status_code == 429
    assert CodeUsageUnique.objects.get().essais == 5
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert _premier_facteur(Client()).status_code == 302


@pytest.mark.rule("IDN-37")
def test_le_bon_code_ne_sert_plus_apres_cinq_essais(navigateur: Client, dossier_id: UUID) -> None:
    _premier_facteur(navigateur)
    bon = parcours.code_recu()
    CodeUsageUnique.objects.update(essais=5)
    refus = navigateur.post("/connexion/code/", {"code": bon})
    assert refus.status_code == 400
    assert "nouveau code" in refus.content.decode()


@pytest.mark.rule("IDN-39")
def test_un_compte_bloque_refuse_meme_le_bon_code(navigateur: Client, dossier_id: UUID) -> None:
    _premier_facteur(navigateur)
    bon = parcours.code_recu()
    for _ in range(5):
        _premier_facteur(Client(), mot="Autre-Chose47")
    assert navigateur.post("/connexion/code/", {"code": bon}).status_code == 429
    assert not _dans(navigateur)


@pytest.mark.rule("IDN-37")
def test_renvoi_d_un_code(navigateur: Client, dossier_id: UUID) -> None:
    assert navigateur.post("/connexion/code/renvoi/")["Location"] == "/connexion/"
    _premier_facteur(navigateur)
    navigateur.post("/connexion/code/renvoi/")
    assert len(mail.outbox) == 2
    assert navigateur.post("/connexion/code/", {"code": parcours.code_recu()}).status_code == 302


def test_le_code_n_est_pas_garde_en_clair(navigateur: Client, dossier_id: UUID) -> None:
    _premier_facteur(navigateur)
    assert parcours.code_recu() not in CodeUsageUnique.objects.get().code_hache


@pytest.mark.rule("IDN-38")
def test_memes_mots_pour_un_identifiant_inconnu(navigateur: Client, dossier_id: UUID) -> None:
    def sans_saisie(reponse) -> str:
        texte = reponse.content.decode().replace("claire.martin", "X").replace("personne.ici", "X")
        return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", texte)

    connu = _premier_facteur(Client(), mot="Autre-Chose47")
    inconnu = _premier_facteur(Client(), identifiant="personne.ici")
    assert connu.status_code == inconnu.status_code == 400
    assert sans_saisie(connu) == sans_saisie(inconnu)


@pytest.mark.rule("IDN-38")
def test_temps_comparable_pour_un_identifiant_inconnu(dossier_id: UUID, settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["espace_sante.identite.hachage.Argon2Borne"]
    compte = Compte.objects.get()
    compte.set_password(MOT_DE_PASSE)
    compte.save()

    def duree(identifiant: str) -> float:
        mesures = []
        for _ in range(3):
            debut = time.perf_counter()
            _premier_facteur(Client(), identifiant=identifiant, mot="Autre-Chose47")
            mesures.append(time.perf_counter() - debut)
        return min(mesures)

    connu, inconnu = duree("claire.martin"), duree("personne.ici")
    assert 0.4 < connu / inconnu < 2.5


@pytest.mark.rule("IDN-39")
@pytest.mark.parametrize("identifiant", ["claire.martin", "personne.ici"])
def test_blocage_apres_cinq_echecs(
    dossier_id: UUID, identifiant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    prevenus: list[str] = []
    monkeypatch.setattr(
        "espace_sante.platform.courriel.envoyer_en_fond", lambda adresse, *_: prevenus.append(adresse)
    )
    statuts = [
        _premier_facteur(Client(), identifiant=identifiant, mot="Autre-Chose47").status_code for _ in range(6)
    ]
    assert statuts == [400, 400, 400, 400, 429, 429]
    bon = _premier_facteur(Client(), identifiant=identifiant)
    assert bon.status_code == 429
    assert "15 minutes" in bon.content.decode()
    # Told once, and only somebody who exists.
    assert prevenus == (["claire@courriel.example"] if identifiant == "claire.martin" else [])
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert _premier_facteur(Client()).status_code == 302


def test_le_journal_des_echecs_ne_garde_pas_le_mot_de_passe(dossier_id: UUID) -> None:
    _premier_facteur(Client(), mot="Autre-Chose47")
    assert "Autre-Chose47" not in AccessAttempt.objects.get().post_data


def test_un_compte_ferme_n_entre_pas(navigateur: Client, dossier_id: UUID) -> None:
    Compte.objects.update(is_active=False)
    assert _premier_facteur(navigateur).status_code == 400


@pytest.mark.parametrize(
    "suite", ["https://mal.example/", "//mal.example", "/\\mal.example", "///mal.example"]
)
def test_pas_de_redirection_ouverte(navigateur: Client, dossier_id: UUID, suite: str) -> None:
    _premier_facteur(navigateur, suite=suite)
    fini = navigateur.post("/connexion/code/", {"code": parcours.code_recu()})
    assert fini["Location"] == "/espace/"


def test_la_cle_de_session_change_a_chaque_facteur(navigateur: Client, dossier_id: UUID) -> None:
    session = navigateur.session
    session["x"] = 1
    session.save()
    navigateur.cookies["session"] = session.session_key
    _premier_facteur(navigateur)
    deuxieme = navigateur.cookies["session"].value
    assert deuxieme != session.session_key
    navigateur.post("/connexion/code/", {"code": parcours.code_recu()})
    assert navigateur.cookies["session"].value != deuxieme


@pytest.mark.rule("IDN-40")
@pytest.mark.parametrize("etat", [EtatProfil.CREE_AUTO, EtatProfil.CLOTURE, EtatProfil.SUSPENDU])
def test_espace_non_ouvert_refus_neutre(navigateur: Client, etat: EtatProfil) -> None:
    identifiant, _ = fabrique.dossier(72, etat)
    creer_compte(identifiant, "claire.martin", MOT_DE_PASSE, "claire@courriel.example")
    _premier_facteur(navigateur)
    refus = navigateur.post("/connexion/code/", {"code": parcours.code_recu()})
    assert refus.status_code == 403
    texte = refus.content.decode()
    assert "espace_ferme" in texte
    assert "activez votre espace" in texte
    assert not _dans(navigateur)


@pytest.mark.rule("IDN-44")
def test_deconnexion(navigateur: Client, dossier_id: UUID) -> None:
    _premier_facteur(navigateur)
    navigateur.post("/connexion/code/", {"code": parcours.code_recu()})
    ancienne = navigateur.cookies["session"].value
    assert navigateur.post("/connexion/fin/")["Location"] == "/"
    rejeu = Client()
    rejeu.cookies["session"] = ancienne
    assert not _dans(rejeu)


@pytest.mark.rule("OID-24", "IDN-40")
def test_franceconnect_eidas1_demande_un_code(
    simulateurs: Path, navigateur: Client, dossier_id: UUID
) -> None:
    LienFranceConnect.objects.create(sub=CLAIRE, dossier_id=dossier_id)
    reponse = parcours.connecter_fc(navigateur, CLAIRE, "mot_de_passe")
    assert reponse["Location"] == "/connexion/code/"
    assert not _dans(navigateur)
    navigateur.post("/connexion/code/", {"code": parcours.code_recu()})
    assert _dans(navigateur)
    fin = navigateur.post("/connexion/fin/")["Location"]
    assert fin.startswith("http://testserver/simulateurs/franceconnect/logout?")


@pytest.mark.rule("OID-24")
def test_franceconnect_eidas2_suffit(simulateurs: Path, navigateur: Client, dossier_id: UUID) -> None:
    LienFranceConnect.objects.create(sub=CLAIRE, dossier_id=dossier_id)
    assert parcours.connecter_fc(navigateur, CLAIRE, "deux_facteurs")["Location"] == "/espace/"
    assert not mail.outbox
    assert _dans(navigateur)


@pytest.mark.rule("OID-24")
def test_franceconnect_niveau_absent_refuse(simulateurs: Path, navigateur: Client, dossier_id: UUID) -> None:
    LienFranceConnect.objects.create(sub=CLAIRE, dossier_id=dossier_id)
    reponse = parcours.connecter_fc(navigateur, CLAIRE, "niveau_absent")
    assert reponse.status_code == 403
    assert "authentification_insuffisante" in reponse.content.decode()


@pytest.mark.rule("IDN-40", "OID-25")
def test_franceconnect_inconnu_refuse(simulateurs: Path, navigateur: Client, dossier_id: UUID) -> None:
    reponse = parcours.connecter_fc(navigateur, CLAIRE, "deux_facteurs")
    assert reponse.status_code == 403
    assert "activez votre espace" in reponse.content.decode()
    assert not _dans(navigateur)
