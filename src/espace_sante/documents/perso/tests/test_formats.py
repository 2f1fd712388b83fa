"""Extension against content, two files in one, active content, too big: each refused with its own code."""

from __future__ import annotations

import random
import resource

import pikepdf
import pytest
from django.test import override_settings

from espace_sante.documents.perso import examen, formats
from espace_sante.documents.perso.errors import DepotRefuse
from espace_sante.documents.perso.examen import Piece
from espace_sante.documents.perso.tests import exemples
from espace_sante.platform.antivirus import AntivirusInjoignable, FichierInfecte


def refus(nom: str, contenu: bytes, *, reduire: bool = False) -> str:
    with pytest.raises(DepotRefuse) as leve:
        examen.examiner(Piece(nom, contenu), reduire=reduire)
    assert leve.value.message
    return leve.value.code


SAINS = {
    "scan.PDF": (exemples.pdf(), "application/pdf"),
    "photo.jpg": (exemples.image(), "image/jpeg"),
    "photo.jpeg": (exemples.image(), "image/jpeg"),
    "capture.png": (exemples.image("PNG"), "image/png"),
    "fax.tif": (exemples.image("TIFF"), "image/tiff"),
    "fax.tiff": (exemples.image("TIFF"), "image/tiff"),
    "lettre.rtf": (exemples.RTF, "text/rtf"),
    "notes.txt": (exemples.TEXTE, "text/plain"),
    "ancien.txt": ("Été à l’hôpital".encode("cp1252"), "text/plain"),
}


@pytest.mark.rule("DOC-22")
@pytest.mark.parametrize("nom", SAINS)
def test_accepted_files_are_kept_to_the_byte(nom: str) -> None:
    contenu, mime = SAINS[nom]
    fichier = examen.examiner(Piece(nom, contenu), reduire=False)
    assert (fichier.mime, fichier.contenu, fichier.reduit) == (mime, contenu, False)


@pytest.mark.rule("DOC-22")
@pytest.mark.parametrize(
    "nom",
    [
        "image.svg",
        "page.html",
        "a.exe",
        "a.pdf.exe",
        "a.docx",
        "a.doc",
        "a.zip",
        "a.gif",
        "a.heic",
        "pdf",
        "a.",
        "",
    ],
)
def test_other_extensions_are_refused(nom: str) -> None:
    assert refus(nom, exemples.pdf()) == "format_refuse"


@pytest.mark.rule("DOC-22")
def test_an_extension_that_lies_is_refused() -> None:
    contenus = {nom.rpartition(".")[2].lower(): c for nom, (c, _) in SAINS.items()}
    familles = {"jpg": "jpg", "jpeg": "jpg", "tif": "tif", "tiff": "tif"}
    for extension in formats.FORMATS:
        for autre, contenu in contenus.items():
            if familles.get(extension, extension) == familles.get(autre, autre):
                continue
            assert refus(f"a.{extension}", contenu) in {"contenu_different", "image_illisible"}, (
                extension,
                autre,
            )
    for page in (
        b"<!DOCTYPE html><p>",
        b" <svg onload=x>",
        b"<?xml version='1.0'?>",
        b"MZ\x90",
        b"#!/bin/sh",
    ):
        assert refus("a.txt", page) == "contenu_different"
    assert refus("a.txt", b"abc\0def") == "contenu_different"
    assert refus("a.pdf", b"\n" + exemples.pdf()) == "contenu_different"


@pytest.mark.rule("DOC-18", "DOC-22")
def test_two_files_in_one_are_refused_without_being_unfolded() -> None:
    archive = exemples.archive()
    for nom in ("scan.PDF", "photo.jpg", "capture.png", "fax.tif", "lettre.rtf"):
        assert refus(nom, SAINS[nom][0] + archive) == "fichier_double", nom
    assert refus("photo.jpg", exemples.image() + b"<script>alert(1)</script>") == "fichier_double"
    assert refus("a.pdf", b"%PDF-1.4\n<html><script>1</script></html>" + exemples.pdf()) == "fichier_double"
    assert refus("a.pdf", exemples.pdf() + b"x" * 2000) == "fichier_double"
    assert refus("a.jpg", exemples.image() + b"Rar!\x1a\x07\x00...") == "fichier_double"


@pytest.mark.rule("DOC-18", "DOC-22")
@pytest.mark.parametrize("genre", ["JavaScript", "Launch", "SubmitForm", "ImportData", "GoToE"])
def test_active_pdf_is_refused_even_compressed(genre: str) -> None:
    contenu = exemples.pdf_action(genre)
    assert f"/{genre}".encode() not in contenu, "hidden in a compressed object: only a real reader finds it"
    assert refus("a.pdf", contenu) == "contenu_actif"
    assert refus("a.pdf", exemples.pdf_ouverture(genre)) == "contenu_actif"


@pytest.mark.rule("DOC-18", "DOC-22")
def test_other_active_or_carrying_pdf() -> None:
    assert refus("a.pdf", exemples.pdf_joint()) == "fichier_joint"
    assert refus("a.pdf", exemples.pdf(AcroForm=pikepdf.Dictionary(XFA="<xdp/>"))) == "contenu_actif"
    assert (
        refus("a.pdf", exemples.pdf(AA=pikepdf.Dictionary(WC=pikepdf.Dictionary(S=pikepdf.Name.JavaScript))))
        == "contenu_actif"
    )
    assert refus("a.pdf", b"%PDF-1.7\nrien\n%%EOF") == "pdf_illisible"
    lien = exemples.pdf_action("URI")
    assert examen.examiner(Piece("a.pdf", lien), reduire=False).contenu == lien, (
        "an ordinary link is not active"
    )


@pytest.mark.rule("DOC-60")
def test_a_pdf_with_a_password_is_kept_as_it_is_and_one_that_opens_is_examined() -> None:
    protege = exemples.pdf_protege()
    assert examen.examiner(Piece("a.pdf", protege), reduire=False).contenu == protege
    assert examen.examiner(Piece("a.pdf", exemples.pdf_protege("")), reduire=False).mime == "application/pdf"


@pytest.mark.rule("DOC-18")
def test_a_pdf_bomb_costs_nothing_here() -> None:
    """What it inflates to is bounded, in another process: this one does not grow."""
    document = pikepdf.new()
    document.add_blank_page()
    for _ in range(40):
        flux = pikepdf.Stream(document, b"\0" * 20_000_000)
        document.pages[0].Contents = document.make_indirect(flux)
        document.Root[f"/B{_}"] = document.make_indirect(flux)
    import io

    sortie = io.BytesIO()
    document.save(sortie, compress_streams=True, recompress_flate=True)
    contenu = sortie.getvalue()
    del document, sortie
    avant = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    examen._juger(contenu)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - avant < 30_000


@pytest.mark.rule("DOC-18", "DOC-22")
@pytest.mark.parametrize(
    "corps",
    [
        rb"{\object\objemb{\*\objdata 0105}}", rb"{\objautlink\objupdate}", rb"{\*\template http://x/}",
        rb"{\field{\*\fldinst DDEAUTO c:\\x}}", rb'{\field{\*\fldinst INCLUDEPICTURE "http://x"}}',
        rb"{\field{\*\fldinst {\i0 DDEAUTO} x}}",
    ],
)  # fmt: skip
def test_rtf_with_objects_or_active_fields_is_refused(corps: bytes) -> None:
    assert refus("a.rtf", exemples.RTF[:-1] + corps + b"}") == "rtf_actif"


@pytest.mark.rule("DOC-23")
def test_five_million_bytes_and_not_one_more() -> None:
    juste = exemples.TEXTE + b"a" * (formats.TAILLE_MAX - len(exemples.TEXTE))
    assert len(examen.examiner(Piece("a.txt", juste), reduire=False).contenu) == 5_000_000
    with pytest.raises(DepotRefuse) as leve:
        examen.examiner(Piece("a.txt", juste + b"a"), reduire=True)
    assert leve.value.code == "fichier_trop_gros"
    assert "5\u00a0000\u00a0000" in leve.value.message
    assert leve.value.details["maximum"] == 5_000_000
    assert refus("a.pdf", b"") == "fichier_vide"


def photo_lourde() -> bytes:
    from io import BytesIO

    from PIL import Image

    sortie = BytesIO()
    Image.frombytes("RGB", (2200, 2200), random.Random(1).randbytes(2200 * 2200 * 3)).save(
        sortie, "JPEG", quality=95
    )
    assert len(sortie.getvalue()) > 5_000_000
    return sortie.getvalue()


@pytest.mark.rule("DOC-23")
def test_a_larger_image_is_reduced_only_with_consent_then_refused_if_still_too_big(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lourde = photo_lourde()
    assert refus("a.jpg", lourde) == "image_trop_lourde"
    fichier = examen.examiner(Piece("a.jpg", lourde), reduire=True)
    assert fichier.reduit
    assert len(fichier.contenu) <= 5_000_000
    monkeypatch.setattr(formats, "TAILLE_MAX", 10_000)
    assert refus("a.jpg", lourde, reduire=True) == "fichier_trop_gros"
    monkeypatch.setattr(examen, "ENVOI_MAX", 1_000_000)
    assert refus("a.jpg", lourde, reduire=True) == "fichier_trop_gros"


@pytest.mark.rule("DOC-21")
def test_several_photos_make_one_pdf_in_order() -> None:
    photos = [Piece("1.jpg", exemples.image()), Piece("2.png", exemples.image("PNG", (80, 60)))]
    fichier = examen.joindre(photos, reduire=False)
    assert fichier.mime == "application/pdf"
    assert fichier.reduit
    import io

    with pikepdf.open(io.BytesIO(fichier.contenu)) as lu:
        formes = [float(p.mediabox[2]) > float(p.mediabox[3]) for p in lu.pages]
    assert formes == [False, True]
    # What we make ourselves passes our own examination.
    examen.examiner(Piece("a.pdf", fichier.contenu), reduire=False)
    for autres, code in (
        ([], "fichier_vide"), (photos * 6, "trop_de_photos"), ([Piece("a.pdf", exemples.pdf())], "format_refuse"),
        ([photos[0], Piece("a.jpg", exemples.pdf())], "contenu_different"),
    ):  # fmt: skip
        with pytest.raises(DepotRefuse, match=code):
            examen.joindre(autres, reduire=False)


@pytest.mark.rule("DOC-22")
def test_a_word_file_only_when_the_setting_says_so() -> None:
    doc = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
    assert refus("a.doc", doc) == "format_refuse"
    with override_settings(ES_DEPOT_WORD=True):
        assert examen.examiner(Piece("a.doc", doc), reduire=False).mime == "application/msword"
        assert refus("a.doc", doc + "_VBA_PROJECT".encode("utf-16-le")) == "contenu_actif"
        assert refus("a.docx", doc) == "format_refuse"


@pytest.mark.rule("DOC-18")
@pytest.mark.parametrize("nom", ["scan.PDF", "photo.jpg", "lettre.rtf", "notes.txt"])
def test_every_file_passes_the_antivirus_and_its_refusal_is_ours(
    nom: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    recus: list[bytes] = []
    monkeypatch.setattr("espace_sante.platform.antivirus.examiner", recus.append)
    examen.examiner(Piece(nom, SAINS[nom][0]), reduire=False)
    assert recus == [SAINS[nom][0]]
    for erreur in (
        FichierInfecte("fichier_infecte", "x"),
        AntivirusInjoignable("antivirus_injoignable", "y"),
    ):

        def refuser(_contenu: bytes, erreur: Exception = erreur) -> None:
            raise erreur

        monkeypatch.setattr("espace_sante.platform.antivirus.examiner", refuser)
        assert refus(nom, SAINS[nom][0]) == erreur.code


@pytest.mark.rule("DOC-18", "DOC-21")
def test_each_photo_passes_the_antivirus(monkeypatch: pytest.MonkeyPatch) -> None:
    recus: list[bytes] = []
    monkeypatch.setattr("espace_sante.platform.antivirus.examiner", recus.append)
    examen.joindre([Piece("1.jpg", exemples.image()), Piece("2.png", exemples.image("PNG"))], reduire=False)
    assert recus == [exemples.image(), exemples.image("PNG")]
