"""The patient's page: express consent, consent for a colleague, what a message becomes (ACC-13, ACC-23, ACC-68)."""

from __future__ import annotations

import pytest

from espace_sante.identite.models import SituationExercice
from espace_sante.kernel.codes import EtatProfil
from espace_sante.web.pro.tests import atelier

pytestmark = pytest.mark.django_db


def _texte(reponse: object) -> str:
    return str(reponse.content.decode())  # type: ignore[attr-defined]


@pytest.mark.rule("ACC-23")
def test_an_occupational_doctor_ticks_the_information_or_nothing_is_recorded() -> None:
    dossier_id, numero = atelier.creer_dossier()
    (situation,) = atelier.professionnel(savoir_faire="SM25")
    client = atelier.averti(atelier.acteur(situation))
    cle = atelier.confirmer(client, numero)
    panneau = _texte(client.get(f"/pro/patient/{cle}/"))
    assert 'id="informe"' in panneau and "Pour toute" not in panneau
    refus = atelier.consentir(client, cle)
    assert refus.status_code == 422 and "accord exprès" in _texte(refus)
    assert client.get(f"/pro/patient/{cle}/documents/").status_code == 403
    assert client.post(f"/pro/patient/{cle}/code/", {"code": "12345678"}).status_code == 422
    assert atelier.consentir(client, cle, informe="oui").status_code == 302
    assert client.get(f"/pro/patient/{cle}/documents/").status_code == 200
    assert [t.motif for t in atelier.traces(dossier_id, "consentement")] == [
        "information_absente",
        "ponctuel",
    ]


@pytest.mark.rule("ACC-23")
def test_nobody_else_is_asked_for_it() -> None:
    _, numero = atelier.creer_dossier()
    client = atelier.averti(atelier.acteur(atelier.professionnel()[0]))
    cle = atelier.confirmer(client, numero)
    assert 'name="informe"' not in _texte(client.get(f"/pro/patient/{cle}/"))


@pytest.mark.rule("ACC-13")
def test_the_form_for_a_colleague() -> None:
    dossier_id, numero = atelier.creer_dossier()
    (moi,), (confrere,) = atelier.professionnel(), atelier.professionnel()
    client = atelier.averti(atelier.acteur(moi))
    cle = atelier.confirmer(client, numero)
    adresse = f"/pro/patient/{cle}/confrere/"
    envoi = {"rpps": f"{confrere.professionnel_id[:5]} {confrere.professionnel_id[5:]}", "mode": "oral"}
    assert "Adresser la personne" not in _texte(client.get(f"/pro/patient/{cle}/"))
    assert client.post(adresse, envoi).status_code == 422, "not before his own consent"
    atelier.consentir(client, cle)
    assert "Adresser la personne" in _texte(client.get(f"/pro/patient/{cle}/"))
    assert client.get(adresse).status_code == 405
    faux = client.post(adresse, {"rpps": "00000000000", "mode": "oral"})
    assert faux.status_code == 422 and "Vérifiez-le" in _texte(faux) and 'value="00000000000"' in _texte(faux)
    lui = atelier.averti(atelier.acteur(confrere))
    sa_cle = atelier.confirmer(lui, numero)
    assert lui.get(f"/pro/patient/{sa_cle}/documents/").status_code == 403
    fait = client.post(adresse, envoi)
    assert fait["Location"].endswith("?fait=confrere")
    assert "C’est enregistré" in _texte(client.get(fait["Location"]))
    assert lui.get(f"/pro/patient/{sa_cle}/documents/").status_code == 200
    assert atelier.traces(dossier_id, "consentement")[-1].motif == "confrere"


@pytest.mark.rule("ACC-13", "ACC-23")
def test_the_form_says_when_the_colleague_needs_more() -> None:
    _, numero = atelier.creer_dossier()
    (moi,), (confrere,) = atelier.professionnel(), atelier.professionnel()
    SituationExercice.objects.filter(id=confrere.id).update(secteur="SA66")
    client = atelier.averti(atelier.acteur(moi))
    cle = atelier.ouvrir(client, numero)
    envoi = {"rpps": confrere.professionnel_id, "mode": "oral"}
    refus = client.post(f"/pro/patient/{cle}/confrere/", envoi)
    assert refus.status_code == 422 and "règle plus stricte" in _texte(refus)
    assert client.post(f"/pro/patient/{cle}/confrere/", {**envoi, "informe": "oui"}).status_code == 302


@pytest.mark.rule("ACC-68", "ACC-69")
@pytest.mark.parametrize(
    ("etat", "phrase"),
    [
        (EtatProfil.ACTIVE, "Vous pouvez lui écrire, et elle peut vous répondre."),
        (EtatProfil.CREE_AUTO, "votre message attendra qu’elle active son espace"),
    ],
)
def test_the_page_says_what_a_message_becomes_and_that_none_leaves_from_here(
    etat: EtatProfil, phrase: str
) -> None:
    _, numero = atelier.creer_dossier(etat)
    client = atelier.averti(atelier.acteur(atelier.professionnel()[0]))
    cle = atelier.confirmer(client, numero)
    texte = _texte(client.get(f"/pro/patient/{cle}/"))
    assert phrase in texte
    assert "n’envoie pas encore de messages" in texte


@pytest.mark.rule("ACC-68", "ACC-07", "ACC-72")
@pytest.mark.parametrize("etat", list(EtatProfil))
def test_a_record_that_does_not_open_says_it_only_when_it_may_be_told(etat: EtatProfil) -> None:
    _, numero = atelier.creer_dossier(
        etat, **({"ferme_le": "2026-01-05"} if etat in ("CLOTURE", "SUPPRIME") else {})
    )
    client = atelier.averti(atelier.acteur(atelier.professionnel()[0]))
    texte = _texte(atelier.trouver(client, numero))
    assert ("n’y serait pas remis" in texte) is (etat in ("CLOTURE", "SUPPRIME", "SUSPENDU"))
