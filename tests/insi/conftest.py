"""INSi as the client meets it: the simulator behind a transport, and requests kept for the tests to look at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from espace_sante.identite.insi import client
from espace_sante.simulateurs.insi import service
from espace_sante.simulateurs.insi.personnes import CAS, Personne, Registre


@dataclass
class Insi(httpx.BaseTransport):
    """The simulator, with what it was sent."""

    xsd: str = ""
    personnes: list[Personne] = field(default_factory=lambda: list(CAS))
    recues: list[httpx.Request] = field(default_factory=list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.recues.append(request)
        statut, contenu = service.repondre(request.read(), Registre(self.personnes), self.xsd)
        return httpx.Response(statut, content=contenu)


@pytest.fixture(params=["tables", "schemas"])
def xsd(request: Any) -> str:
    """With the published schemas when they are there, and without."""
    if request.param == "tables":
        return ""
    dossier: Path = request.getfixturevalue("vectors") / "insi"
    return str(dossier)


@pytest.fixture
def insi(settings: Any) -> Iterator[Insi]:
    """The simulator for the code under test, with retries that do not wait."""
    settings.ES_INSI = {**settings.ES_INSI, "reprises_s": (0.0, 0.0, 0.0)}
    transport = Insi()
    client.utiliser_transport(transport)
    yield transport
    client.utiliser_transport(None)
