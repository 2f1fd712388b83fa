"""Who may be in this database at all."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from espace_sante.dossier.services import DonneesRefusees, NouveauDossier, creer
from espace_sante.identite.models import IndexIns
from espace_sante.kernel.codes import EtatProfil
from espace_sante.kernel.ids import uuid7
from espace_sante.kernel.ins import OID_DEMO, OID_NIA, OID_NIR, OID_TEST, Ins, cle
from espace_sante.kernel.traits import Traits

pytestmark = pytest.mark.django_db
MATRICULE = "2850375000011" + cle("2850375000011")


def _creer(oid: str) -> None:
    creer(
        NouveauDossier(
            dossier_id=uuid7(), ins=Ins(MATRICULE, oid), traits=Traits("X", "Y", "1980-01-01", "F"),
            etat=EtatProfil.ACTIVE, etat_depuis=datetime.now(UTC),
        )
    )  # fmt: skip


@pytest.mark.rule("REG-17", "IDN-02")
@pytest.mark.parametrize("oid", [OID_NIR, OID_NIA])
def test_a_real_person_never_enters_a_demonstration(settings: Any, oid: str) -> None:
    settings.ES_INSTANCE = "demonstration"
    with pytest.raises(DonneesRefusees) as refus:
        _creer(oid)
    assert refus.value.code == "donnees_reelles"
    assert not IndexIns.objects.exists()
    _creer(OID_TEST)


@pytest.mark.rule("CDA-28")
def test_a_test_instance_takes_ordinary_numbers_for_test_persons(settings: Any) -> None:
    settings.ES_INSTANCE = "test"
    _creer(OID_NIR)
    assert IndexIns.objects.count() == 1


@pytest.mark.rule("IDN-02")
@pytest.mark.parametrize("oid", [OID_TEST, OID_DEMO])
def test_a_made_up_person_never_enters_a_production(settings: Any, oid: str) -> None:
    settings.ES_INSTANCE = "production"
    with pytest.raises(DonneesRefusees) as refus:
        _creer(oid)
    assert refus.value.code == "donnees_fictives"
