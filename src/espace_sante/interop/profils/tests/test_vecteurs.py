"""Each published FHIR file of PDSm, of PDSm4DMP and of MHD: what must happen with it, and it does (issue 4, Done when).

A file that is not in the list fails: somebody must say what it is for.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from espace_sante.interop.fhir.document import IS_ARCHIVED
from espace_sante.interop.fhir.patch.json_patch import lire as lire_json_patch
from espace_sante.interop.profils.table import par_url
from espace_sante.interop.profils.verification import verifier

DOSSIERS = ("pdsm", "pdsm4dmp", "mhd")
Faute = tuple[str, str]

SANS_CUSTODIAN: Faute = ("profil-absent", "DocumentReference.custodian")
SANS_DATE: list[Faute] = [("profil-absent", "CapabilityStatement.date")]
INCONNUE: list[Faute] = [("profil-ressource", "Resource")]

# File → what the checker refuses in it (code, place): the published files have these faults, each looked at.
RESSOURCES: dict[str, list[Faute]] = {
    "pdsm/Binary-6789.json": [],
    "pdsm/Bundle-a9c10f8a-882d-4000-a280-7150e0aeb478.json": [],
    "pdsm/CapabilityStatement-PDSm-ConsommateurDeDocuments.json": [],
    "pdsm/CapabilityStatement-PDSm-GestionnaireDePartageDeDocuments.json": [],
    "pdsm/CapabilityStatement-PDSm-ProducteurDeDocuments.json": [],
    "pdsm/DocumentReference-PDSmSimplifiedExample.json": [],
    # Its contained author is named « PractitionerRole/… », not « #… », and keeps a version of its own.
    "pdsm/DocumentReference-exemple-pdsm-documentreference.json": [
        ("profil-invariant", "DocumentReference.contained[0]"),
        ("profil-invariant", "DocumentReference.contained[0]"),
    ],
    "pdsm/List-ExampleFolder.json": [],
    # MHD wants an OID for the uniqueId of a SubmissionSet, it is a UUID; contained versions again.
    "pdsm/List-ExampleSubmissionSet.json": [
        ("profil-valeur", "List.identifier[0].value"),
        ("profil-invariant", "List.contained[0]"),
        ("profil-invariant", "List.contained[1]"),
    ],
    "pdsm/Organization-org-example.json": [],
    "pdsm/Patient-fr-patient-123.json": [],
    "pdsm/SearchParameter-PDSm-DocumentReference-period-end.json": [],
    "pdsm/SearchParameter-PDSm-DocumentReference-period-start.json": [],
    "pdsm/SearchParameter-PDSm-List-PatientAsSource.json": [],
    "pdsm/SearchParameter-PDSm-List-PractitionerRoleAsSource.json": [],
    "pdsm/SearchParameter-PDSm-List-authorOrg.json": [],
    "pdsm/SearchParameter-PDSm-isArchived.json": [],
    # Neither sent nor read by the product; the OpenAPI pages are no resource.
    "pdsm/ImplementationGuide-ans.fhir.fr.pdsm.json": INCONNUE,
    "pdsm/PDSm-ConsommateurDeDocuments.openapi.json": INCONNUE,
    "pdsm/PDSm-GestionnaireDePartageDeDocuments.openapi.json": INCONNUE,
    "pdsm/PDSm-ProducteurDeDocuments.openapi.json": INCONNUE,
    "pdsm4dmp/Bundle-example-annexe-fhir-document.json": [],
    # The door takes it, with warnings (FHR-90): no custodian, and a Practitioner alone as source.
    "pdsm4dmp/Bundle-example-td2-iti65-lot-soumission.json": [
        ("profil-cible", "Bundle.entry[0].resource.source"),
        ("profil-absent", "Bundle.entry[1].resource.custodian"),
    ],
    "pdsm4dmp/DocumentReference-doc-x-id.json": [SANS_CUSTODIAN],
    "pdsm4dmp/DocumentReference-example-td2-iti105-publication-simplifiee.json": [SANS_CUSTODIAN],
    **{
        f"mhd/CapabilityStatement-IHE.MHD.{nom}.json": SANS_DATE
        for nom in (
            "DocumentConsumer", "DocumentRecipient", "DocumentRecipient.Comprehensive", "DocumentRecipient.Fdoc",
            "DocumentRecipient.Generate", "DocumentRecipient.Simplified", "DocumentRecipient.UnContained",
            "DocumentResponder", "DocumentSource", "DocumentSource.Comprehensive", "DocumentSource.Fdoc",
            "DocumentSource.Generate", "DocumentSource.Simplifed", "DocumentSource.UnContained",
        )
    },
}  # fmt: skip
# Definitions: each is in the table (`tests/contrat/test_profils.py` compares every one of their elements with it).
DEFINITIONS = {
    f"pdsm/StructureDefinition-pdsm-{nom}.json"
    for nom in (
        "comprehensive-document-reference", "comprehensive-provide-document-bundle", "ext-intended-recipient",
        "ext-is-archived", "find-documentreferences-comprehensive-response", "find-lists-response",
        "folder-comprehensive", "simplified-publish", "submissionset-comprehensive",
    )
}  # fmt: skip
# Pages of the guide → their JSON examples: resources follow R4, patches are read, outlines (« [...] ») are no JSON.
PAGES = {
    "pdsm4dmp/transaction_td02.md": (1, 0, 0),
    "pdsm4dmp/transaction_td2.md": (0, 0, 0),
    "pdsm4dmp/transaction_td2.1.md": (0, 0, 0),
    "pdsm4dmp/transaction_td3.1a.md": (0, 0, 0),
    "pdsm4dmp/transaction_td3.1b.md": (0, 0, 0),
    "pdsm4dmp/transaction_td3.2.md": (0, 0, 1),
    "pdsm4dmp/transaction_td3.3a.md": (0, 3, 0),
    "pdsm4dmp/transaction_td3.3b.md": (0, 3, 0),
    "pdsm4dmp/transaction_td3.3c.md": (0, 2, 0),
    "pdsm4dmp/transaction_td3.3d.md": (0, 3, 0),
}


def charger(vectors: Path, nom: str) -> Any:
    return json.loads((vectors / "fhir" / nom).read_text(encoding="utf-8-sig"))


def test_every_file_has_its_use(vectors: Path) -> None:
    presents = {
        f"{dossier}/{f.name}"
        for dossier in DOSSIERS
        for f in (vectors / "fhir" / dossier).iterdir()
        if f.is_file()
    }
    assert presents == set(RESSOURCES) | DEFINITIONS | set(PAGES)


@pytest.mark.rule("FHR-05", "FHR-69", "FHR-70", "FHR-90")
@pytest.mark.parametrize("nom", sorted(RESSOURCES))
def test_a_published_resource(vectors: Path, nom: str) -> None:
    constats = verifier(charger(vectors, nom))
    assert [(c.code, c.expression) for c in constats if c.refuse] == RESSOURCES[nom]
    # Each finding names its rule: profile or type, and element.
    assert all(re.fullmatch(r"[\w.-]+#[\w.:\[\]-]+", c.diagnostic) for c in constats)


@pytest.mark.rule("FHR-69", "FHR-67", "FHR-93")
@pytest.mark.parametrize("nom", sorted(DEFINITIONS))
def test_a_published_definition_is_one_that_we_check(vectors: Path, nom: str) -> None:
    definition = charger(vectors, nom)
    connue = par_url()[definition["url"]]
    assert connue.base == definition["type"]
    if definition["url"] == IS_ARCHIVED:
        assert connue.nom == "pdsm-ext-is-archived"


@pytest.mark.rule("FHR-126")
@pytest.mark.parametrize("nom", sorted(PAGES))
def test_the_examples_of_a_page(vectors: Path, nom: str) -> None:
    texte = (vectors / "fhir" / nom).read_text(encoding="utf-8-sig")
    ressources = patchs = ebauches = 0
    for bloc in re.findall(r"```json\n(.*?)```", texte, re.S):
        if "[...]" in bloc:
            ebauches += 1
            continue
        exemple = json.loads(bloc)
        if isinstance(exemple, list):
            assert lire_json_patch(bloc.encode())
            patchs += 1
        else:
            assert verifier(exemple) == []
            ressources += 1
    assert (ressources, patchs, ebauches) == PAGES[nom]
