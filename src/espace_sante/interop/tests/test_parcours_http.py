"""Whole walks of a program through the FHIR door: a deposit that is known at once, a consultation at a distance."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace

import pytest
from django.test import Client

from espace_sante.acces import codes
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.tests.fabrique import CONTEXTE, professionnel, source
from espace_sante.acces.tests.scene import ouvrir_scene
from espace_sante.documents.metadonnees import Code
from espace_sante.identite.portees import ALIMENTATION
from espace_sante.interop.tests.fabrique import bundle
from espace_sante.interop.tests.lps import Lps, codes_refus, ressources
from espace_sante.interop.tests.test_consent_http import consent, poster

pytestmark = pytest.mark.django_db


@pytest.mark.rule("FHR-89", "DOC-46")
@pytest.mark.parametrize("invisible", [False, True])
def test_a_deposit_is_told_and_found_at_once(client: Client, invisible: bool) -> None:
    scene = ouvrir_scene()
    depositaire = Lps(client, professionnel("99000000003", structure="1990000003"))
    depositaire.acteur = replace(depositaire.acteur, portees=ALIMENTATION)
    qui = source(depositaire.acteur)
    lot = bundle(ins=scene.ins, source=qui, auteurs=(qui,), invisible_patient=invisible)
    lieu = depositaire.deposer(lot)["entry"][1]["response"]["location"]
    document_id = uuid.UUID(lieu[-32:])
    (trouve,) = ressources(Lps(client, scene.confrere).chercher(scene.ins))
    assert trouve["id"] == lieu.rpartition("/")[2]
    assert scene.lu_par(scene.medecin) == {document_id}
    assert scene.vus() == (set() if invisible else {document_id})
    avis = [a.genre for a in scene.avis() if a.genre == "document_ajoute"]
    assert avis == ([] if invisible else ["document_ajoute"])


@pytest.mark.rule("FHR-172", "ACC-29", "FHR-53")
def test_a_consultation_at_a_distance(client: Client) -> None:
    """The holder reads a code out: the distant doctor consults, then deposits the report of the act."""
    scene = ouvrir_scene()
    ancien = scene.deposer()
    teleconsultant = Lps(client, professionnel("99000000005", structure="1990000005"))
    assert codes_refus(teleconsultant.chercher(scene.ins)) == ["dicah-c"]
    with ouvrir_mon_espace(scene.moi, contexte=CONTEXTE) as espace:
        chiffres, _ = codes.creer(espace)
    autorise = poster(teleconsultant, consent("code_acces", scene.ins, "99000000005", code=chiffres))
    assert autorise.status_code == 201, autorise.content
    assert [r["masterIdentifier"]["value"] for r in ressources(teleconsultant.chercher(scene.ins))] == [
        ancien.metadonnees.unique_id
    ]
    qui = source(teleconsultant.acteur)
    rapport = bundle(ins=scene.ins, source=qui, auteurs=(qui,), type=Code("85208-7", "http://loinc.org"))
    lieu = teleconsultant.deposer(rapport)["entry"][1]["response"]["location"]
    lu = json.loads(teleconsultant.get(f"/fhir/{lieu}").content)
    assert lu["type"]["coding"][0]["code"] == "85208-7"
    assert uuid.UUID(lieu[-32:]) in scene.vus()
