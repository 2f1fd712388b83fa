"""The table that people read is the one that the settings and the jobs obey."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from espace_sante.dossier import conservation
from espace_sante.dossier.effacement import archive_echue


@pytest.mark.rule("REG-13")
def test_the_table_says_what_the_rulebook_says() -> None:
    durees = {d.quoi: d for d in conservation.table()}
    assert "10 ans" in durees["Vos documents et votre dossier"].combien
    assert "10 ans" in durees["L’historique des accès"].combien
    assert durees["Les journaux techniques, sans donnée de santé"].combien == "1 an"
    assert durees["Les demandes d’assistance"].combien == "1 an"
    assert durees["Les copies que vous demandez"].combien == "7 jours"
    assert durees["Les codes de connexion"].combien == "10 minutes, ou dès qu’ils ont servi"
    assert durees["Les sauvegardes"].combien == "90 jours au plus"
    assert [d.quoi for d in durees.values() if d.loi][:3] == [
        "Vos documents et votre dossier", "Vos documents, si vous demandez leur effacement", "L’historique des accès",
    ]  # fmt: skip


@pytest.mark.rule("REG-13")
def test_settings_change_it_but_not_what_the_law_says(settings: Any) -> None:
    loi = [d for d in conservation.table() if d.loi]
    settings.ES_EXPORT_JOURS, settings.ES_CODE_DUREE_MIN, settings.ES_SAUVEGARDES_JOURS = 3, 5, 30
    durees = {d.quoi: d.combien for d in conservation.table()}
    assert durees["Les copies que vous demandez"] == "3 jours"
    assert durees["Les codes de connexion"].startswith("5 minutes")
    assert durees["Les sauvegardes"] == "30 jours au plus"
    assert [d for d in conservation.table() if d.loi] == loi
    assert all(d.quoi in conservation.page() for d in conservation.table())


@pytest.mark.rule("AUD-12")
def test_the_history_is_kept_ten_years_to_the_day() -> None:
    ferme = date(2026, 3, 15)
    assert not archive_echue(ferme, date(2036, 3, 14))
    assert archive_echue(ferme, date(2036, 3, 15))
    assert archive_echue(date(2028, 2, 29), date(2038, 2, 28)), (
        "a day that the year has not is the last of its month"
    )
    assert not archive_echue(None, date(2999, 1, 1)), "never closed"
