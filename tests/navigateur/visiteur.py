"""A person at a browser, with mouse or touch, or with the keyboard only: same story, other hands."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.navigateur import regard

_TABULATIONS = 250


@dataclass(slots=True)
class Visiteur:
    """One browser context with one page. With `clavier`, every act goes through Tab, Enter, Space and letters."""

    page: Page
    temoin: regard.Temoin
    adresse: str
    captures: Path
    regardees: set[str]
    clavier: bool = False

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
        self._regarder(self.page, image)

    def _regarder(self, page: Page, image: str) -> None:
        if image not in self.regardees:
            self.regardees.add(image)
            # The pages of the keyboard's story are those of the desk's, already looked at.
            if not self.clavier:
                regard.regarder(page, self.captures / image)

    def activer(self, cible: Locator) -> None:
        """Follow a link or press a button."""
        if not self.clavier:
            cible.click()
            return
        self._atteindre(cible)
        self.page.keyboard.press("Enter")

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
