"""The document that a CDA says it replaces against the one that `relatesTo` names, in every form (FHR-104, FHR-101)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from django.test import Client

from espace_sante.acces.tests.fabrique import ins, professionnel
from espace_sante.documents.cda.tests.exemple import INS, sans
from espace_sante.documents.cda.tests.exemple import document as cda
from espace_sante.documents.metadonnees import Auteur
from espace_sante.documents.models import Document
from espace_sante.dossier.services import NouveauDossier, creer
from espace_sante.identite.acteurs import Acteur
from espace_sante.interop.client import depot_iti105, lot_iti65
from espace_sante.interop.fhir.identifiants import composer
from espace_sante.interop.tests.lps import FHIR, entetes, logiciel
from espace_sante.interop.tests.test_traits_http import TRAITS
from espace_sante.kernel.codes import EtatProfil
from espace_sante.kernel.ids import uuid7
from espace_sante.platform.postgres.rls import portee

pytestmark = pytest.mark.django_db
NUMERO = ins(104)
PARENT = '<id root="8D5E778C-E155-4685-95C6-5FF65A362964"/>'


class Scene:
    """A record with a first CDA, and its second version to come."""

    def __init__(self, client: Client) -> None:
        self.client, self.pro, self.dossier_id = client, logiciel(professionnel()), uuid7()
        creer(
            NouveauDossier(
                dossier_id=self.dossier_id, ins=NUMERO, traits=TRAITS, etat=EtatProfil.ACTIVE,
                etat_depuis=datetime.now(UTC),
            )
        )  # fmt: skip
        premier = cda((INS, NUMERO.matricule), sans("<relatedDocument", "</relatedDocument>"))
        assert self.poster("/fhir", lot_iti65(premier, NUMERO, source(self.pro))).status_code == 200
        with portee(self.dossier_id):
            self.ancien = Document.objects.get()

    def poster(self, adresse: str, corps: object, **plus: str) -> Any:
        return self.client.post(
            adresse, orjson.dumps(corps), content_type=FHIR, headers=entetes(self.pro, **plus)
        )

    def cibles(self) -> dict[str, dict[str, Any]]:
        """Every form of FHR-101."""
        fil = composer(self.dossier_id, self.ancien.id)

        def uri(valeur: str) -> dict[str, Any]:
            return {"identifier": {"system": "urn:ietf:rfc:3986", "value": valeur}}

        return {
            "id": {"reference": f"DocumentReference/{fil}"},
            "adresse": {"reference": f"http://testserver/fhir/DocumentReference/{fil}"},
            "entryUUID": uri(f"urn:uuid:{self.ancien.entree}"),
            "uniqueId": uri(self.ancien.unique_id),
        }


def source(pro: Acteur) -> Auteur:
    return Auteur("personne", idnat=f"8{pro.rpps}", structure_idnat=pro.structure_id)


def _codes(reponse: Any, porte: str) -> list[str]:
    corps = json.loads(reponse.content)
    reponses = corps if porte == "ITI-105" else corps["entry"][0]["response"].get("outcome", {})
    return [i["details"]["coding"][0]["code"] for i in reponses.get("issue", []) if "coding" in i["details"]]


@pytest.mark.rule("FHR-104", "FHR-101")
@pytest.mark.parametrize("forme", ["id", "adresse", "entryUUID", "uniqueId"])
@pytest.mark.parametrize("porte", ["ITI-65", "ITI-105"])
@pytest.mark.parametrize("juste", [True, False])
def test_a_difference_is_a_warning_and_relates_to_wins(
    client: Client, forme: str, porte: str, juste: bool
) -> None:
    scene = Scene(client)
    extension = "DOC-1" if juste else "DOC-9"
    contenu = cda(
        (INS, NUMERO.matricule), ('extension="DOC-1"', 'extension="DOC-2"'),
        (PARENT, f'<id root="1.2.250.1.999.1.1" extension="{extension}"/>'),
    )  # fmt: skip
    relation = [{"code": "replaces", "target": scene.cibles()[forme]}]
    if porte == "ITI-65":
        corps = lot_iti65(contenu, NUMERO, source(scene.pro))
        corps["entry"][1]["resource"]["relatesTo"] = relation
        reponse = scene.poster("/fhir", corps)
        assert reponse.status_code == 200, reponse.content
    else:
        corps = {**depot_iti105(contenu, NUMERO), "relatesTo": relation}
        reponse = scene.poster("/fhir/DocumentReference", corps, Prefer="return=OperationOutcome")
        assert reponse.status_code == 201, reponse.content
    assert ("cda-remplacement" in _codes(reponse, porte)) is not juste
    with portee(scene.dossier_id):
        statuts = dict(Document.objects.values_list("id", "statut"))
        assert statuts.pop(scene.ancien.id) == "superseded"
        assert list(statuts.values()) == ["current"]
