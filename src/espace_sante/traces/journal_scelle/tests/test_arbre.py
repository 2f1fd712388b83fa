"""The tree against a naive one written straight from RFC 6962, and its well-known values."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espace_sante.traces.journal_scelle.arbre import (
    TUILE,
    VIDE,
    Croissance,
    Tuile,
    feuille,
    preuve_coherence,
    preuve_inclusion,
    reduire,
    tuiles_de_droite,
    verifier_coherence,
    verifier_inclusion,
)
from espace_sante.traces.journal_scelle.preuves import noeuds_utiles, racine_depuis


def _k(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def mth(d: list[bytes]) -> bytes:
    """RFC 6962, 2.1."""
    if not d:
        return sha256(b"").digest()
    if len(d) == 1:
        return sha256(b"\x00" + d[0]).digest()
    k = _k(len(d))
    return sha256(b"\x01" + mth(d[:k]) + mth(d[k:])).digest()


def path(m: int, d: list[bytes]) -> list[bytes]:
    """RFC 6962, 2.1.1."""
    if len(d) == 1:
        return []
    k = _k(len(d))
    return [*path(m, d[:k]), mth(d[k:])] if m < k else [*path(m - k, d[k:]), mth(d[:k])]


def subproof(m: int, d: list[bytes], b: bool) -> list[bytes]:
    """RFC 6962, 2.1.2."""
    if m == len(d):
        return [] if b else [mth(d)]
    k = _k(len(d))
    if m <= k:
        return [*subproof(m, d[:k], b), mth(d[k:])]
    return [*subproof(m - k, d[k:], False), mth(d[:k])]


def donnees(n: int) -> list[bytes]:
    return [f"trace {i}".encode() for i in range(n)]


def sous_arbre(d: list[bytes]):  # type: ignore[no-untyped-def]
    return lambda hauteur, indice: mth(d[indice << hauteur : (indice + 1) << hauteur])


def test_well_known_values() -> None:
    assert VIDE.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert feuille(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    # The eight leaves of the reference implementation of Certificate Transparency.
    entrees = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ]
    arbre = Croissance()
    for entree in entrees:
        arbre.ajouter(feuille(bytes.fromhex(entree)))
    assert arbre.racine().hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


@pytest.mark.parametrize("n", [0, 1, 2, 3, 7, 255, 256, 257, 511, 512, 700, 1025])
def test_a_tree_that_grows_has_the_root_of_the_rfc(n: int) -> None:
    arbre = Croissance()
    for d in donnees(n):
        arbre.ajouter(feuille(d))
    assert arbre.racine() == mth(donnees(n))


@given(st.integers(0, 1400), st.lists(st.integers(1, 700), max_size=4))
def test_it_goes_on_from_its_tiles_wherever_it_stopped(depart: int, lots: list[int]) -> None:
    tuiles: dict[tuple[int, int], bytes] = {}
    total = 0
    for lot in [depart, *lots]:
        droite = [Tuile(n, i, tuiles.get((n, i), b"")) for n, i, _ in tuiles_de_droite(total)]
        arbre = Croissance(total, droite)
        for i in range(total, total + lot):
            arbre.ajouter(feuille(b"trace %d" % i))
        tuiles |= {(t.niveau, t.indice): t.empreintes for t in arbre.a_garder()}
        total += lot
    entier = Croissance()
    for d in donnees(total):
        entier.ajouter(feuille(d))
    assert arbre.racine() == entier.racine()
    assert tuiles == {(t.niveau, t.indice): t.empreintes for t in entier.a_garder()} or total == 0
    if total >= TUILE:
        assert tuiles[1, 0][:32] == reduire(tuiles[0, 0])


@pytest.mark.rule("AUD-14")
@given(st.data())
def test_proofs_are_those_of_the_rfc_and_hold_only_for_what_they_prove(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 120))
    d = donnees(n)
    m = data.draw(st.integers(0, n - 1))
    preuve = preuve_inclusion(sous_arbre(d), m, n)
    assert preuve == path(m, d)
    assert verifier_inclusion(feuille(d[m]), m, n, preuve, mth(d))
    assert not verifier_inclusion(feuille(b"autre"), m, n, preuve, mth(d))
    assert not verifier_inclusion(feuille(d[m]), m, n, [*preuve, VIDE], mth(d))
    if n > 1:
        assert not verifier_inclusion(feuille(d[m]), (m + 1) % n, n, preuve, mth(d))
        assert not verifier_inclusion(feuille(d[m]), m, n, preuve[1:], mth(d))

    ancienne = data.draw(st.integers(1, n))
    coherence = preuve_coherence(sous_arbre(d), ancienne, n)
    assert coherence == subproof(ancienne, d, True)
    assert verifier_coherence(ancienne, n, coherence, mth(d[:ancienne]), mth(d))
    recrit = [b"autre", *d[1:]]
    assert not verifier_coherence(ancienne, n, coherence, mth(recrit[:ancienne]), mth(d))
    assert not verifier_coherence(ancienne, n, coherence, mth(d[:ancienne]), mth(recrit))


@given(st.data())
def test_one_proof_for_many_leaves(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 300))
    d = donnees(n)
    rangs = sorted(data.draw(st.sets(st.integers(0, n - 1), min_size=1, max_size=40)))
    voulus = list(noeuds_utiles(rangs, n))
    noeuds = {(h, i): sous_arbre(d)(h, i) for h, i in voulus}
    empreintes = [feuille(d[r]) for r in rangs]
    assert racine_depuis(rangs, empreintes, n, noeuds) == mth(d)
    tenus = {r for h, i in voulus for r in range(i << h, (i + 1) << h)}
    assert tenus == set(range(n)) - set(rangs)
    faux = [*empreintes[:-1], feuille(b"autre")]
    assert racine_depuis(rangs, faux, n, noeuds) != mth(d)
    if voulus:
        noeuds.pop(voulus[0])
        with pytest.raises(KeyError):
            racine_depuis(rangs, empreintes, n, noeuds)


@pytest.mark.parametrize(("rang", "taille"), [(-1, 3), (3, 3), (0, 0)])
def test_no_proof_outside_the_tree(rang: int, taille: int) -> None:
    with pytest.raises(ValueError):
        preuve_inclusion(sous_arbre(donnees(taille)), rang, taille)
    with pytest.raises(ValueError):
        preuve_coherence(sous_arbre(donnees(taille)), taille + 1, taille)
