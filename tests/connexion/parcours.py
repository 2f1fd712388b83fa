"""What a person does in the browser, step by step."""

from __future__ import annotations

import re
from typing import Any

from django.core import mail
from django.test import Client


def champ(reponse: Any, nom: str) -> str:
    """Value of a hidden field of a page."""
    trouve = re.search(rf'name="{nom}" value="([^"]*)"', reponse.content.decode())
    assert trouve, f"no field {nom}"
    return trouve[1]


def jusqu_au_retour(client: Client, depart: str, confirmation: str, personne: str, geste: str) -> str:
    """From our page to the provider's and its choice; the address of the return."""
    vers = client.get(depart)
    assert vers.status_code == 302, vers.content.decode()
    page = client.get(vers["Location"])
    assert page.status_code == 200, page.content.decode()
    demande = champ(page, "demande")
    second = client.post(confirmation, {"demande": demande, "personne": personne})
    assert second.status_code == 200
    fini = client.post(confirmation, {"demande": demande, "personne": personne, "geste": geste})
    assert fini.status_code == 302
    return str(fini["Location"])


def retour_psc(client: Client, rpps: str, geste: str = "ecps", suite: str = "") -> str:
    depart = "/connexion/pro/depart/" + (f"?suite={suite}" if suite else "")
    return jusqu_au_retour(client, depart, "/simulateurs/psc/confirmation", rpps, geste)


def connecter_psc(client: Client, rpps: str, geste: str = "ecps", suite: str = "") -> Any:
    return client.get(retour_psc(client, rpps, geste, suite))


def connecter_fc(client: Client, sub: str, geste: str) -> Any:
    return client.get(
        jusqu_au_retour(
            client, "/connexion/franceconnect/", "/simulateurs/franceconnect/confirmation", sub, geste
        )
    )


def code_recu() -> str:
    """The code of the last message sent."""
    trouve = re.search(r"\b(\d{6})\b", mail.outbox[-1].body)
    assert trouve
    return trouve[1]
