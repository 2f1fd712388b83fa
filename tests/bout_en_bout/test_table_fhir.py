"""The truth table of reading through FHIR: every cell by search, a draw of each row by the two reads.

The rows and the reference are those of src/espace_sante/acces/tests; every cell by the reads is in drill/.
"""

from __future__ import annotations

import random

import pytest
from django.test import Client

from espace_sante.acces.tests import reference
from espace_sante.acces.tests.table import Table

from .portes import Fhir, sort_attendu

pytestmark = [pytest.mark.django_db, pytest.mark.lent]


@pytest.mark.rule(
    "ACC-01", "ACC-05", "ACC-34", "ACC-48", "ACC-66", "ACC-67", "ACC-70", "ACC-71", "DOC-42", "DOC-43", "EMG-03",
    "EMG-08", "FHR-29", "FHR-30", "FHR-110", "FHR-120", "FHR-121",
)  # fmt: skip
def test_search_and_reads_agree_with_the_rulebook(client: Client) -> None:
    lignes = reference.matrice()
    table = Table()
    cellules = 0
    for s in dict.fromkeys(reference.situations(lignes)):
        fhir = Fhir(client, table, table.poser(s))
        trouves, ouvert = fhir.lister(), reference.ouvre(s, lignes)
        assert (trouves is not None) is ouvert, s
        assert not table.ecart(s, trouves or set(), lignes), (s, table.ecart(s, trouves or set(), lignes)[:5])
        naif = table.naif(s, lignes)
        hasard = random.Random(repr(s))
        # A few of each answer: most cells of a row say no, and a plain draw would seldom look at the others.
        tires = [
            *hasard.sample(sorted(naif), min(2, len(naif))),
            *hasard.sample(sorted(set(table.pieces) - naif), min(2 if ouvert else 1, len(table.pieces) - len(naif))),
        ]  # fmt: skip
        for i in tires:
            voulu = sort_attendu(ouvert, i in naif)
            assert (fhir.metadonnees(i), fhir.contenu(i)) == (voulu, voulu), (s, table.pieces[i])
        cellules += len(table.pieces)
    assert cellules >= 20_000
