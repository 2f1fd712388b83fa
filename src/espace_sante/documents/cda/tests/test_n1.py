import io

import pikepdf
import pytest

from espace_sante.documents.cda.lire import TAILLE_MAX, CdaInvalide, lire
from espace_sante.documents.cda.n1 import CorpsN1, controler_n1, extraire_n1
from espace_sante.documents.cda.tests.exemple import document, n1


def _pdf(*, chiffre: bool = False, partie: str = "") -> bytes:
    sortie = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        if partie:
            with pdf.open_metadata() as metadonnees:
                metadonnees["pdfaid:part"], metadonnees["pdfaid:conformance"] = partie, "B"
        pdf.save(
            sortie, encryption=pikepdf.Encryption(owner="a", user="b" if chiffre else "")
        ) if chiffre else pdf.save(sortie)
    return sortie.getvalue()


def _codes(contenu: bytes) -> list[tuple[str, str]]:
    return [(c.code, c.gravite) for c in controler_n1(lire(contenu).racine)]


@pytest.mark.rule("CDA-05")
@pytest.mark.parametrize(
    ("media", "fichier"),
    [
        ("application/pdf", _pdf(partie="1")),
        ("text/plain", "Bonjour, é".encode()),
        ("text/rtf", b"{\\rtf1 a}"),
        ("image/jpeg", b"\xff\xd8\xff\xe0"),
        ("image/tiff", b"II*\x00abc"),
        ("image/tiff", b"MM\x00*abc"),
    ],
)
def test_good_bodies(media: str, fichier: bytes) -> None:
    contenu = n1(media, fichier)
    assert _codes(contenu) == []
    assert extraire_n1(lire(contenu).racine) == CorpsN1(media, fichier)


@pytest.mark.rule("CDA-05")
def test_wrong_bodies() -> None:
    assert _codes(n1("application/pdf", b"")) == [("n1-vide", "error")]
    assert _codes(n1("text/plain", b"x").replace(b"eA==", b"pas de base64")) == [("n1-vide", "error")]
    assert _codes(n1("application/zip", b"PK\x03\x04")) == [("n1-media", "error")]
    assert _codes(n1("text/plain", b"x", representation="TXT")) == [("n1-representation", "error")]
    for media, fichier in (
        ("application/pdf", b"bonjour"),
        ("text/plain", b"%PDF-1.4"),
        ("text/plain", b"a\x00b"),
        ("text/rtf", b"bonjour"),
        ("image/jpeg", b"\x89PNG\r\n\x1a\n"),
        ("image/tiff", b"\xff\xd8\xff"),
        ("application/pdf", b"%PDF-1.4 puis rien"),
    ):
        assert _codes(n1(media, fichier)) == [("n1-contenu", "error")], media


@pytest.mark.rule("DOC-13")
def test_a_file_of_the_greatest_size_is_accepted() -> None:
    entete = len(n1("image/jpeg", b""))
    fichier = b"\xff\xd8\xff" + bytes((TAILLE_MAX - entete) // 4 * 3 - 3)
    contenu = n1("image/jpeg", fichier)
    assert TAILLE_MAX - 4 < len(contenu) <= TAILLE_MAX
    assert _codes(contenu) == []
    assert extraire_n1(lire(contenu).racine).contenu == fichier
    with pytest.raises(CdaInvalide) as refus:
        lire(n1("image/jpeg", fichier + bytes(1 << 20)))
    assert refus.value.code == "cda-trop-grand"


@pytest.mark.rule("CDA-05")
def test_pdf_kinds() -> None:
    assert _codes(n1("application/pdf", _pdf())) == [("n1-pdf-a1", "warning")]
    assert _codes(n1("application/pdf", _pdf(partie="2"))) == [("n1-pdf-a1", "warning")]
    assert _codes(n1("application/pdf", _pdf(chiffre=True))) == [("n1-pdf-chiffre", "error")]


@pytest.mark.rule("CDA-05")
def test_a_pdf_that_opens_without_password_is_encrypted_all_the_same() -> None:
    sortie = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(sortie, encryption=pikepdf.Encryption(owner="secret", user=""))
    assert _codes(n1("application/pdf", sortie.getvalue())) == [("n1-pdf-chiffre", "error")]


def test_a_document_of_level_3_has_no_such_body() -> None:
    assert _codes(document()) == []
    with pytest.raises(CdaInvalide) as refus:
        extraire_n1(lire(document()).racine)
    assert refus.value.code == "cda-sans-corps"
