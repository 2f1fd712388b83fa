"""Unreadable or foreign JSON is refused whole, with its findings."""

from __future__ import annotations

import base64
import json
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espace_sante.interop.fhir.constats import MAX_CONSTATS, RefusFhir
from espace_sante.interop.fhir.lecture import lire_bundle, lire_document, sans_contenus
from espace_sante.interop.tests.fabrique import bundle, constats, fiche, lire, octets, refus, simple


def _codes(corps: bytes) -> list[tuple[str, str]]:
    return constats(refus(lambda: lire_bundle(corps)))


@pytest.mark.rule("FHR-06")
def test_byte_order_mark_is_tolerated() -> None:
    assert lire_bundle(b"\xef\xbb\xbf" + octets(bundle())).type == "transaction"


@pytest.mark.rule("FHR-07")
@pytest.mark.parametrize(
    "corps",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"12",
        b'"Bundle"',
        b'{"resourceType":"Bundle"',
        b'{"resourceType":"Bundle","total":NaN}',
        b'{"resourceType":"Bundle"} {}',
        b"<Bundle/>",
        b'{"resourceType":"Bundle","id":"\xff"}',
        b'{"resourceType":"Bundle","link":["\xff"]}',
        b'{"resourceType":"Bundle","id":"\\ud800"}',
    ],
)
def test_what_is_not_json(corps: bytes) -> None:
    assert refus(lambda: lire_bundle(corps)).statut == 400


@pytest.mark.rule("FHR-07")
def test_every_truncation_is_refused() -> None:
    corps = octets(bundle())
    for fin in range(0, len(corps), 37):
        assert refus(lambda fin=fin: lire_bundle(corps[:fin])).statut == 400


@pytest.mark.rule("FHR-07")
@pytest.mark.parametrize(
    ("avant", "apres"),
    [
        (b'"mode": "working"', b'"mode": "working", "mode": "working"'),
        (b'"resourceType": "Bundle"', b'"resourceType": "Bundle", "resourceType": "Bundle"'),
        (b'"resourceType": "Binary"', b'"resourceType": "Binary", "data": "AAAA"'),
        # In raw parts too, that the decoder does not look into.
        (b'"resourceType": "Patient"', b'"resourceType": "Patient", "resourceType": "Patient"'),
        (b'"url": "https://profiles.ihe.net', b'"url": "x", "url": "https://profiles.ihe.net'),
        # The same name written with an escape.
        (b'"mode": "working"', b'"mode": "working", "m\\u006fde": "working"'),
    ],
)
def test_duplicate_keys(avant: bytes, apres: bytes) -> None:
    corps = octets(bundle())
    assert avant in corps
    assert "cle-en-double" in {c for c, _ in _codes(corps.replace(avant, apres, 1))}


@pytest.mark.rule("FHR-07", "FHR-08", "FHR-10")
def test_every_structural_finding_has_its_place() -> None:
    lot = bundle()
    lot["entry"][0]["resource"]["inconnu"] = 1
    lot["entry"][0]["resource"]["note"] = []
    fiche(lot)["content"][0]["attachment"]["size"] = "21"
    fiche(lot)["status"] = None
    fiche(lot)["description"] = ""
    lot["entry"][2]["resource"]["data"] = "pas du base64 !"
    assert set(_codes(octets(lot))) == {
        ("element-inconnu", "Bundle.entry[0].resource.inconnu"),
        ("valeur-vide", "Bundle.entry[0].resource.note"),
        ("type-invalide", "Bundle.entry[1].resource.content[0].attachment.size"),
        ("valeur-vide", "Bundle.entry[1].resource.status"),
        ("valeur-vide", "Bundle.entry[1].resource.description"),
        ("base64-invalide", "Bundle.entry[2].resource.data"),
    }


@pytest.mark.rule("FHR-07")
@pytest.mark.parametrize("valeur", [None, "", [], {}, [{}], {"a": None}, {"a": {"b": []}}])
def test_empty_values_in_raw_parts(valeur: object) -> None:
    lot = bundle()
    fiche(lot)["extension"] = [{"url": "https://exemple.fr/e", "valueCoding": valeur}]
    assert "valeur-vide" in {c for c, _ in _codes(octets(lot))}


@pytest.mark.rule("FHR-07")
def test_unknown_element_in_a_contained_resource() -> None:
    lot = bundle()
    fiche(lot)["contained"][0]["couleur"] = "bleu"
    assert ("element-inconnu", "Bundle.entry[1].resource.contained[0].couleur") in constats(
        refus(lambda: lire(lot))
    )


@pytest.mark.rule("FHR-07")
@pytest.mark.parametrize("place", ["text", "contained"])
def test_depth_is_bounded(place: str) -> None:
    profond = b"[" * 50_000 + b"]" * 50_000
    corps = octets(bundle()).replace(b'"status": "current"', b'"%s": %s' % (place.encode(), profond), 1)
    assert refus(lambda: lire_bundle(corps)).statut == 400


@pytest.mark.rule("FHR-07")
@pytest.mark.parametrize("echappement", ["\\u0000", "\\u0001", "\\u001F", "\\u000b", "\\b", "\\f"])
def test_control_characters(echappement: str) -> None:
    corps = octets(bundle()).replace(b"Compte rendu", b"Compte" + echappement.encode())
    assert "caractere-interdit" in {c for c, _ in _codes(corps)}


def test_line_feed_and_escaped_backslash_are_text() -> None:
    corps = octets(bundle()).replace(b"Compte rendu", b"Compte\\n\\u000a\\\\u0000\\\\b")
    assert lire_bundle(corps).type == "transaction"


@pytest.mark.rule("FHR-10")
def test_at_most_a_hundred_findings() -> None:
    lot = bundle()
    fiche(lot).update({f"e{n}": 1 for n in range(300)})
    assert len(refus(lambda: lire(lot)).constats) == MAX_CONSTATS


@pytest.mark.rule("FHR-07")
def test_base64_on_several_lines_is_legal() -> None:
    lot = bundle()
    donnees = lot["entry"][2]["resource"]["data"]
    lot["entry"][2]["resource"]["data"] = f" {donnees[:8]}\n{donnees[8:]}\n"
    assert lire(lot).documents[0].contenu.startswith(b"%PDF")


@pytest.mark.rule("FHR-07")
def test_a_body_that_does_not_say_what_it_is() -> None:
    lot, simplifie = bundle(), simple()
    del lot["resourceType"], simplifie["resourceType"]
    assert _codes(octets(lot)) == [("ressource-inattendue", "Bundle")]
    attendu = [("ressource-inattendue", "DocumentReference")]
    assert constats(refus(lambda: lire_document(octets(simplifie)))) == attendu
    assert constats(refus(lambda: lire_document(b'{"resourceType":"Parameters"}'))) == attendu


def test_another_resource_than_expected() -> None:
    assert constats(refus(lambda: lire_document(octets(bundle())))) == [
        ("ressource-inattendue", "DocumentReference")
    ]
    assert lire_document(octets(simple())).status == "current"


_SIMPLE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda c: st.lists(c) | st.dictionaries(st.text(), c),
)


@given(st.dictionaries(st.sampled_from(["data", "entry", "type", "a"]), _SIMPLE))
def test_shortening_contents_keeps_the_structure(objet: dict[str, object]) -> None:
    """Only the value of a `data` string changes, whatever the rest holds."""
    texte = json.dumps(objet).encode()
    raccourci = json.loads(sans_contenus(texte))

    def comparer(a: object, b: object) -> None:
        assert type(a) is type(b)
        if isinstance(a, dict) and isinstance(b, dict):
            assert a.keys() == b.keys()
            for cle in a:
                if not (cle == "data" and isinstance(a[cle], str)):
                    comparer(a[cle], b[cle])
        elif isinstance(a, list) and isinstance(b, list):
            assert len(a) == len(b)
            for x, y in zip(a, b, strict=True):
                comparer(x, y)
        else:
            assert a == b

    comparer(objet, raccourci)


@given(st.binary(max_size=200), st.integers(0, 5000))
def test_no_body_breaks_the_reader(octets_libres: bytes, ou: int) -> None:
    """Any bytes anywhere: read, or refused with findings; never another error."""
    corps = octets(bundle())
    with suppress(RefusFhir):
        lire_bundle(corps[:ou] + octets_libres + corps[ou:])


def test_a_long_content_costs_no_copy_of_itself_in_the_second_pass() -> None:
    donnees = base64.b64encode(b"x" * 300_000).decode()
    assert len(sans_contenus(json.dumps({"data": donnees, "id": "a"}).encode())) < 100


@pytest.mark.rule("FHR-17")
def test_a_flood_of_small_objects_is_refused_before_it_is_parsed() -> None:
    lot = bundle()
    fiche(lot)["author"] = [{"reference": "#a"}] * 200_000
    refuse = refus(lambda: lire(lot))
    assert (refuse.statut, refuse.constats[0].code) == (413, "metadonnees-trop-grandes")


@pytest.mark.rule("FHR-17")
def test_backslashes_cost_no_more_than_their_number() -> None:
    texte = (b"\\\\u0001" * 200_000).replace(b"u0001", b"u0001")
    corps = octets(bundle()).replace(b"Compte rendu", texte)
    debut = time.perf_counter()
    lire_bundle(corps)
    assert time.perf_counter() - debut < 5
