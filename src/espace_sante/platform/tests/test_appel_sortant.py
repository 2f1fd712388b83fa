"""What somebody else's address may be: a public host by HTTPS, and the call goes nowhere else (FHR-168)."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espace_sante.platform import appel_sortant
from espace_sante.platform.appel_sortant import AppelEchoue, AppelRefuse, appelable, lire_adresse, poster


@pytest.mark.rule("FHR-168")
@pytest.mark.parametrize(
    "texte",
    [
        "http://lps.example/avis", "ftp://lps.example", "https://", "https:///avis", "//lps.example", "lps.example",
        "https://u:p@lps.example/", "https://u@lps.example/", "https://lps.example/#a", "https://lps.example:x/",
        "https://lps.example:99999/", "https://[::1/", "https://lps.example/ a", "https://lps.exa\tmple/",
        "https://lpé.example/", "https://lps.example\\@interne/", "https://" + "a" * 600, "https://*.example/",
        "javascript:1",
        "https://[fe80::1%25eth0]/", "https://[::1]/", "file:///etc/passwd", "", "https://-a.example/",
    ],
)  # fmt: skip
def test_addresses_of_another_form_are_refused(texte: str) -> None:
    with pytest.raises(AppelRefuse):
        lire_adresse(texte)


def test_an_address_is_read_in_its_parts() -> None:
    lue = lire_adresse("https://LPS.Example:8443/avis/1?x=1")
    assert (lue.nom, lue.port, lue.chemin, lue.hote) == (
        "lps.example",
        8443,
        "/avis/1?x=1",
        "lps.example:8443",
    )
    assert lire_adresse("https://lps.example").hote == "lps.example"
    assert lire_adresse("https://lps.example:443/").hote == "lps.example"


@pytest.mark.rule("FHR-168")
@pytest.mark.parametrize(
    "ip",
    [
        "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "240.0.0.1",
        "255.255.255.255", "198.18.0.1", "fe80::1", "fc00::1", "::", "ff02::1", "::ffff:10.0.0.1", "2002:0a00:0001::",
        "::ffff:169.254.169.254", "64:ff9b:1::1", "64:ff9b::a00:1", "2002::1", "pas-une-adresse", "",
    ],
)  # fmt: skip
def test_addresses_of_the_inside_are_never_called(ip: str) -> None:
    assert not appelable(ip, production=True)
    assert not appelable(ip, production=False)


@pytest.mark.rule("FHR-168")
def test_this_machine_is_called_outside_production_alone() -> None:
    for ip in ("127.0.0.1", "::1", "127.8.9.1", "::ffff:127.0.0.1"):
        assert appelable(ip, production=False)
        assert not appelable(ip, production=True)
    assert appelable("9.9.9.9", production=True)
    assert appelable("2620:fe::fe", production=True)


@pytest.mark.rule("FHR-168")
@given(st.ip_addresses())
def test_what_may_be_called_in_production_is_global(ip: Any) -> None:
    if appelable(str(ip), production=True):
        ip = getattr(ip, "ipv4_mapped", None) or ip
        assert ip.is_global
        assert not (ip.is_private or ip.is_loopback or ip.is_link_local or ip.is_multicast)


@pytest.mark.rule("FHR-168")
def test_one_private_address_among_others_refuses_the_name(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    def resoudre(*_: object, **__: object) -> list[Any]:
        return [(0, 0, 0, "", ("9.9.9.9", 443)), (0, 0, 0, "", ("10.0.0.7", 443))]

    monkeypatch.setattr(socket, "getaddrinfo", resoudre)
    with pytest.raises(AppelRefuse):
        poster(lire_adresse("https://lps.example/"), b"", "")


def test_a_name_that_does_not_exist_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def resoudre(*_: object, **__: object) -> list[Any]:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", resoudre)
    with pytest.raises(AppelEchoue):
        poster(lire_adresse("https://lps.example/"), b"", "")


@pytest.mark.rule("FHR-168")
def test_production_without_a_certificate_calls_nobody(settings: Any) -> None:
    settings.ES_INSTANCE = "production"
    assert not appel_sortant.disponible()
    with pytest.raises(AppelRefuse, match="ES_ABONNEMENTS_CERTIFICAT"):
        poster(lire_adresse("https://lps.example/"), b"", "")
