"""The whole truth table of reading, against the naive reference (issue 3, done when): through the gate itself.

profession × document type × masked × who deposited × state of the profile × consent × mode × block × role × switches.
The product answers with real rows, real row-level security and its real SQL. Through FHIR and the pages of the
portal: tests/bout_en_bout/test_table_*.py, and whole in drill/.
"""

from __future__ import annotations

from uuid import UUID

import pytest

from espace_sante.acces.errors import AccesRefuse
from espace_sante.acces.porte import open_dossier
from espace_sante.acces.tests import reference
from espace_sante.acces.tests.fabrique import CONTEXTE
from espace_sante.acces.tests.reference import Situation
from espace_sante.acces.tests.table import Table
from espace_sante.documents.filtre import Filtre
from espace_sante.identite.acteurs import Acteur
from espace_sante.kernel.codes import EtatProfil

pytestmark = [pytest.mark.django_db, pytest.mark.lent]


def vus(table: Table, acteur: Acteur) -> set[UUID] | None:
    """What the gate gives; None when it does not open."""
    try:
        with open_dossier(
            acteur, table.dossier_id, contexte=CONTEXTE, mode=acteur.finalite, identite_qualifiee=True
        ) as ouvert:
            page = ouvert.lister(Filtre(limite=1000))
            assert page.total == len(page.elements) == sum(ouvert.compter().values())
            return {d.id for d in page.elements}
    except AccesRefuse:
        return None


def test_the_reference_speaks_of_all_that_the_product_knows() -> None:
    assert set(reference.ETATS) == {e.value for e in EtatProfil}
    lignes = reference.matrice()
    rangees = list(reference.situations(lignes))
    assert {(s.systeme, s.profession) for s in rangees} == set(lignes)
    assert len(set(rangees)) * 170 >= 20_000


@pytest.mark.rule(
    "ACC-01", "ACC-05", "ACC-11", "ACC-12", "ACC-15", "ACC-19", "ACC-20", "ACC-22", "ACC-32", "ACC-34", "ACC-37", "ACC-45",
    "ACC-47", "ACC-48", "ACC-50", "ACC-51", "ACC-55", "ACC-58", "ACC-60", "ACC-61", "ACC-62", "ACC-66", "ACC-67",
    "ACC-70", "ACC-71", "ACC-73", "ACC-74", "EMG-02", "EMG-03", "EMG-06", "EMG-08", "EMG-09", "EMG-10", "EMG-12", "EMG-16",
    "EMG-17", "DOC-42", "DOC-45", "DOC-46",
)  # fmt: skip
def test_the_product_agrees_with_the_rulebook_on_every_cell() -> None:
    lignes = reference.matrice()
    table = Table()
    assert len({p.type for p in table.pieces.values()}) > 80
    cellules = accordees = 0
    for s in dict.fromkeys(reference.situations(lignes)):
        donnes = vus(table, table.poser(s))
        assert (donnes is not None) is reference.ouvre(s, lignes), s
        assert not table.ecart(s, donnes or set(), lignes), (s, table.ecart(s, donnes or set(), lignes)[:5])
        cellules += len(table.pieces)
        accordees += len(donnes or ())
    assert cellules >= 20_000
    assert accordees > cellules // 20


def test_a_situation_is_what_it_says() -> None:
    """The reference itself, on a few cells that a reader can check by eye."""
    lignes = reference.matrice()
    medecin = Situation("TRE_G15", "10")
    rapport, masque = reference.Piece("11488-4"), reference.Piece("11488-4", masque=True)
    assert reference.attendu(medecin, rapport, lignes)
    assert not reference.attendu(medecin, masque, lignes)
    assert not reference.attendu(medecin, reference.Piece("ATTEST-RESID"), lignes)
    assert not reference.ouvre(Situation("TRE_R85", "330", consentement="equipe"), lignes)
