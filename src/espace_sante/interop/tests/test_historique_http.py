"""Metadata versions of a document over HTTP (FHR-28)."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from django.test import Client

from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.tests.fabrique import CONTEXTE, titulaire
from espace_sante.interop.tests.atelier import Atelier, archiver
from espace_sante.interop.tests.fabrique import bundle
from espace_sante.interop.tests.lps import Lps

pytestmark = pytest.mark.django_db


@pytest.fixture
def atelier(client: Client) -> Atelier:
    return Atelier(client)


def _historique(lps: Lps, fil: str, criteres: str = "") -> list[dict[str, Any]]:
    reponse = lps.get(f"/fhir/DocumentReference/{fil}/_history{criteres}")
    assert reponse.status_code == 200, reponse.content
    lot = json.loads(reponse.content)
    assert (lot["resourceType"], lot["type"]) == ("Bundle", "history")
    entrees: list[dict[str, Any]] = lot.get("entry", [])
    return entrees


def _etiquettes(ressource: dict[str, Any]) -> list[str]:
    return [e["coding"][0]["code"] for e in ressource["securityLabel"]]


@pytest.mark.rule("FHR-28", "FHR-112", "DOC-07")
def test_versions_newest_first(atelier: Atelier) -> None:
    depose = atelier.auteur.deposer(bundle(ins=atelier.scene.ins))["entry"][1]["response"]["location"]
    fil = depose.partition("/")[2]
    premiere = json.loads(atelier.auteur.get(f"/fhir/{depose}").content)
    assert atelier.patch(atelier.auteur, fil, archiver()).status_code == 200
    entrees = _historique(atelier.auteur, fil)
    assert [e["resource"]["meta"]["versionId"] for e in entrees] == ["2", "1"]
    assert [e["request"]["method"] for e in entrees] == ["PATCH", "POST"]
    assert entrees[1]["resource"] == premiere
    assert entrees[0]["resource"] == json.loads(atelier.auteur.get(f"/fhir/{depose}").content)
    assert len({e["resource"]["identifier"][0]["value"] for e in entrees}) == 2
    une = atelier.auteur.get(f"/fhir/{depose}/_history/1")
    assert (json.loads(une.content), une["ETag"]) == (premiere, 'W/"1"')
    assert atelier.auteur.get(f"/fhir/{depose}/_history/3").status_code == 404
    assert len(_historique(atelier.auteur, fil, "?_count=1")) == 1
    quand = entrees[0]["resource"]["meta"]["lastUpdated"]
    assert len(_historique(atelier.auteur, fil, f"?_since={quand}")) == 1
    assert _historique(atelier.auteur, fil, "?_since=2100-01-01T00:00:00Z") == []
    for faux in ("?_since=hier", "?_count=x"):
        assert atelier.auteur.get(f"/fhir/{depose}/_history{faux}").status_code == 400


@pytest.mark.rule("FHR-28", "FHR-35")
def test_a_version_that_was_hidden_is_skipped(atelier: Atelier) -> None:
    """Masked, then shown again: the colleague reads it now, and never learns that it was masked."""
    fil = atelier.deposer()
    document_id = uuid.UUID(fil[32:])
    with ouvrir_mon_espace(titulaire(atelier.scene.dossier_id), contexte=CONTEXTE) as espace:
        espace.masquer(document_id)
    assert atelier.confrere.get(f"/fhir/DocumentReference/{fil}/_history").status_code == 404
    with ouvrir_mon_espace(titulaire(atelier.scene.dossier_id), contexte=CONTEXTE) as espace:
        espace.demasquer(document_id)
    pour_lui = _historique(atelier.confrere, fil)
    assert [e["resource"]["meta"]["versionId"] for e in pour_lui] == ["3", "1"]
    assert not any("MASQUE_PS" in _etiquettes(e["resource"]) for e in pour_lui)
    assert atelier.confrere.get(f"/fhir/DocumentReference/{fil}/_history/2").status_code == 404
    assert len(_historique(atelier.auteur, fil)) == 3
