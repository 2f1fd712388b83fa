"""Measures kept in a record: once, sealed, erased with it, taken away and taken up (FHR-153, LIF-33, POR-05, POR-16)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

from espace_sante.acces.appairages.porte import AppairageRefuse, ouvrir_par_appairage
from espace_sante.acces.exportation.tests.lecture import copier, ouvrir
from espace_sante.acces.importation.dossier import reprendre
from espace_sante.acces.importation.tests.jumeau import partir
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.tests.fabrique import CONTEXTE, dossier, titulaire
from espace_sante.acces.tests.fabrique_appairage import service_appaire
from espace_sante.dossier.models import Dossier
from espace_sante.identite.acteurs import Acteur
from espace_sante.kernel.codes import GenreActeur
from espace_sante.platform.crypto import CleDossier, ScelleRompu
from espace_sante.platform.postgres.rls import portee
from espace_sante.profil_medical import copie
from espace_sante.profil_medical.carnet import Carnet, du_service, du_titulaire
from espace_sante.profil_medical.contenu import Contenu
from espace_sante.profil_medical.ecriture import changer
from espace_sante.profil_medical.errors import MesureChangee, MesureIntrouvable, MesureRefusee
from espace_sante.profil_medical.genres import genres
from espace_sante.profil_medical.models import Appareil, Mesure
from espace_sante.profil_medical.queries import Plage, lister, lister_imc, toutes, trouver
from espace_sante.profil_medical.tests.fabrique import donnee, mesurer, mesurer_par_un_service, nouvelle

pytestmark = pytest.mark.django_db
QUAND = datetime(2026, 1, 10, 8, tzinfo=UTC)
MAINTENANT = datetime(2026, 1, 20, tzinfo=UTC)


def imcs(dossier_id: UUID) -> list[Decimal]:
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        return [v.valeur for v in lister_imc(du_titulaire(espace), Plage())[0]]


def nombre(dossier_id: UUID) -> int:
    with portee(dossier_id):
        return Mesure.objects.filter(dossier_id=dossier_id).count()


@pytest.mark.rule("FHR-153", "MES-16")
def test_the_same_measure_is_kept_once_for_each_author() -> None:
    dossier_id, _ = dossier()
    d = donnee("poids", QUAND, "71.50")
    premier = mesurer(dossier_id, d, MAINTENANT)
    second = mesurer(dossier_id, donnee("poids", QUAND, "71.5"), MAINTENANT)
    assert (premier.nouvelle, second.nouvelle) == (True, False)
    assert premier.mesure.id == second.mesure.id
    acteur, *_ = service_appaire(dossier_id, ["mesures.poids:ecrire"])
    assert mesurer_par_un_service(acteur, "71.5", QUAND).nouvelle
    assert nombre(dossier_id) == 2


@pytest.mark.rule("FHR-143", "MES-10")
def test_the_bmi_takes_the_height_known_then_else_the_first_one_after() -> None:
    dossier_id, _ = dossier()
    mesurer(dossier_id, donnee("poids", QUAND, "81"), MAINTENANT)
    assert imcs(dossier_id) == []
    mesurer(dossier_id, donnee("taille", QUAND + timedelta(hours=1), "180"), MAINTENANT)
    assert imcs(dossier_id) == [Decimal("25.0")]
    mesurer(dossier_id, donnee("taille", QUAND - timedelta(days=9000), "150"), MAINTENANT)
    assert imcs(dossier_id) == [Decimal("36.0")]


@pytest.mark.rule("MES-10")
def test_of_a_child_only_a_height_near_in_time_counts() -> None:
    from espace_sante.identite.models import Titulaire

    dossier_id, _ = dossier()
    with portee(dossier_id):
        Titulaire.objects.filter(dossier_id=dossier_id).update(date_naissance="2018-01-01")
    mesurer(dossier_id, donnee("taille", QUAND - timedelta(days=200), "110"), MAINTENANT)
    mesurer(dossier_id, donnee("poids", QUAND, "20"), MAINTENANT)
    assert imcs(dossier_id) == []
    mesurer(dossier_id, donnee("taille", QUAND - timedelta(days=60), "115"), MAINTENANT)
    assert imcs(dossier_id) == [Decimal("15.1")]


@pytest.mark.rule("FHR-150", "FHR-152")
def test_a_service_reads_and_writes_only_what_was_consented_and_a_refusal_leaves_nothing() -> None:
    dossier_id, _ = dossier()
    acteur, *_ = service_appaire(dossier_id, ["mesures.taille:ecrire", "mesures.poids:lire"])
    with pytest.raises(AppairageRefuse):
        mesurer_par_un_service(acteur, "71", QUAND)
    with pytest.raises(AppairageRefuse), ouvrir_par_appairage(acteur, None, contexte=CONTEXTE) as espace:
        lister_imc(du_service(espace), Plage())
    with pytest.raises(AppairageRefuse), ouvrir_par_appairage(acteur, None, contexte=CONTEXTE) as espace:
        lister(du_service(espace), genres()["taille"], Plage())
    with portee(dossier_id):
        assert not Mesure.objects.exists() and not Appareil.objects.exists()


def test_a_refused_measure_leaves_neither_row_nor_instrument() -> None:
    dossier_id, _ = dossier()
    acteur, *_ = service_appaire(dossier_id, ["mesures.poids:ecrire"])
    with pytest.raises(MesureRefusee) as refus:
        mesurer_par_un_service(acteur, "7000", QUAND)
    assert [e.code for e in refus.value.ecarts] == ["hors_bornes"]
    with portee(dossier_id):
        assert not Mesure.objects.exists() and not Appareil.objects.exists()


def test_two_changes_at_once_are_told_apart() -> None:
    dossier_id, _ = dossier()
    fait = mesurer(dossier_id, donnee("poids", QUAND, "71"), MAINTENANT)
    neuve = nouvelle(donnee("poids", QUAND, "72"))
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        carnet = du_titulaire(espace)
        vue = changer(carnet, fait.mesure.id, neuve, maintenant=MAINTENANT, version=1)
        assert (vue.version, vue.contenu.valeurs) == (2, {"": "72"})
        with pytest.raises(MesureChangee):
            changer(carnet, fait.mesure.id, neuve, maintenant=MAINTENANT, version=1)


@pytest.mark.rule("REG-16", "REG-18")
def test_a_measure_opens_in_its_record_and_at_its_place_only() -> None:
    (un, _), (autre, _) = dossier(1), dossier(2)
    fait = mesurer(un, donnee("poids", QUAND, "71"), MAINTENANT)
    with ouvrir_mon_espace(titulaire(autre), contexte=CONTEXTE) as espace:
        assert lister(du_titulaire(espace), genres()["poids"], Plage()).total == 0
        assert list(toutes(du_titulaire(espace))) == []
        with pytest.raises(MesureIntrouvable):
            trouver(du_titulaire(espace), fait.mesure.id)
        cle = espace.cle
    with portee(un):
        scelle = bytes(Mesure.objects.get(dossier_id=un).scelle)
    with pytest.raises(ScelleRompu):
        Contenu.desceller(scelle, cle, fait.mesure.id)
    with ouvrir_mon_espace(titulaire(un), contexte=CONTEXTE) as espace, pytest.raises(ScelleRompu):
        Contenu.desceller(scelle, espace.cle, UUID(int=1))


@pytest.mark.rule("POR-05", "MES-35", "POR-16")
def test_measures_leave_in_the_copy_and_another_installation_takes_them_up() -> None:
    dossier_id, _ = dossier()
    acteur, *_ = service_appaire(dossier_id, ["mesures.poids:ecrire"])
    sienne = mesurer_par_un_service(acteur, "71.50", QUAND).mesure
    mesurer(dossier_id, donnee("glycemie", QUAND, "95", moment="53049-3"), MAINTENANT)
    mesurer(dossier_id, donnee("pression_arterielle", QUAND, "120", "80"), MAINTENANT)
    fichiers = ouvrir(copier(dossier_id))
    csv = fichiers["mesures/mesures.csv"].decode()
    assert "Poids" in csv and "71,50" in csv and "120/80" in csv and "À" not in csv.splitlines()[0]
    bundle = json.loads(fichiers["fhir/dossier.json"])
    par_type = {e["resource"]["resourceType"]: e for e in bundle["entry"]}
    assert par_type["Device"]["resource"]["deviceName"][0]["name"] == "Ma balance"
    lues = [e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == "Observation"]
    assert {o["code"]["coding"][0]["code"] for o in lues} == {"29463-7", "2345-7", "85354-9"}
    assert all(o["subject"] == {"reference": f"urn:uuid:{dossier_id}"} for o in lues)
    assert b'"value":71.50' in fichiers["fhir/dossier.json"]
    (poids,) = (o for o in lues if o["id"] == str(sienne.id))
    assert poids["device"]["reference"] == par_type["Device"]["fullUrl"]

    lignes = {
        suite.nom: [json.loads(x) for x in fichiers[suite.fichier].decode().splitlines()]
        for suite in copie.piece().suites
    }
    neuf, _ = dossier(2)
    with portee(neuf):
        cle = CleDossier.ouvrir(bytes(Dossier.objects.get(dossier_id=neuf).cle_scellee or b""), neuf.bytes)
        for suite in copie.piece().suites:
            suite.reprendre(neuf, cle, lignes[suite.nom])

    def contenu(carnet: Carnet) -> list[object]:
        return [
            (v.id, v.genre, v.quand, v.auteur, v.appareil_id, v.version, v.contenu) for v in toutes(carnet)
        ]

    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        avant = contenu(du_titulaire(espace))
    with ouvrir_mon_espace(titulaire(neuf), contexte=CONTEXTE) as espace:
        assert contenu(du_titulaire(espace)) == avant
    # The same measure typed again there is still found.
    assert not mesurer(neuf, donnee("glycemie", QUAND, "95", moment="53049-3"), MAINTENANT).nouvelle


@pytest.mark.rule("POR-16", "XDM-18")
def test_a_whole_record_enters_another_installation_with_its_measures(tmp_path: Path) -> None:
    def remplir(dossier_id: UUID) -> None:
        acteur, *_ = service_appaire(dossier_id, ["mesures.poids:ecrire"])
        mesurer_par_un_service(acteur, "71.50", QUAND)
        mesurer(dossier_id, donnee("glycemie", QUAND, "95", moment="53049-3"), MAINTENANT)

    dossier_id, chemins, _, cle = partir(5, tmp_path, avant_export=remplir)
    assert nombre(dossier_id) == 0
    reprendre(chemins, cle, acteur=Acteur(GenreActeur.OPERATEUR, nom="moi"), contexte=CONTEXTE)
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        lues = list(toutes(du_titulaire(espace)))
    assert [(v.genre, v.contenu.valeurs, v.auteur) for v in lues] == [
        ("poids", {"": "71.50"}, "service"), ("glycemie", {"": "95"}, "titulaire"),
    ]  # fmt: skip
    assert lues[0].appareil_id is not None


@pytest.mark.rule("POR-16")
@pytest.mark.parametrize(
    "ligne",
    [
        {}, {"id": "x"}, {"id": str(UUID(int=1)), "genre": "inconnu", "contenu": {"valeurs": {"": "1"}, "quand": "x"}},
        {"id": str(UUID(int=1)), "genre": "poids", "contenu": {"autre": 1}},
    ],
)  # fmt: skip
def test_a_copy_that_contradicts_itself_is_refused(ligne: dict[str, object]) -> None:
    neuf, _ = dossier()
    with portee(neuf):
        cle = CleDossier.ouvrir(bytes(Dossier.objects.get(dossier_id=neuf).cle_scellee or b""), neuf.bytes)
        with pytest.raises((ValueError, KeyError, TypeError)):
            copie._reprendre_mesures(neuf, cle, [ligne])
    assert nombre(neuf) == 0
