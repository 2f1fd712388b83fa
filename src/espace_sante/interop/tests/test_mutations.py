"""Whatever a client sends, the reading gives a lot that fits its tables, or findings; never another error."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from espace_sante.documents.metadonnees import Auteur, Code, Metadonnees
from espace_sante.interop.fhir.constats import RefusFhir
from espace_sante.interop.fhir.lot import lire_lot
from espace_sante.interop.fhir.simplifie import lire_simplifie
from espace_sante.interop.tests.fabrique import DOSSIER, REGLES, bundle, octets, simple

_VALEURS: list[Any] = [
    None, "", [], {}, 0, -1, 1.5, True, 10**30, "x", "#x", "urn:uuid:z", "2026", "2026-13-45", "\u0000", "é😀",
    "0001-01-01", "9999-12-31T23:59:59-14:00", "2026-06-12T10:00:00+02:00", "x" * 5000, "|", "%00",
    "Patient?identifier=|", "Patient/" + "0" * 32, "urn:oid:1.2^", "urn:oid:" + "1." * 100 + "1",
    "urn:uuid:" + "a" * 36, {"coding": [{"code": "x" * 200, "system": "y"}]}, {"reference": "#"}, [{"url": "x"}],
]  # fmt: skip
_AJOUTS = ("reference", "identifier", "coding", "extension", "contained", "value", "relatesTo", "zz")


def _places(objet: Any, ici: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if ici and ici[-1] != "data":
        yield ici
    suites = objet.items() if isinstance(objet, dict) else enumerate(objet) if isinstance(objet, list) else ()
    for cle, valeur in suites:
        yield from _places(valeur, (*ici, cle))


def _muter(objet: dict[str, Any], hasard: random.Random) -> None:
    *avant, cle = hasard.choice(list(_places(objet)))
    parent: Any = objet
    for morceau in avant:
        parent = parent[morceau]
    tirage = hasard.random()
    if tirage < 0.2:
        del parent[cle]
    elif tirage < 0.4 and isinstance(parent, dict):
        parent[hasard.choice(_AJOUTS)] = copy.deepcopy(hasard.choice(_VALEURS))
    else:
        parent[cle] = copy.deepcopy(hasard.choice(_VALEURS))


def _tient(m: Metadonnees) -> None:
    def code(c: Code | None, longueur: int = 60) -> None:
        assert c is None or (len(c.code) <= longueur and len(c.systeme) <= 140)

    def auteur(a: Auteur | None) -> None:
        if a is not None:
            assert len(a.idnat) <= 40
            assert len(a.structure_idnat) <= 40
            assert a.specialite is None or len(a.specialite.code) <= 60

    assert len(m.unique_id) <= 140
    assert len(m.langue) <= 20
    assert len(m.mime) <= 100
    code(m.format, 140)
    for c in (m.etablissement, m.cadre, m.type, m.classe):
        code(c)
    assert all(len(e.code) <= 60 for e in m.evenements)
    for a in (*m.auteurs, m.authentificateur, m.depositaire):
        auteur(a)
    for quand in (m.creation, m.date, m.periode_debut):
        assert 1850 <= quand.year <= 2200
    assert "\x00" not in repr(m)


@pytest.mark.rule("FHR-07", "FHR-61")
@settings(max_examples=400, deadline=None)
@given(st.randoms(use_true_random=False), st.booleans(), st.integers(1, 4))
def test_mutated_bodies(hasard: random.Random, par_lot: bool, fois: int) -> None:
    corps = bundle() if par_lot else simple()
    for _ in range(fois):
        _muter(corps, hasard)
    try:
        lot = (lire_lot if par_lot else lire_simplifie)(octets(corps), REGLES).a_deposer(DOSSIER)
    except RefusFhir as refuse:
        assert any(c.refuse for c in refuse.constats)  # noqa: PT017 - both outcomes are right
        return
    assert len(lot.unique_id) <= 140
    assert len(lot.source_id) <= 140
    assert lot.designation is None or len(lot.designation.code) <= 60
    for document in lot.documents:
        _tient(document.metadonnees)
        assert json.loads(document.representation or b"")["resourceType"] == "DocumentReference"
