import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espace_sante.documents.cda.lire import (
    ATTRIBUTS_MAX,
    ELEMENTS_MAX,
    GRAND,
    RACINE,
    TAILLE_MAX,
    CdaInvalide,
    est_cda,
    est_sans_entete,
    lire,
)
from espace_sante.documents.cda.rendu import rendre
from espace_sante.documents.cda.tests.exemple import DOCUMENT, avec_texte, document

_VIDE = b'<?xml version="1.0" encoding="UTF-8"?><ClinicalDocument xmlns="urn:hl7-org:v3"/>'
_CORPS = DOCUMENT.partition("?>")[2].encode()


def _refus(contenu: bytes, **limites: int) -> str:
    with pytest.raises(CdaInvalide) as refus:
        lire(contenu, **limites)
    return refus.value.code


@pytest.fixture
def ecoute() -> Iterator[tuple[int, list[str]]]:
    """A local port, and the list of calls that came to it."""
    appels: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as serveur:
        serveur.settimeout(0.05)
        fini = threading.Event()

        def attendre() -> None:
            while not fini.is_set():
                try:
                    serveur.accept()[0].close()
                    appels.append("appel")
                except TimeoutError:
                    continue

        fil = threading.Thread(target=attendre)
        fil.start()
        yield serveur.getsockname()[1], appels
        fini.set()
        fil.join()


@pytest.mark.rule("CDA-01")
def test_what_is_a_cda_and_what_is_not() -> None:
    assert est_cda(document())
    assert est_cda(_VIDE)
    autres = (
        b"",
        b"%PDF-1.7",
        b"\x89PNG",
        b"<html/>",
        b'<ClinicalDocument xmlns="urn:autre"/>',
        b"<ClinicalDocument/>",
    )
    assert not any(est_cda(contenu) for contenu in autres)


@pytest.mark.rule("CDA-09")
def test_received_bytes_are_kept() -> None:
    contenu = b"\xef\xbb\xbf" + document()
    assert lire(contenu).contenu is contenu


@pytest.mark.rule("CDA-02")
@pytest.mark.parametrize(
    "debut",
    [
        b"<!DOCTYPE ClinicalDocument>",
        b'<!DOCTYPE a [<!ENTITY a "b">]>',
        b'<?xml version="1.0"?>\n<!-- rien -->\n<?xml-stylesheet href="a.xsl"?>\n<!DOCTYPE a SYSTEM "http://a/b.dtd">',
        b'\xef\xbb\xbf<?xml version="1.0"?><!-- <a> --><!DOCTYPE a>',
    ],
)
def test_a_doctype_is_refused_before_parsing(debut: bytes) -> None:
    assert _refus(debut + _CORPS) == "cda-doctype"
    with pytest.raises(CdaInvalide):
        est_cda(debut + _CORPS)


@pytest.mark.rule("CDA-02")
@pytest.mark.parametrize("codage", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_doctype_in_another_coding_is_refused(codage: str) -> None:
    texte = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    assert _refus(texte.encode(codage)) == "cda-doctype"


@pytest.mark.rule("CDA-02")
@pytest.mark.parametrize("codage", ["UTF-7", "IBM037", "UTF-32", "HZ"])
def test_a_coding_that_hides_the_prologue_is_refused(codage: str) -> None:
    contenu = f'<?xml version="1.0" encoding="{codage}"?>+ADwAIQ-DOCTYPE a+AD4-<a/>'.encode()
    assert _refus(contenu) == "cda-illisible"


def test_utf_16_and_latin_1_are_read() -> None:
    assert lire(DOCUMENT.replace("UTF-8", "UTF-16").encode("utf-16")).racine.tag == RACINE
    assert lire(DOCUMENT.replace("UTF-8", "ISO-8859-1").encode("latin-1")).racine.tag == RACINE


@pytest.mark.rule("CDA-02")
def test_xml_bombs_and_outside_entities_are_refused(ecoute: tuple[int, list[str]]) -> None:
    port, appels = ecoute
    milliard = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bombe = f'<!DOCTYPE a [<!ENTITY l0 "lol">{milliard}]><a>&l9;</a>'
    externe = f'<!DOCTYPE a [<!ENTITY x SYSTEM "http://127.0.0.1:{port}/x">]><a>&x;</a>'
    parametre = f'<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:{port}/x"> %x;]><a/>'
    for contenu in (bombe, externe, parametre, externe.replace("http://", "file:///")):
        assert _refus(contenu.encode()) == "cda-doctype"
    assert appels == []


@pytest.mark.rule("CDA-02")
def test_an_entity_that_nothing_declares_is_refused() -> None:
    assert _refus(document(("Tout va bien", "&inconnue;"))) == "cda-illisible"


@pytest.mark.rule("CDA-02", "CDA-34")
def test_nothing_is_fetched(ecoute: tuple[int, list[str]]) -> None:
    port, appels = ecoute
    adresse = f"http://127.0.0.1:{port}/a"
    pi = f'<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="{adresse}"?>'.encode()
    inclusion = (
        f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{adresse}" parse="text">'
        "<xi:fallback>secours</xi:fallback></xi:include>"
    )
    contenu = pi + avec_texte(f"<paragraph>{inclusion}</paragraph>").partition(b"?>")[2]
    cda = lire(contenu)
    html = rendre(cda)
    assert appels == []
    assert adresse not in html
    assert "secours" in html


@pytest.mark.rule("CDA-02")
def test_depth_is_bounded() -> None:
    assert _refus(b"<a>" * 300 + b"</a>" * 300) == "cda-trop-profond"
    assert _refus(b"<a>" * 256 + b"</a>" * 256) == "cda-racine"


@pytest.mark.rule("CDA-02")
def test_size_and_elements_are_bounded() -> None:
    assert _refus(document(), taille_max=1000) == "cda-trop-grand"
    assert _refus(document(), elements_max=50) == "cda-trop-grand"
    assert _refus(document(), elements_max=10) == "cda-trop-grand"
    assert lire(document(), elements_max=1000).racine.tag == RACINE
    # Within the size of a document, a tree of tiny elements would cost the server a gigabyte.
    assert _refus(
        b'<ClinicalDocument xmlns="urn:hl7-org:v3">' + b"<a/>" * 600_000 + b"</ClinicalDocument>"
    ) == ("cda-trop-grand")


@pytest.mark.rule("CDA-02")
def test_attributes_are_bounded() -> None:
    # Each costs more than two hundred bytes of memory, however short it is.
    nombreux = b"<a " + b" ".join(b'a%d=""' % n for n in range(ATTRIBUTS_MAX + 1)) + b"/>"
    assert _refus(nombreux) == "cda-trop-grand"
    assert _refus(document(), attributs_max=20) == "cda-trop-grand"


@pytest.mark.rule("DOC-13", "CDA-02")
def test_a_text_may_fill_the_document_but_not_more() -> None:
    entier = document(("Tout va bien", "x" * (TAILLE_MAX - len(document()) + len("Tout va bien"))))
    assert len(entier) == TAILLE_MAX
    assert lire(entier).contenu is entier
    assert _refus(entier.replace(b"xx", b"xxx", 1)) == "cda-trop-grand"


_LONG = "x" * (GRAND + 1)


@pytest.mark.rule("CDA-02")
@pytest.mark.parametrize(
    ("contenu", "code"),
    [
        (f'<!DOCTYPE a [<!ENTITY b "{_LONG}">]><a>{"&b;" * 100_000}</a>', "cda-doctype"),
        (f'<!-- {_LONG} --><!DOCTYPE a [<!ENTITY b "c">]><a d="{"&b;" * 100_000}"/>', "cda-doctype"),
        (f'<!-- {_LONG} --><!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "cda-doctype"),
        (f'<a><!DOCTYPE a [<!ENTITY b "{_LONG}">]>&b;</a>', "cda-illisible"),
        (f"<a>{_LONG}&b;</a>", "cda-illisible"),
        (f"{'<a>' * 257}{_LONG}{'</a>' * 257}", "cda-trop-profond"),
        (f"{'<a>' * 100_000}{_LONG}{'</a>' * 100_000}", "cda-trop-profond"),
        (f"<a>{_LONG}{'<b/>' * ELEMENTS_MAX}</a>", "cda-trop-grand"),
    ],
)
def test_a_long_document_has_the_same_limits_as_another(contenu: str, code: str) -> None:
    """Above 3 MB the limits of libxml2 itself are lifted: ours hold alone."""
    assert _refus(contenu.encode()) == code


@pytest.mark.rule("CDA-02")
@pytest.mark.skipif(sys.platform != "linux", reason="memory is read in /proc")
def test_memory_is_bounded() -> None:
    essai = """
import re
from contextlib import suppress
from espace_sante.documents.cda.lire import CdaInvalide, lire
def pic():
    # Not ru_maxrss: it begins at the size of the process that launched this one.
    return int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
avant = pic()
for motif in (b"<a/>", b"<a b=''/>", b"<a>b</a>", b"<a/>&lt;", b"<![CDATA[a]]>", b"&#65;", b"<!---->", b"x"):
    for nombre in (400_000, 499_990, 26_000_000 // len(motif)):
        with suppress(CdaInvalide):
            lire(b"<a>" + motif * nombre + b"</a>")
with suppress(CdaInvalide):
    lire(b"<a " + b" ".join(b'a%d=""' % n for n in range(499_990)) + b"/>")
print((pic() - avant) // 1024)
"""
    sortie = subprocess.run([sys.executable, "-c", essai], capture_output=True, text=True, check=True)
    assert int(sortie.stdout) < 400  # megabytes


@pytest.mark.rule("CDA-02")
def test_a_doctype_does_not_hide_in_a_coding() -> None:
    # The bytes show a comment, then a tag; in HZ the comment goes on, then comes the DOCTYPE.
    hz = b'<?xml version="1.0" encoding="HZ"?><!--~{--> <a~}--><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    utf16 = b'<?xml version="1.0" encoding="UTF-16LE"?>' + "<!DOCTYPE a><a/>".encode("utf-16-le")
    sans_guillemets = b'<?xml version="1.0" encoding=HZ?><a/>'
    for contenu in (hz, utf16, sans_guillemets):
        assert _refus(contenu) == "cda-illisible"


def test_the_line_of_a_fault_is_said() -> None:
    with pytest.raises(CdaInvalide) as refus:
        lire(b"<a>\n<b>\n</a>")
    assert refus.value.details["ligne"] == 3


def _enveloppe(*documents: bytes) -> bytes:
    corps = b"".join(d.partition(b"?>")[2] for d in documents)
    return (
        b'<?xml version="1.0" encoding="UTF-8"?><xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" '
        b'version="1.0"><xsl:template match="/"><html><script>alert(1)</script></html></xsl:template>'
        + corps
        + b"</xsl:stylesheet>"
    )


@pytest.mark.rule("CDA-33")
def test_the_document_of_a_wrapper_is_found() -> None:
    cda = lire(_enveloppe(document()))
    assert cda.enveloppe
    assert cda.racine.tag == RACINE
    assert cda.mime == "application/xslt+xml"
    assert lire(document()).mime == "text/xml"
    assert "alert" not in rendre(cda)


@pytest.mark.rule("CDA-33")
def test_a_wrapper_holds_exactly_one_document() -> None:
    assert _refus(_enveloppe(document(), document())) == "cda-plusieurs"
    assert _refus(_enveloppe()) == "cda-racine"


@pytest.mark.rule("CDA-08")
def test_a_document_without_header_is_recognised() -> None:
    assert est_sans_entete(lire(_VIDE).racine)
    assert not est_sans_entete(lire(document()).racine)


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(contenu: bytes) -> None:
    with suppress(CdaInvalide):
        lire(contenu)


@given(st.integers(0, len(_CORPS) - 1), st.binary(min_size=1, max_size=4))
def test_a_damaged_document_is_read_or_refused(place: int, bruit: bytes) -> None:
    try:
        cda = lire(_CORPS[:place] + bruit + _CORPS[place + len(bruit) :])
    except CdaInvalide:
        return
    assert rendre(cda).startswith("<article")
