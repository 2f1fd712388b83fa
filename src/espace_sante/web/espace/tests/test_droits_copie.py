"""The copy by choice, in parts, behind a password, and taken back, as the holder does it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from espace_sante.acces.exportation.taches import fabriquer
from espace_sante.acces.exportation.tests.lecture import copier, ouvrir
from espace_sante.dossier.models import Export
from espace_sante.identite.comptes import creer_compte
from espace_sante.platform.postgres.rls import portee
from espace_sante.web.espace.tests.conftest import Personne

Faire = Callable[..., Personne]
SECRET = "Un-mot-2-passe-solide"
COPIE, REPRENDRE = "/espace/droits/copie/", "/espace/droits/reprendre/"


@pytest.fixture
def lou(faire: Faire) -> Personne:
    personne = faire()
    creer_compte(personne.dossier_id, "lou.martin", SECRET, "lou@example.test")
    personne.deposer(titre="Consultation")
    personne.deposer(titre="Sang", type_code="11502-2")
    return personne


def _prete(lou: Personne, **choix: Any) -> None:
    assert lou.client.post(COPIE, {"mot_de_passe": SECRET, **choix}).status_code == 302
    with portee(lou.dossier_id):
        export_id = Export.objects.order_by("-demande_le")[0].id
    fabriquer(lou.dossier_id, export_id, datetime.now(UTC))


def _octets(reponse: Any) -> bytes:
    return b"".join(reponse.streaming_content)


@pytest.mark.rule("POR-15", "POR-03")
def test_a_choice_of_headings_and_dates(lou: Personne) -> None:
    page = lou.client.post(COPIE, {"mot_de_passe": SECRET, "du": "2020-13-45"})
    assert page.status_code == 422
    assert "Écrivez la date" in page.content.decode()
    with portee(lou.dossier_id):
        assert not Export.objects.exists()
    _prete(lou, rubriques=["biologie", "n’importe quoi"])
    page_droits = lou.page("/espace/droits/")
    assert "d’une partie de vos documents" in page_droits
    adresse = re.search(r'href="(/espace/droits/copie/[0-9a-f-]{36}/)"', page_droits)
    assert adresse
    index = ouvrir(_octets(lou.client.get(adresse[1])))["index.csv"].decode("utf-8-sig")
    assert [x["titre"] for x in csv.DictReader(io.StringIO(index), delimiter=";")] == ["Sang"]


@pytest.mark.rule("POR-04", "POR-12")
def test_each_part_has_its_button_and_nothing_beyond(lou: Personne, settings: Any) -> None:
    settings.ES_EXPORT_PARTIE_OCTETS = 20_000
    _prete(lou)
    page = lou.page("/espace/droits/")
    parties = sorted(set(re.findall(r'href="(/espace/droits/copie/[0-9a-f-]{36}/[0-9]+/)"', page)))
    assert len(parties) == 2
    for n, adresse in enumerate(parties, 1):
        reponse = lou.client.get(adresse)
        assert f"partie-{n}-sur-2" in reponse["Content-Disposition"]
        octets = _octets(reponse)
        assert len(octets) == int(reponse["Content-Length"])
        assert "INDEX.html" in ouvrir(octets)
    for faux in ("/3/", "/0/"):
        assert lou.client.get(parties[0].replace("/1/", faux)).status_code == 404
    reste = lou.client.post(COPIE, {"mot_de_passe": SECRET}, follow=True).content.decode()
    assert "déjà prête" in reste


@pytest.mark.rule("POR-13")
def test_behind_a_password(lou: Personne) -> None:
    pyzipper = pytest.importorskip("pyzipper")
    _prete(lou)
    adresse = re.search(r'href="(/espace/droits/copie/[^"]+/protegee/)"', lou.page("/espace/droits/"))
    assert adresse
    assert "Mot de passe du fichier" in lou.page(adresse[1])
    court = lou.client.post(adresse[1], {"secret": "court"})
    assert (court.status_code, b"court" in court.content.replace(b"plus court", b"")) == (422, False)
    with portee(lou.dossier_id):
        assert Export.objects.get().telechargements == 0
    octets = _octets(lou.client.post(adresse[1], {"secret": "une phrase assez longue"}))
    with pyzipper.AESZipFile(io.BytesIO(octets)) as zip_:
        assert "INDEX.html" in ouvrir(zip_.read(zip_.namelist()[0], pwd=b"une phrase assez longue"))
    with portee(lou.dossier_id):
        export = Export.objects.values().get()
    assert "phrase" not in str(export)


@pytest.mark.rule("POR-18")
def test_a_copy_comes_back(lou: Personne, faire: Faire) -> None:
    octets = copier(lou.dossier_id)

    def envoyer(personne: Personne, contenu: bytes, **autres: Any) -> Any:
        piece = SimpleUploadedFile("copie.zip", contenu, "application/zip")
        return personne.client.post(REPRENDRE, {"fichier": piece, **autres}, follow=True)

    assert "Le fichier de la copie" in lou.page(REPRENDRE)
    page = envoyer(lou, octets).content.decode()
    assert "Aucun document ajouté. 2 documents déjà là, laissés tels quels." in page
    assert (
        "1 document déjà là, laissé tel quel."
        in envoyer(lou, octets, rubriques=["biologie"]).content.decode()
    )
    for mauvais in (b"PK", octets[:-5], octets.replace(b"PK\x01\x02", b"PK\x01\x03")):
        refus = envoyer(lou, mauvais)
        assert refus.status_code == 422
        assert "Rien n’a été ajouté" in refus.content.decode() or "copie entière" in refus.content.decode()
    assert envoyer(faire(2), octets).status_code == 422
    assert lou.client.post(REPRENDRE).status_code == 422
    assert "<script>" not in lou.page(f"{REPRENDRE}?ajoutes=<script>&presents=1&directives=1")
