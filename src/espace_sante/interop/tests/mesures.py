"""Bodies of measures as services send them, modelled on the public guide (IG-fhir-mesures-de-sante), for the tests."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.test import Client

from espace_sante.acces.tests.fabrique_appairage import entetes, service_appaire
from espace_sante.acces.tests.scene import Scene
from espace_sante.interop.tests.lps import codes_refus
from espace_sante.kernel.ins import Ins
from espace_sante.platform.postgres.rls import portee
from espace_sante.profil_medical.genres import genres
from espace_sante.profil_medical.models import Mesure

TOUS = tuple(
    f"{g.droit}:{sens}"
    for g in genres().values()
    for sens in ("lire", "ecrire")
    if g.ecriture or sens == "lire"
)
FHIR = "application/fhir+json"
UCUM = "http://unitsofmeasure.org"
NOS = "https://mos.esante.gouv.fr/NOS"
BASE = "https://interop.esante.gouv.fr/ig/fhir/mesures/StructureDefinition"


def il_y_a(jours: float = 1) -> str:
    quand = datetime.now(UTC) - timedelta(days=jours)
    return quand.isoformat(timespec="seconds")


def quantite(valeur: Any, unite: str) -> dict[str, Any]:
    return {"value": valeur, "unit": unite, "system": UCUM, "code": unite}


def observation(numero: Ins, genre: str = "poids", valeur: Any = 71, **autres: Any) -> dict[str, Any]:
    """A right Observation of that kind; `autres` replace or, when None, take away elements."""
    g = genres()[genre]
    corps: dict[str, Any] = {
        "resourceType": "Observation",
        "meta": {"profile": [f"{BASE}/{g.profil}"]} if g.profil else {"profile": [f"{BASE}/mesures"]},
        "status": "final",
        "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category",
                                  "code": "vital-signs"}]}],
        "code": {"coding": [{"system": g.systeme, "code": g.code}]},
        "subject": {"identifier": {"system": numero.urn, "value": numero.matricule}},
        "effectiveDateTime": il_y_a(),
    }  # fmt: skip
    if g.compose:
        haut, bas = valeur if isinstance(valeur, tuple) else (120, 80)
        corps["component"] = [composant("8480-6", haut), composant("8462-4", bas)]
    else:
        corps["valueQuantity"] = quantite(valeur, g.unite)
    extensions = []
    if g.moment:
        extensions.append(moment())
    if g.jours:
        extensions.append(jours())
    if extensions:
        corps["extension"] = extensions
    corps |= autres
    return {nom: v for nom, v in corps.items() if v is not None}


def composant(code: str, valeur: Any, unite: str = "mm[Hg]") -> dict[str, Any]:
    return {
        "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
        "valueQuantity": quantite(valeur, unite),
    }


def moment(code: str = "16915-1", systeme: str = f"{NOS}/TRE_A04-Loinc/FHIR/TRE-A04-Loinc") -> dict[str, Any]:
    return {
        "url": f"{BASE}/mesures-moment-of-measurement",
        "valueCodeableConcept": {"coding": [{"system": systeme, "code": code}]},
    }


def jours(code: str = "GEN-275") -> dict[str, Any]:
    return {
        "url": f"{BASE}/mesures-number-of-days",
        "valueCodeableConcept": {
            "coding": [{"system": f"{NOS}/TRE_R308-TAASIP/FHIR/TRE-R308-TAASIP", "code": code}]
        },
    }


def appareil(valeur: str = "FE-ED-AB-AA-DE-AD-77-C5", identifiant: str = "") -> dict[str, Any]:
    return {
        "resourceType": "Device",
        "id": identifiant or str(uuid.uuid4()),
        "identifier": [{"system": "urn:oid:1.2.840.10004.1.1.1.0.0.1.0.0.1.2680", "value": valeur}],
        "manufacturer": "OMRONHEALTHCARE",
        "deviceName": [{"name": "Ma balance", "type": "patient-reported-name"}],
        "modelNumber": "HEM-9200T",
        "type": {"coding": [{"system": "urn:iso:std:iso:11073:10101", "code": "65573"}]},
    }


def lot(mesure: dict[str, Any], avec: dict[str, Any] | None = None) -> dict[str, Any]:
    """The transaction of the guide."""
    entrees = []
    if avec is not None:
        mesure = {**mesure, "device": {"reference": f"Device/{avec['id']}"}}
        i = avec["identifier"][0]
        entrees.append({
            "fullUrl": f"urn:uuid:{avec['id']}", "resource": avec,
            "request": {"method": "POST", "url": "Device", "ifNoneExist": f"identifier={i['system']}|{i['value']}"},
        })  # fmt: skip
    entrees.append({
        "fullUrl": f"urn:uuid:{uuid.uuid4()}", "resource": mesure,
        "request": {"method": "POST", "url": "Observation"},
    })  # fmt: skip
    return {"resourceType": "Bundle", "type": "transaction", "entry": entrees}


class Service:
    """A paired service that calls with its two tokens."""

    def __init__(
        self, client: Client, scene: Scene, *droits: str, client_id: str = "carnet-de-tension", **autres: str
    ):
        self.client, self.ins, self.dossier_id = client, scene.ins, scene.dossier_id
        _, jeton, identite = service_appaire(scene.dossier_id, droits, client_id=client_id, **autres)
        self.entetes = entetes(jeton, identite)

    def envoyer(self, corps: Any, media: str = FHIR, **plus: str) -> Any:
        brut = corps if isinstance(corps, bytes) else json.dumps(corps).encode()
        return self.client.post("/fhir", brut, content_type=media, headers={**self.entetes, **plus})

    def ecrire(self, genre: str = "poids", valeur: Any = 71, **autres: Any) -> str:
        """Write a measure; its id."""
        reponse = self.envoyer(lot(observation(self.ins, genre, valeur, **autres)))
        assert reponse.status_code == 200, reponse.content
        lieu: str = json.loads(reponse.content)["entry"][0]["response"]["location"]
        return lieu.removeprefix("Observation/")

    def chercher(self, code: str = "29463-7", *criteres: tuple[str, str], numero: Ins | None = None) -> Any:
        qui = numero or self.ins
        corps = [("code", code), ("subject.identifier", f"{qui.urn}|{qui.matricule}"), *criteres]
        return self.client.post(
            "/fhir/Observation/_search", urlencode(corps),
            content_type="application/x-www-form-urlencoded", headers=self.entetes,
        )  # fmt: skip

    def appeler(self, methode: str, chemin: str, corps: Any = None, **plus: str) -> Any:
        brut = b"" if corps is None else json.dumps(corps).encode()
        return self.client.generic(
            methode, f"/fhir/{chemin}", brut, content_type=FHIR, headers={**self.entetes, **plus}
        )


def trouves(reponse: Any) -> list[dict[str, Any]]:
    assert reponse.status_code == 200, reponse.content
    entrees = json.loads(reponse.content).get("entry", [])
    return [e["resource"] for e in entrees if e["search"]["mode"] == "match"]


def nombre(scene: Scene, modele: Any = Mesure) -> int:
    """How many measures (or instruments) the record keeps."""
    with portee(scene.dossier_id):
        return int(modele.objects.filter(dossier_id=scene.dossier_id).count())


def refuse(reponse: Any, statut: int, *codes: str) -> None:
    """It was refused so, with exactly these findings."""
    assert (reponse.status_code, codes_refus(reponse)) == (statut, list(codes)), reponse.content
