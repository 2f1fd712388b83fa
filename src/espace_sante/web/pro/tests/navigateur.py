"""A real browser on the test's own transaction: each request of the page is answered by Django's test client.

No server, no other connection: what the test deposited is what the browser sees.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.test import Client
from playwright.sync_api import Page, Request, Route, sync_playwright

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


@contextmanager
def page_de(client: Client, *, largeur: int = 1280) -> Iterator[Page]:
    """A page whose network is that client; the session stays in the client's own cookies."""
    with sync_playwright() as playwright:
        chemin = str(_CHROMIUM) if _CHROMIUM.exists() else None
        navigateur = playwright.chromium.launch(executable_path=chemin, args=_OPTIONS)
        contexte = navigateur.new_context(viewport={"width": largeur, "height": 900}, locale="fr-FR")
        contexte.route("**/*", lambda route: _repondre(route, client))
        yield contexte.new_page()
        navigateur.close()


def _repondre(route: Route, client: Client) -> None:
    url = urlsplit(route.request.url)
    if url.path.startswith("/statique/"):
        fichier = finders.find(url.path.removeprefix("/statique/"))
        route.fulfill(path=fichier) if isinstance(fichier, str) else route.fulfill(status=404)
        return
    reponse = _demander(route.request, client, f"{url.path}?{url.query}" if url.query else url.path)
    entetes = {k: v for k, v in reponse.headers.items() if k != "X-Request-Id"}
    if "Location" in entetes:
        # A redirection that is fulfilled is not followed with its method changed: the page does it.
        suite = f'<meta http-equiv="refresh" content="0;url={entetes["Location"]}">'
        route.fulfill(status=200, content_type="text/html", body=suite)
    else:
        route.fulfill(status=reponse.status_code, headers=entetes, body=reponse.content)


def _demander(demande: Request, client: Client, chemin: str) -> HttpResponse:
    if demande.method == "POST":
        corps = demande.post_data_buffer or b""
        return client.generic("POST", chemin, corps, content_type="application/x-www-form-urlencoded")
    return client.get(chemin)
