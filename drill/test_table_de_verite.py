"""The truth table of reading, cell by cell, by every read: metadata and content by FHIR, page and bytes by the portal.

Every document of every row where the record opens; ten drawn in the rows where it does not, since nothing there
depends on the document. `make test` decides all the cells by the lists of each door (tests/bout_en_bout).
"""

from __future__ import annotations

import random

import pytest
from django.test import Client
from tests.bout_en_bout.portes import Fhir, Portail, sort_attendu

from espace_sante.acces.tests import reference
from espace_sante.acces.tests.table import Table

pytestmark = [pytest.mark.django_db, pytest.mark.lent, pytest.mark.timeout(3600)]


@pytest.mark.rule("ACC-01", "ACC-34", "DOC-42", "FHR-30", "FHR-110", "FHR-120", "FHR-121")
@pytest.mark.parametrize("porte", ["fhir", "portail"])
def test_every_cell_by_the_reads(client: Client, porte: str) -> None:
    lignes = reference.matrice()
    table = Table()
    cellules = 0
    for s in dict.fromkeys(reference.situations(lignes)):
        acteur = table.poser(s)
        if porte == "fhir":
            fhir = Fhir(client, table, acteur)
            lectures = (fhir.metadonnees, fhir.contenu)
        else:
            portail = Portail(table, acteur)
            lectures = (portail.page, portail.original)
        naif, ouvert = table.naif(s, lignes), reference.ouvre(s, lignes)
        lus = list(table.pieces) if ouvert else random.Random(repr(s)).sample(sorted(table.pieces), 10)
        for i in lus:
            voulu = sort_attendu(ouvert, i in naif)
            assert {lire(i) for lire in lectures} == {voulu}, (s, table.pieces[i])
        cellules += len(lus)
    assert cellules >= 20_000
