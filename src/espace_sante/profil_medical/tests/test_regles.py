"""The pure rules of measures (FHR-142 to FHR-147, MES-03 to MES-11), by example and by property."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espace_sante.acces.appairages.droits import GENRES, LECTURE_SEULE
from espace_sante.profil_medical import genres as module
from espace_sante.profil_medical.errors import GenresInvalides
from espace_sante.profil_medical.genres import GenreMesure, genres, jeu, lire_genres, par_code
from espace_sante.profil_medical.regles import (
    TOLERANCE,
    CodeDonne,
    MesureDonnee,
    decimales,
    imc,
    majorite,
    nombre,
    verifier,
)

MAINTENANT = datetime(2026, 3, 1, 12, tzinfo=UTC)
NAISSANCE = date(1978, 3, 2)
ECRITS = [g for g in genres() if genres()[g].ecriture]


def bonne(genre: GenreMesure, **autres: Any) -> MesureDonnee:
    """A right measure of that kind."""
    valeurs = {c.code: c.maximum for c in genre.composants}
    if genre.compose:
        valeurs[genre.composants[1].code] = genre.composants[1].minimum
    champs: dict[str, Any] = {
        "quand": MAINTENANT,
        "valeurs": valeurs,
        "moment": CodeDonne("53049-3") if genre.moment else None,
        "jours": CodeDonne("GEN-275") if genre.jours else None,
        **autres,
    }
    return MesureDonnee(genre=genre, **champs)


def codes(donnee: MesureDonnee, naissance: date | None = NAISSANCE) -> list[str]:
    return [e.code for e in verifier(donnee, maintenant=MAINTENANT, naissance=naissance)]


@pytest.mark.rule("FHR-141", "FHR-145")
def test_the_table_is_that_of_the_rulebook() -> None:
    """Table A.9.1."""
    assert {(g.code, g.unite) for g in genres().values()} == {
        ("29463-7", "kg"), ("8302-2", "cm"), ("39156-5", "kg/m2"), ("85354-9", "mm[Hg]"), ("8867-4", "/min"),
        ("8310-5", "Cel"), ("8280-0", "cm"), ("8287-5", "cm"), ("2345-7", "mg/dL"), ("MED-969", "mg/dL"),
        ("MED-972", "%"), ("4548-4", "%"), ("72514-3", "1"), ("41950-7", "1/(24.h)"),
    }  # fmt: skip
    assert [c.code for c in genres()["pression_arterielle"].composants] == ["8480-6", "8462-4"]
    assert [g for g in genres() if not genres()[g].ecriture] == ["imc"]
    assert par_code("2339-0") is genres()["glycemie"]


@pytest.mark.rule("FHR-150")
def test_each_kind_has_its_box_on_the_consent_screen() -> None:
    droits = {g.droit for g in genres().values()}
    assert droits == {g for g in GENRES if g.startswith("mesures.")}
    assert {g.droit for g in genres().values() if not g.ecriture} == droits & LECTURE_SEULE


@pytest.mark.rule("FHR-147")
def test_value_sets_are_the_published_ones(vectors: Path) -> None:
    for nom in (
        "J145",
        "J146",
        "J147",
        "J149",
        "J150",
        "J151",
        "J152",
        "J153",
        "J155",
        "J156",
        "J157",
        "J158",
        "J159",
        "J164",
    ):
        (fichier,) = (vectors / "value-sets").glob(f"JDV_{nom}_*.csv")
        with fichier.open(encoding="utf-8") as f:
            publies = {(x["code"], x["code_system_oid"]) for x in csv.DictReader(f)}
        assert {(v.code, v.systeme) for v in jeu(nom).values()} == publies, nom


@pytest.mark.parametrize("genre", ECRITS)
def test_a_right_measure_has_no_fault(genre: str) -> None:
    assert codes(bonne(genres()[genre])) == []


@pytest.mark.rule("FHR-146", "MES-06")
def test_time_is_between_birth_and_now() -> None:
    poids = genres()["poids"]
    assert codes(bonne(poids, quand=MAINTENANT + TOLERANCE)) == []
    assert codes(bonne(poids, quand=MAINTENANT + TOLERANCE + timedelta(seconds=1))) == ["date_future"]
    ne = datetime(1978, 3, 2, tzinfo=UTC)
    assert codes(bonne(poids, quand=ne)) == []
    assert codes(bonne(poids, quand=ne - timedelta(seconds=1))) == ["avant_naissance"]
    assert codes(bonne(poids, quand=ne - timedelta(days=60), quand_fin=ne + timedelta(days=300))) == []
    assert codes(bonne(poids, quand=datetime(1850, 1, 1, tzinfo=UTC)), naissance=None) == []


@pytest.mark.rule("FHR-144")
@given(genre=st.sampled_from(ECRITS), moment=st.booleans(), jours=st.booleans())
def test_moment_and_days_are_required_or_forbidden(genre: str, moment: bool, jours: bool) -> None:
    g = genres()[genre]
    donnee = bonne(
        g, moment=CodeDonne("53049-3") if moment else None, jours=CodeDonne("GEN-275") if jours else None
    )
    assert (codes(donnee) == []) == (moment == g.moment and jours == g.jours)


@pytest.mark.rule("FHR-145")
@given(genre=st.sampled_from(ECRITS), unite=st.text(max_size=5))
def test_only_the_unit_of_the_table_is_admitted(genre: str, unite: str) -> None:
    g = genres()[genre]
    fautes = codes(bonne(g, unites={c.code: unite for c in g.composants}))
    assert (fautes == []) == (unite == g.unite)


@pytest.mark.rule("FHR-146", "MES-05")
@given(
    genre=st.sampled_from([g for g in ECRITS if not genres()[g].compose]),
    valeur=st.decimals(allow_nan=True, allow_infinity=True),
)
def test_what_is_kept_is_within_bounds_and_no_finer_than_allowed(genre: str, valeur: Decimal) -> None:
    g = genres()[genre]
    (c,) = g.composants
    if codes(bonne(g, valeurs={"": valeur})) == []:
        assert c.minimum <= valeur <= c.maximum
        assert valeur == valeur.quantize(Decimal(1).scaleb(-g.decimales))
    elif valeur.is_finite() and c.minimum <= valeur <= c.maximum:
        assert decimales(valeur) > g.decimales or len(valeur.as_tuple().digits) > 15


@pytest.mark.rule("FHR-142", "MES-08")
@given(haut=st.integers(0, 400), bas=st.integers(0, 400))
def test_systolic_is_over_diastolic(haut: int, bas: int) -> None:
    g = genres()["pression_arterielle"]
    donnee = bonne(g, valeurs={"8480-6": Decimal(haut), "8462-4": Decimal(bas)})
    assert (codes(donnee) == []) == (30 <= haut <= 300 and 10 <= bas <= 200 and haut > bas)
    assert "valeur_absente" in codes(bonne(g, valeurs={"8480-6": Decimal(haut)}))
    assert "composant_inconnu" in codes(bonne(g, valeurs={**donnee.valeurs, "8478-0": Decimal(90)}))


@pytest.mark.rule("FHR-147")
def test_codes_are_of_the_set_and_of_its_system() -> None:
    bp = genres()["pression_arterielle"]
    snomed = frozenset({"2.16.840.1.113883.6.96"})
    assert codes(bonne(bp, site=CodeDonne("8205005", snomed))) == []
    for site in (
        CodeDonne("8205005", frozenset({"1.2"})),
        CodeDonne("8205005", frozenset()),
        CodeDonne("1", snomed),
    ):
        assert codes(bonne(bp, site=site)) == ["code_hors_jeu"]
    # A kind without a value set admits no code at all.
    assert codes(bonne(genres()["poids"], site=CodeDonne("8205005", snomed))) == ["code_hors_jeu"]


@pytest.mark.rule("FHR-143")
def test_the_bmi_is_computed_and_never_written() -> None:
    assert imc(Decimal("81"), Decimal("180")) == Decimal("25.0")
    assert imc(Decimal("70.35"), Decimal("172.5")) == Decimal("23.6")
    donnee = MesureDonnee(genre=genres()["imc"], quand=MAINTENANT, valeurs={"": Decimal(25)})
    assert codes(donnee) == ["mesure_calculee"]
    assert majorite(date(2008, 2, 29)) == date(2026, 3, 1)
    assert majorite(None) is None


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=0, max_value=1_000_000))
def test_a_number_is_written_so_that_it_is_read_again(valeur: Decimal) -> None:
    assert Decimal(nombre(valeur)) == valeur
    assert "E" not in nombre(valeur) and not nombre(valeur).endswith(".")
    assert nombre(valeur) == nombre(valeur.normalize())


@pytest.mark.rule("FHR-146")
@pytest.mark.parametrize(
    "change",
    [
        {"minimum": "x"}, {"minimum": "700"}, {"facteur": "0"}, {"moment": "peut-être"}, {"jeu_methode": "J000"},
        {"code": ""}, {"composants": "a:b"}, {"minimum": ""},
    ],
)  # fmt: skip
def test_a_file_of_kinds_that_cannot_be_stops_with_its_line(change: dict[str, str]) -> None:
    lignes = list(csv.DictReader(module._donnees("mesures.csv").splitlines()))
    lignes[0] |= change
    with pytest.raises(GenresInvalides) as refus:
        lire_genres(lignes)
    assert "ligne 2" in refus.value.message
    with pytest.raises(GenresInvalides):
        lire_genres([lignes[1], lignes[1]])
    with pytest.raises(GenresInvalides):
        lire_genres([])


@pytest.mark.rule("FHR-146", "MES-02")
def test_another_file_changes_the_bounds_without_a_release(tmp_path: Path, settings: Any) -> None:
    texte = module._donnees("mesures.csv").replace("kg,kg,1,0.2,600,3", "kg,kg,1,0.2,300,1")
    (tmp_path / "mesures.csv").write_text(texte, encoding="utf-8")
    settings.ES_MESURES = str(tmp_path / "mesures.csv")
    assert codes(bonne(genres()["poids"], valeurs={"": Decimal(301)})) == ["hors_bornes"]
    settings.ES_MESURES = str(tmp_path / "absent.csv")
    with pytest.raises(GenresInvalides):
        genres()
