"""Appointments to send, and programs that send them, for the tests of the agenda's door."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.test import Client

from espace_sante.acces.tests.fabrique_appairage import service_appaire
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.models import Logiciel
from espace_sante.identite.portees import ALIMENTATION, PERSONNE
from espace_sante.interop.tests.lps import FHIR, entetes
from espace_sante.kernel.codes import GenreActeur
from espace_sante.kernel.ins import Ins

SYSTEME = "https://agenda.exemple.test/rendez-vous"
TOUT = ("rendez_vous:lire", "rendez_vous:ecrire", "rendez_vous.tous:lire")


def rendez_vous(ins: Ins, numero: str = "1", **autres: Any) -> dict[str, Any]:
    """A booked appointment of this person; an element given as None is left out."""
    corps: dict[str, Any] = {
        "resourceType": "Appointment",
        "identifier": [{"system": SYSTEME, "value": numero}],
        "status": "booked",
        "serviceType": [
            {"coding": [{"system": "http://example.org/types", "code": "1", "display": "Suivi"}]}
        ],
        "priority": 5,
        "description": "Consultation de suivi",
        "start": "2030-03-05T09:15:00+01:00",
        "end": "2030-03-05T09:30:00+01:00",
        "created": "2029-11-02",
        "participant": [
            {"actor": {"identifier": {"system": ins.urn, "value": ins.matricule}}, "status": "accepted"},
            {
                "actor": {
                    "reference": "https://agenda.exemple.test/Practitioner/12",
                    "type": "Practitioner",
                    "identifier": {"system": "urn:oid:1.2.250.1.71.4.2.1", "value": "899000000001"},
                    "display": "Dr Anne Morel",
                },
                "status": "accepted",
            },
        ],
        **autres,
    }
    return {cle: valeur for cle, valeur in corps.items() if valeur is not None}


class Programme:
    """A program with its headers; what it says of an appointment is sent as JSON."""

    def __init__(self, client: Client, en_tetes: dict[str, str]) -> None:
        self.client, self.en_tetes = client, en_tetes

    def post(self, corps: object, chemin: str = "/fhir/Appointment", **plus: str) -> Any:
        return self._envoyer(self.client.post, chemin, corps, plus)

    def put(self, corps: object, numero: str = f"{SYSTEME}|1", chemin: str = "", **plus: str) -> Any:
        return self._envoyer(self.client.put, chemin or f"/fhir/Appointment?identifier={numero}", corps, plus)

    def get(self, chemin: str = "/fhir/Appointment", **plus: str) -> Any:
        return self.client.get(chemin, headers={**self.en_tetes, **plus})

    def chercher(self, ins: Ins | None, **criteres: str) -> Any:
        qui = {"patient.identifier": f"{ins.urn}|{ins.matricule}"} if ins else {}
        return self.client.get("/fhir/Appointment", {**qui, **criteres}, headers=self.en_tetes)

    def _envoyer(self, verbe: Any, chemin: str, corps: object, plus: dict[str, str]) -> Any:
        brut = corps if isinstance(corps, bytes) else json.dumps(corps).encode()
        media = plus.pop("media", FHIR)
        return verbe(chemin, brut, content_type=media, headers={**self.en_tetes, **plus})


def lps(client: Client, acteur: Acteur, client_id: str = "lps") -> Programme:
    Logiciel.objects.get_or_create(client_id=client_id, defaults={"nom": f"Logiciel {client_id}"})
    return Programme(client, entetes(replace(acteur, client_id=client_id, portees=PERSONNE)))


def structure(client: Client, finess: str = "1990000001", client_id: str = "labo") -> Programme:
    Logiciel.objects.get_or_create(client_id=client_id, defaults={"nom": "Secrétariat"})
    acteur = Acteur(
        GenreActeur.STRUCTURE, nom="Centre de test", structure_id=finess, structure_nom="Centre de test",
        client_id=client_id, portees=ALIMENTATION,
    )  # fmt: skip
    return Programme(client, entetes(acteur))


def service(client: Client, dossier_id: UUID, *droits: str, client_id: str = "carnet") -> Programme:
    _, jeton, identite = service_appaire(
        dossier_id, droits, client_id=client_id, solution_oid=f"1.2.250.1.999.{len(client_id)}"
    )
    return Programme(client, {"Authorization": f"Bearer {jeton}", "X-Id-Token": identite})
