"""Whose tokens may be exchanged."""

from __future__ import annotations

import pytest

from espace_sante.api.oauth.echange import _emis_pour


@pytest.mark.rule("OID-14")
def test_a_token_of_another_software_is_refused_even_when_we_are_in_its_audience() -> None:
    jeton = {"active": True, "aud": ["espace-sante", "lps-a"], "azp": "lps-b", "client_id": "lps-b"}
    assert _emis_pour(jeton, "lps-b")
    assert not _emis_pour(jeton, "lps-a")
    assert not _emis_pour({"active": True, "aud": "lps-a"}, "lps-a")
