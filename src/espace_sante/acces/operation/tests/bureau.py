"""Operators for the tests: made as operations do, logged in as they do."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.test import Client

from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.models import FacteursOperateur, Operateur
from espace_sante.identite.operateurs import totp
from espace_sante.identite.operateurs.queries import acteur
from espace_sante.kernel.ids import uuid7

CONTEXTE = Contexte("web")
MOT_DE_PASSE = "Parapluie-vert-7"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def operateur(
    *roles: str, courriel: str = "camille@exemple.fr", nom: str = "Camille Roche", enrole: bool = True
) -> Operateur:
    """An account with both factors, or waiting for its first login."""
    maintenant = datetime.now(UTC)
    o = Operateur.objects.create(
        id=uuid7(), courriel=courriel, nom=nom, roles=list(roles), cree_le=maintenant
    )
    FacteursOperateur.objects.create(
        operateur=o, mot_de_passe=make_password(MOT_DE_PASSE), changes_le=maintenant,
        totp_scelle=totp.sceller(SECRET, o.id) if enrole else None, enrole_le=maintenant if enrole else None,
    )  # fmt: skip
    return o


def agent(*roles: str, **autres: Any) -> Acteur:
    """The actor of a login of a new account."""
    return acteur(operateur(*roles, **autres))


def code(decalage: int = 0) -> str:
    """What the application shows now, or some steps away."""
    return totp.code_du_pas(SECRET, totp.pas_de(datetime.now(UTC)) + decalage)


def premier_facteur(client: Client, courriel: str, mot_de_passe: str = MOT_DE_PASSE) -> Any:
    return client.post("/connexion/operation/", {"identifiant": courriel, "password": mot_de_passe})


def entrer(o: Operateur, client: Client | None = None) -> Client:
    """A browser logged in by both factors."""
    client = client or Client()
    assert premier_facteur(client, o.courriel).status_code == 302
    # The last code may have served in this test: a login of the tests uses a fresh account of steps.
    FacteursOperateur.objects.filter(operateur=o).update(dernier_pas=0)
    reponse = client.post("/connexion/operation/code/", {"code": code()})
    assert (reponse.status_code, reponse["Location"]) == (302, "/operation/"), reponse.content.decode()
    return client
