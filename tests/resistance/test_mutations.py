"""Random changes of a valid deposit: never a failure of the server, never half a deposit (FHR-61)."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from espace_sante.documents.cda.tests.exemple import document as cda
from espace_sante.interop.views import depots
from tests.resistance.entrees import INS, Json, corps_cda, corps_valide
from tests.resistance.etat import Etat, relever
from tests.resistance.test_entrees import PORTES, Monde

pytestmark = pytest.mark.django_db
_REGLAGES = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
# One of each of these for a stored document.
_TABLES = [f"documents_{t}" for t in ("document", "contenu", "versiondocument", "registre", "lot")] + [
    "traces d'actes"
]
_CURIEUX: list[Any] = [
    None, True, False, 0, -1, 2**63, 2**31, 1e308, 0.1, "", " ", "\x00", "\x1f", "\x7f", "\u2028", "\ud800", "é" * 300,
    "x" * 5000, "a\\u0000", "0001-01-01", "9999-12-31", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00",
    "0001-01-01T00:00:00+14:00", "2024-02-30", "2024-01-01T24:00:00Z", "2016-12-31T23:59:60Z", "2024", [], {}, [[]],
    [None], {"coding": [{}]}, {"reference": "#"}, {"reference": "Patient/"}, {"reference": "x" * 3000},
    "urn:oid:" + ".".join(["1"] * 200), "urn:oid:2.25.0", "urn:uuid:0", "urn:uuid:00000000-0000-0000-0000-000000000000",
    "URN:OID:1.2", f"Patient?identifier={INS.urn}|{INS.matricule}", "http://[", "data:,x", "superseded", "R", "V",
    "MASQUE_PS", "text/xml", "application/pdf; x=y", "application/fhir+json", "fr-FR-" + "x" * 40, "=", "AA==", "A A A =",
]  # fmt: skip
_valeurs = st.one_of(
    st.sampled_from(_CURIEUX),
    st.text(max_size=20),
    st.text("0123456789.:-TZ+urnoid", max_size=40),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
)


def _noeuds(objet: Any, chemin: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Path of every node under the root."""
    suite = objet.items() if isinstance(objet, dict) else enumerate(objet) if isinstance(objet, list) else ()
    for cle, valeur in suite:
        yield (*chemin, cle)
        yield from _noeuds(valeur, (*chemin, cle))


def _aller(objet: Any, chemin: tuple[Any, ...]) -> Any:
    for morceau in chemin:
        objet = objet[morceau]
    return objet


def _valeur(tirer: st.DrawFn) -> Any:
    """A value of its own: a second change inside it must not change what the next example draws."""
    return copy.deepcopy(tirer(_valeurs))


@st.composite
def _changements(tirer: st.DrawFn, modele: Json) -> Json:
    """One to three changes of a copy, at places drawn evenly."""
    corps = copy.deepcopy(modele)
    for _ in range(tirer(st.integers(1, 3))):
        places = list(_noeuds(corps))
        if not places:
            break
        *avant, dernier = places[tirer(st.integers(0, len(places) - 1))]
        parent = _aller(corps, tuple(avant))
        genre = tirer(st.sampled_from(["oter", "remplacer", "doubler", "echanger", "emballer", "ajouter"]))
        if genre == "oter":
            del parent[dernier]
        elif genre == "remplacer":
            parent[dernier] = _valeur(tirer)
        elif genre == "doubler" and isinstance(parent, list):
            parent.insert(dernier, copy.deepcopy(parent[dernier]))
        elif genre == "echanger":
            parent[dernier] = copy.deepcopy(_aller(corps, places[tirer(st.integers(0, len(places) - 1))]))
        elif genre == "ajouter" and isinstance(parent, dict):
            parent[
                tirer(
                    st.sampled_from(
                        ["id", "extension", "text", "language", "display", "identifier", "inconnu"]
                    )
                )
            ] = _valeur(tirer)
        else:
            parent[dernier] = [parent[dernier]]
    return corps


def _frais(corps: Json) -> Json:
    """The same under fresh numbers: an accepted example must not make the next one a duplicate."""
    texte = json.dumps(corps)
    neuf = json.dumps(corps_valide("ITI-65"))
    for cle in ("masterIdentifier",):
        ancien = _numero(texte, cle)
        if ancien:
            texte = texte.replace(ancien, _numero(neuf, cle))
    frais: Json = json.loads(texte)
    return frais


def _numero(texte: str, cle: str) -> str:
    debut = texte.find("urn:uuid:", texte.find(f'"{cle}"'))
    return texte[debut : debut + 45] if texte.find(f'"{cle}"') >= 0 and debut >= 0 else ""


def _juger(porte: str, monde: Monde, corps: bytes, avant: Etat) -> Etat:
    """Post; the answer and what is stored must agree."""
    reponse = monde.poster(porte, corps)
    apres = relever(monde.dossiers)
    assert reponse.status_code < 500, reponse.content
    gagne = {t: n - avant.lignes[t] for t, n in apres.lignes.items() if n != avant.lignes[t]}
    lu = json.loads(reponse.content)
    if reponse.status_code == PORTES[porte][1]:
        documents = 1
        if porte == "ITI-65":
            lieux = [e["response"].get("location", "") for e in lu["entry"]]
            documents = sum(lieu.startswith("DocumentReference/") for lieu in lieux)
        if gagne:
            assert gagne == {t: 1 if t == "documents_lot" else documents for t in _TABLES}
            assert apres.octets > avant.octets
        else:
            # Only `ifNoneExist` answers without storing; no change here asks for it.
            raise AssertionError("accepted, and nothing is stored")
    else:
        assert lu["resourceType"] == "OperationOutcome"
        assert any(i["severity"] == "error" for i in lu["issue"])
        assert (gagne, apres.octets) == ({}, avant.octets)
        assert apres.refus_traces == avant.refus_traces + 1
    return apres


@pytest.fixture
def monde(client: Client) -> Monde:
    depots._enregistrement.cache_clear()
    return Monde(client)


def changer_les_noeuds(porte: str, genre: str, monde: Monde, exemples: int) -> None:
    """Post as many bodies with changed nodes. The large version is drill/test_mutations_5000.py."""
    etat = [relever(monde.dossiers)]
    modele = corps_valide(porte) if genre == "pdf" else corps_cda(porte, cda())

    @settings(_REGLAGES, max_examples=exemples)
    @given(_changements(modele))
    def essayer(corps: Json) -> None:
        frais = _frais(corps) if genre == "pdf" else corps
        etat[0] = _juger(porte, monde, json.dumps(frais).encode(), etat[0])

    essayer()


def changer_les_octets(porte: str, monde: Monde, exemples: int) -> None:
    """The same with changed bytes."""
    etat = [relever(monde.dossiers)]

    @settings(_REGLAGES, max_examples=exemples)
    @given(
        st.lists(
            st.tuples(st.integers(0, 9999), st.integers(0, 4), st.binary(max_size=3)), min_size=1, max_size=3
        )
    )
    def essayer(coups: list[tuple[int, int, bytes]]) -> None:
        octets = bytearray(json.dumps(corps_valide(porte)).encode())
        for place, longueur, neufs in coups:
            debut = place * len(octets) // 10_000
            octets[debut : debut + longueur] = neufs
        etat[0] = _juger(porte, monde, bytes(octets), etat[0])

    essayer()


@pytest.mark.rule("FHR-61", "FHR-08", "FHR-09", "FHR-40")
@pytest.mark.parametrize("porte", list(PORTES))
@pytest.mark.parametrize("genre", ["pdf", "cda"])
def test_any_node_changed(porte: str, genre: str, monde: Monde) -> None:
    changer_les_noeuds(porte, genre, monde, 120)


@pytest.mark.rule("FHR-61", "FHR-06", "FHR-07")
@pytest.mark.parametrize("porte", list(PORTES))
def test_any_byte_changed(porte: str, monde: Monde) -> None:
    changer_les_octets(porte, monde, 120)
