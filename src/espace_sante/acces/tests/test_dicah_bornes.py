"""Ends of durations, groups of the matrix, the table of states built anew: pure, for `make mutations`."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from types import ModuleType
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from espace_sante.acces import etats
from espace_sante.acces.dicah import lit_en_equipe_seulement
from espace_sante.acces.errors import PartageRefuse
from espace_sante.acces.matrice.lignes import Case, Cle, Groupe, groupes
from espace_sante.acces.partages import fin
from espace_sante.kernel.durees import ajouter_mois

PARIS = ZoneInfo("Europe/Paris")
INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))


@pytest.mark.rule("ACC-12")
@given(INSTANTS, st.integers(-3, 370))
def test_a_share_lasts_to_the_end_of_its_last_day_in_france(maintenant: datetime, jours: int) -> None:
    ici = maintenant.astimezone(PARIS).date()
    dernier = ici + timedelta(days=jours)
    if not 0 <= jours <= 365:
        with pytest.raises(PartageRefuse) as refus:
            fin(dernier, maintenant)
        assert (refus.value.code, bool(refus.value.message)) == ("date_refusee", True)
        return
    terme = fin(dernier, maintenant)
    assert terme.tzinfo is UTC
    assert maintenant < terme
    # The last second is still that day, the next one is midnight.
    assert (terme - timedelta(seconds=1)).astimezone(PARIS).date() == dernier
    assert terme.astimezone(PARIS).replace(tzinfo=None) == datetime.combine(
        dernier + timedelta(days=1), datetime.min.time()
    )


@given(INSTANTS)
def test_a_share_without_a_date_lasts_the_set_number_of_days(maintenant: datetime) -> None:
    ici = maintenant.astimezone(PARIS).date()
    assert fin(None, maintenant) == fin(ici + timedelta(days=settings.ES_PARTAGE_JOURS), maintenant)


@pytest.fixture
def serveur_ailleurs(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The machine lives in another time zone than France."""
    with monkeypatch.context() as ici:
        ici.setenv("TZ", "America/Martinique")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize(("jours", "admis"), [(-1, False), (0, True), (365, True), (366, False)])
def test_first_and_last_day_of_a_share(serveur_ailleurs: None, jours: int, admis: bool) -> None:
    # Already 2 March in France, still 1 March in Martinique.
    maintenant = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    dernier = date(2026, 3, 2) + timedelta(days=jours)
    if not admis:
        with pytest.raises(PartageRefuse, match="date_refusee"):
            fin(dernier, maintenant)
    else:
        assert fin(dernier, maintenant) == datetime(
            dernier.year, dernier.month, dernier.day, tzinfo=PARIS
        ) + timedelta(days=1)


@pytest.mark.rule("ACC-74")
def test_care_roles_and_social_professions_read_in_a_team_alone() -> None:
    systemes = ("TRE_G15", "TRE_R85", "TRE_R94", "TRE_R95", "")
    assert {s for s in systemes if lit_en_equipe_seulement(s)} == {"TRE_R85", "TRE_R94"}


def test_a_share_today_in_france_is_not_yesterday_elsewhere() -> None:
    minuit_passe = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    assert fin(date(2026, 3, 2), minuit_passe) == datetime(2026, 3, 2, 23, tzinfo=UTC)
    with pytest.raises(PartageRefuse, match="date_refusee"):
        fin(date(2026, 3, 1), minuit_passe)


@pytest.mark.rule("ACC-21")
@pytest.mark.parametrize(
    ("quand", "mois", "attendu"),
    [
        # 25 October 2026 has 02:30 twice: the first.
        ("2026-09-25T00:30+00:00", 1, "2026-10-25T00:30+00:00"),
        # From the second 02:30 of a year to the first of another.
        ("2026-10-25T01:30+00:00", 132, "2037-10-25T00:30+00:00"),
    ],
)
def test_an_hour_that_comes_twice_is_the_first(quand: str, mois: int, attendu: str) -> None:
    termine = ajouter_mois(datetime.fromisoformat(quand), mois)
    assert termine == datetime.fromisoformat(attendu)
    assert termine.tzinfo is UTC


@pytest.mark.rule("ACC-39", "ACC-44")
@given(
    st.sets(
        st.sampled_from(
            [(s, p, f) for s in ("TRE_G15", "TRE_R94") for p in ("10", "41") for f in ("", "SM03")]
        )
    )
)
def test_the_profession_of_a_know_how_is_compared_too(nommes: set[tuple[str, str, str]]) -> None:
    cases = [Case(Cle(Groupe(*n), "A"), consultation=True, origine="official") for n in nommes]
    attendus = {Groupe(*n) for n in nommes} | {Groupe(s, p, "") for s, p, _ in nommes}
    assert groupes(cases) == attendus


def _neuf() -> ModuleType:
    """The module executed again: its table is built while it is imported."""
    assert etats.__spec__ is not None
    assert etats.__spec__.origin is not None
    spec = importlib.util.spec_from_file_location(etats.__name__, etats.__spec__.origin)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.rule("ACC-65", "ACC-66", "ACC-67", "ACC-68", "ACC-69", "ACC-70", "ACC-71", "ACC-72")
def test_the_table_of_states_column_by_column() -> None:
    colonnes = ("ACTIVE", "CREE_AUTO", "OPPOSE", "CLOTURE", "SUPPRIME", "NON_NOTIFIE", "NOTIFIE", "SUSPENDU")
    aucun, ferme = ["aucun_dossier"] * 2, ["dossier_ferme"] * 2
    # As the rulebook writes it: "" is yes.
    rulebook = {
        "alimenter": ("", "", "aucun_dossier", *ferme, *aucun, "dossier_indisponible"),
        "lire": ("", "", *["dossier_indisponible"] * 6),
        "lire_remboursements": ("", "non_active", *["dossier_indisponible"] * 6),
        "lire_masques": ("", "", *["dossier_indisponible"] * 6),
        "urgence": ("", "", *["dossier_indisponible"] * 6),
        "recevoir_du_titulaire": ("", "non_active", *["dossier_indisponible"] * 6),
    }  # fmt: skip
    dits = {
        "ecrire_au_titulaire": ("remis", "en_attente_activation", *["non_remis"] * 6),
        "existence": ("ouvert", "ouvert", "aucun_dossier", "ferme", "ferme", *aucun, "dossier_indisponible"),
    }  # fmt: skip
    muets = {"non_remis", "aucun_dossier"}
    for table in (etats.TABLE, _neuf().TABLE):
        assert {g.value for g in table} == set(rulebook) | set(dits)
        for geste, cas in table.items():
            assert {e.value for e in cas} == set(colonnes)
            for rang, etat in enumerate(colonnes):
                (lu,) = (c for e, c in cas.items() if e.value == etat)
                if geste.value in rulebook:
                    code = rulebook[geste.value][rang]
                    assert (lu.permis, lu.code) == (code == "", code), (geste, etat)
                else:
                    code = dits[geste.value][rang]
                    assert (lu.permis, lu.code) == (code not in muets, code), (geste, etat)


@pytest.mark.rule("ACC-66")
@pytest.mark.parametrize(
    ("geste", "attendus"),
    [(etats.Geste.LIRE, {"CREE_AUTO", "ACTIVE"}), (etats.Geste.LIRE_REMBOURSEMENTS, {"ACTIVE"})],
)
def test_states_in_which_an_act_is_possible(geste: etats.Geste, attendus: set[str]) -> None:
    assert {etat.value for etat in etats.etats_permettant(geste)} == attendus
