"""What the existence test tells software, and all that it does not (ACC-06, ACC-68, ACC-69, FHR-45 to FHR-47)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from django.test import Client

from espace_sante.acces import controle
from espace_sante.acces.alimentation import alimenter
from espace_sante.acces.consentements import recueillir_consentement
from espace_sante.acces.models import Consentement, Referent
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.tests.fabrique import CONTEXTE, document, dossier, lot, professionnel, titulaire
from espace_sante.dossier.models import Dossier
from espace_sante.interop.tests.lps import Lps, ressources
from espace_sante.kernel.codes import EtatProfil
from espace_sante.kernel.ids import uuid7
from espace_sante.kernel.ins import Ins
from espace_sante.platform.postgres.rls import portee

pytestmark = pytest.mark.django_db


@pytest.fixture
def medecin(client: Client) -> Lps:
    return Lps(client, professionnel())


def _patient(lps: Lps, numero: Ins) -> dict[str, Any]:
    criteres = urlencode({"identifier": f"{numero.urn}|{numero.matricule}"})
    (patient,) = ressources(lps.get(f"/fhir/Patient?{criteres}"))
    return patient


def _extensions(patient: dict[str, Any]) -> dict[str, Any]:
    return {
        e["url"].rpartition("/")[2].rpartition(":")[2]: next(v for c, v in e.items() if c != "url")
        for e in patient["extension"]
    }


def _autoriser(etat: str, dossier_id: UUID) -> None:
    medecin = professionnel()
    if etat == "interdite":
        with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
            controle.bloquer(espace, "professionnel", medecin.rpps)
    elif etat != "absente":
        recueillir_consentement(medecin, dossier_id, contexte=CONTEXTE)
    if etat == "expiree":
        with portee(dossier_id):
            Consentement.objects.filter(dossier_id=dossier_id).update(
                expire_le=datetime.now(UTC) - timedelta(minutes=1)
            )


@pytest.mark.rule("ACC-06", "FHR-46", "ACC-48")
@pytest.mark.parametrize("etat", ["valide", "expiree", "absente", "interdite"])
def test_the_four_values_of_the_authorisation(medecin: Lps, etat: str) -> None:
    dossier_id, numero = dossier()
    _autoriser(etat, dossier_id)
    assert _extensions(_patient(medecin, numero))["etat-autorisation"] == etat


@pytest.mark.rule("ACC-06", "FHR-45")
@pytest.mark.parametrize("role", ["administrateur", "medecin_traitant", ""])
def test_the_roles_of_the_asker_and_of_nobody_else(medecin: Lps, role: str) -> None:
    dossier_id, numero = dossier()
    with portee(dossier_id):
        for rang, (porteur, son_role) in enumerate(
            (
                (professionnel().rpps, role),
                ("99000000098", "administrateur"),
                ("99000000099", "medecin_traitant"),
            )
        ):
            if son_role:
                Referent.objects.create(
                    dossier_id=dossier_id, id=uuid7(), role=son_role, rpps=porteur, nom=f"X{rang}",
                    depuis=datetime.now(UTC) - timedelta(days=1), par="titulaire",
                )  # fmt: skip
    lu = _extensions(_patient(medecin, numero))
    assert lu["administrateur"] is (role == "administrateur")
    assert lu["dmp-medecin-traitant"] is (role == "medecin_traitant")


@pytest.mark.rule("ACC-06", "ACC-68", "ACC-69", "ACC-72", "FHR-44")
@pytest.mark.parametrize(
    ("etat", "actif", "messages", "recoit"),
    [
        (EtatProfil.ACTIVE, True, "remis", True),
        (EtatProfil.CREE_AUTO, True, "en_attente_activation", False),
        (EtatProfil.CLOTURE, False, "non_remis", False),
        (EtatProfil.SUSPENDU, False, "non_remis", False),
    ],
)
def test_state_space_and_mailbox(
    medecin: Lps, etat: EtatProfil, actif: bool, messages: str, recoit: bool
) -> None:
    dossier_id, numero = dossier()
    ferme = {"ferme_le": "2026-03-04", "motif_fermeture": "SUR_DEMANDE"} if etat == "CLOTURE" else {}
    with portee(dossier_id):
        Dossier.objects.filter(dossier_id=dossier_id).update(etat=etat.value, **ferme)
    patient = _patient(medecin, numero)
    lu = _extensions(patient)
    assert patient["active"] is lu["dmp-rattachement-mes"] is actif
    assert (lu["messages-au-titulaire"], lu["messages-du-titulaire"]) == (messages, recoit)
    fermeture = {e["url"]: e for e in lu["dmp-fermeture"]} if etat == "CLOTURE" else {}
    assert ("dmp-fermeture" in lu) is (etat == "CLOTURE")
    if fermeture:
        assert fermeture["dateFermeture"]["valueDate"] == "2026-03-04"
        assert fermeture["motifFermeture"]["valueCodeableConcept"]["coding"][0]["code"] == "SUR_DEMANDE"


@pytest.mark.rule("ACC-06", "FHR-47")
def test_no_document_data_ever_and_no_trait_when_the_setting_says_so(medecin: Lps, settings: object) -> None:
    dossier_id, numero = dossier()
    vide = _patient(medecin, numero)
    auteur = professionnel()
    for i in range(3):
        doc = document(auteur=auteur, titre=f"Titre secret {i}")
        alimenter(auteur, dossier_id, lot(auteur, doc), contexte=CONTEXTE)
    assert _patient(medecin, numero) == vide, "what the record holds changes nothing"
    assert vide["name"][1]["family"] == "MARTIN"
    settings.ES_PATIENT_TRAITS = "reduits"  # type: ignore[attr-defined]
    reduit = _patient(medecin, numero)
    assert reduit["name"] == [{"use": "official", "family": "M", "given": ["L"]}]
    assert not {"gender", "birthDate"} & reduit.keys()
    assert "MARTIN" not in json.dumps(reduit) and "1978" not in json.dumps(reduit)
    assert reduit["identifier"] == vide["identifier"]


@pytest.mark.rule("ACC-64", "FHR-111")
def test_software_s_own_first_search_and_the_wider_one_are_both_served(medecin: Lps) -> None:
    """Software asks for two years, for vaccinations without a limit, by twenty; nothing is hidden from a wider search."""
    dossier_id, numero = dossier()
    auteur, maintenant = professionnel(), datetime.now(UTC)
    recueillir_consentement(auteur, dossier_id, contexte=CONTEXTE)
    for type_code, ans in (("11488-4", 1), ("11488-4", 3), ("11369-6", 20)):
        doc = document(type_code, auteur=auteur, creation=maintenant - timedelta(days=365 * ans))
        alimenter(auteur, dossier_id, lot(auteur, doc), contexte=CONTEXTE)
    depuis = f"ge{maintenant - timedelta(days=730):%Y-%m-%d}"
    premier = ressources(medecin.chercher(numero, creation=depuis, status="current", _count="20"))
    assert len(premier) == 1
    assert len(ressources(medecin.chercher(numero, type="http://loinc.org|11369-6"))) == 1
    assert len(ressources(medecin.chercher(numero))) == 3
