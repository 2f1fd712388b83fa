"""The page of the operator's support: differences side by side, approval, doubts, failures said (INS-04, INS-09 to 11)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from espace_sante.acces.models import ActeOperateur
from espace_sante.acces.operation.tests.bureau import entrer, operateur
from espace_sante.acces.tests import fabrique
from espace_sante.identite.insi import ecriture
from espace_sante.identite.insi.statuts import StatutIdentite
from espace_sante.kernel.ins import Ins
from espace_sante.platform.postgres.rls import portee
from tests.insi.conftest import Insi
from tests.insi.test_identites import TRAITS, connue, motifs, ouvrir, tenue

pytestmark = pytest.mark.django_db
PAGE = "/operation/identite/"


class Bureau:
    """An operator in front of the page, on one record."""

    def __init__(self, ins: Ins, **traits: Any) -> None:
        self.ins = ins
        self.dossier_id = ouvrir(ins, **traits)
        self.client: Client = entrer(operateur("support"))
        self.texte = self.client.post(PAGE, {"matricule": ins.matricule}).content.decode()

    def agir(self, geste: str, statut: int = 200, **champs: str) -> str:
        jeton = _champ(self.texte, "jeton")
        reponse = self.client.post(PAGE, {"jeton": jeton, "geste": geste, **champs})
        assert reponse.status_code == statut, reponse.content.decode()
        self.texte = reponse.content.decode()
        return self.texte


def _champ(page: str, nom: str) -> str:
    trouve = re.search(rf'name="{nom}" value="([^"]*)"', page)
    assert trouve, f"no field {nom}"
    return trouve[1]


@pytest.mark.rule("INS-11", "INS-04", "IDN-18", "ACC-79")
def test_differences_side_by_side_then_approved_then_qualified(insi: Insi) -> None:
    ins = fabrique.ins(101)
    connue(insi, ins, prenoms="PAULE MARIE")
    bureau = Bureau(ins)
    assert "Identité provisoire" in bureau.texte
    page = bureau.agir("insi")
    assert "Paule Jeanne" in page
    assert "PAULE MARIE" in page
    # Only what differs is shown, and the matricule never.
    for cache in ("EXEMPLE", "Exemple", "1985-03-01", "75056", ins.matricule, str(bureau.dossier_id)):
        assert cache not in page
    assert tenue(bureau.dossier_id).traits.prenoms == "Paule Jeanne"
    assert "Identité récupérée" in bureau.agir("insi", approuvee=_champ(page, "approuvee"))
    assert tenue(bureau.dossier_id).traits.prenoms == "PAULE MARIE"
    assert "Identité qualifiée" in bureau.agir("piece", piece="passeport")
    assert [m for a, m, _ in motifs(bureau.dossier_id) if a == "identite"] == ["recuperee", "qualifiee"]
    actes = list(ActeOperateur.objects.order_by("id").values_list("acte", flat=True))
    assert actes[-4:] == ["identite_chercher", "identite_insi", "identite_retenir", "identite_piece"]


@pytest.mark.rule("INS-11")
def test_what_was_approved_is_not_what_insi_says_now(insi: Insi) -> None:
    ins = fabrique.ins(102)
    connue(insi, ins, prenoms="PAULE MARIE")
    bureau = Bureau(ins)
    approuvee = _champ(bureau.agir("insi"), "approuvee")
    insi.personnes.pop()
    connue(insi, ins, prenoms="PAULE MARIE", naissance="1985-03-01", lieu="99352")
    page = bureau.agir("insi", approuvee=approuvee)
    assert "99352" in page
    assert tenue(bureau.dossier_id).traits == TRAITS


@pytest.mark.rule("INS-09", "INS-10")
@pytest.mark.parametrize(
    ("nom", "statut", "dit"),
    [
        ("Inexistante", 200, "INSi ne trouve personne"),
        ("Faute Autorisation", 503, "indisponible"),
        ("Code inconnu", 503, "indisponible"),
    ],
)
def test_the_user_is_told(insi: Insi, nom: str, statut: int, dit: str) -> None:
    from dataclasses import replace

    bureau = Bureau(fabrique.ins(103), traits=replace(TRAITS, nom_naissance=nom))
    page = bureau.agir("insi", statut)
    assert dit in page
    assert "siram" not in page
    assert "Identité provisoire" in page


@pytest.mark.rule("INS-09")
def test_several_are_left_to_people(insi: Insi) -> None:
    from espace_sante.kernel.traits import Traits

    bureau = Bureau(fabrique.ins(104), traits=Traits("Identique", "Rose", "1981-04-03", "F", "69383"))
    assert "plusieurs personnes" in bureau.agir("insi")


@pytest.mark.rule("INS-04", "IDN-15")
def test_doubts_and_namesakes(insi: Insi) -> None:
    ins = fabrique.ins(105)
    connue(insi, ins)
    bureau = Bureau(ins, statut=StatutIdentite.RECUPEREE)
    bureau.agir("marquer", attribut="homonyme")
    assert "cinq traits" in bureau.agir("piece", 409, piece="passeport")
    assert "Identité qualifiée" in bureau.agir("piece", piece="passeport", cinq_traits="oui")
    assert "Identité provisoire" in bureau.agir("marquer", attribut="douteux")
    bureau.agir("insi", 409)
    bureau.agir("piece", 409, piece="passeport", cinq_traits="oui")
    bureau.agir("lever", attribut="douteux")
    assert "Identité récupérée" in bureau.agir("insi")


@pytest.mark.rule("INS-16", "INS-17")
def test_two_records_of_one_person_are_said(insi: Insi) -> None:
    nouveau = fabrique.ins(106)
    ouvrir(nouveau)
    bureau = Bureau(fabrique.ins(107))
    connue(insi, nouveau)
    assert "déjà celui d’un autre dossier" in bureau.agir("insi", 409)
    assert "Des dossiers sont à réunir" in bureau.client.get(PAGE).content.decode()


@pytest.mark.rule("ACC-79", "INS-15")
def test_forged_steps_lead_nowhere(insi: Insi) -> None:
    bureau = Bureau(fabrique.ins(108))
    jeton = _champ(bureau.texte, "jeton")
    autre = entrer(operateur("support", courriel="dominique@exemple.fr"))
    for client, faux in (
        (bureau.client, jeton[:-1]),
        (bureau.client, str(bureau.dossier_id)),
        (autre, jeton),
    ):
        page = client.post(PAGE, {"jeton": faux, "geste": "marquer", "attribut": "fictif"})
        assert "Aucun dossier ne répond" in page.content.decode()
    for champs in ({"geste": "piece", "piece": "x"}, {"geste": "marquer", "attribut": "x"}, {"geste": "x"}):
        assert bureau.client.post(PAGE, {"jeton": jeton, **champs}).status_code == 200
    assert bureau.client.post(PAGE, {"matricule": "abc"}).status_code == 422
    with portee(bureau.dossier_id):
        assert not ecriture.lire(bureau.dossier_id).etat.attributs
    assert not insi.recues
    assert entrer(operateur("securite", courriel="alex@exemple.fr")).get(PAGE).status_code == 404
