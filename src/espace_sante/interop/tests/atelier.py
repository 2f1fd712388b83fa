"""A record, two programs and a document that they change, for the tests of PATCH."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.test import Client

from espace_sante.acces.tests.scene import Scene, ouvrir_scene
from espace_sante.identite.acteurs import Acteur
from espace_sante.interop.fhir.document import IS_ARCHIVED
from espace_sante.interop.fhir.etiquettes import CONFIDENTIALITE, VISIBILITE
from espace_sante.interop.fhir.identifiants import composer
from espace_sante.interop.tests.lps import Lps, codes_refus, entetes

JSON_PATCH = "application/json-patch+json"


def etiquette(code: str) -> dict[str, Any]:
    systeme = CONFIDENTIALITE if len(code) == 1 else VISIBILITE
    return {"coding": [{"system": systeme, "code": code}]}


def mettre(code: str, rang: int = 0) -> list[dict[str, Any]]:
    """The published example (TD3.3a, TD3.3b)."""
    return [{"op": "replace", "path": f"/securityLabel/{rang}", "value": etiquette(code)}]


def statut(valeur: str) -> list[dict[str, Any]]:
    return [{"op": "replace", "path": "/status", "value": valeur}]


def archiver(valeur: object = True) -> list[dict[str, Any]]:
    return [{"op": "replace", "path": f"/extension[url:'{IS_ARCHIVED}']/valueBoolean", "value": valeur}]


class Atelier:
    """A record, two programs that read and feed it, one document of the first."""

    def __init__(self, client: Client) -> None:
        self.scene: Scene = ouvrir_scene()
        self.auteur = Lps(client, self.scene.medecin)
        self.confrere = Lps(client, self.scene.confrere)

    def deposer(self, **autres: object) -> str:
        return composer(self.scene.dossier_id, self.scene.deposer(**autres).id)

    def patch(
        self,
        par: Lps,
        fil: str,
        corps: object,
        media: str = JSON_PATCH,
        acteur: Acteur | None = None,
        **plus: str,
    ) -> Any:
        chemin = f"/fhir/DocumentReference{'' if fil.startswith('?') else '/'}{fil}"
        brut = corps if isinstance(corps, bytes) else json.dumps(corps).encode()
        return par.client.patch(
            chemin, brut, content_type=media, headers=entetes(acteur or par.acteur, **plus)
        )

    def codes(self, fil: str) -> list[str]:
        ligne = self.scene.ligne(uuid.UUID(fil[32:]))
        drapeaux = (ligne.masque_ps, ligne.invisible_patient, ligne.invisible_representants)
        return [*(c for c, mis in zip("MPR", drapeaux, strict=True) if mis), ligne.confidentialite]

    def version(self, fil: str) -> int:
        return self.scene.ligne(uuid.UUID(fil[32:])).version


def refuse(reponse: Any, statut_http: int, code: str) -> None:
    assert (reponse.status_code, codes_refus(reponse)) == (statut_http, [code])
