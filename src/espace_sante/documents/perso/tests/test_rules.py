"""What a holder must say of a document, and how much he may keep."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from espace_sante.documents.nomenclatures import RUBRIQUES, rubrique, type_document
from espace_sante.documents.perso import rules
from espace_sante.documents.perso.errors import DepotRefuse, RangementRefuse

MATIN = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.mark.rule("DOC-24")
def test_a_title_of_fifty_characters_at_most() -> None:
    assert (
        rules.lire_titre("  Radio du genou & suite : l’été 2026  ") == "Radio du genou & suite : l’été 2026"
    )
    assert rules.lire_titre("é" * 50) == "é" * 50
    # Fifty letters with their accents apart are fifty characters.
    assert rules.lire_titre("e\u0301" * 50) == "é" * 50
    for texte, code in (
        ("", "titre_manquant"),
        (" \u00a0 ", "titre_manquant"),
        ("a" * 51, "titre_trop_long"),
    ):
        with pytest.raises(DepotRefuse) as refus:
            rules.lire_titre(texte)
        assert refus.value.code == code
        assert code != "titre_trop_long" or "51" in refus.value.message


@pytest.mark.rule("DOC-24")
@pytest.mark.parametrize(
    "signe", ["<", ">", "\0", "\n", "\t", "\x7f", "\u200b", "\u202e", "\ufeff", "\u2028", "\ue000"]
)
def test_no_control_or_markup_character_in_a_title_or_a_folder(signe: str) -> None:
    with pytest.raises(DepotRefuse, match="titre_invalide"):
        rules.lire_titre(f"Radio{signe}genou")
    with pytest.raises(RangementRefuse, match="nom_invalide"):
        rules.lire_nom(f"Radio{signe}genou")


@pytest.mark.rule("DOC-24")
def test_a_date_is_needed_and_never_after_the_day_it_is_in_paris() -> None:
    tard = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)  # already the 2nd in Paris
    assert rules.lire_date("2026-07-02", quand=tard) == date(2026, 7, 2)
    for texte, code in (
        ("2026-07-03", "date_future"), ("", "date_manquante"), ("demain", "date_invalide"),
        ("2026-02-30", "date_invalide"), ("0001-01-01", "date_invalide"), ("9999-12-31", "date_future"),
    ):  # fmt: skip
        with pytest.raises(DepotRefuse) as refus:
            rules.lire_date(texte, quand=tard)
        assert refus.value.code == code, texte
    assert rules.instant_du_jour(date(2026, 3, 2), quand=MATIN) == MATIN
    assert rules.instant_du_jour(date(2026, 3, 1), quand=MATIN) == datetime(2026, 3, 1, 11, tzinfo=UTC)


@pytest.mark.rule("DOC-24", "DOC-25")
def test_each_heading_gives_a_type_of_the_holders_own() -> None:
    assert {f"DOCPAT0{n}" for n in range(1, 10)} | {
        "EXPPAT_1",
        "EXPPAT_2",
        "EXPPAT_3",
    } == rules.TYPES_DU_TITULAIRE
    assert {r.code for r in RUBRIQUES} <= set(rules.TYPE_DE_RUBRIQUE)
    for code, type_code in rules.TYPE_DE_RUBRIQUE.items():
        assert type_code in rules.TYPES_DU_TITULAIRE
        assert type_document(type_code) is not None
        attendue = "autres" if code in {"volontes", "directives"} else code
        assert rubrique(type_code).code == attendue, "found again where it was put"
    for code, refus_attendu in (
        ("", "rubrique_manquante"),
        ("REMB", "type_refuse"),
        ("11488-4", "type_refuse"),
    ):
        with pytest.raises(DepotRefuse, match=refus_attendu):
            rules.lire_rubrique(code)
    for type_code in ("11488-4", "REMB", "", "EXPPAT_4", "DOCPAT10"):
        with pytest.raises(DepotRefuse, match="type_refuse"):
            rules.verifier_type(type_code)


@pytest.mark.rule("DOC-27")
def test_the_quota_is_reached_but_not_passed_and_told() -> None:
    quota = rules.Quota(3, 1_000_000)
    rules.verifier_quota(rules.Occupation(2, 999_000), quota, 1000)
    with pytest.raises(DepotRefuse, match="quota_documents") as refus:
        rules.verifier_quota(rules.Occupation(3, 0), quota, 1)
    assert "3" in refus.value.message
    with pytest.raises(DepotRefuse, match="quota_volume") as refus:
        rules.verifier_quota(rules.Occupation(0, 999_000), quota, 1001)
    assert "1\u00a0Mo" in refus.value.message


@pytest.mark.rule("DOC-28")
def test_directives_are_for_adults_and_an_unsure_age_is_not_adult() -> None:
    for naissance, majeur in (
        ("2008-03-02", True), ("2008-03-03", False), ("2008-03", False), ("2008-02", True), ("2008", False),
        ("2007", True), ("", False), ("0000", False), ("1950-00-00", True),
    ):  # fmt: skip
        assert rules.est_majeur(naissance, quand=MATIN) is majeur, naissance
    # The eighteenth birthday begins at midnight in Paris.
    assert rules.est_majeur("2008-03-03", quand=datetime(2026, 3, 2, 23, 30, tzinfo=UTC))
    rules.verifier_directives("DOCPAT01", "2020-01-01", quand=MATIN)
    with pytest.raises(DepotRefuse, match="directives_majeurs"):
        rules.verifier_directives("EXPPAT_3", "2020-01-01", quand=MATIN)


@pytest.mark.rule("DOC-53")
def test_names_of_folders() -> None:
    assert rules.lire_nom("  Genou   droit ") == "Genou droit"
    assert rules.plier_nom("ÉTÉ Straße") == rules.plier_nom("été STRASSE")
    assert rules.plier_nom("Été") != rules.plier_nom("Ete"), "an accent makes another name"
    for nom, code in (("", "nom_manquant"), ("x" * 51, "nom_trop_long")):
        with pytest.raises(RangementRefuse, match=code):
            rules.lire_nom(nom)
