"""The DICAH panel, the recording of consent, and each refusal of the record."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from django.test import Client

from espace_sante.acces.models import EquipeSoins, MembreEquipe
from espace_sante.dossier.models import Dossier
from espace_sante.kernel.codes import EtatProfil
from espace_sante.platform.postgres.rls import portee
from espace_sante.web.pro.tests import atelier

pytestmark = pytest.mark.django_db
TENUE, MANQUANTE, NON = "tenue", "manquante", "non_examinee"


def _etats(reponse: object) -> list[str]:
    return [t.etat for t in reponse.context["tuiles"]]  # type: ignore[attr-defined]


def _medecin() -> Client:
    return atelier.averti(atelier.acteur(atelier.professionnel()[0]))


@pytest.mark.rule("ACC-01", "ACC-02", "ACC-11")
def test_without_consent_the_panel_asks_for_it_and_the_record_stays_closed() -> None:
    dossier_id, numero = atelier.creer_dossier()
    client = _medecin()
    cle = atelier.confirmer(client, numero)
    panneau = client.get(f"/pro/patient/{cle}/")
    assert [t.lettre for t in panneau.context["tuiles"]] == ["A", "D", "I", "C", "H"]
    assert _etats(panneau) == [TENUE, TENUE, TENUE, MANQUANTE, TENUE]
    assert panneau.context["consentement_possible"]
    refus = client.get(f"/pro/patient/{cle}/documents/")
    assert refus.status_code == 403
    assert _etats(refus) == [TENUE, TENUE, TENUE, MANQUANTE, TENUE]
    texte = refus.content.decode()
    assert "consentement_absent" in texte
    assert "tracée" in texte
    assert "titulaire la voit" in texte
    trace = atelier.traces(dossier_id, "ouverture")[-1]
    assert (trace.resultat, trace.motif, trace.lettres) == ("refus", "consentement_absent", "tttmt")


@pytest.mark.rule("ACC-11", "ACC-16")
@pytest.mark.parametrize("mode", ["oral", "ecrit", "numerique"])
def test_a_consent_is_recorded_and_opens(mode: str) -> None:
    dossier_id, numero = atelier.creer_dossier()
    client = _medecin()
    cle = atelier.confirmer(client, numero)
    reponse = atelier.consentir(client, cle, mode=mode)
    assert reponse["Location"] == f"/pro/patient/{cle}/documents/"
    assert client.get(reponse["Location"]).status_code == 200
    assert len(atelier.traces(dossier_id, "consentement")) == 1
    assert _etats(client.get(f"/pro/patient/{cle}/")) == [TENUE] * 5


@pytest.mark.rule("ACC-11")
@pytest.mark.parametrize(
    "envoi", [{"mode": "telepathie"}, {"mode": ""}, {"pour": "autre"}, {"pour": str(uuid4())}]
)
def test_a_wrong_form_records_nothing(envoi: dict[str, str]) -> None:
    _, numero = atelier.creer_dossier()
    client = _medecin()
    cle = atelier.confirmer(client, numero)
    assert atelier.consentir(client, cle, **envoi).status_code == 422
    assert client.get(f"/pro/patient/{cle}/documents/").status_code == 403


@pytest.mark.rule("ACC-03", "ACC-16")
def test_an_ended_consent_closes_list_and_document_and_says_so() -> None:
    dossier_id, numero = atelier.creer_dossier()
    (situation,) = atelier.professionnel()
    qui = atelier.acteur(situation)
    document = atelier.deposer(dossier_id, qui, "11502-2", "Analyse de sang")
    client = atelier.averti(qui)
    cle = atelier.ouvrir(client, numero)
    assert client.get(f"/pro/patient/{cle}/documents/{document}/").status_code == 200
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=25)):
        client = atelier.averti(qui)
        cle = atelier.confirmer(client, numero)
        for suite in ("documents/", f"documents/{document}/", f"documents/{document}/original/"):
            refus = client.get(f"/pro/patient/{cle}/{suite}")
            assert refus.status_code == 403
            assert _etats(refus)[3] == MANQUANTE
        assert "a pris fin" in client.get(f"/pro/patient/{cle}/").content.decode()


@pytest.mark.rule("ACC-18", "ACC-19", "ACC-20")
def test_a_team_consent_opens_to_its_members_only() -> None:
    _, numero = atelier.creer_dossier()
    (un,), (deux,), (autre,) = (atelier.professionnel() for _ in range(3))
    equipe = EquipeSoins.objects.using("default").create(
        id=uuid4(), nom="Cardiologie", structure_id=un.structure_id or ""
    )
    for s in (un, deux):
        MembreEquipe.objects.create(
            equipe=equipe, rpps=s.professionnel_id, depuis=datetime.now(UTC) - timedelta(days=1)
        )
    client = atelier.averti(atelier.acteur(un))
    cle = atelier.confirmer(client, numero)
    assert "Cardiologie" in client.get(f"/pro/patient/{cle}/").content.decode()
    atelier.consentir(client, cle, pour=str(equipe.id))
    for situation, statut in ((un, 200), (deux, 200), (autre, 403)):
        navigateur = atelier.averti(atelier.acteur(situation))
        sa_cle = atelier.confirmer(navigateur, numero)
        assert navigateur.get(f"/pro/patient/{sa_cle}/documents/").status_code == statut


@pytest.mark.rule("ACC-02", "ACC-37")
def test_a_profession_without_line_is_told_and_no_consent_is_asked() -> None:
    _, numero = atelier.creer_dossier()
    client = atelier.averti(atelier.acteur(atelier.professionnel("28")[0]))
    cle = atelier.confirmer(client, numero)
    panneau = client.get(f"/pro/patient/{cle}/")
    assert _etats(panneau) == [TENUE, TENUE, TENUE, MANQUANTE, MANQUANTE]
    assert not panneau.context["consentement_possible"]
    refus = client.get(f"/pro/patient/{cle}/documents/")
    assert (refus.status_code, refus.context["code"]) == (403, "consentement_absent")
    atelier.consentir(client, cle)
    assert client.get(f"/pro/patient/{cle}/documents/").context["code"] == "habilitation_absente"


@pytest.mark.rule("ACC-02", "ACC-05")
@pytest.mark.parametrize("etat", [EtatProfil.CLOTURE, EtatProfil.SUSPENDU, EtatProfil.OPPOSE])
def test_a_record_that_closes_meanwhile_says_nothing_after_d(etat: EtatProfil) -> None:
    dossier_id, numero = atelier.creer_dossier()
    client = _medecin()
    cle = atelier.ouvrir(client, numero)
    _changer(dossier_id, etat)
    refus = client.get(f"/pro/patient/{cle}/documents/")
    assert refus.status_code == 403
    assert _etats(refus) == [TENUE, MANQUANTE, NON, NON, NON]
    assert [t.texte for t in refus.context["tuiles"]][2:] == ["", "", ""]
    assert [t.suite for t in refus.context["tuiles"]][2:] == ["", "", ""]
    assert _etats(client.get(f"/pro/patient/{cle}/")) == [TENUE, MANQUANTE, NON, NON, NON]


@pytest.mark.rule("ACC-01")
def test_the_key_of_another_login_opens_nothing() -> None:
    _, numero = atelier.creer_dossier()
    (situation,) = atelier.professionnel()
    cle = atelier.ouvrir(atelier.averti(atelier.acteur(situation)), numero)
    for autre in (atelier.averti(atelier.acteur(situation)), _medecin()):
        for suite in ("", "documents/", f"documents/{uuid4()}/", f"documents/{uuid4()}/original/"):
            assert autre.get(f"/pro/patient/{cle}/{suite}").status_code == 404
        for suite in ("consentement/", "identite/", "fermer/"):
            assert autre.post(f"/pro/patient/{cle}/{suite}", {"reponse": "oui"}).status_code == 404


def test_closing_and_logging_out_close_the_patient() -> None:
    _, numero = atelier.creer_dossier()
    client = _medecin()
    cle = atelier.ouvrir(client, numero)
    assert client.post(f"/pro/patient/{cle}/fermer/")["Location"] == "/pro/"
    assert client.get(f"/pro/patient/{cle}/documents/").status_code == 404
    cle = atelier.confirmer(client, numero)
    client.post("/connexion/fin/")
    assert client.get(f"/pro/patient/{cle}/documents/")["Location"].startswith("/connexion/pro/")


def test_the_oldest_of_many_open_patients_closes() -> None:
    client = _medecin()
    cles = [atelier.confirmer(client, atelier.creer_dossier()[1]) for _ in range(13)]
    assert client.get(f"/pro/patient/{cles[0]}/").status_code == 404
    assert all(client.get(f"/pro/patient/{cle}/").status_code == 200 for cle in cles[1:])


def _changer(dossier_id: UUID, etat: EtatProfil) -> None:
    with portee(dossier_id):
        Dossier.objects.filter(dossier_id=dossier_id).update(etat=etat.value)
