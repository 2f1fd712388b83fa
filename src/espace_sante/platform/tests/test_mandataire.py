"""The caller's address cannot be chosen by the caller."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espace_sante.platform import mandataire

RELAIS = (ip_network("127.0.0.0/8"), ip_network("10.1.0.0/16"), ip_network("::1"))


@pytest.mark.parametrize(
    ("pair", "transmis", "attendu"),
    [
        ("127.0.0.1", "203.0.113.9", "203.0.113.9"),
        # Written by the caller, then by our relay: only the right end counts.
        ("127.0.0.1", "127.0.0.1, 203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "1.1.1.1, 8.8.8.8, 203.0.113.9", "203.0.113.9"),
        # Two relays of ours.
        ("127.0.0.1", "1.1.1.1, 203.0.113.9, 10.1.2.3", "203.0.113.9"),
        ("10.1.2.3", "127.0.0.1,10.1.9.9", "127.0.0.1"),
        # Not a relay: its header is worth nothing.
        ("203.0.113.9", "127.0.0.1", "203.0.113.9"),
        ("10.2.0.1", "8.8.8.8", "10.2.0.1"),
        # What cannot be read stops the reading, and what is left of it is not looked at.
        ("127.0.0.1", "8.8.8.8, inconnu", "127.0.0.1"),
        ("127.0.0.1", "8.8.8.8, , 10.1.0.1", "10.1.0.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("", "8.8.8.8", ""),
        ("::1", "[2001:db8::7]", "2001:db8::7"),
        ("::ffff:127.0.0.1", "::ffff:203.0.113.9", "203.0.113.9"),
    ],
)
def test_right_most_address_that_is_not_ours(pair: str, transmis: str, attendu: str) -> None:
    assert mandataire.appelant(pair, transmis, RELAIS) == attendu


@given(st.lists(st.one_of(st.ip_addresses().map(str), st.text(max_size=20)), max_size=5).map(",".join))
def test_nothing_that_a_caller_writes_changes_his_address(ecrit: str) -> None:
    vrai = "203.0.113.9"
    assert mandataire.appelant("127.0.0.1", f"{ecrit}, {vrai}", RELAIS) == vrai
    assert mandataire.appelant(vrai, ecrit, RELAIS) == vrai


def test_applied_once_and_only_from_a_relay(settings: Any) -> None:
    settings.ES_RELAIS = RELAIS
    meta = {
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_X_FORWARDED_FOR": "203.0.113.9",
        "HTTP_X_FORWARDED_PROTO": "https",
    }
    mandataire.appliquer(meta)
    attendu = {"REMOTE_ADDR": "203.0.113.9", "HTTP_X_FORWARDED_PROTO": "https"}
    assert meta == attendu
    # A second call sees somebody who is no relay: the scheme that the relay gave must have been read by then.
    mandataire.appliquer(meta)
    assert meta["REMOTE_ADDR"] == "203.0.113.9"
    direct = {
        "REMOTE_ADDR": "203.0.113.9",
        "HTTP_X_FORWARDED_FOR": "127.0.0.1",
        "HTTP_X_FORWARDED_PROTO": "https",
    }
    mandataire.appliquer(direct)
    assert direct == {"REMOTE_ADDR": "203.0.113.9"}


def test_without_relays_nothing_is_believed(settings: Any) -> None:
    settings.ES_RELAIS = ()
    meta = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.9"}
    mandataire.appliquer(meta)
    assert meta["REMOTE_ADDR"] == "127.0.0.1"
    assert not mandataire.vient_de(meta, RELAIS), "a relay that is not trusted hides who calls"
    assert mandataire.vient_de({"REMOTE_ADDR": "127.0.0.1"}, RELAIS)
    assert not mandataire.vient_de({"REMOTE_ADDR": "203.0.113.9"}, RELAIS)
    assert not mandataire.vient_de({}, RELAIS)
