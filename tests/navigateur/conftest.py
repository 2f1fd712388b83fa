"""One real installation and one browser for every story of this folder."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.navigateur import installation as demo
from tests.navigateur.regard import Temoin
from tests.navigateur.visiteur import Visiteur

CAPTURES = demo.RACINE / "captures"
_OPTIONS = [
    f"--{option}"
    for option in (
        "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking",
        "disable-component-update", "disable-sync",
    )
]  # fmt: skip
Ouvrir = Callable[..., Visiteur]


def _chromium() -> str:
    for nom in (os.environ.get("ES_CHROMIUM", ""), "/usr/bin/chromium", "chromium", "google-chrome"):
        if nom and (chemin := shutil.which(nom)):
            return chemin
    return ""


@pytest.fixture(scope="session")
def navigateur() -> Iterator[Browser]:
    chemin = _chromium()
    if not chemin:
        pytest.skip("No Chromium on this machine: install it (apt-get install chromium) or set ES_CHROMIUM.")
    with sync_playwright() as playwright:
        ouvert = playwright.chromium.launch(executable_path=chemin, args=_OPTIONS)
        yield ouvert
        ouvert.close()


@pytest.fixture(scope="session")
def installation(navigateur: Browser) -> Iterator[demo.Installation]:
    """The demonstration, started when a story first needs it (not at all without a browser)."""
    donnees = Path(tempfile.mkdtemp(prefix="es-navigateur-", dir="/tmp"))
    donnees.chmod(0o755)
    processus = None
    try:
        lancee, processus = demo.demarrer(donnees)
        yield lancee
    finally:
        if processus is not None:
            demo.arreter(processus)
        shutil.rmtree(donnees, ignore_errors=True)


@pytest.fixture
def ouvrir(navigateur: Browser, installation: demo.Installation) -> Iterator[Ouvrir]:
    """Opens browsers for people; at the end, none of them saw an error or left the site."""
    ouverts = []
    regardees: dict[str, set[str]] = {}

    def nouveau(histoire: str, largeur: int, *, clavier: bool = False, script: bool = True) -> Visiteur:
        contexte = navigateur.new_context(
            viewport={"width": largeur, "height": 800},
            locale="fr-FR",
            timezone_id="Europe/Paris",
            java_script_enabled=script,
            has_touch=largeur < 992,
            is_mobile=largeur < 992,
            # Colours are measured at once, never in the middle of a fade.
            reduced_motion="reduce",
        )
        contexte.set_default_timeout(15_000)
        temoin = Temoin(installation.adresse)
        temoin.suivre(contexte)
        captures = CAPTURES / histoire
        captures.mkdir(parents=True, exist_ok=True)
        ouverts.append((contexte, temoin))
        return Visiteur(
            contexte.new_page(),
            temoin,
            installation.adresse,
            captures,
            regardees.setdefault(histoire, set()),
            clavier,
        )

    yield nouveau
    for contexte, temoin in ouverts:
        contexte.close()
        temoin.attester()
