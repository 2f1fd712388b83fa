"""What is asked of every page met: axe by day and by night, width, headings, calm console, own origin; and a picture."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

_AXE = Axe()
# Frames hold documents of others, without script: their pages are looked at by themselves.
_JOUR = {"iframes": False, "resultTypes": ["violations"]}
_NUIT = {**_JOUR, "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
# Colours that change slowly would be measured half way. By the object model: the page's own policy forbids added
# styles, and stays in force here.
_SANS_TRANSITION = """() => {
    const feuille = new CSSStyleSheet();
    feuille.replaceSync("*, *::before, *::after { transition: none !important; animation: none !important }");
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, feuille];
}"""
# On a busy machine the other colours come with the next frames.
_DEUX_IMAGES = "() => new Promise(fait => requestAnimationFrame(() => requestAnimationFrame(fait)))"
# The bar that sticks below covers what is under it until one scrolls; axe would count it as hidden.
_HAUTEUR_MAX = 3000
_SANS_BARRE_COLLEE = (
    "document.querySelector('.es-menu')?.style.setProperty('position', 'static', 'important')"
)


@dataclass
class Temoin:
    """What a browser context did that no page should make it do."""

    origine: str
    erreurs: list[str] = field(default_factory=list)
    dehors: list[str] = field(default_factory=list)
    attendus: tuple[str, ...] = ()

    def suivre(self, contexte: BrowserContext) -> None:
        contexte.on("console", self._console)
        contexte.on("weberror", lambda erreur: self.erreurs.append(str(erreur.error)))
        contexte.on("request", self._requete)

    def _console(self, message: ConsoleMessage) -> None:
        # A page refused on purpose is told by the browser as an error of that address.
        refuse = any(attendu in message.location["url"] for attendu in self.attendus)
        if message.type == "error" and not refuse:
            self.erreurs.append(f"{message.location['url']}: {message.text}")

    def _requete(self, requete: Request) -> None:
        if not requete.url.startswith((f"{self.origine}/", "data:", "blob:", "about:")):
            self.dehors.append(requete.url)

    def attester(self) -> None:
        """Raises AssertionError when a page wrote an error or asked anything of another origin."""
        assert self.erreurs == []
        assert self.dehors == []


def regarder(page: Page, image: Path, *, titres: bool = True) -> None:
    """Check the page as it stands, and keep its picture by day and by night."""
    page.wait_for_load_state("load")
    page.emulate_media(color_scheme="light")
    page.evaluate(_SANS_BARRE_COLLEE)
    page.evaluate(_SANS_TRANSITION)
    page.evaluate(_AXE.axe_script)
    fautes = {}
    for nom, couleurs, options in (("jour", "light", _JOUR), ("nuit", "dark", _NUIT)):
        page.emulate_media(color_scheme=couleurs)  # type: ignore[arg-type]
        page.evaluate(_DEUX_IMAGES)
        for faute in page.evaluate("options => axe.run(options)", options)["violations"]:
            fautes[f"{nom} {faute['id']}"] = [n["html"] for n in faute["nodes"]]
        # By night one width is enough for the eye; axe judges the contrasts of all.
        if nom == "jour" or page.viewport_size == {"width": 360, "height": 800}:
            _photographier(page, image.with_name(f"{image.stem}-{nom}.png"))
    page.emulate_media(color_scheme="light")
    assert fautes == {}, f"{page.url}: {fautes}"
    assert deborde(page) <= 0, page.url
    if titres:
        assert_titres(page)


def _photographier(page: Page, image: Path) -> None:
    """The page from its head, without the hundredth line of a list."""
    hauteur = min(int(page.evaluate("document.documentElement.scrollHeight")), _HAUTEUR_MAX)
    largeur = int(page.evaluate("document.documentElement.clientWidth"))
    page.screenshot(path=image, full_page=True, clip={"x": 0, "y": 0, "width": largeur, "height": hauteur})


def deborde(page: Page) -> int:
    """Pixels wider than the screen."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def assert_titres(page: Page) -> None:
    """One h1, no level jumped: what a reader without style or without sight walks by."""
    niveaux = page.locator("h1, h2, h3, h4, h5, h6").evaluate_all("es => es.map(e => Number(e.tagName[1]))")
    assert niveaux.count(1) == 1, (page.url, niveaux)
    assert niveaux[0] == 1, (page.url, niveaux)
    assert all(b - a <= 1 for a, b in pairwise(niveaux)), (page.url, niveaux)


def nom_d_image(texte: str) -> str:
    """A file name from a step's name."""
    return re.sub(r"[^a-z0-9-]+", "-", texte.lower()).strip("-")
