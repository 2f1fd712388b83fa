"""The readable text of each kind of content that the space stores (rule DOC-57)."""

from __future__ import annotations

import base64
import random
from io import BytesIO

import pikepdf
import pytest
import typst
from hypothesis import given
from hypothesis import strategies as st

from espace_sante.documents.plein_texte.pdf import lire_carte
from espace_sante.documents.plein_texte.texte import CARACTERES_MAX, extraire

_N3 = """<ClinicalDocument xmlns="urn:hl7-org:v3"><component><structuredBody><component><section>
<title>Conclusion</title><text><table><tbody><tr><td>Créatinine</td><td>85<sup>b</sup></td></tr></tbody></table>
<paragraph>Pas de <content styleCode="bold">car</content>diopathie</paragraph></text>
<entry><observation classCode="OBS" moodCode="EVN"><code code="1" displayName="Insuffisance rénale"/>
<value>chronique</value></observation></entry>
<entry><observationMedia classCode="OBS" moodCode="EVN">
<value representation="B64">Z3JpcHBl</value></observationMedia></entry>
</section></component></structuredBody></component></ClinicalDocument>"""
_N1 = """<ClinicalDocument xmlns="urn:hl7-org:v3"><component><nonXMLBody>
<text mediaType="{media}" representation="B64">{corps}</text></nonXMLBody></component></ClinicalDocument>"""


@pytest.fixture(scope="module")
def pdf() -> bytes:
    source = """#set text(lang: "fr")
= Compte rendu
Efficacité d'un *bêtabloquant* : œdème réduit.
#pagebreak()
Seconde page, hémoglobine 12,5."""
    return typst.compile(source.encode())


def test_n3_narrative_and_names_of_codes() -> None:
    texte = extraire(_N3.encode(), "text/xml")
    assert "Conclusion Créatinine 85b Pas de cardiopathie" in texte
    assert texte.endswith("Insuffisance rénale chronique")
    assert "Z3Jp" not in texte


def test_pdf_through_the_maps_of_its_fonts(pdf: bytes) -> None:
    texte = extraire(pdf, "application/pdf")
    for mots in ("Compte rendu", "Efficacité", "bêtabloquant", "œdème", "Seconde page", "12,5"):
        assert mots in texte, texte


@pytest.mark.parametrize("media", ["application/pdf", "text/plain", "text/rtf"])
def test_n1_gives_the_text_of_its_file(pdf: bytes, media: str) -> None:
    corps = {
        "application/pdf": pdf,
        "text/plain": "œdème réduit".encode(),
        "text/rtf": rb"{\rtf1\ansi{\fonttbl{\f0 Cachet;}}{\*\generator Cachet;}\uc1\u339\'9cd\'e8me r\'e9duit\par}",
    }[media]
    cda = _N1.format(media=media, corps=base64.b64encode(corps).decode())
    texte = extraire(cda.encode(), "text/xml")
    assert "œdème réduit" in texte
    assert "Cachet" not in texte


def test_text_of_another_coding() -> None:
    assert extraire("réduit".encode("cp1252"), "text/plain") == "réduit"
    assert extraire(b"\xef\xbb\xbfr\xc3\xa9duit\x00 \n a", "text/plain; charset=utf-8") == "réduit a"


def test_nothing_to_read_is_an_empty_text(pdf: bytes) -> None:
    sortie = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as ouvert:
        ouvert.save(sortie, encryption=pikepdf.Encryption(owner="a", user="b"))
    chiffre = sortie.getvalue()
    for contenu, mime in (
        (chiffre, "application/pdf"), (b"%PDF-1.4 rien", "application/pdf"), (b"<a/>", "text/xml"),
        (b"<!DOCTYPE a><a/>", "text/xml"), (b"\xff\xd8\xff", "image/jpeg"), (b"", "text/plain"),
    ):  # fmt: skip
        assert extraire(contenu, mime) == ""


def test_a_broken_pdf_never_stops_a_search(pdf: bytes) -> None:
    hasard = random.Random(5)
    for _ in range(60):
        abime = bytearray(pdf)
        for _ in range(hasard.randrange(1, 30)):
            abime[hasard.randrange(len(abime))] = hasard.randrange(256)
        extraire(
            bytes(abime[: hasard.randrange(len(abime))] if hasard.random() < 0.3 else abime),
            "application/pdf",
        )


@given(st.binary(max_size=400))
def test_any_bytes_are_read_without_error(brut: bytes) -> None:
    for mime in ("text/rtf", "text/plain", "application/pdf", "text/xml"):
        extraire(brut, mime)
    lire_carte(b"beginbfrange" + brut + b"endbfrange beginbfchar <0> <" + brut + b"> endbfchar")
    extraire(b"{\\rtf1 " + brut, "text/rtf")


def test_what_is_kept_is_bounded() -> None:
    assert len(extraire(b"ab " * CARACTERES_MAX, "text/plain")) <= CARACTERES_MAX
    assert len(extraire(b"{\\rtf1 " + b"ab " * CARACTERES_MAX, "text/rtf")) <= CARACTERES_MAX
