"""A person whose matricule changed, and one who has none yet, as software sees them (FHR-48, INS-16, INS-18)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from espace_sante.acces.tests.fabrique import dossier, ins, professionnel
from espace_sante.dossier.services import NouveauDossier, creer
from espace_sante.identite.insi.ecriture import enregistrer_reponse, lire
from espace_sante.identite.insi.modeles import Individu
from espace_sante.interop.tests.lps import Lps, ressources
from espace_sante.kernel.codes import EtatProfil
from espace_sante.kernel.ids import uuid7
from espace_sante.kernel.ins import OID_PROVISOIRE, Ins, cle
from espace_sante.kernel.traits import Traits
from espace_sante.platform.postgres.rls import portee

pytestmark = pytest.mark.django_db


@pytest.fixture
def medecin(client: Client) -> Lps:
    return Lps(client, professionnel())


def _chercher(lps: Lps, numero: Ins) -> list[dict[str, Any]]:
    return ressources(
        lps.get(f"/fhir/Patient?{urlencode({'identifier': f'{numero.urn}|{numero.matricule}'})}")
    )


def _changer(dossier_id: Any, nouveau: Ins) -> None:
    with portee(dossier_id):
        tenue = lire(dossier_id, pour_changer=True)
        enregistrer_reponse(tenue, Individu(nouveau, tenue.traits), tenue.etat, datetime.now(UTC))


@pytest.mark.rule("FHR-48", "INS-16")
def test_the_new_matricule_is_official_and_the_old_one_still_finds(medecin: Lps) -> None:
    dossier_id, ancien = dossier(31)
    nouveau = ins(32)
    _changer(dossier_id, nouveau)
    for numero in (nouveau, ancien):
        (patient,) = _chercher(medecin, numero)
        assert patient["id"] == str(dossier_id)
        assert [(i["use"], i["value"]) for i in patient["identifier"]] == [
            ("official", nouveau.matricule),
            ("old", ancien.matricule),
        ]


@pytest.mark.rule("INS-18", "IDN-14")
def test_a_provisional_number_finds_nothing_and_is_not_told(medecin: Lps, settings: Any) -> None:
    settings.ES_NUMEROS_PROVISOIRES = True
    brut = "7850375056001"
    numero = Ins(brut + cle(brut), OID_PROVISOIRE)
    dossier_id = uuid7()
    creer(
        NouveauDossier(
            dossier_id=dossier_id, ins=numero, traits=Traits("EXEMPLE", "PAULE", "1985-03-01", "F", "75056"),
            etat=EtatProfil.ACTIVE, etat_depuis=datetime.now(UTC),
        )
    )  # fmt: skip
    # Its domain is not one that software may name.
    assert _statut(medecin, numero) == 400
    _changer(dossier_id, ins(33))
    (patient,) = _chercher(medecin, ins(33))
    assert [i["use"] for i in patient["identifier"]] == ["official"]


def _statut(lps: Lps, numero: Ins) -> int:
    chemin = f"/fhir/Patient?{urlencode({'identifier': f'{numero.urn}|{numero.matricule}'})}"
    return int(lps.get(chemin).status_code)
