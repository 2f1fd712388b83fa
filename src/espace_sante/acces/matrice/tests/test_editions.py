"""Editions: numbered, approved by somebody else, never changed, dated (rules ACC-38 to ACC-40, ACC-44, ACC-45)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
import time_machine
from django.db import Error, connection, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as essais
from hypothesis import strategies as st

from espace_sante.acces import matrice
from espace_sante.acces.matrice import editions, fichier, lignes
from espace_sante.acces.matrice.erreurs import EditionRefusee, MatriceInvalide
from espace_sante.acces.matrice.lignes import Case, Cle, Groupe
from espace_sante.acces.matrice.tests.exploitation import (
    ANNE,
    PAUL,
    TABLES,
    approuver,
    droit_d_ajouter,
    mettre_en_vigueur,
    proposer,
    proprietaire,
)
from espace_sante.acces.matrice.tests.exploitation import matrice as csv
from espace_sante.acces.matrice.tests.test_lignes import naive
from espace_sante.acces.models import Cellule, Edition, Proposition
from espace_sante.documents import nomenclatures

pytestmark = pytest.mark.django_db
MEDECIN, BIOLOGISTE = Groupe("TRE_G15", "10"), Groupe("TRE_G15", "10", "SM03")


@pytest.fixture(autouse=True)
def _exploitation(db: None) -> Iterator[None]:
    with droit_d_ajouter():
        yield


def _en_vigueur() -> int:
    edition = matrice.en_vigueur()
    assert edition is not None
    return edition.numero


def _refus(attendu: str, appel: object, /, *args: object, **autres: object) -> None:
    with pytest.raises(EditionRefusee) as refus:
        appel(*args, **autres, base="default")  # type: ignore[operator]
    assert refus.value.code == attendu


@pytest.mark.rule("ACC-32", "ACC-38", "ACC-39")
def test_a_load_waits_for_another_person_then_rules_at_once() -> None:
    charge = editions.proposer(
        csv("10 SYNTH O", "21 SYNTH N").encode(),
        nom="Annexe 2027", source="Arrêté du 1er janvier 2027, JO du 2", auteur=ANNE,
        date_effet=datetime.now(UTC), base="default",
    )  # fmt: skip
    assert charge.numero == 2
    assert _en_vigueur() == 1, "loaded is not approved"
    edition = approuver(charge.numero)
    assert _en_vigueur() == 2
    assert (edition.numero, edition.nom, edition.source) == (
        2,
        "Annexe 2027",
        "Arrêté du 1er janvier 2027, JO du 2",
    )
    assert (edition.auteur, edition.approbateur) == (ANNE, PAUL)
    assert matrice.ligne(2, *MEDECIN) == ("SYNTH",)
    assert matrice.ligne(2, "TRE_G15", "21", "") == ()
    assert matrice.ligne(2, "TRE_G15", "60", "") == (), "absent from the file: no (ACC-37)"
    assert proposer(csv("10 SYNTH O")).numero == 3, "each load has its number"


@pytest.mark.rule("ACC-36")
def test_a_refused_file_loads_nothing() -> None:
    with pytest.raises(MatriceInvalide):
        proposer(csv("10 SYNTH O", "10 RIEN O"))
    assert not Proposition.objects.exclude(numero=1).exists()
    assert not Cellule.objects.exclude(edition=1).exists()


@pytest.mark.rule("ACC-39")
@pytest.mark.parametrize("memes", [ANNE, "anne  martin", "ANNE MARTIN ", "Anne-Martin", "Ànne Mârtin"])
def test_the_person_who_loaded_cannot_approve(memes: str) -> None:
    numero = proposer(csv("10 SYNTH O")).numero
    code = editions.apercevoir(numero, base="default").code
    _refus("meme_personne", editions.approuver, numero, par=memes, code=code)
    assert _en_vigueur() == 1


@pytest.mark.rule("ACC-39")
def test_the_database_itself_refuses_one_person() -> None:
    """Even a program that forgets to ask: the constraint is on the row of the edition."""
    maintenant = datetime.now(UTC)
    with pytest.raises(Error, match="matrice_quatre_yeux"), transaction.atomic():
        Edition.objects.create(
            numero=9, nom="x", auteur=ANNE, approbateur=ANNE.upper(), date_effet=maintenant,
            chargee_le=maintenant, approuvee_le=maintenant, systemes=[],
        )  # fmt: skip


@pytest.mark.rule("ACC-39")
def test_approving_needs_the_preview_of_now() -> None:
    premier, second = proposer(csv("10 SYNTH O")).numero, proposer(csv("10 REMB O")).numero
    _refus("apercu_perime", editions.approuver, premier, par=PAUL, code="")
    vu = editions.apercevoir(premier, base="default")
    approuver(second)
    # The edition that it would follow has changed: what was seen is no longer what would happen.
    _refus("apercu_perime", editions.approuver, premier, par=PAUL, code=vu.code)
    approuver(premier)
    _refus("deja_approuvee", editions.apercevoir, premier)
    _refus("edition_inconnue", editions.apercevoir, 999)


@pytest.mark.rule("ACC-39")
def test_only_the_managers_of_the_matrix_when_they_are_named(settings: Any) -> None:
    settings.ES_GESTIONNAIRES_MATRICE = (ANNE, "Lou Petit")
    numero = proposer(csv("10 SYNTH O")).numero
    code = editions.apercevoir(numero, base="default").code
    _refus("gestionnaire_inconnu", editions.approuver, numero, par=PAUL, code=code)
    _refus("gestionnaire_inconnu", editions.revenir, 1, date_effet=datetime.now(UTC), auteur=PAUL)
    _refus("personne_absente", editions.revenir, 1, date_effet=datetime.now(UTC), auteur=" ")
    editions.approuver(numero, par="Lou Petit", code=code, base="default")
    settings.ES_GESTIONNAIRES_MATRICE, settings.ES_INSTANCE = (), "production"
    _refus("gestionnaire_inconnu", editions.revenir, 1, date_effet=datetime.now(UTC), auteur=PAUL)


@pytest.mark.rule("ACC-39")
def test_the_preview_names_the_cells_opened_and_closed() -> None:
    mettre_en_vigueur(csv("10 SYNTH O", "10 REMB O", "21 SYNTH N", "21 REMB O"))
    numero = proposer(csv("10 SYNTH O", "10 REMB N", "21 SYNTH O", "21 REMB O", "10 REMB O SM03")).numero
    apercu = editions.apercevoir(numero, base="default")
    assert apercu.base is not None
    assert apercu.base.numero == 2
    assert apercu.difference.ouvertures == {Cle(Groupe("TRE_G15", "21"), "SYNTH")}
    assert apercu.difference.fermetures == {Cle(MEDECIN, "REMB")}, "the know-how keeps what it had"


@pytest.mark.rule("ACC-38")
@pytest.mark.parametrize("table", TABLES.split(", "))
def test_not_even_the_owner_may_change_or_delete_what_is_written(table: str) -> None:
    for ordre in (f"DELETE FROM {table}", f"TRUNCATE {table}", f"SELECT * FROM {table} FOR UPDATE"):
        with proprietaire() as cx, pytest.raises(psycopg.errors.InsufficientPrivilege):
            cx.execute(ordre)
        with pytest.raises(Error, match="permission denied"), transaction.atomic(), connection.cursor() as c:
            c.execute(ordre)
    colonne = {"acces_cellule": "consultation = true"}.get(table, "date_effet = now()")
    with proprietaire() as cx, pytest.raises(psycopg.errors.InsufficientPrivilege):
        cx.execute(f"UPDATE {table} SET {colonne}")


@pytest.mark.rule("ACC-38", "ACC-40")
def test_a_date_already_past_becomes_that_of_the_approval() -> None:
    """Otherwise what was read yesterday would be judged by a rule that was not there."""
    avant = datetime.now(UTC)
    edition = mettre_en_vigueur(csv("10 SYNTH O"), effet=avant - timedelta(days=30))
    assert edition.date_effet >= avant
    hier = matrice.en_vigueur(avant - timedelta(days=1))
    assert hier is not None
    assert hier.numero == 1
    with pytest.raises(Error, match="matrice_sans_effet_passe"), transaction.atomic():
        Edition.objects.create(
            numero=9, nom="x", auteur=ANNE, approbateur=PAUL, date_effet=avant - timedelta(days=1),
            chargee_le=avant, approuvee_le=avant, systemes=[],
        )  # fmt: skip


@pytest.mark.rule("ACC-40")
def test_a_future_edition_rules_from_its_minute_without_restart() -> None:
    effet = datetime(2031, 5, 6, 22, 0, tzinfo=UTC)
    with time_machine.travel(effet - timedelta(days=3), tick=False) as horloge:
        mettre_en_vigueur(csv("10 REMB O"), effet=effet)
        assert _en_vigueur() == 1
        assert "SYNTH" in matrice.ligne(_en_vigueur(), *MEDECIN)
        horloge.move_to(effet - timedelta(seconds=1))
        assert _en_vigueur() == 1
        horloge.move_to(effet)
        assert matrice.ligne(_en_vigueur(), *MEDECIN) == ("REMB",)
        assert [e.numero for e in matrice.publiees()] == [2, 1]


@pytest.mark.rule("ACC-40")
def test_a_return_is_a_new_edition_equal_to_the_former() -> None:
    mettre_en_vigueur(csv("10 REMB O"))
    numero = editions.revenir(1, date_effet=datetime.now(UTC), auteur=ANNE, base="default")
    edition = approuver(numero)
    assert (edition.numero, _en_vigueur()) == (3, 3)
    assert matrice.cases_de(3) == matrice.cases_de(1)
    assert "édition 1" in edition.nom
    for groupe in matrice.groupes_de(1):
        assert matrice.ligne(3, *groupe) == matrice.ligne(1, *groupe)
    _refus("edition_inconnue", editions.revenir, 99, date_effet=datetime.now(UTC), auteur=ANNE)


@pytest.mark.rule("ACC-45")
def test_a_system_is_switched_off_whole_and_the_change_is_an_edition() -> None:
    """So it is dated, signed by two people, and named by the traces of the readings that it ruled."""
    acupuncteur = Groupe("TRE_R95", "93")
    assert matrice.ligne(1, *acupuncteur)
    assert matrice.ligne(1, "TRE_R85", "330", "") == (), "care roles are off by default"
    numero = editions.changer_systemes(
        ["TRE_G15", "TRE_R85"], date_effet=datetime.now(UTC), auteur=ANNE, base="default"
    )
    apercu = editions.apercevoir(numero, base="default")
    assert {c.groupe.systeme for c in apercu.difference.fermetures} == {"TRE_R94", "TRE_R95"}
    assert {c.groupe.systeme for c in apercu.difference.ouvertures} == {"TRE_R85"}
    approuver(numero)
    assert matrice.ligne(numero, *acupuncteur) == ()
    assert matrice.ligne(numero, "TRE_R85", "330", "")
    assert matrice.ligne(numero, *MEDECIN) == matrice.ligne(1, *MEDECIN)
    assert matrice.cases_de(numero) == matrice.cases_de(1), "the cells stay, to be switched on again"
    assert matrice.ligne(1, *acupuncteur), "the past is judged with the systems of its time"
    _refus("systeme_inconnu", editions.changer_systemes, ["TRE_X"], date_effet=datetime.now(UTC), auteur=ANNE)


@pytest.mark.rule("ACC-32", "ACC-39")
def test_one_cell_is_edited_by_two_people_too() -> None:
    avant = set(matrice.cases_de(1))
    numero = editions.corriger(
        Case(Cle(MEDECIN, "SYNTH"), False, "official", "Arrêté rectificatif"),
        date_effet=datetime.now(UTC), auteur=ANNE, base="default",
    )  # fmt: skip
    _refus(
        "meme_personne",
        editions.approuver,
        numero,
        par=ANNE,
        code=editions.apercevoir(numero, base="default").code,
    )
    approuver(numero)
    apres = set(matrice.cases_de(numero))
    assert {(c.cle, c.consultation) for c in apres - avant} == {(Cle(MEDECIN, "SYNTH"), False)}
    assert len(apres) == len(avant)
    with pytest.raises(MatriceInvalide):
        editions.corriger(
            Case(Cle(MEDECIN, "RIEN"), True, "official"),
            date_effet=datetime.now(UTC),
            auteur=ANNE,
            base="default",
        )


@pytest.mark.rule("ACC-44")
def test_the_line_of_a_biologist_wins_over_that_of_his_profession() -> None:
    numero = mettre_en_vigueur(
        csv("10 SYNTH O", "10 REMB N", "10 REMB O SM03", "10 SYNTH N SM03", "21 REMB O G")
    ).numero
    assert matrice.ligne(numero, *MEDECIN) == ("SYNTH",)
    assert matrice.ligne(numero, *BIOLOGISTE) == ("REMB",)
    assert matrice.ligne(numero, "TRE_G15", "10", "SM54") == ("SYNTH",), "another know-how: the profession's"
    assert matrice.ligne(numero, "TRE_G15", "21", "") == ()
    assert matrice.ligne(numero, "TRE_G15", "21", "G") == ("REMB",)


@pytest.mark.rule("ACC-41")
@pytest.mark.parametrize(
    ("origines", "officielle"),
    [(("official",), True), (("official", "sourced"), False), (("official", "illustrative"), False)],
)
def test_one_cell_that_is_not_official_makes_the_edition_not_official(
    origines: tuple[str, ...], officielle: bool
) -> None:
    texte = "profession_code,profession_system,type_code,consultation,origin,rule\n" + "".join(
        f"10,TRE_G15,{t},O,{o},\n" for t, o in zip(nomenclatures.types(), origines, strict=False)
    )
    assert mettre_en_vigueur(texte).officielle is officielle


_TYPES = tuple(sorted(nomenclatures.types())[:4])
_GROUPES = (MEDECIN, BIOLOGISTE, Groupe("TRE_G15", "21"), Groupe("TRE_R85", "330"), Groupe("TRE_R95", "93"))
_CASES = st.lists(
    st.builds(Case, st.builds(Cle, st.sampled_from(_GROUPES), st.sampled_from(_TYPES)), st.booleans(), st.just("official")),
    min_size=1, unique_by=lambda c: c.cle,
)  # fmt: skip


@pytest.mark.rule("ACC-32", "ACC-37", "ACC-44", "ACC-45")
@essais(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(_CASES)
def test_a_line_of_the_database_is_a_naive_scan_of_the_cells(cases: list[Case]) -> None:
    numero = proposer(fichier.ecrire(cases)).numero
    actifs = {"TRE_G15", "TRE_R94", "TRE_R95"}
    pour = lignes.lignes(cases, actifs, _GROUPES)
    for groupe in (*_GROUPES, Groupe("TRE_G15", "10", "SM54")):
        attendu = {t for t in _TYPES if naive(cases, actifs, groupe, t)}
        assert set(matrice.ligne(numero, *groupe)) == attendu
        assert pour.get(groupe, attendu) == attendu


@pytest.mark.rule("ACC-39")
@essais(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(_CASES, _CASES, st.sets(st.sampled_from(["TRE_G15", "TRE_R85", "TRE_R95"])))
def test_what_was_previewed_is_what_the_lines_become(
    avant: list[Case], apres: list[Case], systemes: set[str]
) -> None:
    """On the real path: two editions and their systems, the difference shown, the lines that the gate then reads."""
    suivie = mettre_en_vigueur(fichier.ecrire(avant))
    essai = proposer(fichier.ecrire(apres)).numero
    approuver(essai)
    numero = editions.changer_systemes(systemes, date_effet=datetime.now(UTC), auteur=ANNE, base="default")
    approuver(editions.revenir(suivie.numero, date_effet=datetime.now(UTC), auteur=ANNE, base="default"))
    apercu = editions.apercevoir(numero, base="default")
    groupes = set(matrice.groupes_de(suivie.numero)) | set(matrice.groupes_de(numero))
    lues = {g: frozenset(matrice.ligne(suivie.numero, *g)) for g in groupes}
    attendues = {g: frozenset(matrice.ligne(numero, *g)) for g in groupes}
    assert lignes.appliquer(lues, apercu.difference) == attendues


@pytest.mark.rule("ACC-39")
def test_a_preview_names_the_edition_that_it_would_follow() -> None:
    """Even when the one that came between is equal to it: the approver saw another number."""
    numero = proposer(csv("10 SYNTH O")).numero
    vu = editions.apercevoir(numero, base="default")
    approuver(editions.revenir(1, date_effet=datetime.now(UTC), auteur=ANNE, base="default"))
    assert editions.apercevoir(numero, base="default").difference == vu.difference
    _refus("apercu_perime", editions.approuver, numero, par=PAUL, code=vu.code)
