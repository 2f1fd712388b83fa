"""One real installation and one browser for every story of this folder."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.navigateur.installation import Installation
from tests.navigateur.lancement import partagee

_OPTIONS = [
    f"--{option}"
    for option in (
        "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking",
        "disable-component-update", "disable-sync",
    )
]  # fmt: skip


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
    # Two shared cores may be slow; nothing waits longer than it must.
    expect.set_options(timeout=15_000)
    with sync_playwright() as playwright:
        ouvert = playwright.chromium.launch(executable_path=chemin, args=_OPTIONS)
        yield ouvert
        ouvert.close()


@pytest.fixture(scope="session")
def installation(navigateur: Browser) -> Iterator[Installation]:
    """The demonstration, started when a story first needs it (not at all without a browser)."""
    with partagee(Path(os.environ["ES_TEST_DATA"])) as lancee:
        yield lancee
