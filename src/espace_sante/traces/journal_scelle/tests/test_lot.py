"""A holder's export is proven offline, with the file and a public key; what is changed in it is named."""

from __future__ import annotations

import base64
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import orjson
import psycopg
import pytest

from espace_sante.traces.journal_scelle import temoin
from espace_sante.traces.journal_scelle.ecriture import effacer, lecteur
from espace_sante.traces.journal_scelle.exportation import lot_de_preuves
from espace_sante.traces.journal_scelle.lot import LotFaux, verifier
from espace_sante.traces.journal_scelle.note import CleJournal, NoteIllisible
from espace_sante.traces.journal_scelle.tests.atelier import CLE, Journal

DOSSIER = UUID("018f0000-0000-7000-8000-000000000005")


def lot_du_dossier(journal: Journal, **options: Any) -> bytes:
    """As the application, scoped to the record."""
    with psycopg.connect(journal.url_application) as cx:
        cx.execute(f"SET LOCAL es.dossier = '{DOSSIER}'")
        return lot_de_preuves(DOSSIER, CLE.publique, lire=lecteur(cx), **options)


@pytest.fixture
def rempli(journal: Journal) -> Journal:
    """60 traces of one record among 1 000 others, sealed and published; then 3 that are not yet."""
    journal.ecrire(500)
    journal.ecrire(60, [DOSSIER])
    journal.ecrire(500)
    journal.sceller()
    journal.publier()
    journal.ecrire(2, [DOSSIER])
    journal.sceller()
    journal.ecrire(1, [DOSSIER])
    return journal


@pytest.mark.rule("AUD-14", "AUD-11")
def test_an_export_is_proven_with_the_public_key_alone(rempli: Journal) -> None:
    octets = lot_du_dossier(rempli)
    prouve = verifier(octets, CLE.publique, temoin.lire(rempli.temoin))
    assert (prouve.entrees, prouve.effacees, prouve.en_attente) == (60, 0, 3)
    assert len(orjson.loads(octets)["journaux"]) == 1


def _entree(lot: Any, i: int = 30) -> Any:
    return lot["journaux"][0]["entrees"][i]


def _changer(lot: Any) -> None:
    _entree(lot)[3][5] = "Dr Autre"


def _antidater(lot: Any) -> None:
    _entree(lot)[3][2] = "2020-01-01T00:00:00+00:00"


def _retirer(lot: Any) -> None:
    del lot["journaux"][0]["entrees"][30]


def _reordonner(lot: Any) -> None:
    e = lot["journaux"][0]["entrees"]
    e[30], e[31] = e[31], e[30]


def _inserer(lot: Any) -> None:
    lot["journaux"][0]["entrees"].insert(31, list(_entree(lot)))


def _changer_empreinte(lot: Any) -> None:
    _entree(lot)[2] = base64.b64encode(bytes(32)).decode()


def _faire_effacee(lot: Any) -> None:
    _entree(lot)[2:] = [base64.b64encode(bytes(32)).decode(), None]


def _noeud(lot: Any) -> None:
    noeuds = lot["journaux"][0]["noeuds"]
    noeuds[next(iter(noeuds))] = base64.b64encode(bytes(32)).decode()


def _dossier(lot: Any) -> None:
    lot["dossier"] = str(UUID(int=9))


def _queue(lot: Any) -> None:
    del lot["journaux"][0]["entrees"][-5:]


def _illisible(lot: Any) -> None:
    del lot["journaux"][0]["noeuds"]


@pytest.mark.rule("AUD-14")
@pytest.mark.parametrize(
    ("falsifier", "nomme"),
    [
        (_changer, 30), (_antidater, 30), (_retirer, 30), (_reordonner, 30), (_inserer, 30), (_changer_empreinte, 30),
        (_faire_effacee, None), (_noeud, None), (_dossier, 0), (_queue, 55), (_illisible, None),
    ],
)  # fmt: skip
def test_what_is_changed_in_an_export_is_found(
    rempli: Journal, falsifier: Callable[[Any], None], nomme: int | None
) -> None:
    octets = lot_du_dossier(rempli)
    rangs = [e[0] for e in orjson.loads(octets)["journaux"][0]["entrees"]]
    lot = orjson.loads(octets)
    falsifier(lot)
    with pytest.raises(LotFaux) as faute:
        verifier(orjson.dumps(lot), CLE.publique)
    if nomme is not None:
        assert faute.value.details["rang"] in {rangs[nomme], rangs[min(nomme + 1, 59)]}


@pytest.mark.rule("AUD-14")
def test_another_key_or_a_head_unknown_to_the_witness_is_refused(rempli: Journal) -> None:
    octets = lot_du_dossier(rempli)
    with pytest.raises(NoteIllisible):
        verifier(octets, CleJournal("essai.example/traces", bytes(32)).publique)
    with pytest.raises(LotFaux, match="jamais été remise"):
        verifier(octets, CLE.publique, [])
    tete = verifier(octets, CLE.publique).tetes[0]
    with pytest.raises(LotFaux, match="autre arbre"):
        verifier(octets, CLE.publique, [CLE.signer(replace(tete, racine=bytes(32)))])


@pytest.mark.rule("AUD-14")
def test_a_later_export_is_linked_to_an_earlier_one(rempli: Journal) -> None:
    ancienne = orjson.loads(lot_du_dossier(rempli))["journaux"][0]["tete"]
    rempli.ecrire(400)
    rempli.sceller()
    rempli.publier()
    lot = orjson.loads(lot_du_dossier(rempli, anciennes=[ancienne]))
    assert verifier(orjson.dumps(lot), CLE.publique).entrees == 63
    (lien,) = lot["journaux"][0]["coherence"]
    lien["preuve"][0] = base64.b64encode(bytes(32)).decode()
    with pytest.raises(LotFaux, match="ne prolonge pas"):
        verifier(orjson.dumps(lot), CLE.publique)


@pytest.mark.rule("AUD-12")
def test_what_was_destroyed_stays_proven(rempli: Journal) -> None:
    rempli.sceller()
    nombre = effacer(rempli.cx, DOSSIER, "fin de conservation", rempli.maintenant)
    rempli.sceller()
    rempli.publier()
    prouve = verifier(lot_du_dossier(rempli), CLE.publique)
    assert (prouve.effacees, prouve.entrees) == (nombre, nombre + 1)


@pytest.mark.rule("AUD-09")
def test_acts_about_a_document_kept_for_an_announcement_are_left_out(rempli: Journal) -> None:
    caches = [
        d
        for (ids,) in rempli.sql("SELECT document_ids FROM traces_trace WHERE dossier_id = %s", DOSSIER)
        for d in ids
    ]
    octets = lot_du_dossier(rempli, caches=caches)
    assert not any(str(d).encode() in octets for d in caches)
    assert 0 < verifier(octets, CLE.publique).entrees < 60


def test_verification_needs_neither_django_nor_a_database() -> None:
    code = (
        "import sys; sys.modules['django'] = sys.modules['psycopg'] = None;"
        "import espace_sante.traces.journal_scelle.lot, espace_sante.traces.journal_scelle.temoin"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
