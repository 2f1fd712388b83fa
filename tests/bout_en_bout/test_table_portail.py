"""The truth table of reading through the professional's portal: every cell by the list, a draw of each row by the
page of a document and its bytes. The other doors: test_table_fhir.py; every cell by the reads: drill/.
"""

from __future__ import annotations

import random

import pytest
from django.conf import settings

from espace_sante.acces.tests import reference
from espace_sante.acces.tests.table import Table

from .portes import Portail, sort_attendu

pytestmark = [pytest.mark.django_db, pytest.mark.lent]


@pytest.mark.rule(
    "ACC-01", "ACC-03", "ACC-05", "ACC-34", "ACC-48", "ACC-66", "ACC-67", "ACC-70", "ACC-71", "DOC-42", "DOC-43",
    "DOC-58", "EMG-03", "EMG-08",
)  # fmt: skip
def test_the_pages_agree_with_the_rulebook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "ES_PAGE", 1000)
    lignes = reference.matrice()
    table = Table()
    cellules = 0
    for s in dict.fromkeys(reference.situations(lignes)):
        portail = Portail(table, table.poser(s))
        trouves, ouvert = portail.lister(), reference.ouvre(s, lignes)
        assert (trouves is not None) is ouvert, s
        assert not table.ecart(s, trouves or set(), lignes), (s, table.ecart(s, trouves or set(), lignes)[:5])
        naif = table.naif(s, lignes)
        hasard = random.Random(repr(s))
        for i in (
            *hasard.sample(sorted(naif), min(1, len(naif))),
            *hasard.sample(sorted(set(table.pieces) - naif), min(1, len(table.pieces) - len(naif))),
        ):
            voulu = sort_attendu(ouvert, i in naif)
            assert (portail.page(i), portail.original(i)) == (voulu, voulu), (s, table.pieces[i])
        cellules += len(table.pieces)
    assert cellules >= 20_000
