"""A real browser on the test's own transaction: each request of the page is answered by Django's test client.

The browser lives in a thread of its own and hands its requests over to the test's thread, which alone
touches the database: no server, no other connection, what the test deposited is what the browser sees.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from urllib.parse import urlsplit

from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.test import Client
from playwright.sync_api import Page, Route, sync_playwright

ADRESSE = "http://testserver"
_CHROMIUM = Path("/usr/bin/chromium")
_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True, slots=True)
class _Demande:
    methode: str
    chemin: str
    corps: bytes
    reponse: Future[HttpResponse] = field(default_factory=Future)


def jouer(client: Client, scenario: Callable[[Page], None], *, largeur: int = 1280) -> None:
    """Play a scenario in a browser whose network is that client. Raises what the scenario or a view raises."""
    demandes: SimpleQueue[_Demande | None] = SimpleQueue()
    with ThreadPoolExecutor(1) as fil:
        fini = fil.submit(_navigateur, demandes, scenario, largeur)
        while (demande := demandes.get()) is not None:
            try:
                demande.reponse.set_result(_demander(client, demande))
            except Exception as erreur:
                demande.reponse.set_exception(erreur)
        fini.result()


def _navigateur(
    demandes: SimpleQueue[_Demande | None], scenario: Callable[[Page], None], largeur: int
) -> None:
    try:
        with sync_playwright() as playwright:
            chemin = str(_CHROMIUM) if _CHROMIUM.exists() else None
            navigateur = playwright.chromium.launch(executable_path=chemin, args=_OPTIONS)
            contexte = navigateur.new_context(viewport={"width": largeur, "height": 900}, locale="fr-FR")
            contexte.route("**/*", lambda route: _repondre(route, demandes))
            scenario(contexte.new_page())
            navigateur.close()
    finally:
        demandes.put(None)


def _repondre(route: Route, demandes: SimpleQueue[_Demande | None]) -> None:
    url = urlsplit(route.request.url)
    if url.path.startswith("/statique/"):
        fichier = finders.find(url.path.removeprefix("/statique/"))
        route.fulfill(path=fichier) if isinstance(fichier, str) else route.fulfill(status=404)
        return
    chemin = f"{url.path}?{url.query}" if url.query else url.path
    demande = _Demande(route.request.method, chemin, route.request.post_data_buffer or b"")
    demandes.put(demande)
    reponse = demande.reponse.result(timeout=30)
    if suite := reponse.headers.get("Location"):
        # A browser does not follow a redirection that a route fulfilled: a page does it.
        corps = f'<meta http-equiv="refresh" content="0;url={suite}">'
        route.fulfill(status=200, content_type="text/html", body=corps)
    else:
        route.fulfill(status=reponse.status_code, headers=dict(reponse.headers), body=reponse.content)


def _demander(client: Client, demande: _Demande) -> HttpResponse:
    if demande.methode == "POST":
        return client.generic(
            "POST", demande.chemin, demande.corps, content_type="application/x-www-form-urlencoded"
        )
    return client.get(demande.chemin)
