"""What a room above `acces` adds to the copy, and takes back from it; the health summary made of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest

from espace_sante.acces.alimentation import alimenter
from espace_sante.acces.errors import EspaceFerme
from espace_sante.acces.exportation import ips, pieces
from espace_sante.acces.exportation.pieces import Copie, Fichier, Piece, Section, Suite
from espace_sante.acces.exportation.tests.lecture import copier, ouvrir
from espace_sante.acces.importation.erreurs import RepriseRefusee
from espace_sante.acces.importation.tests.jumeau import partir
from espace_sante.acces.importation.tests.test_dossier import importer, vide
from espace_sante.acces.tests.fabrique import CONTEXTE, document, dossier, lot, professionnel
from espace_sante.platform.crypto import CleDossier

pytestmark = pytest.mark.django_db
APPAREIL = str(uuid4())
_SYSTEME = "http://unitsofmeasure.org"


def mesure(copie: Copie, rang: int = 0, **autres: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation", "id": str(uuid4()), "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7", "display": "Poids"}]},
        "subject": copie.patient, "effectiveDateTime": f"2026-03-{rang % 28 + 1:02d}T08:00:00+01:00",
        "valueQuantity": {"value": 61.5, "unit": "kg", "system": _SYSTEME, "code": "kg"},
        "device": {"reference": f"urn:uuid:{APPAREIL}"}, **autres,
    }  # fmt: skip


def _ressources(copie: Copie) -> Iterator[dict[str, Any]]:
    yield {"resourceType": "Device", "id": APPAREIL, "type": {"text": "Balance"}}
    yield mesure(copie)
    for d in copie.documents:
        yield mesure(copie, derivedFrom=[{"reference": f"urn:uuid:{d}"}])


def _fichiers(copie: Copie) -> Iterator[Fichier]:
    yield Fichier("mesures/mesures.csv", [b"quand;kg\r\n", b"hier;61\r\n"])
    yield Fichier("messages/LISEZMOI.txt", [b"Un message"])


def _synthese(copie: Copie) -> Iterator[tuple[Section | None, dict[str, Any]]]:
    yield None, {"resourceType": "Device", "id": APPAREIL, "type": {"text": "Balance"}}
    yield None, {"resourceType": "Device", "id": str(uuid4()), "type": {"text": "Sans emploi"}}
    for rang in range(ips.PAR_SECTION + 5):
        yield Section.CONSTANTES, mesure(copie, rang)
    tension = {"valueQuantity": {"value": 12, "unit": "cmHg"}, "code": {"text": "Tension <haute>"}}
    yield Section.RESULTATS, mesure(copie, valueQuantity={"value": 1, "unit": "%"}, component=[tension])


@pytest.fixture
def lues() -> list[Any]:
    return []


@pytest.fixture(autouse=True)
def seules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "_PIECES", {})


@pytest.fixture
def piece(lues: list[Any]) -> Piece:
    def ecrire(copie: Copie) -> Iterator[dict[str, Any]]:
        scelle = copie.cle.sceller(b"secret", b"place")
        yield {"clair": copie.cle.desceller(scelle, b"place").decode(), "caches": len(copie.caches)}

    def reprendre(dossier_id: UUID, cle: CleDossier, lignes: Iterable[dict[str, Any]]) -> None:
        lues.extend((dossier_id, cle.desceller(cle.sceller(b"x", b"y"), b"y"), x) for x in lignes)

    return Piece(
        "essai", ressources=_ressources, fichiers=_fichiers, synthese=_synthese,
        suites=(Suite("essai", ecrire, reprendre),),
        liens=(("mesures/mesures.csv", "Mes mesures"), ("messages/LISEZMOI.txt", "Mes messages")),
    )  # fmt: skip


def _references(noeud: Any) -> set[str]:
    if isinstance(noeud, dict):
        siennes = {noeud["reference"]} if isinstance(noeud.get("reference"), str) else set()
        return siennes.union(*(_references(v) for v in noeud.values()))
    return set().union(*(_references(v) for v in noeud)) if isinstance(noeud, list) else set()


def _fermes(bundle: dict[str, Any]) -> bool:
    return _references(bundle) <= {e["fullUrl"] for e in bundle["entry"]}


@pytest.mark.rule("POR-05")
def test_a_room_adds_resources_and_files_and_is_told_in_the_index(piece: Piece) -> None:
    dossier_id, ins = dossier(41)
    auteur = professionnel()
    alimenter(auteur, ins, lot(auteur, document(auteur=auteur)), contexte=CONTEXTE)
    sans = ouvrir(copier(dossier_id))
    assert "Aucun message" in sans["messages/LISEZMOI.txt"].decode()
    assert not any(n.startswith("mesures/") for n in sans)
    pieces.enregistrer(piece)
    pieces.enregistrer(piece)
    avec = ouvrir(_autre_copie(dossier_id))
    assert avec["mesures/mesures.csv"] == b"quand;kg\r\nhier;61\r\n"
    assert avec["messages/LISEZMOI.txt"] == b"Un message"
    page = avec["INDEX.html"].decode()
    assert page.count('href="messages/LISEZMOI.txt"') == page.count('href="mesures/mesures.csv"') == 1
    bundle = orjson.loads(avec["fhir/dossier.json"])
    genres = [e["resource"]["resourceType"] for e in bundle["entry"]]
    assert (genres[0], genres.count("Observation"), genres.count("Device")) == ("Composition", 2, 1)
    assert _fermes(bundle)
    sections = {s["title"]: s["entry"] for s in bundle["entry"][0]["resource"]["section"]}
    assert (len(sections["Mesures"]), len(sections["Comptes rendus"])) == (2, 1)


def _autre_copie(dossier_id: UUID) -> bytes:
    from espace_sante.dossier.models import Export
    from espace_sante.platform.postgres.rls import portee

    with portee(dossier_id):
        Export.objects.update(etat="detruit")
    return copier(dossier_id)


@pytest.mark.rule("POR-06")
def test_the_summary_is_there_only_when_there_is_something_to_say(piece: Piece) -> None:
    dossier_id, _ = dossier(42)
    pieces.enregistrer(Piece("vide"))
    assert "fhir/ips.json" not in ouvrir(copier(dossier_id))
    pieces.enregistrer(piece)
    bundle = orjson.loads(ouvrir(_autre_copie(dossier_id))["fhir/ips.json"])
    assert (bundle["resourceType"], bundle["type"]) == ("Bundle", "document")
    assert _fermes(bundle)
    ressources = [e["resource"] for e in bundle["entry"]]
    composition = ressources[0]
    assert composition["type"]["coding"][0] == {
        "system": "http://loinc.org", "code": "60591-5", "display": "Patient summary Document",
    }  # fmt: skip
    sections = {s["code"]["coding"][0]["code"]: s for s in composition["section"]}
    # Problems, allergies, treatments always, and never said to be none; vaccinations only when we keep some.
    assert list(sections) == ["11450-4", "48765-2", "10160-0", "8716-3", "30954-2"]
    for code in ("11450-4", "48765-2", "10160-0"):
        assert sections[code]["emptyReason"]["coding"][0]["code"] == "unavailable"
        assert "entry" not in sections[code]
    assert len(sections["8716-3"]["entry"]) == ips.PAR_SECTION
    assert "<li>Poids, 61,5 kg, 01/03/2026</li>" in sections["8716-3"]["text"]["div"]
    assert "Tension &lt;haute&gt; 12 cmHg" in sections["30954-2"]["text"]["div"]
    assert [r["id"] for r in ressources if r["resourceType"] == "Device"] == [APPAREIL]


@pytest.mark.rule("POR-16")
def test_what_a_room_keeps_is_taken_up_with_the_new_key(
    piece: Piece, lues: list[Any], tmp_path: Path
) -> None:
    pieces.enregistrer(piece)
    dossier_id, chemins, _, cle = partir(5, tmp_path)
    importer(chemins, cle)
    assert lues == [(dossier_id, b"x", {"clair": "secret", "caches": 0})]


@pytest.mark.rule("POR-16", "POR-20")
def test_a_room_that_refuses_refuses_all(piece: Piece, tmp_path: Path) -> None:
    def refuser(*_: object) -> None:
        raise ValueError

    pieces.enregistrer(piece)
    dossier_id, chemins, _, cle = partir(5, tmp_path)
    pieces.enregistrer(Piece("essai", suites=(Suite("essai", lambda _: (), refuser),)))
    with pytest.raises(RepriseRefusee) as refus:
        importer(chemins, cle)
    assert refus.value.code == "donnees_incoherentes"
    assert vide(dossier_id)
    pieces._PIECES.clear()
    with pytest.raises(RepriseRefusee) as refus:
        importer(chemins, cle)
    assert refus.value.code == "version_inconnue", "a copy of the product without that room"


@pytest.mark.rule("POR-15", "POR-20")
def test_nothing_of_a_room_in_a_choice_and_no_copy_when_it_fails(piece: Piece) -> None:
    from datetime import UTC, date, datetime

    from espace_sante.acces import export
    from espace_sante.acces.exportation import taches
    from espace_sante.acces.exportation.choix import Choix
    from espace_sante.acces.tests.fabrique import titulaire

    dossier_id, _ = dossier(43)
    pieces.enregistrer(piece)
    demande = export.demander(titulaire(dossier_id), contexte=CONTEXTE, choix=Choix(au=date(2020, 1, 1)))
    taches.fabriquer(dossier_id, demande.id, datetime.now(UTC))
    _, flux = export.telecharger(titulaire(dossier_id), demande.id, contexte=CONTEXTE)
    assert not {"mesures/mesures.csv", "fhir/ips.json"} & set(ouvrir(b"".join(flux)))

    def echouer(_: Copie) -> Iterator[dict[str, Any]]:
        raise EspaceFerme("panne", "")
        yield {}

    pieces.enregistrer(Piece("essai", ressources=echouer))
    with pytest.raises(EspaceFerme):
        _autre_copie(dossier_id)
