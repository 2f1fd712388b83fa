"""Whatever is sent as an Appointment or a Schedule is read or refused with findings, never anything else (FHR-155)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from espace_sante.acces.tests.fabrique import ins
from espace_sante.agenda.creneaux import decouper
from espace_sante.agenda.errors import PlanningRefuse
from espace_sante.interop.fhir.constats import RefusFhir
from espace_sante.interop.fhir.planning import lire_planning, modifier
from espace_sante.interop.fhir.rendez_vous import RendezVousLu, lire_rendez_vous
from espace_sante.interop.fhir.rendez_vous_recherche import PARAMETRES, DemandeRendezVous, lire_recherche
from espace_sante.interop.tests.agenda import rendez_vous
from espace_sante.interop.tests.test_plannings_http import planning

INS = ins(1)
PATIENT_CONTENU: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "p",
    "identifier": [{"system": INS.urn, "value": INS.matricule}],
}
LIEU: dict[str, Any] = {
    "resourceType": "Location", "id": "l", "name": "Ici", "address": {"text": "Rue", "line": ["1"], "city": "Caen"},
    "telecom": [{"system": "phone", "value": "02"}],
}  # fmt: skip
VALIDE = rendez_vous(
    INS,
    contained=[PATIENT_CONTENU, LIEU],
    requestedPeriod=[{"start": "2030-01-01", "end": "2030-02-01"}],
    participant=[
        {"actor": {"reference": "#p"}, "status": "accepted"},
        {
            "actor": {"reference": "#l"},
            "type": [{"coding": [{"code": "x", "display": "y"}]}],
            "status": "tentative",
        },
    ],
    slot=[{"reference": "Slot/00000000-0000-0000-0000-000000000001"}],
    specialty=[{"text": "Cardiologie"}],
    reasonCode=[{"text": "Contrôle"}],
    supportingInformation=[{"reference": "DocumentReference/1"}],
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
    | st.sampled_from(["2030-13-01", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "<a>", "#p", "\ud800", "\x00"]),
    lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text(max_size=6), x, max_size=3),
    max_leaves=6,
)  # fmt: skip


def chemins(objet: Any, avant: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    suite = objet.items() if isinstance(objet, dict) else enumerate(objet) if isinstance(objet, list) else ()
    return [c for cle, v in suite for c in ((*avant, cle), *chemins(v, (*avant, cle)))]


def changer(objet: Any, chemin: tuple[Any, ...], valeur: Any) -> bytes:
    copie = json.loads(json.dumps(objet))
    ici = copie
    for cle in chemin[:-1]:
        ici = ici[cle]
    ici[chemin[-1]] = valeur
    return json.dumps(copie).encode()


def essayer(acte: Callable[[], Any]) -> Any:
    """What it gives, or its refusal; anything else that it raises is a fault."""
    try:
        return acte()
    except (RefusFhir, PlanningRefuse) as refus:
        return refus


def correct(refus: RefusFhir | PlanningRefuse) -> bool:
    if isinstance(refus, PlanningRefuse):
        return refus.code == "trop_de_creneaux"
    return bool(refus.constats) and 400 <= refus.statut < 500


@pytest.mark.rule("FHR-155", "FHR-07")
@given(st.sampled_from(chemins(VALIDE)), JSON)
def test_any_element_replaced_by_anything(chemin: tuple[Any, ...], valeur: Any) -> None:
    corps = changer(VALIDE, chemin, valeur)
    lu = essayer(lambda: lire_rendez_vous(corps, base="https://ici/fhir", fictifs=True))
    if not isinstance(lu, RendezVousLu):
        assert correct(lu)
        return
    assert lu.rendez_vous.identifiants[0].systeme
    assert lu.rendez_vous.quand.tzinfo
    assert lu.rendez_vous.jusqua >= lu.rendez_vous.quand


@pytest.mark.rule("FHR-158", "FHR-07")
@given(st.sampled_from(chemins(planning())), JSON)
@example(("extension", 1, "extension", 1, "valueDuration", "code"), [])
@example(("extension", 1, "extension", 0, "valueCodeableConcept", "coding"), True)
def test_any_element_of_a_schedule_too(chemin: tuple[Any, ...], valeur: Any) -> None:
    corps = changer(planning(), chemin, valeur)
    plages = essayer(lambda: decouper(lire_planning(corps)))
    assert all(p.debut < p.fin for p in plages) if isinstance(plages, list) else correct(plages)


CHEMINS = ("", "/", "/actor/0/reference", "/actor/-", "/extension/0/extension/1", "/~0~1", "/id", "x")
OPERATION = st.fixed_dictionaries(
    {
        "op": st.sampled_from(["add", "replace", "remove", "test", "x"]),
        "path": st.sampled_from(CHEMINS),
        "value": JSON,
    }
)


@pytest.mark.rule("FHR-158")
@given(st.lists(OPERATION, max_size=4))
@example([{"op": "add", "path": "/", "value": "\ud800"}])
def test_any_patch_of_a_schedule(operations: list[dict[str, Any]]) -> None:
    neuf = essayer(lambda: modifier(json.dumps(planning()).encode(), operations))
    assert isinstance(neuf, bytes) or correct(neuf)


NOM = st.sampled_from([*PARAMETRES, "_count", "_sort", "GAP_Appointment_x", "zz"])


@pytest.mark.rule("FHR-157", "FHR-21")
@given(st.lists(st.tuples(NOM, st.text(max_size=20)), max_size=4))
def test_any_search(parametres: list[tuple[str, str]]) -> None:
    lue = essayer(lambda: lire_recherche(parametres, cle=b"k", fictifs=True, strict=False, sans_patient=True))
    assert isinstance(lue, DemandeRendezVous) or correct(lue)
