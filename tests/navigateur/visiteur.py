"""A person at a browser, with mouse or touch, or with the keyboard only: same story, other hands."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

from tests.navigateur import regard

_TABULATIONS = 250
_BUREAU, _PATIENCE_MS = 992, 15_000
# An outline or a ring, on the element or on what it draws over its row.
_FOCUS_VISIBLE = """e => ["", "::after"].some(quoi => {
    const s = getComputedStyle(e, quoi || null);
    return (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2) || (!quoi && s.boxShadow !== "none");
})"""


@dataclass(slots=True)
class Visiteur:
    """One browser context with one page. With `clavier`, every act goes through Tab, Enter, Space and letters.

    Pages are looked at the first time, when `captures` says where their pictures go.
    """

    page: Page
    temoin: regard.Temoin
    adresse: str
    captures: Path | None
    regardees: set[str]
    clavier: bool = False

    def partir(self) -> None:
        """Close the browser. Raises AssertionError when a page wrote an error or asked anything elsewhere."""
        self.page.context.close()
        self.temoin.attester()

    def aller(self, chemin: str, *, statut: int = 200) -> None:
        """Type an address. `statut` other than 200 is a refusal that the story expects."""
        url = f"{self.adresse}{chemin}"
        if statut >= 400:
            self.temoin.attendus += (url,)
        reponse = self.page.goto(url)
        assert reponse is not None
        assert reponse.status == statut, (url, reponse.status)

    def voit(self, titre: str | re.Pattern[str], image: str) -> None:
        """The page has this main heading; the first time in a story it is looked at, and its picture kept."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(titre)
        # The heading is there before the end of the page: what a story counts next must be all of it.
        self.page.wait_for_load_state()
        self._regarder(self.page, image)

    def _regarder(self, page: Page, image: str) -> None:
        if self.captures and image not in self.regardees:
            self.regardees.add(image)
            regard.regarder(page, self.captures / image)

    def activer(self, cible: Locator) -> None:
        """Follow a link or press a button."""
        if not self.clavier:
            cible.click()
            return
        self._atteindre(cible)
        self.page.keyboard.press("Enter")

    def suivre(self, cible: Locator) -> None:
        """Follow a link or press a button, until the page it leads to is there: what is counted then is all of it."""
        with self.page.expect_navigation():
            self.activer(cible)

    def cocher(self, cible: Locator) -> None:
        if not self.clavier:
            self._toucher_libelle(cible)
            return
        self._atteindre(cible)
        self.page.keyboard.press("Space")
        expect(cible).to_be_checked()

    def choisir(self, cible: Locator) -> None:
        """One radio of a group, by its label or with the arrows."""
        if not self.clavier:
            self._toucher_libelle(cible)
            return
        nom = cible.get_attribute("name")
        groupe = self.page.locator(f"input[type=radio][name={nom}]")
        premier = groupe.and_(self.page.locator(":checked"))
        self._atteindre(premier if premier.count() else groupe.first)
        if not premier.count():
            self.page.keyboard.press("Space")
        for _ in range(groupe.count()):
            if cible.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"The arrows do not reach {cible}.")

    def ecrire(self, cible: Locator, texte: str) -> None:
        if not self.clavier:
            cible.fill(texte)
            return
        self._atteindre(cible)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(texte)

    def _toucher_libelle(self, cible: Locator) -> None:
        """The label, which covers the box: a target large enough for a finger."""
        self.page.locator(f"label[for='{cible.get_attribute('id')}']").click()
        expect(cible).to_be_checked()

    def _atteindre(self, cible: Locator) -> None:
        """Tab until the focus is there: what Tab does not reach, a person without a mouse never will."""
        cible.wait_for(state="attached")
        for _ in range(_TABULATIONS):
            if cible.evaluate("e => e === document.activeElement"):
                assert cible.evaluate(_FOCUS_VISIBLE), f"The focus does not show on {cible}."
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not reach {cible} on {self.page.url}.")

    def lire_code(self, courriel: str, *, apres: int) -> str:
        """The newest code sent to that address, read in the mail catcher in another tab."""
        onglet = self.page.context.new_page()
        fin = time.monotonic() + 15
        try:
            while time.monotonic() < fin:
                onglet.goto(f"{self.adresse}/simulateurs/courriels/?pour={courriel}")
                messages = onglet.locator("article").all_inner_texts()
                if len(messages) > apres and (code := re.search(r"\b(\d{6})\b", messages[0])):
                    self._regarder(onglet, "04-courriels")
                    return code[1]
                time.sleep(0.2)
        finally:
            onglet.close()
        raise AssertionError(f"No code for {courriel}.")

    def messages(self, courriel: str) -> int:
        """How many messages the mail catcher keeps for that address."""
        page = self.page.request.get(f"{self.adresse}/simulateurs/courriels/?pour={courriel}")
        return page.text().count("<article")


def accueillir(
    navigateur: Browser,
    adresse: str,
    *,
    largeur: int = 1280,
    hauteur: int = 800,
    captures: Path | None = None,
    regardees: set[str] | None = None,
    clavier: bool = False,
    **contexte: Any,
) -> Visiteur:
    """A new person at a browser of that size; `contexte` goes to Playwright (script off, session kept…)."""
    options: dict[str, Any] = {
        "viewport": {"width": largeur, "height": hauteur},
        "locale": "fr-FR",
        "timezone_id": "Europe/Paris",
        "has_touch": largeur < _BUREAU,
        "is_mobile": largeur < _BUREAU,
        # Colours are measured at once, never in the middle of a fade.
        "reduced_motion": "reduce",
    }
    ouvert = navigateur.new_context(**{**options, **contexte})
    ouvert.set_default_timeout(_PATIENCE_MS)
    temoin = regard.Temoin(adresse)
    temoin.suivre(ouvert)
    if captures:
        captures.mkdir(parents=True, exist_ok=True)
    deja = regardees if regardees is not None else set()
    return Visiteur(ouvert.new_page(), temoin, adresse, captures, deja, clavier)
