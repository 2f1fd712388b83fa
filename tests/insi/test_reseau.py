"""Over a real socket: late answers, dripping ones, redirections, undeclared hosts; the simulator's own address."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from espace_sante.identite.insi import client, enveloppe, xml
from espace_sante.identite.insi.client import Reglages
from espace_sante.identite.insi.erreurs import DemandeRefusee, InsiIndisponible, Panne
from espace_sante.identite.insi.modeles import DemandeTraits
from espace_sante.kernel.ids import uuid7
from espace_sante.platform.hebergement import HoteNonDeclare
from espace_sante.simulateurs.garde import exiger_local
from espace_sante.simulateurs.insi import pannes, service, views
from espace_sante.simulateurs.insi.personnes import CAS, Registre
from tests.insi.conftest import Insi

DEMANDE = DemandeTraits("Ordinaire", ("Claire",), "F", "1979-03-14")
Repondre = Callable[[socket.socket, bytes], None]


@contextmanager
def serveur(repondre: Repondre) -> Iterator[str]:
    """A server that says what a test wants, one connection at a time."""
    prise = socket.create_server(("127.0.0.1", 0))

    def servir() -> None:
        while True:
            try:
                lien, _ = prise.accept()
            except OSError:
                return
            with lien:
                repondre(lien, _requete(lien))

    threading.Thread(target=servir, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{prise.getsockname()[1]}/lps"
    finally:
        prise.close()


def _requete(lien: socket.socket) -> bytes:
    recu = b""
    while b"\r\n\r\n" not in recu:
        recu += lien.recv(65536)
    tete, _, corps = recu.partition(b"\r\n\r\n")
    longueur = int(tete.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    while len(corps) < longueur:
        corps += lien.recv(65536)
    return corps


def _dire(lien: socket.socket, contenu: bytes, statut: str = "200 OK", tete: str = "") -> None:
    lien.sendall(
        f"HTTP/1.1 {statut}\r\nContent-Length: {len(contenu)}\r\nConnection: close\r\n{tete}\r\n".encode()
        + contenu
    )


@pytest.fixture
def reglages(settings: Any) -> Callable[..., Reglages]:
    settings.ES_HOTES_SORTANTS = frozenset({"127.0.0.1"})
    client.utiliser_transport(None)

    def faire(url: str, delai_s: float = 0.4) -> Reglages:
        service_ = Reglages.du_service()
        champs = {c: getattr(service_, c) for c in service_.__slots__}
        return Reglages(**champs | {"url": url, "delai_s": delai_s, "reprises_s": ()})

    return faire


def _bonne(lien: socket.socket, corps: bytes) -> None:
    _dire(lien, service.repondre(corps, Registre(CAS))[1])


@pytest.mark.rule("INS-05", "INS-19")
def test_over_a_real_connection(reglages: Callable[..., Reglages]) -> None:
    with serveur(_bonne) as url:
        reponse = client.appeler(DEMANDE, reglages=reglages(url, 5))
    assert reponse.individu is not None
    assert reponse.individu.ins.matricule == "279035121518989"


@pytest.mark.rule("INS-10", "INS-19")
def test_a_slow_answer_and_one_that_drips_are_late(reglages: Callable[..., Reglages]) -> None:
    def lente(lien: socket.socket, corps: bytes) -> None:
        time.sleep(1)

    def goutte(lien: socket.socket, corps: bytes) -> None:
        lien.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(20):
            try:
                lien.sendall(b"x")
            except OSError:
                return
            time.sleep(0.1)

    for mauvaise in (lente, goutte):
        debut = time.monotonic()
        with serveur(mauvaise) as url, pytest.raises(InsiIndisponible) as panne:
            client.appeler(DEMANDE, reglages=reglages(url))
        assert (panne.value.panne, panne.value.technique) == (Panne.DELAI, True)
        assert time.monotonic() - debut < 3


@pytest.mark.rule("INS-10")
def test_nobody_listens_or_sends_elsewhere(reglages: Callable[..., Reglages]) -> None:
    with pytest.raises(InsiIndisponible) as panne:
        client.appeler(DEMANDE, reglages=reglages("http://127.0.0.1:9/lps"))
    assert panne.value.panne is Panne.INJOIGNABLE

    ailleurs: list[bytes] = []
    with serveur(lambda _, corps: ailleurs.append(corps)) as autre:

        def renvoyer(lien: socket.socket, corps: bytes) -> None:
            _dire(lien, b"", "307 Temporary Redirect", f"Location: {autre}\r\n")

        with serveur(renvoyer) as url, pytest.raises(InsiIndisponible) as panne:
            client.appeler(DEMANDE, reglages=reglages(url, 5))
    # Traits do not follow a redirection.
    assert (panne.value.panne, ailleurs) == (Panne.STATUT_HTTP, [])


@pytest.mark.rule("REG-16", "INS-14")
def test_an_undeclared_host_is_never_called(reglages: Callable[..., Reglages], settings: Any) -> None:
    settings.ES_HOTES_SORTANTS, settings.EMAIL_HOST = frozenset(), "relais.example"
    recues: list[bytes] = []
    with serveur(lambda _, corps: recues.append(corps)) as url, pytest.raises(HoteNonDeclare):
        client.appeler(DEMANDE, reglages=reglages(url))
    assert recues == []
    # The address of the setting is declared by being one.
    with serveur(_bonne) as url:
        settings.ES_INSI = {**settings.ES_INSI, "url": url}
        assert client.appeler(DEMANDE, reglages=reglages(url, 5)).individu


@pytest.mark.django_db
@pytest.mark.rule("INS-19")
def test_the_address_of_the_simulator(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    adresse = "/simulateurs/insi/lps"
    message = enveloppe.message(
        DEMANDE, Reglages.du_service().emetteur, uuid7(), _quand()
    )  # fmt: skip
    visiteur = Client(enforce_csrf_checks=True)
    bonne = visiteur.post(adresse, message, content_type="application/soap+xml")
    assert bonne.status_code == 200
    assert b"<CodeCR>00<" in bonne.content
    assert visiteur.get(adresse).status_code == 405
    for mauvais in (
        b"<x/>",
        message.replace(b"01_02", b"01_01"),
        message.replace(b"AvecTraitsIdentite", b"AvecCarteVitale"),
        message.replace(b"Security", b"Securite"),
        message.replace(b"uuid:", b"").replace(b"MessageID", b"Autre"),
    ):
        refusee = visiteur.post(adresse, mauvais, content_type="application/soap+xml")
        assert (refusee.status_code, b"siram_20" in refusee.content) == (400, True)
    attentes: list[float] = []
    monkeypatch.setattr(views.time, "sleep", attentes.append)
    lente = enveloppe.message(
        DemandeTraits("Réponse lente", ("X",), "F", "2000-01-01"), Reglages.du_service().emetteur, uuid7(), _quand()
    )  # fmt: skip
    assert visiteur.post(adresse, lente, content_type="application/soap+xml").status_code == 200
    assert attentes == [pannes.ATTENTE_S]
    assert settings.ES_INSI["delai_s"] < pannes.ATTENTE_S


@pytest.mark.rule("INS-19")
def test_the_simulator_refuses_a_production_and_knows_nobody_real(settings: Any) -> None:
    assert {p.oid for p in CAS} == {"1.2.250.1.213.1.4.10"}
    settings.ES_INSTANCE = "production"
    with pytest.raises(ImproperlyConfigured):
        exiger_local()


def _quand() -> Any:
    from datetime import UTC, datetime

    return datetime.now(UTC)


@pytest.mark.rule("INS-07")
def test_a_request_that_the_schema_refuses_does_not_leave(
    insi: Insi, monkeypatch: pytest.MonkeyPatch
) -> None:
    bonne = enveloppe.corps

    def de_travers(demande: DemandeTraits) -> Any:
        corps = bonne(demande)
        corps.append(corps[0])
        return corps

    monkeypatch.setattr(enveloppe, "corps", de_travers)
    with pytest.raises(DemandeRefusee):
        client.appeler(DEMANDE)
    assert not insi.recues


@pytest.mark.rule("INS-07")
def test_an_endless_answer_is_not_kept_in_memory() -> None:
    tires: list[int] = []

    class SansFin(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            for _ in range(1000):
                tires.append(65536)
                yield b" " * 65536

    client.utiliser_transport(httpx.MockTransport(lambda _: httpx.Response(200, stream=SansFin())))
    try:
        with pytest.raises(InsiIndisponible) as panne:
            client.appeler(DEMANDE)
    finally:
        client.utiliser_transport(None)
    assert panne.value.panne is Panne.REPONSE_INVALIDE
    assert sum(tires) < 2 * xml.TAILLE_MAX
