"""The holder's own sections: no door of professionals leads to them, only documents do (ACC-63)."""

from __future__ import annotations

import csv
import json
from importlib.resources import files

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver

from espace_sante.acces import matrice, partages
from espace_sante.acces.errors import AccesRefuse
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.porte import open_dossier
from espace_sante.acces.tests.fabrique import CONTEXTE, professionnel
from espace_sante.acces.tests.scene import Scene, ouvrir_scene
from espace_sante.documents.nomenclatures import TYPE_DIRECTIVES
from espace_sante.dossier.models import Dossier
from espace_sante.platform.postgres.rls import portee

pytestmark = pytest.mark.django_db
PROFIL = "DOCPAT08"
# What a professional's software asks for; lifestyle and profile have no resource of their own (HPR-15). Observation and
# Device answer a professional 403 (FHR-151): `interop/tests/test_mesures_http.py` holds it.
RESSOURCES = {
    "Appointment", "AuditEvent", "Binary", "CareTeam", "Consent", "Device", "DocumentReference", "List", "Observation",
    "Patient", "Subscription",
}  # fmt: skip
# Every family of addresses where a record is named, in the portal; a new one is a decision to review here.
PORTAIL = {
    "acces", "blocage", "code", "confrere", "consentement", "contenu", "deposer", "depot", "documents", "fermer",
    "identite", "messagerie", "urgence",
}  # fmt: skip


@pytest.fixture
def scene() -> Scene:
    return ouvrir_scene(61)


def _toutes(resolveur: URLResolver, avant: str = "") -> list[str]:
    adresses = []
    for motif in resolveur.url_patterns:
        ici = avant + str(motif.pattern)
        adresses += _toutes(motif, ici) if isinstance(motif, URLResolver) else [ici]
    return adresses


@pytest.mark.rule("ACC-63")
def test_the_doors_of_professionals_lead_to_documents_only(client: Client) -> None:
    capacites = json.loads(client.get("/fhir/metadata").content)
    offertes = {r["type"] for r in capacites["rest"][0]["resource"]}
    assert {"Binary", "DocumentReference"} <= offertes <= RESSOURCES
    portail = [a for a in _toutes(get_resolver()) if a.startswith("pro/patient/<str:cle>/")]
    assert {a.split("/")[3] for a in portail if a.split("/")[3]} <= PORTAIL


@pytest.mark.rule("ACC-63", "ACC-34", "ACC-47")
def test_the_profile_is_read_through_the_synthesis_that_its_holder_filed_or_shared(scene: Scene) -> None:
    """DOCPAT08 as any type of the matrix; without a consent, only when the holder shares it."""
    synthese = scene.deposer_moi_meme(PROFIL)
    carnet = scene.deposer_moi_meme("DOCPAT02", masque_ps=True)
    assert scene.lu_par(scene.confrere) == {synthese}
    edition = matrice.en_vigueur()
    assert edition is not None
    ferme = professionnel("99000000501", "26")
    assert PROFIL not in matrice.ligne(edition.numero, "TRE_G15", "26", "")
    with pytest.raises(AccesRefuse):
        scene.lu_par(ferme)
    tiers = professionnel("99000000502")
    with pytest.raises(AccesRefuse):
        scene.lu_par(tiers)
    with ouvrir_mon_espace(scene.moi, contexte=CONTEXTE) as espace:
        partages.partager(espace, carnet, tiers.rpps)
    assert scene.lu_par(tiers) == {carnet}
    with open_dossier(tiers, scene.ins, contexte=CONTEXTE, identite_qualifiee=True) as ouvert:
        assert ouvert.compter() == {"DOCPAT02": 1}
    # What the holder keeps to order his documents is his alone.
    with open_dossier(scene.confrere, scene.ins, contexte=CONTEXTE, identite_qualifiee=True) as ouvert:
        assert not hasattr(ouvert, "masquer")
        assert not hasattr(ouvert, "historique")


def _types(mot: str) -> set[str]:
    lignes = files("espace_sante.documents").joinpath("data", "type_codes.csv").read_text(encoding="utf-8")
    return {r["type_code"] for r in csv.DictReader(lignes.splitlines()) if mot in r["label_fr"].lower()}


@pytest.mark.rule("ACC-63", "ACC-61", "DOC-45")
def test_vaccinations_and_directives_are_read_within_the_matrix(scene: Scene) -> None:
    vaccination = next(iter(sorted(_types("vaccin") & set(_ligne("10")))))
    vaccins, directives = scene.deposer(type_code=vaccination).id, scene.deposer_moi_meme(TYPE_DIRECTIVES)
    attendus = {d for d, t in ((vaccins, vaccination), (directives, TYPE_DIRECTIVES)) if t in _ligne("10")}
    assert vaccins in attendus
    assert scene.lu_par(scene.confrere) == attendus
    with portee(scene.dossier_id):
        Dossier.objects.filter(dossier_id=scene.dossier_id).update(directives_masquees=True)
    assert scene.lu_par(scene.confrere) == {vaccins}
    # The switch of the section stands, even for a shared document.
    with ouvrir_mon_espace(scene.moi, contexte=CONTEXTE) as espace:
        partages.partager(espace, directives, scene.confrere.rpps)
    assert scene.lu_par(scene.confrere) == {vaccins}


def _ligne(profession: str) -> tuple[str, ...]:
    edition = matrice.en_vigueur()
    assert edition is not None
    return matrice.ligne(edition.numero, "TRE_G15", profession, "")
