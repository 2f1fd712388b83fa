"""An emergency through software: declared with the token, read over FHIR, refused in the gate's own words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from espace_sante.acces import controle
from espace_sante.acces.alimentation import alimenter
from espace_sante.acces.models import Consentement, Urgence
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.tests.fabrique import CONTEXTE, document, dossier, ins, lot, professionnel, titulaire
from espace_sante.identite.models import Logiciel
from espace_sante.kernel.ins import Ins
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.models import Trace
from tests.connexion.conftest import REGULATEUR, UNE
from tests.connexion.test_oauth import ACCES, ECHANGE, _echanger, _jeton_psc

pytestmark = pytest.mark.django_db
RAISON = "Personne inconsciente, traitement inconnu"


@pytest.fixture
def dossier_id(simulateurs: Path) -> UUID:
    """A record with one document; its holder never consented to anyone."""
    Logiciel.objects.create(
        client_id="espace-sante",
        nom="LPS",
        secret_hache=make_password("secret-de-test"),
        portees=["ITI-67", "ITI-68"],
    )
    dossier_id, numero = dossier()
    auteur = professionnel("99000000091")
    alimenter(auteur, numero, lot(auteur, document(auteur=auteur)), contexte=CONTEXTE)
    return dossier_id


def _declarer(
    rpps: str = UNE, mode: str = "bris_de_glace", qui: Ins | None = None, identite: str = "VALI", **corps: str
) -> Any:
    numero = qui or ins(1)
    donnees = {
        "purpose_of_use": mode,
        "person_id": f"{numero.urn}|{numero.matricule}",
        "purpose_of_use_reason": RAISON,
        "hors_d_etat": "true",
        "risque_immediat": "true",
        **corps,
    }
    formulaire = {
        "client_id": "espace-sante", "client_secret": "secret-de-test", "grant_type": ECHANGE, "scope": "ITI-67",
        "subject_token": _jeton_psc(rpps), "subject_token_type": ACCES, **{k: v for k, v in donnees.items() if v},
    }  # fmt: skip
    return Client().post(
        "/oauth/token",
        urlencode(formulaire),
        content_type="application/x-www-form-urlencoded",
        headers={"X-MES-Identite": identite} if identite else {},
    )


def _chercher(jeton: str) -> Any:
    numero = ins(1)
    return Client().post(
        "/fhir/DocumentReference/_search",
        urlencode({"patient.identifier": f"{numero.urn}|{numero.matricule}"}),
        content_type="application/x-www-form-urlencoded",
        headers={"Authorization": f"Bearer {jeton}", "X-MES-Identite": "VALI"},
    )


def _code_c(reponse: Any) -> str:
    assert reponse.status_code == 403
    (manque,) = [i for i in json.loads(reponse.content)["issue"] if i["severity"] == "error"]
    return str(manque["details"]["coding"][-1]["code"])


@pytest.mark.rule("EMG-01", "EMG-12", "EMG-13", "FHR-38", "FHR-56")
def test_declared_then_read(dossier_id: UUID) -> None:
    sans_declaration = _echanger(_jeton_psc(UNE), purpose_of_use="bris_de_glace").json()["access_token"]
    assert _code_c(_chercher(sans_declaration)) == "urgence_sans_motif"
    reponse = _declarer()
    assert reponse.status_code == 200, reponse.content
    assert reponse.json()["urgence_expire_le"]
    lu = _chercher(reponse.json()["access_token"])
    assert (lu.status_code, json.loads(lu.content)["total"]) == (200, 1)
    # An ordinary token of the same person reads nothing: the emergency gave no consent.
    ordinaire = _echanger(_jeton_psc(UNE)).json()["access_token"]
    assert _code_c(_chercher(ordinaire)) == "consentement_absent"
    with portee(dossier_id):
        assert not Consentement.objects.filter(dossier_id=dossier_id).exists()
        (ouverte,) = Urgence.objects.filter(dossier_id=dossier_id)
        (trace,) = Trace.objects.filter(dossier_id=dossier_id, action="urgence")
    assert (ouverte.motif, ouverte.mode) == (RAISON, "bris_de_glace")
    assert (trace.porte, trace.logiciel, trace.mode) == ("fhir", "espace-sante", "bris_de_glace")


@pytest.mark.rule("EMG-02", "FHR-56", "OID-07")
def test_regulation(dossier_id: UUID) -> None:
    jeton = _declarer(REGULATEUR, "centre_15", hors_d_etat="", risque_immediat="").json()["access_token"]
    assert _chercher(jeton).status_code == 200
    assert _declarer(UNE, "centre_15").status_code == 403


@pytest.mark.rule("EMG-01")
@pytest.mark.parametrize(
    ("corps", "motif"),
    [
        ({"purpose_of_use_reason": ""}, "urgence_sans_motif"),
        ({"purpose_of_use_reason": "urgent"}, "urgence_sans_motif"),
        ({"purpose_of_use_reason": "x" * 501}, "motif_trop_long"),
        ({"hors_d_etat": "false"}, "faits_non_attestes"),
        ({"risque_immediat": ""}, "faits_non_attestes"),
        ({"person_id": "279035121518989"}, "oid_inconnu"),
        ({"person_id": "urn:oid:1.2.250.1.213.1.4.10|1"}, "ins_format"),
    ],
)
def test_badly_declared(dossier_id: UUID, corps: dict[str, str], motif: str) -> None:
    refus = _declarer(**corps)
    assert (refus.status_code, refus.json()["motif"]) == (400, motif)
    with portee(dossier_id):
        assert not Urgence.objects.filter(dossier_id=dossier_id).exists()


@pytest.mark.rule("EMG-03", "EMG-06", "EMG-09", "FHR-34")
def test_the_holder_s_choices_hold(dossier_id: UUID) -> None:
    jeton = _declarer().json()["access_token"]
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        controle.regler(espace, "urgence_bris_de_glace", permis=False)
    refus = _declarer()
    assert (refus.status_code, refus.json()["motif"]) == (403, "oppose_par_titulaire")
    assert refus.json()["dicah"] == {"A": "tenue", "D": "tenue", "I": "tenue", "C": "manquante", "H": "tenue"}
    assert _code_c(_chercher(jeton)) == "oppose_par_titulaire"
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        controle.regler(espace, "urgence_bris_de_glace", permis=True)
        controle.bloquer(espace, "professionnel", UNE)
    assert _declarer().json()["motif"] == "professionnel_bloque"
    assert _code_c(_chercher(jeton)) == "professionnel_bloque"


@pytest.mark.rule("EMG-03", "FHR-31", "ACC-07")
def test_the_other_letters_as_ever(dossier_id: UUID) -> None:
    assert _declarer(identite="").json()["motif"] == "ins_non_qualifiee"
    assert _declarer(qui=ins(77)).json()["motif"] == "dossier_indisponible"
    assert _declarer(mode="normal").status_code == 400
