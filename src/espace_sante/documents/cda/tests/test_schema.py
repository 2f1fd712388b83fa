import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from espace_sante.documents.cda.constats import Constat
from espace_sante.documents.cda.lire import lire
from espace_sante.documents.cda.schema import ERREURS_MAX, SchemaAbsent, valider
from espace_sante.documents.cda.tests.exemple import document, sans


@pytest.fixture
def schema(vectors: Path) -> Path:
    return vectors / "cda" / "xsd"


def _valider(contenu: bytes, schema: Path) -> tuple[Constat, ...]:
    resultat = valider(lire(contenu), schema)
    assert not isinstance(resultat, SchemaAbsent)
    return resultat


@pytest.mark.rule("CDA-03")
def test_without_schema_the_caller_is_told(tmp_path: Path) -> None:
    for dossier in (None, "", tmp_path, tmp_path / "rien.xsd"):
        resultat = valider(lire(document()), dossier)
        assert isinstance(resultat, SchemaAbsent)
        assert "ES_CDA_XSD" in resultat.raison


@pytest.mark.rule("CDA-03")
def test_the_document_of_the_tests_is_valid(schema: Path) -> None:
    assert _valider(document(), schema) == ()
    assert _valider(document(), schema / "CDA_extended.xsd") == ()


@pytest.mark.rule("CDA-03", "CDA-07")
@pytest.mark.parametrize(
    ("changement", "chemin"),
    [
        (("<title>Lettre de liaison</title>", "<zut/>"), "//zut"),
        (('<realmCode code="FR"/>', '<realmCode code="FR" faux="1"/>'), "//realmCode/@faux"),
        (('<typeId root="2.16.840.1.113883.1.3"', "<typeId"), "//typeId"),
        (('<setId root="1.2.250.1.999.1.2"/>', '<setId root="DUPONT Jean"/>'), "//setId/@root"),
    ],
)
def test_an_error_has_its_line_its_path_and_no_value(
    changement: tuple[str, str], chemin: str, schema: Path
) -> None:
    contenu = document(changement)
    ligne = contenu[: contenu.index(changement[1].encode())].count(b"\n") + 1
    (constat,) = _valider(contenu, schema)
    assert (constat.code, constat.gravite, constat.chemin) == ("cda-schema", "error", chemin)
    assert f"Ligne {ligne}," in constat.texte
    assert "DUPONT" not in constat.texte


@pytest.mark.rule("CDA-03", "CDA-33")
def test_the_document_of_a_wrapper_is_validated_with_its_own_lines(schema: Path) -> None:
    debut = '<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="1.0">\n\n'
    for faute, nombre in (("", 0), ("<zut/>", 1)):
        corps = document(("<title>Lettre", f"{faute}<title>Lettre")).decode().partition("?>")[2].strip()
        contenu = f"{debut}{corps}</xsl:stylesheet>"
        constats = _valider(contenu.encode(), schema)
        assert len(constats) == nombre
        if nombre:
            assert f"Ligne {contenu[: contenu.index('<zut')].count(chr(10)) + 1}," in constats[0].texte


@pytest.mark.rule("CDA-03")
def test_twenty_errors_at_most_and_no_time_lost(schema: Path) -> None:
    faux = '<realmCode code="FR" faux="1"/>' * 100_000
    contenu = document(('<realmCode code="FR"/>', faux))
    debut = time.perf_counter()
    assert len(_valider(contenu, schema)) == ERREURS_MAX
    assert time.perf_counter() - debut < 5


@pytest.mark.rule("CDA-03")
def test_the_tree_and_the_stream_agree(schema: Path, vectors: Path) -> None:
    contenus = [f.read_bytes() for f in sorted((vectors / "cda" / "samples").glob("*.xml"))]
    contenus += [
        document(("<title>Lettre de liaison</title>", "<zut/>")),
        document(('<setId root="1.2.250.1.999.1.2"/>', '<setId root="faux"/>')),
        document(sans("<custodian>", "</custodian>")),
        document(sans("<component>", "</structuredBody></component>")),
    ]
    for contenu in contenus:
        cda = lire(contenu)
        assert cda.ordinaire
        assert valider(cda, schema) == valider(replace(cda, ordinaire=False), schema)


@pytest.mark.rule("CDA-03")
def test_what_is_large_or_deep_is_read_as_a_stream() -> None:
    assert not lire(document(('<realmCode code="FR"/>', "<a/>" * 12_001))).ordinaire
    assert not lire(document(("Tout va bien", "<a>" * 50 + "</a>" * 50))).ordinaire


@pytest.mark.rule("DOC-13", "CDA-03")
def test_the_errors_of_a_document_of_25_mb_are_found(schema: Path) -> None:
    fautes = (("Tout va bien", "é" * 12_500_000), ('<realmCode code="FR"/>', '<realmCode faux="1"/>'))
    (constat,) = _valider(document(*fautes), schema)
    assert constat.chemin == "//realmCode/@faux"
    assert _valider(document(fautes[0]), schema) == ()


@pytest.mark.rule("CDA-03")
def test_several_threads_do_not_mix_their_findings(schema: Path) -> None:
    def essai(n: int) -> bool:
        fautes = n % 4
        contenu = document(
            (
                '<realmCode code="FR"/>',
                '<realmCode code="FR"' + "".join(f' f{i}="1"' for i in range(fautes)) + "/>",
            )
        )
        return len(_valider(contenu, schema)) == fautes

    with ThreadPoolExecutor(8) as fils:
        assert all(fils.map(essai, range(200)))


@pytest.mark.rule("CDA-02")
def test_the_schema_that_a_document_points_to_is_not_read(schema: Path, tmp_path: Path) -> None:
    piege = tmp_path / "piege.xsd"
    piege.write_text(
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:hl7-org:v3">'
        '<xs:element name="ClinicalDocument"/></xs:schema>'
    )
    pointe = f'xsi:schemaLocation="urn:hl7-org:v3 {piege.as_uri()}">\n<realmCode faux="1"'
    contenu = document((">\n<realmCode", f" {pointe}"))
    assert len(_valider(contenu, schema)) == 1
