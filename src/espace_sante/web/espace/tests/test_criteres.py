"""Criteria read from addresses and forms: six orders, ranges, sealed words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qsl
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espace_sante.documents.nomenclatures import RUBRIQUES, types_de_rubrique
from espace_sante.web.espace.calendrier import aujourd_hui
from espace_sante.web.espace.criteres import ORDRES, TEXTE_MAX, lire, lire_plage
from espace_sante.web.espace.recherche import fermer, ouvrir

DOSSIER, AUTRE = UUID(int=1), UUID(int=2)


@pytest.mark.rule("DOC-56")
def test_six_orders_newest_first_by_default() -> None:
    assert lire({}, DOSSIER).ordre == lire({"ordre": "inconnu"}, DOSSIER).ordre == "recents"
    vus = {(f.tri, f.descendant) for f in (lire({"ordre": o}, DOSSIER).filtre(50) for o in ORDRES)}
    assert vus == {(champ, sens) for champ in ("creation", "titre", "auteur_nom") for sens in (True, False)}


@pytest.mark.rule("DOC-57")
def test_filters_become_a_filtre() -> None:
    c = lire(
        {
            "rubrique": "biologie",
            "du": "2026-01-02",
            "au": "2026-01-03",
            "masques": "oui",
            "texte": " Éléonore  sang ",
        },
        DOSSIER,
    )
    f = c.filtre(50)
    assert f.types == types_de_rubrique("biologie")
    assert f.texte == "Éléonore sang"
    assert f.masque is True
    assert [(b.operateur, b.debut.astimezone(UTC), b.fin.astimezone(UTC)) for b in f.bornes] == [
        ("ge", datetime(2026, 1, 1, 23, tzinfo=UTC), datetime(2026, 1, 2, 23, tzinfo=UTC)),
        ("le", datetime(2026, 1, 2, 23, tzinfo=UTC), datetime(2026, 1, 3, 23, tzinfo=UTC)),
    ]
    assert c.actifs == 3


@pytest.mark.rule("DOC-57")
def test_one_letter_is_said_and_does_not_narrow() -> None:
    c = lire({"texte": "a"}, DOSSIER)
    assert "texte" in c.erreurs
    assert c.filtre(50).texte == ""


@pytest.mark.rule("DOC-59")
def test_pages_are_numbers_from_one() -> None:
    pages = {p: lire({"page": p}, DOSSIER).page for p in ("", "0", "-1", "x", "²", "2", "9" * 5000)}
    assert pages == {"": 1, "0": 1, "-1": 1, "x": 1, "²": 1, "2": 2, "9" * 5000: 1000}
    assert lire({"page": "3"}, DOSSIER).filtre(50).decalage == 100


@pytest.mark.rule("AUD-07")
def test_a_range_starts_before_its_end_and_not_in_the_future() -> None:
    demain = (aujourd_hui() + timedelta(days=1)).isoformat()
    assert lire_plage({"du": demain}).erreurs
    assert lire_plage({"au": demain}).au is None
    assert "du" in lire_plage({"du": "2026-02-02", "au": "2026-02-01"}).erreurs
    assert "du" in lire_plage({"du": "hier"}).erreurs
    plage = lire_plage({"du": "2026-02-01", "au": "2026-02-01"})
    assert (plage.du, plage.au, dict(plage.erreurs)) == (date(2026, 2, 1), date(2026, 2, 1), {})


@pytest.mark.rule("REG-12")
def test_a_searched_word_is_sealed_for_one_record() -> None:
    adresse = lire({"texte": "cancer", "auteur": "899000000001"}, DOSSIER).adresse(DOSSIER)
    assert "cancer" not in adresse
    assert "899000000001" not in adresse
    relu = dict(parse_qsl(adresse[1:]))
    assert (lire(relu, DOSSIER).texte, lire(relu, DOSSIER).auteur) == ("cancer", "899000000001")
    assert lire(relu, AUTRE).texte == ""
    assert ouvrir("n’importe quoi", DOSSIER) == ouvrir("", DOSSIER) == ("", "")


@given(
    texte=st.text(max_size=200),
    rubrique=st.sampled_from(["", "nulle", *(r.code for r in RUBRIQUES)]),
    ordre=st.sampled_from(["", *ORDRES]),
    masques=st.sampled_from(["", "oui", "non"]),
    page=st.integers(-5, 2000),
)
def test_an_address_says_the_same_as_the_form(
    texte: str, rubrique: str, ordre: str, masques: str, page: int
) -> None:
    champs = {"texte": texte, "rubrique": rubrique, "ordre": ordre, "masques": masques, "page": str(page)}
    c = lire(champs, DOSSIER)
    assert len(c.texte) <= TEXTE_MAX
    assert "\x00" not in c.filtre(50).texte
    relu = lire(dict(parse_qsl(c.adresse(DOSSIER, page=c.page)[1:])), DOSSIER)
    assert relu == c


@given(st.text(), st.text(alphabet="0123456789", max_size=40))
def test_seal_and_open(texte: str, auteur: str) -> None:
    texte = texte.encode("utf-8", "ignore").decode()
    assert ouvrir(fermer(texte, auteur, DOSSIER), DOSSIER) == (texte, auteur)
