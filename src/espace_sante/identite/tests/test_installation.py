"""A database keeps the kind of instance and the key that it was prepared with (IDN-01, IDN-02, ACC-41)."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from espace_sante.identite import index
from espace_sante.identite.installation import InstallationIncoherente, _temoin, marquer, verifier
from espace_sante.identite.models import IndexIns, Installation
from espace_sante.kernel.ids import uuid7
from espace_sante.kernel.ins import OID_NIR, OID_TEST, Ins, cle

INS = Ins("2850375000011" + cle("2850375000011"), OID_TEST)
pytestmark = pytest.mark.django_db(databases=["default", "proprietaire"])


def _habiter(base: str) -> None:
    IndexIns.objects.using(base).create(ins_hache=index.hacher(INS), dossier_id=uuid7())


def _marque(nature: str) -> None:
    Installation.objects.create(nature=nature, temoin_cle=_temoin(), depuis=timezone.now())


def test_a_database_never_prepared_says_nothing() -> None:
    verifier()


@pytest.mark.rule("IDN-02")
def test_a_production_database_is_refused_to_another_instance() -> None:
    _marque("production")
    with pytest.raises(InstallationIncoherente) as refus:
        verifier()
    assert refus.value.code == "instance_differente"
    assert "ES_INSTANCE=production" in refus.value.message


def test_the_same_instance_and_key_are_accepted() -> None:
    _marque("test")
    verifier()


def test_another_key_is_refused_and_the_former_one_given_apart_is_accepted(settings: Any) -> None:
    """What an operator does to change ES_SECRET_KEY: the old value goes to ES_CLE_INS (ADR 0006)."""
    ancienne, empreinte = settings.SECRET_KEY, index.hacher(INS)
    _marque("test")
    settings.SECRET_KEY = "n" * 60
    verifier()
    assert index.hacher(INS) == empreinte, "the sessions' key has nothing to do with the hashes any more"
    settings.ES_CLE_INS = "n" * 60
    assert index.hacher(INS) != empreinte
    with pytest.raises(InstallationIncoherente) as refus:
        verifier()
    assert refus.value.code == "cle_ins_differente"
    settings.ES_CLE_INS = ancienne
    verifier()


def test_a_mark_may_change_while_nobody_is_there(settings: Any) -> None:
    marquer(explicite=False)
    settings.ES_INSTANCE = "production"
    marquer(explicite=True)
    assert Installation.objects.using("proprietaire").get().nature == "production"
    _habiter("proprietaire")
    settings.ES_INSTANCE = "demonstration"
    with pytest.raises(InstallationIncoherente):
        marquer(explicite=True)
    assert Installation.objects.using("proprietaire").get().nature == "production"


def test_people_already_there_are_never_given_a_guessed_instance() -> None:
    _habiter("proprietaire")
    with pytest.raises(InstallationIncoherente) as refus:
        marquer(explicite=False)
    assert refus.value.code == "instance_inconnue"
    assert not Installation.objects.using("proprietaire").exists()
    marquer(explicite=True)


def test_an_empty_database_marked_otherwise_is_refused_except_to_prepare_it() -> None:
    _marque("production")
    verifier(vide_admise=True)
    _habiter("default")
    with pytest.raises(InstallationIncoherente):
        verifier(vide_admise=True)


@pytest.mark.rule("IDN-01")
def test_in_production_the_domains_of_ins_stay_apart(settings: Any) -> None:
    settings.ES_INSTANCE = "production"
    assert index.hacher(INS) != index.hacher(Ins(INS.matricule, OID_NIR))
