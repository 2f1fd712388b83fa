"""The doors through which a professional reads: FHIR search, FHIR reads, the pages of the portal.

Each answers what a list shows, or whether one document is given. None is told what to expect.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.test import Client

from espace_sante.acces.tests.table import Table
from espace_sante.identite import sessions
from espace_sante.identite.acteurs import Acteur
from espace_sante.interop.fhir.identifiants import composer
from espace_sante.interop.tests.lps import entetes, logiciel
from espace_sante.web.pro import patients
from espace_sante.web.pro.gardes import confirmer_avertissement
from espace_sante.web.pro.patients import Criteres, Patient

# What a door says of one document.
DONNE, CACHE, REFUSE = "donne", "cache", "refuse"
_SORTS = {200: DONNE, 404: CACHE, 403: REFUSE}


class Fhir:
    """The software of that professional, with his token."""

    def __init__(self, client: Client, table: Table, acteur: Acteur) -> None:
        self._client = client
        self._table = table
        self._entetes = entetes(logiciel(acteur))

    def lister(self) -> set[UUID] | None:
        """Ids of ITI-67, page after page; None when it is refused."""
        adresse = f"/fhir/DocumentReference?{urlencode({'patient': f'Patient/{self._table.dossier_id}', '_count': 100})}"
        trouves: list[str] = []
        while adresse:
            reponse = self._client.get(adresse.removeprefix(settings.ES_BASE_URL), headers=self._entetes)
            if reponse.status_code == 403:
                assert json.loads(reponse.content)["resourceType"] == "OperationOutcome"
                return None
            assert reponse.status_code == 200, reponse.content
            page = json.loads(reponse.content)
            entrees = [e for e in page.get("entry", []) if e["search"]["mode"] == "match"]
            trouves += [e["resource"]["id"] for e in entrees]
            adresse = next((x["url"] for x in page["link"] if x["relation"] == "next"), "")
        assert page["total"] == len(trouves) == len(set(trouves))
        return {UUID(fil[32:]) for fil in trouves}

    def metadonnees(self, document_id: UUID) -> str:
        """One DocumentReference by its id."""
        return self._lire("DocumentReference", document_id)

    def contenu(self, document_id: UUID) -> str:
        """One content by its id (ITI-68)."""
        return self._lire("Binary", document_id, Accept="*/*")

    def _lire(self, genre: str, document_id: UUID, **plus: str) -> str:
        fil = composer(self._table.dossier_id, document_id)
        reponse = self._client.get(f"/fhir/{genre}/{fil}", headers={**self._entetes, **plus})
        return _SORTS.get(reponse.status_code, str(reponse.status_code))


class Portail:
    """The browser of that professional, logged in, this patient confirmed and opened in the mode of his act."""

    def __init__(self, table: Table, acteur: Acteur) -> None:
        demande: Any = HttpRequest()
        demande.session = SessionStore()
        sessions.ouvrir_session(demande, acteur)
        confirmer_avertissement(demande)
        # As after « tout afficher »: the first list alone is narrowed to recent documents (ACC-64).
        ouvert = Patient(
            "cle", table.dossier_id, confirme=True, mode=acteur.finalite, criteres=Criteres(etendue="")
        )
        patients.garder(demande, ouvert)
        demande.session.save()
        self._client = Client()
        self._client.cookies["session"] = demande.session.session_key

    def lister(self) -> set[UUID] | None:
        """Ids of the documents that the page shows, all on one page; None when it refuses."""
        reponse: Any = self._client.get("/pro/patient/cle/documents/")
        if reponse.status_code == 403:
            assert "lignes" not in reponse.context
            return None
        assert reponse.status_code == 200
        contexte = reponse.context
        trouves = {UUID(ligne.url.rstrip("/").rpartition("/")[2]) for ligne in contexte["lignes"]}
        assert contexte["total"] == contexte["total_lisible"] == len(trouves) == len(contexte["lignes"])
        for groupes in (contexte["classes"], contexte["rubriques"]):
            assert sum(g.nombre for g in groupes) == len(trouves)
        page = reponse.content.decode()
        assert all(f"/documents/{i}/" in page for i in trouves)
        return trouves

    def page(self, document_id: UUID) -> str:
        """The page of one document."""
        return self._lire(document_id, "")

    def original(self, document_id: UUID) -> str:
        """Its bytes."""
        return self._lire(document_id, "original/")

    def _lire(self, document_id: UUID, suite: str) -> str:
        adresse = f"/pro/patient/cle/documents/{document_id}/{suite}"
        statut = self._client.get(adresse).status_code
        return _SORTS.get(statut, str(statut))


def sort_attendu(ouvert: bool, vu: bool) -> str:
    """What any door must say of one document, when the reference said these two things."""
    return DONNE if vu else CACHE if ouvert else REFUSE
