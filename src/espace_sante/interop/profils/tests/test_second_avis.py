"""A second opinion: `pyrofile-validator`, which shares no line with our checker, on what the product sends (issue 4).

Skipped when the package is absent (a tool of development, `requirements/dev.in`). Its known false positives are listed,
each with its reason; one that is no more seen fails, so that the list stays true.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from espace_sante.acces.consentements import recueillir_consentement
from espace_sante.acces.tests.fabrique import CONTEXTE, dossier, professionnel, titulaire
from espace_sante.identite.models import Structure
from espace_sante.interop.profils.tests.test_mutations_profil import FAUTES, OBLIGATOIRES, _avec, _morceaux
from espace_sante.interop.tests import test_cercle_http, test_traces_http
from espace_sante.interop.tests.fabrique import DOSSIER, bundle, lire, octets, simple
from espace_sante.interop.tests.lps import FHIR, Lps, entetes
from espace_sante.interop.tests.test_consent_http import consent, poster
from espace_sante.interop.views import depots

# (code, place, why it is not a fault).
FAUX_POSITIFS: list[tuple[str, str, str]] = [
    ("profile.slice.cardinality.max", r"List\.(extension|identifier):\w+",
     "slices told apart by a profile of MHD that is not loaded: it counts every item in each of them"),
    ("profile.slice.closed", r"Bundle\.entry\[\d+\]",
     "closed slices chosen by the profile of the resource: it matches none"),
    ("profile.slice.cardinality.min", r"Bundle\.entry:SubmissionSet", "the same"),
    ("reference.format", r"(List|DocumentReference)\.subject",
     "Patient?identifier=… is a conditional reference (R4, transactions), in the published examples too"),
    ("datatype.invalid", r"Binary\.data", "base64 given as text, read as bytes by a newer model"),
    ("terminology.required", r"CapabilityStatement\.(format|patchFormat)\[\d+\]",
     "BCP 13 is not a list: any media type, and « json » and « xml »"),
]  # fmt: skip


@pytest.fixture(scope="module")
def second_avis(vectors: Path) -> Any:
    pyrofile = pytest.importorskip(
        "pyrofile_validator", reason="second opinion: pyrofile-validator is not installed"
    )
    from pyrofile_validator.config import ValidatorConfig

    return pyrofile.Validator(
        ValidatorConfig(
            local_package_paths=[str(vectors / "fhir" / "pdsm")],
            # Profiles and extensions of guides that are not among the samples are no fault.
            error_on_unknown_profile=False,
            allow_unknown_extensions=True,
        )
    )


def _erreurs(second_avis: Any, ressource: Any) -> list[tuple[str, str, str]]:
    rapport = second_avis.validate_resource(ressource)
    return [(i.code, i.path, i.message) for i in rapport.issues if str(i.severity).lower().endswith("error")]


def _vraies(erreurs: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    return [
        e for e in erreurs if not any(e[0] == code and re.fullmatch(place, e[1]) for code, place, _ in FAUX_POSITIFS)
    ]  # fmt: skip


def _envoyees(client: Client) -> dict[str, Any]:
    """One of each resource that the FHIR door answers."""
    depots._enregistrement.cache_clear()
    Structure.objects.create(
        id="1990000001", nom="Centre de test", etablissement_code="SA01", cadre_code="AMBULATOIRE"
    )
    medecin = Lps(client, professionnel())
    dossier_id, ins = dossier()
    recueillir_consentement(medecin.acteur, ins, contexte=CONTEXTE)
    entetes_ = entetes(medecin.acteur, Prefer="return=representation")
    lot = json.loads(
        client.post("/fhir", octets(bundle(ins=ins)), content_type=FHIR, headers=entetes_).content
    )
    lieu, contenu = (lot["entry"][rang]["response"]["location"] for rang in (1, 2))
    reponses = {
        "recherche": medecin.chercher(ins),
        "recherche avertie": medecin.chercher(ins, inconnu="1"),
        "lecture": medecin.get(f"/fhir/{lieu}"),
        "binaire": medecin.get(f"/fhir/{contenu}", Accept=FHIR),
        "simplifie": client.post("/fhir/DocumentReference", octets(simple(ins=ins)), content_type=FHIR, headers=entetes_),
        "patient": medecin.get(f"/fhir/Patient/{dossier_id}"),
        "patients": medecin.get(f"/fhir/Patient?identifier={ins.urn}|{ins.matricule}"),
        "consentement": poster(medecin, consent(numero=ins)),
        "refus": medecin.get("/fhir/DocumentReference"),
        "listes": medecin.get(f"/fhir/List?patient=Patient/{dossier_id}&code=submissionset&status=current"),
        "cercle": test_cercle_http.demander(client, medecin.acteur, numero=ins),
        "traces": test_traces_http.demander(client, titulaire(dossier_id), numero=ins),
        "capacites": client.get("/fhir/metadata"),
        "codes": client.get("/fhir/CodeSystem/erreur-mes"),
    }  # fmt: skip
    stocke = lire(bundle()).a_deposer(DOSSIER).representation
    assert stocke is not None
    lues = {nom: json.loads(reponse.content) for nom, reponse in reponses.items()}
    assert {lues[nom]["entry"][0]["resource"]["resourceType"] for nom in ("listes", "cercle", "traces")} == {
        "List", "CareTeam", "AuditEvent",
    }  # fmt: skip
    return {"lot envoyé": bundle(), "réponse du lot": lot, "liste": json.loads(stocke), **lues}


@pytest.mark.lent
@pytest.mark.rule("FHR-69", "FHR-22", "FHR-02")
@pytest.mark.django_db
def test_what_the_product_sends(client: Client, second_avis: Any) -> None:
    envoyees = _envoyees(client)
    trouvees = {nom: _erreurs(second_avis, ressource) for nom, ressource in envoyees.items()}
    assert {nom: v for nom, es in trouvees.items() if (v := _vraies(es))} == {}
    for code, place, raison in FAUX_POSITIFS:
        assert any(e[0] == code and re.fullmatch(place, e[1]) for es in trouvees.values() for e in es), raison


@pytest.mark.lent
@pytest.mark.rule("FHR-69")
def test_it_too_sees_a_missing_custodian(vectors: Path, second_avis: Any) -> None:
    """Rulebook 6 §J: the published examples lack it, and both checkers say so."""
    exemple = json.loads(
        (vectors / "fhir/pdsm4dmp/DocumentReference-doc-x-id.json").read_text(encoding="utf-8-sig")
    )
    assert [e for e in _vraies(_erreurs(second_avis, exemple)) if "custodian" in e[1] or "custodian" in e[2]]


@pytest.mark.lent
def test_our_invariants_against_their_fhirpath(vectors: Path) -> None:
    """Each published expression that FHIRPath can evaluate says the same as our function, on what is right and wrong."""
    fhirpath = pytest.importorskip("fhirpathpy")
    publies: dict[str, tuple[str, str]] = {}
    for fichier in (vectors / "fhir" / "pdsm").glob("StructureDefinition-*.json"):
        definition = json.loads(fichier.read_text(encoding="utf-8-sig"))
        racine = definition["snapshot"]["element"][0]
        for contrainte in racine.get("constraint", []):
            # dom-3 asks for a descent of types that the evaluator has not, dom-6 is a warning.
            if (
                contrainte["key"].startswith(("dom-2", "dom-4", "dom-5", "bdl-"))
                and "expression" in contrainte
            ):
                publies[contrainte["key"]] = (racine["path"], contrainte["expression"])
    document = json.loads((vectors / "fhir/pdsm4dmp/Bundle-example-annexe-fhir-document.json").read_bytes())
    ressources = [document, *(_sans(document, cle) for cle in ("identifier", "timestamp"))]
    ressources += [document | {"entry": document["entry"][::-1]}, document | {"total": 3}]
    ressources += [document | {"entry": [document["entry"][0] | plus]} for plus in (
        {"request": {}}, {"response": {}}, {"search": {"mode": "match"}},
    )]  # fmt: skip
    ressources.append(document | {"entry": [document["entry"][0]] * 2})
    for nom, (faire, _, _) in OBLIGATOIRES.items():
        ressources.append(faire())
        ressources += [
            _avec(faire(), _morceaux(chemin), valeur)
            for autre, chemin, valeur, attendu in FAUTES
            if autre == nom and attendu[0] == "profil-invariant"
        ]
    compares = 0
    for ressource in ressources:
        notres = _notres(ressource)
        for cle, (type_, expression) in publies.items():
            if type_ == ressource["resourceType"]:
                # The evaluator has no hasValue(); in JSON what exists has a value.
                lue = expression.replace("hasValue()", "exists()")
                tenue = fhirpath.evaluate(ressource, lue, {"resource": ressource})
                assert (tenue == [True]) == (cle not in notres), (cle, tenue, ressource)
                compares += 1
    assert compares > 80


def _sans(ressource: Any, cle: str) -> Any:
    return {c: v for c, v in ressource.items() if c != cle}


def _notres(ressource: Any) -> set[str]:
    from espace_sante.interop.profils.verification import verifier

    return {
        c.diagnostic.partition("#")[2] for c in verifier(ressource, ["aucun"]) if c.code == "profil-invariant"
    }
