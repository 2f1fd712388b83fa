"""Every FHIR answer that a test of this room gets is checked against R4 and the profiles (issue 4, Done when)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

# Contents are given back byte for byte: what a publisher wrote is his own (FHR-118).
_CONTENUS = ("/fhir/Bundle/", "/fhir/Binary/")


@pytest.fixture(autouse=True)
def reponses_verifiees(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails the test whose answer does not follow what it declares."""
    from espace_sante.interop.profils.verification import verifier

    demander = Client.request

    def demander_et_verifier(client: Client, **requete: Any) -> Any:
        reponse = demander(client, **requete)
        chemin = str(requete.get("PATH_INFO", ""))
        fhir = "fhir+json" in reponse.get("Content-Type", "") and not chemin.startswith(_CONTENUS)
        if chemin.startswith("/fhir") and fhir and reponse.content:
            fautes = [c for c in verifier(json.loads(reponse.content)) if c.refuse]
            assert not fautes, (chemin, [(c.code, c.expression, c.diagnostic) for c in fautes])
        return reponse

    monkeypatch.setattr(Client, "request", demander_et_verifier)
