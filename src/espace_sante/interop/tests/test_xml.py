"""FHIR XML read and written along the table of R4 (FHR-04 to FHR-07)."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import msgspec
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from espace_sante.interop.fhir import structs
from espace_sante.interop.fhir.constats import MAX_CONSTATS, RefusFhir
from espace_sante.interop.fhir.lot import lire_lot
from espace_sante.interop.fhir.xml.ecriture import vers_xml
from espace_sante.interop.fhir.xml.elements import FHIR, par_nom
from espace_sante.interop.fhir.xml.lecture import vers_json
from espace_sante.interop.tests.fabrique import REGLES, bundle, constats, metadonnees, octets, refus

BOM = b"\xef\xbb\xbf"
# Vectors that are no R4: an empty text for a value, that JSON refuses too (FHR-07).
_TEXTES_VIDES = {
    "Bundle-cds-bundle-transaction-creation-example.json",
    "CareTeam-cds-careteam-example.json",
    "Organization-cds-organization-example.json",
}
_LIRE = msgspec.json.Decoder(float_hook=lambda chiffres: ("nombre", chiffres))


def _canonique(objet: Any) -> Any:
    """The object with its narratives in canonical XML: only their writing may differ."""
    if isinstance(objet, dict):
        return {
            c: etree.tostring(etree.fromstring(v), method="c14n") if c == "div" else _canonique(v)
            for c, v in objet.items()
        }
    return [_canonique(v) for v in objet] if isinstance(objet, list) else objet


def lu(json_: bytes) -> Any:
    """Content of a JSON text, numbers as they are written."""
    return _LIRE.decode(json_)


def xml(dedans: str, ressource: str = "Patient") -> bytes:
    return f'<{ressource} xmlns="{FHIR}">{dedans}</{ressource}>'.encode()


def refuses(corps: bytes) -> list[tuple[str, str]]:
    return constats(refus(lambda: vers_json(corps)))


@pytest.mark.rule("FHR-05", "FHR-06")
def test_every_vector_comes_back_the_same(vectors: Path) -> None:
    vus = 0
    for fichier in sorted((vectors / "fhir").rglob("*.json")):
        brut = fichier.read_bytes().removeprefix(BOM)
        if b'"resourceType"' not in brut:
            continue  # OpenAPI descriptions
        vus += 1
        aller = vers_xml(brut)
        if fichier.name in _TEXTES_VIDES:
            assert {code for code, _ in refuses(aller)} == {"valeur-vide"}
            continue
        for tete in (b"", BOM):
            assert _canonique(lu(vers_json(tete + aller))) == _canonique(lu(brut)), fichier.name
    assert vus > 80


@pytest.mark.rule("FHR-05")
def test_what_json_and_xml_write_differently() -> None:
    objet = {
        "resourceType": "Patient",
        "id": "p1",
        "text": {
            "status": "generated",
            "div": '<div xmlns="http://www.w3.org/1999/xhtml">a<br/> <b>b</b></div>',
        },
        "contained": [
            {"resourceType": "Organization", "id": "o", "name": 'É <&> "x"\n\ty'},
        ],
        "extension": [
            {
                "id": "e",
                "extension": [{"url": "urn:inconnue:dedans", "valueDecimal": ("nombre", "1.50")}],
                "url": "urn:inconnue",
            }
        ],
        "active": True,
        "name": [
            {
                "_family": {"extension": [{"url": "urn:x", "valueCode": "masked"}]},
                "given": ["Anne", None, "Marie"],
                "_given": [None, {"id": "g"}, {"extension": [{"url": "urn:y", "valueInteger": 3}]}],
            }
        ],
        "birthDate": "1980-01",
        "_birthDate": {"extension": [{"url": "urn:z", "valueDateTime": "1980-01-02T03:04:05Z"}]},
        "multipleBirthInteger": 2,
    }
    texte = json.dumps(objet).replace('["nombre", "1.50"]', "1.50").encode()
    rendu = vers_xml(texte)
    assert b'<valueDecimal value="1.50"/>' in rendu
    assert b'<birthDate value="1980-01"><extension url="urn:z">' in rendu
    assert _canonique(lu(vers_json(rendu))) == objet | {"text": _canonique(objet["text"])}


@pytest.mark.rule("FHR-05")
def test_the_table_knows_the_elements_of_the_structs() -> None:
    for forme in (*structs.Contenue.__args__, structs.DocumentReference, structs.Liste):  # type: ignore[attr-defined]
        nom = forme.__struct_config__.tag
        champs = {c.encode_name for c in msgspec.structs.fields(forme) if not c.encode_name.startswith("_")}
        assert champs == set(par_nom(nom)), nom


@pytest.mark.rule("FHR-04", "FHR-57")
def test_a_lot_in_xml_is_the_lot_in_json() -> None:
    contenu = b"%PDF-1.4 " + b"x" * 300_000
    corps = octets(bundle(contenu))
    lot = lire_lot(vers_json(vers_xml(corps)), REGLES)
    assert lot.documents[0].contenu == contenu
    temoin = lire_lot(corps, REGLES)
    assert lot.documents[0].lu.metadonnees == temoin.documents[0].lu.metadonnees


@pytest.mark.rule("FHR-04", "FHR-75")
@pytest.mark.parametrize("fin", ["\n", "&#10;", "&#xD;&#xA;", " "])
def test_base64_cut_in_lines(fin: str) -> None:
    contenu = bytes(range(256)) * 8
    lignes = fin.join(base64.encodebytes(contenu).decode().split())
    signes = lignes.replace("+", "&#43;").replace("=", "&#x3D;")
    for texte in (lignes, signes):
        lue = json.loads(vers_json(xml(f'<contentType value="a/b"/><data value="{texte}"/>', "Binary")))
        assert base64.b64decode(lue["data"]) == contenu
    trop = refuses(xml(f'<contentType value="a/b"/><data value="{lignes}?"/>', "Binary"))
    assert trop == [("base64-invalide", "Binary.data")]


def test_what_looks_like_a_content_elsewhere() -> None:
    long = "A" * 400
    corps = xml(f'<!-- <data value="{long}"/> --><active value="true"/>')
    assert json.loads(vers_json(corps)) == {"resourceType": "Patient", "active": True}
    recit = f'<text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml"><data value="{long}"/></div></text>'
    assert long in json.loads(vers_json(xml(recit)))["text"]["div"]


@pytest.mark.rule("FHR-07", "FHR-10")
@pytest.mark.parametrize(
    ("dedans", "attendus"),
    [
        ('<inconnu value="1"/>', [("element-inconnu", "Patient")]),
        ('<active value="oui"/>', [("type-invalide", "Patient.active")]),
        ("<active/>", [("valeur-vide", "Patient.active")]),
        ('<active value=""/>', [("valeur-vide", "Patient.active")]),
        ('<active value="true" autre="1"/>', [("element-inconnu", "Patient.active")]),
        ('<active value="true"/><active value="true"/>', [("element-multiple", "Patient.active")]),
        ('<gender value="male"/><active value="true"/>', [("ordre-des-elements", "Patient.active")]),
        ('<deceasedBoolean value="true"/><deceasedDateTime value="2020"/>', [("element-multiple", "Patient.deceasedDateTime")]),  # noqa: E501
        ("<name/>", [("valeur-vide", "Patient.name[0]")]),
        ('<name><given value="a"/></name><name><given value="a"/><x/></name>', [("element-inconnu", "Patient.name[1]")]),
        ('<multipleBirthInteger value="1.0"/>', [("type-invalide", "Patient.multipleBirthInteger")]),
        ("<active value='true'/>texte", [("texte-inattendu", "Patient")]),
        ('<contained><active value="true"/></contained>', [("ressource-inattendue", "Patient.contained[0]")]),
        ('<contained><Patient id="x"/></contained>', [("element-inconnu", "Patient.contained[0]")]),
        ('<extension url="a"><valueDecimal value="01"/></extension>', [("type-invalide", "Patient.extension[0].valueDecimal")]),  # noqa: E501
        ('<extension url=""><valueCode value="a"/></extension>', [("valeur-vide", "Patient.extension[0]")]),
        ('<active xmlns="urn:autre" value="true"/>', [("element-inconnu", "Patient")]),
    ],
)  # fmt: skip
def test_what_r4_does_not_know(dedans: str, attendus: list[tuple[str, str]]) -> None:
    assert refuses(xml(dedans)) == attendus


@pytest.mark.rule("FHR-07")
@pytest.mark.parametrize(
    ("corps", "code"),
    [
        (b"", "xml-illisible"),
        (b"{}", "xml-illisible"),
        (b"<Patient", "xml-illisible"),
        (b"<Patient/>", "ressource-inattendue"),
        (xml("", "Inconnue"), "ressource-inattendue"),
        (xml("", "DomainResource"), "ressource-inattendue"),
        (xml("\x01"), "xml-illisible"),
        (xml("&a;"), "xml-illisible"),
        ("é".encode("latin-1"), "utf8-invalide"),
        (xml('<active value="true"/>').decode().encode("utf-16"), "utf8-invalide"),
        (
            b'<!DOCTYPE Patient [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + xml('<id value="&a;"/>'),
            "xml-dtd",
        ),
        (b'<!DOCTYPE a [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;">]>' + xml('<id value="&b;"/>'), "xml-dtd"),
        (xml("<extension url='a'>" * 400 + "</extension>" * 400), "json-trop-profond"),
    ],
)
def test_what_is_no_fhir_xml(corps: bytes, code: str) -> None:
    assert [c for c, _ in refuses(corps)] == [code]


@pytest.mark.rule("FHR-07")
def test_entities_are_never_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("cle privee")
    corps = f'<?xml version="1.0"?><!DOCTYPE p SYSTEM "{secret}">'.encode() + xml('<active value="true"/>')
    assert [c for c, _ in refuses(corps)] == ["xml-dtd"]
    inclus = xml(f'<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="{secret}"/>')
    assert [c for c, _ in refuses(inclus)] == ["element-inconnu"]


@pytest.mark.rule("FHR-10", "FHR-17")
def test_bounded_findings_and_size() -> None:
    assert len(refuses(xml("<x/>" * 5000))) == MAX_CONSTATS
    trop = refus(lambda: vers_json(xml('<name><family value="a"/></name>' * 70_000)))
    assert (trop.statut, trop.constats[0].code) == (413, "metadonnees-trop-grandes")


def test_what_is_stored_is_always_written() -> None:
    """What another door let in has no form in R4: it is shown all the same, never refused."""
    etrange = {
        "resourceType": "Patient",
        "text": {"div": "<script>1</script>&nbsp;"},
        "inconnu": [{"a": 1}, "b", None, []],
        "name": "texte",
        "active": {"x": {"resourceType": "?"}},
        "_gender": ["x"],
        "clé": "sans nom XML",
        "birthDate": "\u0001\ufffe",
    }
    rendu = vers_xml(json.dumps(etrange).encode())
    racine = etree.fromstring(rendu)
    assert "script" in (racine.findtext(f"{{{FHIR}}}text/{{http://www.w3.org/1999/xhtml}}div") or "")
    assert racine.find(f"{{{FHIR}}}inconnu/{{{FHIR}}}a").get("value") == "1"  # type: ignore[union-attr]


_FEUILLES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=8),
    st.floats(allow_nan=False, allow_infinity=False),
)
_CLES = st.sampled_from(
    ["resourceType", "id", "_id", "name", "_name", "given", "_given", "extension", "url", "valueString",
     "div", "text", "x", "contained"]
)  # fmt: skip
_OBJETS = st.recursive(
    _FEUILLES,
    lambda dessous: st.lists(dessous, max_size=3) | st.dictionaries(_CLES, dessous, max_size=5),
    max_leaves=20,
)


@pytest.mark.rule("FHR-05")
@settings(max_examples=200, deadline=None)
@given(st.dictionaries(_CLES, _OBJETS, max_size=6))
def test_any_json_gives_readable_xml(objet: dict[str, Any]) -> None:
    etree.fromstring(vers_xml(msgspec.json.encode(objet | {"resourceType": "Patient"})))


@pytest.mark.rule("FHR-05")
@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {"resourceType": st.sampled_from(["DocumentReference", "Patient", "Inconnue", "List"])},
            optional={
                "status": st.sampled_from(["current", "a & b"]),
                "code": st.sampled_from([{"coding": [{"code": "N"}]}, {"coding": [{"code": "V"}]}]),
                "category": st.lists(
                    st.sampled_from([{"text": "x"}, {"text": "y"}, None, 3, [{"text": "x"}]])
                ),
                "contained": st.lists(st.sampled_from([{"resourceType": "Patient", "id": "p"}])),
                "ailleurs": st.just({"text": "x"}),
                "_status": st.just({"id": "e"}),
            },
        ),
        max_size=5,
    )
)
def test_a_bundle_is_written_like_its_entries_one_by_one(ressources: list[dict[str, Any]]) -> None:
    """What entries have in common is written once, and found again in each at its own place."""
    entree = {"fullUrl": "urn:x", "resource": {}, "search": {"mode": "match"}}
    ensemble = vers_xml(orjson.dumps(
        {"resourceType": "Bundle", "type": "searchset", "entry": [{**entree, "resource": r} for r in ressources]}
    ))  # fmt: skip
    a_part = [
        vers_xml(orjson.dumps({"resourceType": "Bundle", "entry": [{"resource": r}]}))
        .partition(b"<entry>")[2].removesuffix(b"</entry></Bundle>")
        for r in ressources
    ]  # fmt: skip
    # A resource alone takes the ordinary way: what is shared is no other writing of it.
    seules = [
        vers_xml(orjson.dumps(r)).partition(b"?>")[2].replace(b' xmlns="http://hl7.org/fhir"', b"", 1)
        for r in ressources
    ]
    assert [e.partition(b"<resource>")[2].removesuffix(b"</resource>") for e in a_part] == seules
    assert [e.partition(b"<resource>")[1:] for e in a_part] == [
        e.removesuffix(b'<search><mode value="match"/></search></entry>').partition(b"<resource>")[1:]
        for e in ensemble.removesuffix(b"</Bundle>").split(b"<entry>")[1:]
    ]


_MORCEAUX = st.sampled_from(
    ["<", ">", "</", "/>", "Patient", "Bundle", "entry", "resource", "extension", "value", "=", '"', "'", " ", "&", "&amp;",
     "&#0;", "<!--", "-->", "<![CDATA[", "]]>", "<?x", "?>", "<!DOCTYPE", f'xmlns="{FHIR}"', '<active value="true"/>',
     "data",     '<extension url="u">', "</extension>", "id", "\x00", "é", "xml:base", "contained", "<div", "\ufffe"]
)  # fmt: skip


@pytest.mark.rule("FHR-07")
@settings(max_examples=400, deadline=None)
@given(st.lists(_MORCEAUX, max_size=12), st.integers(0, 500), st.integers(0, 40))
def test_a_broken_lot_is_read_or_refused(morceaux: list[str], ou: int, otes: int) -> None:
    """Any change of a good XML lot gives a lot or typed findings, and nothing else."""
    bon = vers_xml(octets(bundle(b"%PDF-1.4 x", unique_id="urn:oid:1.2.3")))
    place = ou * len(bon) // 500
    corps = bon[:place] + "".join(morceaux).encode() + bon[place + otes :]
    try:
        lire_lot(vers_json(corps), REGLES)
    except RefusFhir as erreur:
        refuse = erreur
    else:
        return
    assert 400 <= refuse.statut < 500
    assert all(c.code and c.texte for c in refuse.constats)


@pytest.mark.rule("FHR-04")
def test_decimals_and_metadata_survive_both_ways() -> None:
    m = metadonnees()
    aller = vers_xml(octets(bundle(unique_id=m.unique_id)))
    assert lu(vers_json(aller)) == lu(vers_json(vers_xml(vers_json(aller))))
