"""Each way to falsify the log is found, and the first bad entry named; the large version is in `drill`."""

from __future__ import annotations

import pytest

from espace_sante.traces.journal_scelle.tests.atelier import Journal
from espace_sante.traces.journal_scelle.tests.falsifications import FALSIFICATIONS, SHARD


@pytest.mark.rule("AUD-14", "AUD-15")
@pytest.mark.parametrize(
    ("falsifier", "code", "exact"), FALSIFICATIONS, ids=[f.__name__ for f, _, _ in FALSIFICATIONS]
)
def test_it_is_found_and_named(journal: Journal, falsifier, code: str, exact: bool) -> None:  # type: ignore[no-untyped-def]
    eprouver(journal, falsifier, code, exact, lot=1300, rang=300)


def eprouver(journal: Journal, falsifier, code: str, exact: bool, *, lot: int, rang: int) -> None:  # type: ignore[no-untyped-def]
    """Three batches with heads an hour apart, then the falsification."""
    dossiers = journal.ecrire(lot)
    for _ in range(3):
        journal.sceller()
        journal.publier()
        journal.publier(minutes=59)
        journal.ecrire(lot, dossiers)
    journal.sceller()
    journal.publier()
    assert journal.verifier().entier
    falsifier(journal, rang)
    rapport = journal.verifier()
    assert not rapport.entier
    premiere = rapport.anomalies[0]
    assert premiere.code == code, rapport.anomalies[:3]
    if exact:
        assert (premiere.shard, premiere.rang) == (SHARD, rang), premiere
    elif code == "arbre_recrit":
        taille = int(premiere.texte.rpartition(" ")[2])
        assert premiere.rang <= rang <= taille


@pytest.mark.rule("AUD-14")
def test_a_head_signed_again_is_found_even_when_both_are_at_the_witness(journal: Journal) -> None:
    from dataclasses import replace

    from espace_sante.traces.journal_scelle import temoin
    from espace_sante.traces.journal_scelle.tests.atelier import CLE

    journal.ecrire(100)
    journal.sceller()
    (premiere, *_) = journal.publier()
    temoin.ajouter(journal.temoin, [CLE.signer(replace(premiere, racine=bytes(32)))])
    rapport = journal.verifier()
    assert rapport.anomalies[0].code == "tete_resignee"
