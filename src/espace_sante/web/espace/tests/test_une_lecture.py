"""One opening of a document is one act in the holder's history, and every access stays traced."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import time_machine

from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.models import Trace
from espace_sante.web.espace.journal import Ligne
from espace_sante.web.espace.tests.conftest import Personne

pytestmark = pytest.mark.django_db


def _adresses(page: str) -> dict[str, str]:
    """What the page embeds and offers to open: `iframe` and `grand`."""
    cadre = re.search(r'<(?:iframe|img)[^>]* src="([^"]*/apercu/[^"]*)"', page)
    grand = re.search(r'href="([^"]*/(?:apercu|pdf)/[^"]*)"', page)
    assert cadre
    return {"cadre": unescape(cadre[1]), "grand": unescape(grand[1]) if grand else ""}


def _lignes(personne: Personne, titre: str) -> list[Ligne]:
    """Lines of the history that say that this document was opened."""
    reponse = personne.client.get("/espace/historique/")
    toutes = [ligne for jour in reponse.context["journees"] for ligne in jour.lignes]
    return [ligne for ligne in toutes if titre in ligne.phrase.document and "ouvert" in ligne.phrase.avant]


def _traces(personne: Personne) -> list[str]:
    with portee(personne.dossier_id):
        return list(Trace.objects.filter(action="lecture").order_by("id").values_list("porte", flat=True))


@pytest.mark.rule("AUD-01", "AUD-16")
def test_a_page_with_its_frame_and_its_print_view_is_opened_once(lou: Personne) -> None:
    doc = lou.deposer(titre="Radio", contenu=b"Lecture simple.", mime="text/plain")
    vues = _adresses(lou.page(f"/espace/documents/{doc}/"))
    for adresse in vues.values():
        assert lou.client.get(adresse).status_code == 200
    assert _traces(lou) == ["web", "cadre", "cadre"]
    (ligne,) = _lignes(lou, "Radio")
    assert ligne.fois == 1
    assert "fois" not in ligne.heures


@pytest.mark.rule("AUD-05")
def test_two_openings_are_two(lou: Personne) -> None:
    doc = lou.deposer(titre="Radio", contenu=b"Lecture simple.", mime="text/plain")
    for _ in range(2):
        lou.client.get(_adresses(lou.page(f"/espace/documents/{doc}/"))["cadre"])
    assert sum(ligne.fois for ligne in _lignes(lou, "Radio")) == 2


@pytest.mark.rule("AUD-05")
def test_a_seal_serves_one_document_one_person_and_two_minutes(faire: Callable[..., Personne]) -> None:
    lou, autre = faire(1), faire(2)
    doc, second = (lou.deposer(titre=f"Radio {n}", contenu=b"Texte.", mime="text/plain") for n in (1, 2))
    sien = autre.deposer(titre="Radio 3", contenu=b"Texte.", mime="text/plain")
    cadre = _adresses(lou.page(f"/espace/documents/{doc}/"))["cadre"]
    lou.client.get(cadre.replace(str(doc), str(second)))
    autre.client.get(cadre.replace(str(doc), str(sien)))
    lou.client.get(cadre[:-1] + ("A" if cadre[-1] != "A" else "B"))
    lou.client.get(f"/espace/documents/{doc}/apercu/")
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=125)):
        lou.client.get(cadre)
        assert sum(ligne.fois for ligne in _lignes(lou, "Radio 1")) == 4
        assert len(_lignes(lou, "Radio 2")) == 1
        assert len(_lignes(autre, "Radio 3")) == 1
    assert set(_traces(lou)) == set(_traces(autre)) == {"web"}


@pytest.mark.rule("REG-12")
def test_the_seal_names_nobody(lou: Personne) -> None:
    doc = lou.deposer(contenu=b"Texte.", mime="text/plain")
    requete = _adresses(lou.page(f"/espace/documents/{doc}/"))["cadre"].partition("?")[2]
    for secret in (str(lou.dossier_id), lou.dossier_id.hex, lou.ins.matricule):
        assert secret not in requete
