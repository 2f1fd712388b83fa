"""Traits of a CDA against those of the record, at the FHIR door (CDA-29, CDA-07, CDA-30)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from django.test import Client

from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.tests.fabrique import CONTEXTE, ins, professionnel, titulaire
from espace_sante.documents.cda.tests.exemple import INS, sans
from espace_sante.documents.cda.tests.exemple import document as cda
from espace_sante.documents.filtre import Filtre
from espace_sante.documents.metadonnees import Auteur
from espace_sante.dossier.services import NouveauDossier, creer
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.queries import identite
from espace_sante.interop.client import depot_iti105, lot_iti65
from espace_sante.interop.tests.lps import entetes, logiciel
from espace_sante.kernel.codes import EtatProfil
from espace_sante.kernel.ids import uuid7
from espace_sante.kernel.traits import Traits
from espace_sante.platform.postgres.rls import portee

pytestmark = pytest.mark.django_db
FHIR = "application/fhir+json"
TRAITS = Traits("PAT TROIS", "Dominique", "1979-03-28", "F")


@pytest.fixture
def pro() -> Acteur:
    return logiciel(professionnel())


def _deposer(client: Client, pro: Acteur, porte: str, *changements: tuple[str, str]) -> tuple[Any, Any]:
    """A record of that sample's patient, and the deposit of the sample, changed or not."""
    numero, dossier_id = ins(81), uuid7()
    creer(
        NouveauDossier(
            dossier_id=dossier_id, ins=numero, traits=TRAITS, etat=EtatProfil.ACTIVE,
            etat_depuis=datetime.now(UTC),
        )
    )  # fmt: skip
    contenu = cda((INS, numero.matricule), sans("<relatedDocument", "</relatedDocument>"), *changements)
    source = Auteur("personne", idnat=f"8{pro.rpps}", structure_idnat=pro.structure_id)
    if porte == "ITI-65":
        adresse, corps = "/fhir", lot_iti65(contenu, numero, source)
    else:
        adresse, corps = "/fhir/DocumentReference", depot_iti105(contenu, numero)
    plus = {"Prefer": "return=OperationOutcome"} if porte == "ITI-105" else {}
    reponse = client.post(adresse, orjson.dumps(corps), content_type=FHIR, headers=entetes(pro, **plus))
    return reponse, dossier_id


def _issues(corps: dict[str, Any]) -> list[tuple[str, str]]:
    return [(i["severity"], i["details"]["coding"][0]["code"]) for i in corps["issue"]]


@pytest.mark.rule("CDA-29", "CDA-07")
@pytest.mark.parametrize(("porte", "statut"), [("ITI-65", 400), ("ITI-105", 422)])
@pytest.mark.parametrize("change", [("19790328", "19790329"), ('Code code="F"', 'Code code="M"')])
def test_another_birth_date_or_sex_is_refused(
    client: Client, pro: Acteur, porte: str, statut: int, change: tuple[str, str]
) -> None:
    reponse, dossier_id = _deposer(client, pro, porte, change)
    assert reponse.status_code == statut, reponse.content
    assert _issues(json.loads(reponse.content)) == [("error", "traits-differents")]
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        assert espace.lister(Filtre()).elements == ()


@pytest.mark.rule("CDA-29", "CDA-30")
@pytest.mark.parametrize("porte", ["ITI-65", "ITI-105"])
def test_another_name_is_stored_with_a_warning(client: Client, pro: Acteur, porte: str) -> None:
    reponse, dossier_id = _deposer(client, pro, porte, ("PAT-TROIS", "PAT-QUATRE"))
    corps = json.loads(reponse.content)
    if porte == "ITI-65":
        corps = corps["entry"][0]["response"]["outcome"]
    assert reponse.status_code in {200, 201}, reponse.content
    assert ("warning", "noms-differents") in _issues(corps)
    with portee(dossier_id):
        assert identite(dossier_id).traits == TRAITS


@pytest.mark.rule("CDA-29")
@pytest.mark.parametrize("porte", ["ITI-65", "ITI-105"])
def test_the_same_names_folded_say_nothing(client: Client, pro: Acteur, porte: str) -> None:
    reponse, _ = _deposer(client, pro, porte)
    assert reponse.status_code in {200, 201}, reponse.content
    assert b"noms-differents" not in reponse.content
