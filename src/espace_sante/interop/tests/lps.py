"""A professional's software calling the FHIR door, for the tests over HTTP."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.test import Client

from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.jetons import emettre_jeton
from espace_sante.identite.models import Logiciel
from espace_sante.identite.portees import CONSULTATION
from espace_sante.interop.tests.fabrique import octets
from espace_sante.kernel.ins import Ins

FHIR = "application/fhir+json"


def logiciel(acteur: Acteur) -> Acteur:
    Logiciel.objects.get_or_create(client_id="lps", defaults={"nom": "LPS"})
    return replace(acteur, client_id="lps", portees=CONSULTATION)


def entetes(acteur: Acteur, **autres: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {emettre_jeton(acteur)}", "X-MES-Identite": "VALI", **autres}


class Lps:
    """A program with the token of one professional."""

    def __init__(self, client: Client, acteur: Acteur) -> None:
        self.client = client
        self.acteur = logiciel(acteur)

    def get(self, chemin: str, **plus: str) -> Any:
        return self.client.get(
            chemin.removeprefix(settings.ES_BASE_URL), headers=entetes(self.acteur, **plus)
        )

    def chercher(self, numero: Ins, **criteres: str) -> Any:
        formulaire = urlencode({"patient.identifier": f"{numero.urn}|{numero.matricule}", **criteres})
        return self.client.post(
            "/fhir/DocumentReference/_search",
            formulaire,
            content_type="application/x-www-form-urlencoded",
            headers=entetes(self.acteur),
        )

    def deposer(self, corps: object) -> Any:
        reponse = self.client.post("/fhir", octets(corps), content_type=FHIR, headers=entetes(self.acteur))
        assert reponse.status_code == 200, reponse.content
        return json.loads(reponse.content)


def ressources(reponse: Any) -> list[dict[str, Any]]:
    assert reponse.status_code == 200, reponse.content
    lot_lu = json.loads(reponse.content)
    return [e["resource"] for e in lot_lu.get("entry", []) if e["search"]["mode"] == "match"]


def codes_refus(reponse: Any) -> list[str]:
    return [
        i["details"]["coding"][0]["code"]
        for i in json.loads(reponse.content)["issue"]
        if i["severity"] == "error"
    ]
