"""Numbers of pages: ends, neighbours, gaps."""

from __future__ import annotations

from espace_sante.web.composants.pagination import paginer


def _numeros(page: int, total: int) -> list[int]:
    return [
        e.numero for e in paginer(page=page, total=total, par_page=20, nom="documents", adresse=str).etapes
    ]


def test_au_milieu() -> None:
    assert _numeros(8, 312) == [1, 0, 7, 8, 9, 0, 16]


def test_aux_bouts() -> None:
    assert _numeros(1, 312) == [1, 2, 0, 16]
    assert _numeros(16, 312) == [1, 0, 15, 16]


def test_sans_trou_entre_voisins() -> None:
    assert _numeros(2, 60) == [1, 2, 3]


def test_une_page_ne_montre_rien() -> None:
    assert _numeros(1, 20) == []
    assert _numeros(1, 0) == []


def test_derniere_page_incomplete() -> None:
    pagination = paginer(page=99, total=312, par_page=20, nom="documents", adresse=str)
    assert pagination.resume == "Documents 301 à 312 sur 312"
    assert (pagination.precedente, pagination.suivante) == ("15", "")
