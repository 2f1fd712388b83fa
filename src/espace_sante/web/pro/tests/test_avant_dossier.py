"""Before any record: login, situation d'exercice, warning."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from espace_sante.identite.acteurs import Acteur
from espace_sante.kernel.codes import GenreActeur
from espace_sante.web.pro import sanctions
from espace_sante.web.pro.tests import atelier

pytestmark = pytest.mark.django_db

PAGES = ("/pro/", "/pro/matrice/", "/pro/patient/inconnue/", "/pro/patient/inconnue/documents/")


def _sans_situation(rpps: str) -> Acteur:
    return Acteur(genre=GenreActeur.PROFESSIONNEL, nom="Dr Anne Morel", rpps=rpps, deux_facteurs=True)


@pytest.mark.parametrize("adresse", [*PAGES, "/pro/situation/", "/pro/avertissement/"])
def test_a_visitor_goes_to_the_login(adresse: str) -> None:
    reponse = Client().get(adresse)
    assert reponse.status_code == 302
    assert reponse["Location"].startswith("/connexion/pro/")


@pytest.mark.rule("IDN-53")
@pytest.mark.parametrize("adresse", [*PAGES, "/pro/avertissement/"])
def test_without_a_situation_every_page_leads_to_the_choice(adresse: str) -> None:
    situations = atelier.professionnel(structures=2)
    client = atelier.connecter(_sans_situation(situations[0].professionnel_id))
    for reponse in (client.get(adresse), client.post(adresse, {"lu": "oui", "matricule": "x"})):
        assert reponse.status_code == 302
        assert reponse["Location"] == "/pro/situation/"


@pytest.mark.rule("IDN-53")
def test_the_choice_offers_each_situation_and_takes_one() -> None:
    situations = atelier.professionnel(structures=2)
    client = atelier.connecter(_sans_situation(situations[0].professionnel_id))
    texte = client.get("/pro/situation/").content.decode()
    assert all(s.structure is not None and s.structure.nom in texte for s in situations)
    reponse = client.post("/pro/situation/", {"situation": situations[1].id})
    assert reponse["Location"] == "/pro/"
    assert client.get("/pro/")["Location"] == "/pro/avertissement/"


@pytest.mark.rule("IDN-53")
def test_a_situation_of_somebody_else_is_not_taken() -> None:
    miennes, autres = atelier.professionnel(structures=2), atelier.professionnel()
    client = atelier.connecter(_sans_situation(miennes[0].professionnel_id))
    for voulue in (autres[0].id, "", "n'importe"):
        reponse = client.post("/pro/situation/", {"situation": voulue})
        assert reponse.status_code == 422
    assert client.get("/pro/")["Location"] == "/pro/situation/"


@pytest.mark.rule("IDN-55")
def test_changing_the_situation_closes_the_patients_and_keeps_the_warning() -> None:
    situations = atelier.professionnel(structures=2)
    dossier_id, numero = atelier.creer_dossier()
    client = atelier.averti(atelier.acteur(situations[0]))
    cle = atelier.ouvrir(client, numero)
    assert client.get(f"/pro/patient/{cle}/documents/").status_code == 200
    client.post("/pro/situation/", {"situation": situations[1].id})
    assert client.get(f"/pro/patient/{cle}/").status_code == 404
    assert client.get(f"/pro/patient/{cle}/documents/").status_code == 404
    assert client.get("/pro/").status_code == 200
    atelier.trouver(client, numero)
    derniere = atelier.traces(dossier_id)[-1]
    assert derniere.structure_id == situations[1].structure_id


@pytest.mark.rule("REG-19", "ACC-80")
@pytest.mark.parametrize("adresse", PAGES)
def test_without_the_warning_confirmed_nothing_opens(adresse: str) -> None:
    client = atelier.connecter(atelier.acteur(atelier.professionnel()[0]))
    _, numero = atelier.creer_dossier()
    for reponse in (client.get(adresse), client.post(adresse, {"matricule": numero})):
        assert reponse.status_code == 302
        assert reponse["Location"] == "/pro/avertissement/"


@pytest.mark.rule("REG-19", "ACC-80")
def test_the_warning_must_be_ticked_and_holds_for_the_login_only() -> None:
    qui = atelier.acteur(atelier.professionnel()[0])
    client = atelier.connecter(qui)
    assert client.post("/pro/avertissement/", {}).status_code == 422
    assert client.get("/pro/").status_code == 302
    assert client.post("/pro/avertissement/", {"lu": "oui"})["Location"] == "/pro/"
    assert client.get("/pro/").status_code == 200
    assert atelier.connecter(qui).get("/pro/").status_code == 302


@pytest.mark.rule("REG-19", "REG-20")
def test_the_warning_says_penalty_traces_and_holder_and_the_footer_repeats_it() -> None:
    client = atelier.connecter(atelier.acteur(atelier.professionnel()[0]))
    texte = client.get("/pro/avertissement/").content.decode()
    (premiere, *_) = sanctions.sanctions()
    assert premiere.peine in texte
    assert str(premiere.date_du_texte.year) in texte
    assert "tracé" in texte
    assert "titulaire" in texte
    client.post("/pro/avertissement/", {"lu": "oui"})
    assert premiere.peine in client.get("/pro/").content.decode()


@pytest.mark.rule("REG-20")
def test_the_operator_changes_the_penalty_text_without_a_restart() -> None:
    client = atelier.averti(atelier.acteur(atelier.professionnel()[0]))
    fichier = Path(settings.ES_DATA) / sanctions.NOM
    try:
        fichier.write_text(
            "fait,peine,texte,date_du_texte,note_exploitant\n"
            "Accès indu,une peine essayée,Loi du test,2031-05-04,à vérifier avant usage\n"
        )
        texte = client.get("/pro/").content.decode()
        assert "une peine essayée" in texte
        assert "2031" in texte
        assert "à vérifier" not in texte
    finally:
        fichier.unlink()
    assert "une peine essayée" not in client.get("/pro/").content.decode()


@pytest.mark.rule("REG-20")
def test_the_note_to_the_operator_is_shown_on_no_page() -> None:
    paquet = (Path(sanctions.__file__).parent / "data" / sanctions.NOM).read_text(encoding="utf-8")
    notes = [ligne["note_exploitant"] for ligne in csv.DictReader(paquet.splitlines())]
    assert any(notes)
    client = atelier.averti(atelier.acteur(atelier.professionnel()[0]))
    for adresse in ("/pro/", "/pro/avertissement/", "/pro/matrice/"):
        texte = client.get(adresse).content.decode()
        assert not any(note.casefold().rstrip(".") in texte.casefold() for note in notes if note)
        assert "à vérifier" not in texte


@pytest.mark.rule("REG-20")
def test_no_amount_is_written_in_code_or_page() -> None:
    racine = Path(sanctions.__file__).parent
    gabarits = racine.parent / "templates" / "pro"
    for fichier in [*racine.glob("*.py"), *gabarits.glob("*.html")]:
        texte = fichier.read_text()
        assert "000 euros" not in texte
        assert "ans d’emprisonnement" not in texte
