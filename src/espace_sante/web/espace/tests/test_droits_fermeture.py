"""The copy is offered before the space closes, and before its content is destroyed on request (POR-19)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from espace_sante.acces.exportation import offre
from espace_sante.acces.exportation.offre import OffreManquante
from espace_sante.acces.exportation.taches import fabriquer
from espace_sante.acces.exportation.tests.lecture import ouvrir
from espace_sante.acces.tests.fabrique import CONTEXTE, dossier
from espace_sante.commands import conservation
from espace_sante.dossier.models import Dossier, Export
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.comptes import creer_compte
from espace_sante.kernel.codes import GenreActeur
from espace_sante.kernel.ids import uuid7
from espace_sante.notifications.models import Avis
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.models import Trace
from espace_sante.web.espace.tests.conftest import Personne

Faire = Callable[..., Personne]
PAGE, SECRET = "/espace/droits/fermer/", "Un-mot-2-passe-solide"
pytestmark = pytest.mark.django_db
OPERATEUR = Acteur(GenreActeur.OPERATEUR, nom="service de conservation")


@pytest.fixture
def lou(faire: Faire) -> Personne:
    personne = faire()
    creer_compte(personne.dossier_id, "lou.martin", SECRET, "lou@example.test")
    personne.deposer(titre="Consultation")
    return personne


def _demander(lou: Personne, **choix: object) -> None:
    reponse = lou.client.post("/espace/droits/copie/", {"mot_de_passe": SECRET, **choix})
    assert reponse.status_code == 302


def _fabriquer(lou: Personne) -> None:
    with portee(lou.dossier_id):
        export_id = Export.objects.order_by("-demande_le")[0].id
    fabriquer(lou.dossier_id, export_id, datetime.now(UTC))


@pytest.mark.rule("POR-19", "LIF-22")
def test_the_page_offers_what_is_missing_then_what_is_ready(lou: Personne) -> None:
    assert PAGE in lou.page("/espace/droits/")
    page = lou.page(PAGE)
    assert 'href="/espace/droits/copie/"' in page
    assert "directives anticipées" in page
    # A copy of some documents is not the archive.
    _demander(lou, rubriques=["biologie"])
    assert "en préparation" not in lou.page(PAGE)
    _fabriquer(lou)
    assert 'href="/espace/droits/copie/"' in lou.page(PAGE)
    _demander(lou)
    assert "en préparation" in lou.page(PAGE)
    _fabriquer(lou)
    adresse = re.search(r'href="(/espace/droits/copie/[0-9a-f-]{36}/)"', lou.page(PAGE))
    assert adresse
    assert "INDEX.html" in ouvrir(b"".join(lou.client.get(adresse[1]).streaming_content))
    # Something new: the copy is no more all there is.
    lou.deposer(titre="Nouveau")
    assert 'href="/espace/droits/copie/"' in lou.page(PAGE)


@pytest.mark.rule("POR-19")
def test_only_in_an_open_space_and_by_its_holder(lou: Personne, faire: Faire) -> None:
    assert lou.client.post(PAGE).status_code == 405
    with portee(lou.dossier_id):
        Dossier.objects.filter(dossier_id=lou.dossier_id).update(etat="CLOTURE")
    assert lou.client.get(PAGE).status_code == 403


@pytest.mark.rule("POR-19", "LIF-27")
def test_no_express_destruction_before_the_copy_was_offered_in_time(lou: Personne) -> None:
    maintenant = datetime.now(UTC)
    with pytest.raises(OffreManquante) as refus:
        offre.exiger(lou.dossier_id, maintenant)
    assert refus.value.code == "copie_non_proposee"
    assert offre.proposer(lou.dossier_id, OPERATEUR, contexte=CONTEXTE)
    assert not offre.proposer(lou.dossier_id, OPERATEUR, contexte=CONTEXTE)
    with portee(lou.dossier_id):
        assert Avis.objects.filter(genre="copie_proposee").count() == 1
        assert Trace.objects.filter(action="copie_proposee", acteur_genre="operateur").count() == 1
    assert "vous pouvez en prendre une copie" in lou.page("/espace/avis/")
    for jours, code in ((0, "copie_proposee_depuis_peu"), (6, "copie_proposee_depuis_peu")):
        with pytest.raises(OffreManquante) as refus:
            offre.exiger(lou.dossier_id, maintenant + timedelta(days=jours))
        assert refus.value.code == code
    with time_machine.travel(maintenant + timedelta(days=8)):
        offre.exiger(lou.dossier_id, datetime.now(UTC))


@pytest.mark.rule("POR-19", "LIF-26")
def test_the_end_of_the_ten_years_and_a_work_taken_up_again_ask_for_no_offer(lou: Personne) -> None:
    maintenant = datetime.now(UTC)
    for champs in ({"etat": "CLOTURE", "ferme_le": "2010-01-01"}, {"etat": "SUPPRIME", "ferme_le": None}):
        with portee(lou.dossier_id):
            Dossier.objects.filter(dossier_id=lou.dossier_id).update(**champs)
        offre.exiger(lou.dossier_id, maintenant)
    for geste in (
        lambda: offre.exiger(uuid7(), maintenant), lambda: offre.proposer(uuid7(), OPERATEUR, contexte=CONTEXTE)
    ):  # fmt: skip
        with pytest.raises(OffreManquante) as refus:
            geste()
        assert refus.value.code == "dossier_inconnu"


@pytest.mark.rule("POR-19")
def test_the_command_offers_then_destroys(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    dossier_id, _ = dossier(19)
    detruits: list[object] = []
    monkeypatch.setattr(conservation, "installer", lambda _: None)
    monkeypatch.setattr(
        "espace_sante.dossier.effacement.effacer", lambda identifiant, **_: detruits.append(identifiant) or 3
    )

    def lancer(*arguments: str) -> int:
        import argparse

        analyseur = argparse.ArgumentParser()
        conservation.configurer(analyseur)
        return conservation.executer(analyseur.parse_args(arguments))

    effacer = ("effacer", str(dossier_id), "--confirmer", str(dossier_id))
    with pytest.raises(OffreManquante):
        lancer(*effacer)
    assert lancer("proposer", str(dossier_id)) == 0
    assert lancer("proposer", str(dossier_id)) == 0
    assert capsys.readouterr().out.splitlines() == ["Copie proposée.", "La copie était déjà proposée."]
    with pytest.raises(OffreManquante):
        lancer(*effacer)
    assert not detruits
    with time_machine.travel(datetime.now(UTC) + timedelta(days=8)):
        assert lancer(*effacer) == 0
    assert detruits == [dossier_id]
