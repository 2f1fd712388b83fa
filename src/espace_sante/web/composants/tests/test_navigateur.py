"""The living page in a browser: axe at three widths by day and by night, zoom, spacing, keyboard, paper."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from threading import Thread
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.wsgi import get_wsgi_application
from playwright.sync_api import Browser, Page, sync_playwright

pytestmark = pytest.mark.navigateur
PAGES = ("", "espace/", "espace/?autrui=oui", "pro/", "document/")
OPTIONS_CHROMIUM = [
    f"--{option}"
    for option in (
        "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking",
        "disable-component-update", "disable-sync",
    )
]  # fmt: skip
# WCAG 1.4.12, to the letter.
ESPACEMENT = (
    "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }"
    "p { margin-bottom: 2em !important; }"
)


class _Muet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def serveur() -> Iterator[str]:
    with make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=_Muet) as http:
        fil = Thread(target=http.serve_forever, daemon=True)
        fil.start()
        yield f"http://127.0.0.1:{http.server_port}/composants/"
        http.shutdown()
        fil.join(5)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    chemin = os.environ.get("ES_CHROMIUM") or shutil.which("chromium")
    if not chemin:
        pytest.skip("no browser: set ES_CHROMIUM")
    with sync_playwright() as playwright:
        navigateur = playwright.chromium.launch(executable_path=chemin, args=OPTIONS_CHROMIUM)
        yield navigateur
        navigateur.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    contexte = chromium.new_context(viewport={"width": 1280, "height": 800}, bypass_csp=True)
    yield contexte.new_page()
    contexte.close()


def _deborde(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.mark.parametrize(
    ("largeur", "couleurs"), [(360, "light"), (768, "light"), (1280, "light"), (360, "dark"), (1280, "dark")]
)
def test_axe_sans_faute(page: Page, serveur: str, largeur: int, couleurs: str) -> None:
    page.emulate_media(color_scheme=couleurs, reduced_motion="reduce")  # type: ignore[arg-type]
    page.set_viewport_size({"width": largeur, "height": 900})
    erreurs: list[str] = []
    page.on("console", lambda message: erreurs.append(message.text) if message.type == "error" else None)
    fautes = {}
    for adresse in PAGES:
        page.goto(serveur + adresse)
        # The bar that sticks below covers what is under it until one scrolls; axe would count it as hidden.
        page.add_style_tag(content=".es-menu { position: static !important; }")
        resultat = Axe().run(page).response["violations"]
        fautes |= {f"{adresse} {faute['id']}": [n["html"] for n in faute["nodes"]] for faute in resultat}
        assert _deborde(page) <= 0, adresse
    assert fautes == {}
    assert erreurs == []


@pytest.mark.parametrize("adresse", PAGES)
def test_zoom_400_et_espacement_du_texte(page: Page, serveur: str, adresse: str) -> None:
    """320 px wide is 1280 at 400 %; then more air between letters, words and lines."""
    page.set_viewport_size({"width": 320, "height": 256})
    page.goto(serveur + adresse)
    assert _deborde(page) <= 0
    page.add_style_tag(content=ESPACEMENT)
    assert _deborde(page) <= 0


def test_barre_ne_mange_pas_un_petit_ecran(page: Page, serveur: str) -> None:
    page.set_viewport_size({"width": 320, "height": 256})
    page.goto(serveur + "espace/")
    assert page.locator(".es-menu").evaluate("e => getComputedStyle(e).position") == "static"
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.locator(".es-menu").evaluate("e => getComputedStyle(e).position") == "sticky"


def test_lien_d_evitement(page: Page, serveur: str) -> None:
    page.goto(serveur + "espace/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Aller au contenu"
    assert page.locator(".es-evitement").bounding_box()["y"] >= 0  # type: ignore[index]
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_clavier_du_professionnel(page: Page, serveur: str) -> None:
    """`/` searches, Esc leaves, arrows walk the rows, Enter opens, `?` shows the list."""
    page.goto(serveur + "pro/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.type") == "search"
    page.keyboard.type("a/b?")
    assert page.input_value("[data-recherche]") == "a/b?"
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert page.locator("[data-clavier]").evaluate("e => e.open")
    page.keyboard.press("?")
    assert not page.locator("[data-clavier]").evaluate("e => e.open")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent") == "Ordonnance du Dr Morel"
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url("**/composants/document/")


def test_focus_visible(page: Page, serveur: str) -> None:
    page.goto(serveur)
    for selecteur in ("a.es-marque", ".btn-primary", "#matricule", "select", "summary"):
        page.locator(selecteur).first.focus()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")
        largeur, trait = page.evaluate(
            "(() => { const s = getComputedStyle(document.activeElement); return [s.outlineWidth, s.outlineStyle] })()"
        )
        assert (largeur, trait) == ("3px", "solid"), selecteur


def test_cibles_de_44_px(page: Page, serveur: str) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(serveur)
    petites = page.locator(
        ".btn, .es-puce, .form-control, .form-select, .es-pagination a, .es-onglets a, summary"
    ).evaluate_all(
        "es => es.filter(e => e.offsetParent && e.getBoundingClientRect().height < 44).map(e => e.outerHTML.slice(0, 80))"
    )
    assert petites == []


def test_mot_de_passe_se_montre_et_se_juge(page: Page, serveur: str) -> None:
    page.goto(serveur)
    page.fill("#passe", "neuf9neuf")
    assert page.locator("[data-criteres=passe] [data-longueur]").get_attribute("data-rempli") == "oui"
    page.click("[data-montrer=passe]")
    assert page.get_attribute("#passe", "type") == "text"


def test_hors_ligne_est_dit(page: Page, serveur: str) -> None:
    page.goto(serveur + "espace/")
    assert not page.locator("[data-hors-ligne]").is_visible()
    page.context.set_offline(True)
    page.wait_for_selector("[data-hors-ligne]", state="visible")


def test_papier(page: Page, serveur: str) -> None:
    page.emulate_media(media="print", color_scheme="dark")
    page.goto(serveur + "espace/")
    assert not page.locator(".es-menu").is_visible()
    assert page.locator(".es-personne__nom").is_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(0, 0, 0)"
