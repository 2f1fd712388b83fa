"""A holder who is logged in, a professional who feeds, and a browser-like client for each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from uuid import UUID

import pytest
from django.conf import settings
from django.http import HttpRequest
from django.test import Client

from espace_sante.acces.alimentation import alimenter
from espace_sante.acces.tests.fabrique import CONTEXTE, document, dossier, lot, professionnel, titulaire
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.sessions import ouvrir_session
from espace_sante.kernel.ins import Ins


def connecter(acteur: Acteur) -> Client:
    """A client with the session that a login would have opened."""
    client = Client()
    requete = HttpRequest()
    requete.session = import_module(settings.SESSION_ENGINE).SessionStore()
    ouvrir_session(requete, acteur)
    requete.session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = requete.session.session_key
    return client


@dataclass
class Personne:
    """A holder, his client, and a way to feed his record."""

    dossier_id: UUID
    ins: Ins
    client: Client
    medecin: Acteur

    def deposer(self, type_code: str = "11488-4", **valeurs: object) -> UUID:
        """Feed one document; gives its id."""
        doc = document(type_code, auteur=self.medecin, **valeurs)  # type: ignore[arg-type]
        alimenter(self.medecin, self.ins, lot(self.medecin, doc), contexte=CONTEXTE)
        return doc.id

    def page(self, adresse: str, **params: str) -> str:
        """The text of a page that must be there."""
        reponse = self.client.get(adresse, params)
        assert reponse.status_code == 200, (adresse, reponse.status_code)
        return reponse.content.decode()


@pytest.fixture
def faire(db: None) -> Callable[..., Personne]:
    def _faire(graine: int = 1, **autres: object) -> Personne:
        dossier_id, ins = dossier(graine, **autres)
        return Personne(dossier_id, ins, connecter(titulaire(dossier_id)), professionnel())

    return _faire


@pytest.fixture
def lou(faire: Callable[..., Personne]) -> Personne:
    return faire()
