"""Bad input at the doors that do not deposit: search, read, PATCH, Consent, existence (issue 4, bad input).

Whatever is sent: never a failure of the server, never a code that is not in the catalogue, nothing said back of what
was sent, nothing changed by what is refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from espace_sante.acces.consentements import recueillir_consentement
from espace_sante.acces.tests.fabrique import CONTEXTE
from espace_sante.interop.fhir.catalogue import toutes
from espace_sante.interop.fhir.identifiants import composer
from espace_sante.interop.fhir.patch import MEDIAS
from espace_sante.interop.fhir.recherche import PARAMETRES
from espace_sante.interop.tests.lps import entetes
from espace_sante.interop.views import depots
from espace_sante.kernel.ids import uuid7
from tests.resistance.entrees import FHIR, INS, corps_valide
from tests.resistance.etat import relever
from tests.resistance.test_entrees import Monde

pytestmark = pytest.mark.django_db
_REGLAGES = settings(
    deadline=None,
    max_examples=100,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
_FORMULAIRE = "application/x-www-form-urlencoded"
_CATALOGUE = {e.code for e in toutes()}
# Nothing of what is inside is ever told (FHR-09).
_DEDANS = (
    "Traceback",
    "psycopg",
    "django",
    "SELECT ",
    "documents_document",
    "/src/",
    "espace_sante.",
    "syntax error",
)
_INJECTIONS = [
    "' OR '1'='1", "'; DROP TABLE documents_document; --", "1) UNION SELECT matricule FROM identite_titulaire --",
    "%' OR 1=1 /*", "\\'; SELECT pg_sleep(5); --", "$$;COPY documents_contenu TO '/tmp/x'$$", "{{7*7}}", "${jndi:ldap://x}",
    "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;", "]]><x/>", "../../etc/passwd", "\r\nX-Injecte: oui",
]  # fmt: skip
_PIEGES = [
    "\x00", "\x1b[2J", "\u202e991", "\ufeff", "e\u0301", "\ud7ff", "\U0001f469\u200d\u2695\ufe0f", "ı", "ſ", "\ufdfa" * 50,
    "２０２４", "２０２４-０１-０１", "٢٠٢٤", "①", "१०", "²", "1_000", "+5", " 5 ", "-0", "1e3", "0x10", "9" * 400, "-1",
    "2024-02-30", "2024-13", "0000", "9999-12-31", "eq", "sa", "gtgt2024", "ap2024-01-01T00:00:00", "ne",
    "|", "||", "a|b|c", "\\|", ",", ",,,", "$", "a$b", ":", "urn:oid:", "urn:uuid:", "Patient/", "Patient/" + "f" * 64,
    f"{INS.urn}|{INS.matricule}", f"{INS.urn}|" + "9" * 5000, "x" * 20_000, ",".join(["a"] * 3000),
]  # fmt: skip
_textes = st.one_of(
    st.sampled_from(_INJECTIONS + _PIEGES), st.text(max_size=30), st.text("0123456789-:TZ|,.+", max_size=25)
)
_noms = st.one_of(
    st.sampled_from([*PARAMETRES, "_count", "_sort", "_format", "_total", "_include", "_revinclude", "_elements", "_summary",
                     "_has:AuditEvent:entity:action", "patient:Patient.identifier", "date:missing", "type:not", "_page",
                     "curseur", "_filter", "_query", "_text", "_content", "_list"]),
    st.text(max_size=15),
)  # fmt: skip


@pytest.fixture
def monde(client: Client) -> Monde:
    depots._enregistrement.cache_clear()
    return Monde(client)


@pytest.fixture
def document(monde: Monde) -> str:
    """One document, of a holder who agrees to be read."""
    recueillir_consentement(monde.pro, monde.dossiers[0], contexte=CONTEXTE)
    return monde.accepter("ITI-65", corps_valide("ITI-65"))


def _juger(reponse: Any, envoye: str) -> None:
    """A typed answer, in a known code, silent on the inside."""
    assert reponse.status_code < 500, reponse.content
    texte = reponse.content.decode()
    if reponse.status_code >= 400:
        lu = json.loads(texte)
        assert lu["resourceType"] == "OperationOutcome"
        codes = {c["code"] for i in lu["issue"] for c in i["details"]["coding"][:1]}
        assert codes <= _CATALOGUE, codes - _CATALOGUE
        assert any(i["severity"] == "error" for i in lu["issue"])
        assert not [mot for mot in _DEDANS if mot in texte]
        assert len(envoye) < 12 or envoye not in texte
        assert len(texte) < 60_000
    assert "X-Injecte" not in reponse.headers


def _range(monde: Monde) -> tuple[dict[str, int], int]:
    """What is stored, but the traces of reads that were granted."""
    lignes, octets = relever(monde.dossiers).range()
    return {t: n for t, n in lignes.items() if t != "traces d'actes"}, octets


@contextmanager
def _rien_ne_change(monde: Monde) -> Iterator[None]:
    avant = _range(monde)
    yield
    assert _range(monde) == avant


@pytest.mark.rule("FHR-19", "FHR-09", "FHR-110")
def test_any_criteria_of_a_search(monde: Monde, document: str) -> None:

    @_REGLAGES
    @given(st.lists(st.tuples(_noms, _textes), min_size=1, max_size=3), st.booleans(), st.booleans())
    def essayer(criteres: list[tuple[str, str]], patient: bool, strict: bool) -> None:
        qui = [("patient.identifier", f"{INS.urn}|{INS.matricule}")] if patient else []
        corps = urlencode([*qui, *criteres], errors="surrogatepass")
        plus = {"Prefer": "handling=strict"} if strict else {}
        reponse = monde.client.post(
            "/fhir/DocumentReference/_search",
            corps,
            content_type=_FORMULAIRE,
            headers=entetes(monde.pro, **plus),
        )
        _juger(reponse, criteres[0][1])
        adresse = "/fhir/DocumentReference?" + urlencode(criteres, errors="surrogatepass")[:8000]
        _juger(monde.client.get(adresse, headers=entetes(monde.pro, **plus)), criteres[0][1])

    with _rien_ne_change(monde):
        essayer()


@pytest.mark.rule("FHR-09", "FHR-42", "ACC-07")
def test_any_patient_asked_for(monde: Monde, document: str) -> None:

    @_REGLAGES
    @given(_textes, st.sampled_from(["identifier", "_id", "family", "birthdate"]))
    def essayer(texte: str, critere: str) -> None:
        corps = urlencode({critere: texte}, errors="surrogatepass")
        reponse = monde.client.post(
            "/fhir/Patient/_search", corps, content_type=_FORMULAIRE, headers=entetes(monde.pro)
        )
        _juger(reponse, texte)

    with _rien_ne_change(monde):
        essayer()


@pytest.mark.rule("FHR-09", "FHR-49", "FHR-112")
def test_any_id_in_an_address(monde: Monde, document: str) -> None:
    voisins = [
        document[:-1],
        document + "0",
        document.upper(),
        document[:32] + "0" * 32,
        document[32:] + document[:32],
    ]

    @_REGLAGES
    @given(
        st.sampled_from(
            ["DocumentReference", "Binary", "Bundle", "Patient", "Consent", "List", "AuditEvent", "x"]
        ),
        st.one_of(_textes, st.sampled_from(voisins)),
        st.sampled_from(["get", "patch", "post", "put", "delete"]),
    )
    @example("x", "\r\nX-Injecte: oui", "get")
    def essayer(genre: str, numero: str, methode: str) -> None:
        adresse = f"/fhir/{genre}/{quote(numero[:2000], safe='', errors='surrogatepass')}"
        corps: dict[str, Any] = (
            {"data": "[]", "content_type": "application/json-patch+json"} if methode != "get" else {}
        )
        reponse = getattr(monde.client, methode)(adresse, **corps, headers=entetes(monde.pro))
        assert reponse.status_code >= 400
        _juger(reponse, numero)

    with _rien_ne_change(monde):
        essayer()


_VALEURS: list[Any] = [
    None, True, 0, -1, 10**40, "", "current", "entered-in-error", "superseded", [], {}, [[]], {"coding": []}, _INJECTIONS[0],
    {"coding": [{"system": "x", "code": "MASQUE_PS"}]}, "\x00", "é" * 3000, {"reference": "#"}, [None] * 50,
]  # fmt: skip
_PLACES = [
    "/status", "/securityLabel/0", "/securityLabel/-", "/securityLabel/99", "/securityLabel/-1", "/securityLabel", "",
    "/", "//", "/~", "/~2", "/a~1b", "/subject", "/content/0/attachment/url", "/extension/0/valueBoolean",
    "/securityLabel/０", "/securityLabel/00", "status", "/" * 3000, "/statu\u0073", "/id", "/masterIdentifier",
]  # fmt: skip


@pytest.mark.rule("FHR-124", "FHR-125", "FHR-126", "FHR-61")
def test_any_patch(monde: Monde, document: str) -> None:
    """Json Patch drawn at random, other media with whatever bytes; labels stay a set that can be told."""
    operation = st.fixed_dictionaries(
        {},
        optional={
            "op": st.sampled_from(
                ["replace", "add", "remove", "test", "move", "copy", "REPLACE", "", None, 1]
            ),
            "path": st.one_of(st.sampled_from(_PLACES), st.text(max_size=15)),
            "from": st.sampled_from(_PLACES),
            "value": st.sampled_from(_VALEURS),
            "zz": st.just(1),
        },
    )

    @_REGLAGES
    @given(
        st.one_of(
            st.lists(operation, max_size=4).map(json.dumps),
            st.sampled_from(_INJECTIONS + _PIEGES),
            st.text(max_size=40),
        ),
        st.sampled_from([*MEDIAS, "application/json-patch+json", "text/xml", "application/xml", ""]),
        st.sampled_from(["", 'W/"1"', 'W/"0"', "*", '"', "W/", 'W/"٣"', 'W/"' + "9" * 400 + '"', "x" * 3000]),
        st.booleans(),
    )
    def essayer(corps: str, media: str, si: str, conditionnel: bool) -> None:
        avant = _range(monde)
        adresse = f"/fhir/DocumentReference/{document}"
        if conditionnel:
            adresse = "/fhir/DocumentReference?" + urlencode(
                {"identifier": corps[:200]}, errors="surrogatepass"
            )
        plus = {"If-Match": si} if si.isascii() and si else {}
        octets = corps.encode("utf-8", "surrogatepass")
        reponse = monde.client.patch(adresse, octets, content_type=media, headers=entetes(monde.pro, **plus))
        _juger(reponse, corps)
        assert reponse.status_code < 400 or _range(monde) == avant

    essayer()


_CONSENT: dict[str, Any] = {
    "resourceType": "Consent",
    "extension": [{"url": "urn:espace-sante-ouvert:mode-recueil", "valueCode": "oral"}],
    "status": "active",
    "scope": {
        "coding": [
            {"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"}
        ]
    },
    "patient": {"identifier": {"system": INS.urn, "value": INS.matricule}},
    "provision": {"type": "permit", "actor": [{"reference": {"reference": "#"}}]},
}


@pytest.mark.rule("FHR-52", "FHR-07", "FHR-61")
def test_any_consent(monde: Monde) -> None:

    @_REGLAGES
    @given(
        st.dictionaries(
            st.sampled_from([*_CONSENT, "dateTime", "performer", "verification", "sourceAttachment", "policy", "id"]),
            st.one_of(st.sampled_from(_VALEURS), _textes, st.just([{"url": "urn:espace-sante-ouvert:code-acces"}])),
            min_size=1, max_size=3,
        )
    )  # fmt: skip
    def essayer(changes: dict[str, Any]) -> None:
        corps = json.dumps({**_CONSENT, **changes}).encode()
        reponse = monde.client.post("/fhir/Consent", corps, content_type=FHIR, headers=entetes(monde.pro))
        assert reponse.status_code >= 400, reponse.content
        _juger(reponse, next((v for v in changes.values() if isinstance(v, str)), ""))

    with _rien_ne_change(monde):
        essayer()


@pytest.mark.rule("FHR-20", "FHR-17")
@pytest.mark.parametrize(
    ("criteres", "statut"),
    [
        ([("_count", "9" * 4000)], {200, 400}),
        ([("type", ",".join(f"http://loinc.org|{n}-1" for n in range(3000)))], {200, 400, 413}),
        ([("type", "11488-4")] * 2000, {400, 413}),
        ([(f"x{n}", "1") for n in range(5000)], {400, 413}),
        ([("author.identifier", "x" * 2_000_000)], {413}),
        ([("date", "ge2000")] * 60, {200, 400}),
        ([("_sort", ",".join(["-date", "date"] * 2000))], {200, 400}),
    ],
    ids=["compte", "valeurs", "répétés", "inconnus", "immense", "dates", "tri"],
)
def test_a_huge_search_is_refused_or_bounded(
    criteres: list[tuple[str, str]], statut: set[int], monde: Monde, document: str
) -> None:
    corps = urlencode([("patient.identifier", f"{INS.urn}|{INS.matricule}"), *criteres])
    debut = datetime.now(UTC)
    reponse = monde.client.post(
        "/fhir/DocumentReference/_search", corps, content_type=_FORMULAIRE, headers=entetes(monde.pro)
    )
    assert reponse.status_code in statut, (reponse.status_code, reponse.content[:400])
    assert (datetime.now(UTC) - debut).total_seconds() < 5
    assert len(reponse.content) < 200_000
    _juger(reponse, criteres[0][1])


@pytest.mark.rule("FHR-101", "FHR-57", "FHR-61")
@pytest.mark.parametrize("porte", ["ITI-65", "ITI-105"])
def test_a_document_that_replaces_itself_or_a_ring(porte: str, monde: Monde) -> None:
    """A cycle of replacement, or of the lot and its list: refused, and what was there stays in force."""
    premier = monde.accepter("ITI-65", corps_valide("ITI-65"))
    corps = corps_valide(porte)
    ici = corps["entry"][1]["resource"] if porte == "ITI-65" else corps
    moi = ici["masterIdentifier"]["value"]
    for cible in (
        f"DocumentReference?identifier={moi}",
        f"DocumentReference/{composer(monde.dossiers[0], uuid7())}",
    ):
        ici["relatesTo"] = [{"code": "replaces", "target": {"reference": cible}}]
        reponse = monde.poster(porte, corps)
        assert reponse.status_code in {400, 422}, reponse.content
    if porte == "ITI-65":
        ici["relatesTo"] = [{"code": "replaces", "target": {"reference": corps["entry"][1]["fullUrl"]}}]
        assert monde.poster(porte, corps).status_code == 400
        del ici["relatesTo"]
        corps["entry"][0]["resource"]["entry"].append({"item": {"reference": corps["entry"][0]["fullUrl"]}})
        assert monde.poster(porte, corps).status_code == 400
    # What was there is still the one in force, and replaceable.
    suite = corps_valide(porte)
    la = suite["entry"][1]["resource"] if porte == "ITI-65" else suite
    la["relatesTo"] = [{"code": "replaces", "target": {"reference": f"DocumentReference/{premier}"}}]
    monde.accepter(porte, suite)
    # A replaced one is not replaced again: no fork, so no ring.
    encore = corps_valide(porte)
    la = encore["entry"][1]["resource"] if porte == "ITI-65" else encore
    la["relatesTo"] = [{"code": "replaces", "target": {"reference": f"DocumentReference/{premier}"}}]
    monde.refuser(porte, encore, 422, "deja-remplace")
