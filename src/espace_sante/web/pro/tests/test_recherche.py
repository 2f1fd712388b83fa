"""Finding a record by its matricule, and the confirmation of the person."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client, override_settings

from espace_sante.kernel.codes import EtatProfil
from espace_sante.kernel.ins import OID_NIA, OID_NIR, OID_TEST, InsInvalide, cle
from espace_sante.web.pro import vues_recherche
from espace_sante.web.pro.tests import atelier
from espace_sante.web.pro.vues_recherche import lire_matricule

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return atelier.averti(atelier.acteur(atelier.professionnel()[0]))


@pytest.mark.rule("IDN-20")
def test_a_matricule_finds_one_record_spaces_or_not(client: Client) -> None:
    _, numero = atelier.creer_dossier()
    espace = f" {numero[0]} {numero[1:3]} {numero[3:5]} {numero[5:7]} {numero[7:10]} {numero[10:13]} {numero[13:]} "
    for saisie in (numero, espace):
        reponse = atelier.trouver(client, saisie)
        assert reponse.status_code == 200
        assert "DURAND" in reponse.content.decode()


@pytest.mark.rule("IDN-20")
def test_the_matricule_is_never_taken_from_an_address(client: Client) -> None:
    _, numero = atelier.creer_dossier()
    assert "DURAND" not in client.get("/pro/", {"matricule": numero}).content.decode()


@pytest.mark.rule("IDN-21")
def test_traits_find_nobody(client: Client) -> None:
    atelier.creer_dossier()
    reponse = client.post("/pro/", {"nom": "DURAND", "prenom": "PAULINE", "matricule": "DURAND PAULINE"})
    assert reponse.status_code == 422
    assert "PAULINE JEANNE" not in reponse.content.decode()


@pytest.mark.rule("IDN-20")
@pytest.mark.parametrize(
    ("saisie", "code"),
    [("180127511600129", "cle_invalide"), ("1801275", "ins_format"), ("", "ins_format")],
)
def test_a_wrong_number_is_refused_clearly_and_nothing_is_searched(
    client: Client, saisie: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for nom in ("resoudre", "examiner", "tester_existence"):
        monkeypatch.setattr(vues_recherche, nom, lambda *_a, **_k: pytest.fail("searched"))
    reponse = atelier.trouver(client, saisie)
    assert reponse.status_code == 422
    assert code in reponse.content.decode()


@pytest.mark.rule("ACC-07", "ACC-05")
def test_unknown_opposed_and_not_notified_get_the_same_page(client: Client) -> None:
    reponses = [atelier.trouver(client, atelier.matricule())]
    for etat in (EtatProfil.OPPOSE, EtatProfil.NON_NOTIFIE, EtatProfil.NOTIFIE):
        _, numero = atelier.creer_dossier(etat)
        reponses.append(atelier.trouver(client, numero))
    assert len({r.status_code for r in reponses}) == 1
    assert len({atelier.sans_jeton(r) for r in reponses}) == 1
    assert "DURAND" not in reponses[1].content.decode()


@pytest.mark.rule("ACC-07")
def test_a_closed_record_tells_its_date_and_nothing_else(client: Client) -> None:
    _, numero = atelier.creer_dossier(
        EtatProfil.CLOTURE, ferme_le=date(2026, 3, 3), motif_fermeture="demande"
    )
    reponse = atelier.trouver(client, numero)
    assert reponse.status_code == atelier.trouver(client, atelier.matricule()).status_code
    texte = reponse.content.decode()
    assert "3 mars 2026" in texte
    assert "DURAND" not in texte


@pytest.mark.rule("ACC-72")
def test_a_suspended_record_is_unavailable(client: Client) -> None:
    _, numero = atelier.creer_dossier(EtatProfil.SUSPENDU)
    texte = atelier.trouver(client, numero).content.decode()
    assert "indisponible" in texte
    assert "DURAND" not in texte


@pytest.mark.rule("ACC-10")
def test_the_confirmation_shows_four_traits_only_and_once(client: Client) -> None:
    dossier_id, numero = atelier.creer_dossier(nom_utilise="MARTIN", courriel="p@exemple.fr")
    reponse = atelier.trouver(client, numero)
    texte = reponse.content.decode()
    for trait in ("DURAND", "PAULINE JEANNE", "27 janvier 1980", "Féminin"):
        assert trait in texte
    for secret in (numero, "MARTIN", "p@exemple.fr", "75116", str(dossier_id)):
        assert secret not in texte
    patient_cle = reponse.context["patient"].cle
    client.post(f"/pro/patient/{patient_cle}/identite/", {"reponse": "oui"})
    assert client.get(f"/pro/patient/{patient_cle}/identite/").status_code == 405
    assert "DURAND" not in client.get(f"/pro/patient/{patient_cle}/").content.decode()


@pytest.mark.rule("ACC-09")
def test_a_person_not_confirmed_opens_nothing(client: Client) -> None:
    dossier_id, numero = atelier.creer_dossier()
    patient_cle = atelier.trouver(client, numero).context["patient"].cle
    for adresse in (f"/pro/patient/{patient_cle}/", f"/pro/patient/{patient_cle}/documents/"):
        assert client.get(adresse)["Location"] == "/pro/"
    client.post(f"/pro/patient/{patient_cle}/consentement/", {"pour": "moi", "mode": "oral"})
    assert not atelier.traces(dossier_id, "consentement")


@pytest.mark.rule("ACC-10")
def test_not_this_person_is_traced_and_nothing_opens(client: Client) -> None:
    dossier_id, numero = atelier.creer_dossier()
    patient_cle = atelier.trouver(client, numero).context["patient"].cle
    client.post(f"/pro/patient/{patient_cle}/identite/", {"reponse": "non"})
    assert len(atelier.traces(dossier_id, "identite_ecartee")) == 1
    assert client.get(f"/pro/patient/{patient_cle}/").status_code == 404
    assert client.post(f"/pro/patient/{patient_cle}/identite/", {"reponse": "oui"}).status_code == 404


@pytest.mark.rule("ACC-02", "ACC-04", "ACC-30", "ACC-73")
def test_one_factor_learns_nothing_and_the_attempt_is_traced() -> None:
    dossier_id, numero = atelier.creer_dossier()
    client = atelier.averti(atelier.acteur(atelier.professionnel()[0], deux_facteurs=False))
    reponse = atelier.trouver(client, numero)
    assert reponse.status_code == 403
    assert [t.etat for t in reponse.context["tuiles"]] == ["manquante", *["non_examinee"] * 4]
    texte = reponse.content.decode()
    assert "authentification_insuffisante" in texte
    assert "DURAND" not in texte
    assert atelier.sans_jeton(atelier.trouver(client, atelier.matricule())) == atelier.sans_jeton(reponse)
    (refus,) = atelier.traces(dossier_id)
    assert (refus.action, refus.resultat, refus.lettres) == ("ouverture", "refus", "mnnnn")


def test_a_professional_who_practises_no_more_is_refused() -> None:
    situations = atelier.professionnel()
    client = atelier.averti(atelier.acteur(situations[0]))
    situations[0].professionnel.actif = False
    situations[0].professionnel.save()
    _, numero = atelier.creer_dossier()
    assert atelier.trouver(client, numero).context["code"] == "authentification_insuffisante"


@pytest.mark.rule("IDN-02")
def test_domain_of_a_typed_matricule() -> None:
    nir, nia = atelier.matricule(), "3801275116001"
    nia += cle(nia)
    assert lire_matricule(nir).oid == OID_TEST
    with override_settings(ES_INSTANCE="production"):
        assert lire_matricule(nir).oid == OID_NIR
        assert lire_matricule(nia).oid == OID_NIA
        with pytest.raises(InsInvalide) as refuse:
            lire_matricule(nir[:-1] + ("0" if nir[-1] != "0" else "1"))
        assert refuse.value.code == "cle_invalide"
