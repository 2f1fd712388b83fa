"""How documents are shown and given: nothing runs, exact bytes, strict headers, names without identity."""

from __future__ import annotations

import base64
import io
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pikepdf
import pytest
from django.test import RequestFactory
from PIL import Image

from espace_sante.documents.cda.rendu import Affichage
from espace_sante.documents.cda.tests.exemple import n1
from espace_sante.platform.tests.test_images_montrees import SECRETS, photo
from espace_sante.web.lecture import pages, pdf, reponses
from espace_sante.web.lecture.maniere import ILLISIBLE, PROTEGE, Maniere, decider

N1 = "BIO-CR-BIO_2021.01_CDA-R2-Niveau-1.xml"
N3 = "BIO-CR-BIO_2024.01_TSH_1.xml"
REQUETE = RequestFactory().get("/")


def _pdf(nombre: int = 1, **chiffrement: object) -> bytes:
    document = pikepdf.new()
    for _ in range(nombre):
        document.add_blank_page(page_size=(200, 300))
    sortie = io.BytesIO()
    document.save(sortie, **chiffrement)
    return sortie.getvalue()


def _pdf_arme() -> bytes:
    document = pikepdf.open(io.BytesIO(_pdf()))
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
    document.Root.OpenAction = script
    document.Root.AA = pikepdf.Dictionary(WC=script)
    document.Root.Names = pikepdf.Dictionary(
        JavaScript=pikepdf.Dictionary(Names=pikepdf.Array([pikepdf.String("a"), script])),
        EmbeddedFiles=pikepdf.Dictionary(Names=pikepdf.Array([])),
    )
    lancer = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("calc.exe"))
    lien = pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String("https://example.org"))
    document.pages[0].Annots = pikepdf.Array(
        [
            document.make_indirect(
                pikepdf.Dictionary(
                    Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=action
                )
            )
            for action in (lancer, lien)
        ]
    )
    sortie = io.BytesIO()
    document.save(sortie)
    return sortie.getvalue()


def _vu(mime: str, titre: str = "Compte rendu de Lou MARTIN") -> SimpleNamespace:
    from datetime import UTC, datetime

    from espace_sante.documents.nomenclatures import rubrique

    return SimpleNamespace(
        mime=mime, titre=titre, statut="current", archive=False, creation=datetime(2026, 3, 2, tzinfo=UTC),
        rubrique=rubrique("11502-2"), langue="fr-FR", masque_ps=False,
    )  # fmt: skip


def _tiff(pages: int) -> bytes:
    sortie = io.BytesIO()
    feuille = Image.new("L", (4, 4), 90)
    feuille.save(sortie, "TIFF", save_all=True, append_images=[feuille] * (pages - 1))
    return sortie.getvalue()


@pytest.mark.rule("CDA-43")
@pytest.mark.parametrize("genre", ["JPEG", "PNG"])
def test_a_photo_is_shown_without_its_place_and_kept_with_it(genre: str) -> None:
    mime, contenu = f"image/{genre.lower()}", photo(genre, sens=6)
    for recu, vu in ((contenu, _vu(mime)), (n1(mime, contenu), _vu("text/xml"))):
        if genre == "PNG" and recu is not contenu:
            # A level 1 takes no PNG (CDA-05).
            continue
        montre = reponses.apercu(REQUETE, vu, recu)  # type: ignore[arg-type]
        assert montre is not None
        assert not any(secret in montre.content for secret in SECRETS)
        assert len(montre.content) > len(contenu) // 2
        assert reponses.original(vu, recu).content == recu  # type: ignore[arg-type]


@pytest.mark.rule("DOC-60")
@pytest.mark.parametrize(
    ("mime", "contenu", "attendu"),
    [
        ("application/pdf", _pdf(), Maniere.PDF),
        ("application/pdf", b"<html><script>", Maniere.TELECHARGEMENT),
        ("image/jpeg", b"\xff\xd8\xff\xd9", Maniere.IMAGE),
        ("image/png", b"\x89PNG\r\n\x1a\n\0\0\0\0IEND\xaeB`\x82", Maniere.IMAGE),
        ("image/png", b"\x89PNG\r\n\x1a\n...", Maniere.TELECHARGEMENT),
        ("image/tiff", _tiff(1), Maniere.IMAGE),
        ("image/tiff", _tiff(2), Maniere.TELECHARGEMENT),
        ("image/png", b"<svg onload=alert(1)>", Maniere.TELECHARGEMENT),
        ("image/svg+xml", b"<svg/>", Maniere.TELECHARGEMENT),
        ("text/html", b"<script>", Maniere.TELECHARGEMENT),
        ("text/plain", b"bonjour", Maniere.CADRE),
        ("text/rtf", b"{\\rtf", Maniere.TELECHARGEMENT),
        ("text/xml", b"<autre/>", Maniere.TELECHARGEMENT),
        ("text/xml", b'<!DOCTYPE a [<!ENTITY b "c">]><ClinicalDocument/>', Maniere.TELECHARGEMENT),
    ],
)
def test_what_is_shown_and_what_is_only_downloaded(mime: str, contenu: bytes, attendu: Maniere) -> None:
    assert decider(mime, contenu).maniere is attendu
    reponse = reponses.apercu(REQUETE, _vu(mime), contenu)  # type: ignore[arg-type]
    assert (reponse is None) is (attendu is Maniere.TELECHARGEMENT)


@pytest.mark.rule("DOC-60")
def test_a_pdf_with_a_password_is_only_downloaded() -> None:
    ferme = _pdf(encryption=pikepdf.Encryption(owner="a", user="b"))
    assert decider("application/pdf", ferme).raison == PROTEGE
    assert decider("application/pdf", _pdf(encryption=pikepdf.Encryption(owner="a"))).maniere is Maniere.PDF
    assert decider("application/pdf", b"pas un pdf").raison == ILLISIBLE


@pytest.mark.rule("CDA-37")
def test_active_content_of_a_pdf_is_taken_out_and_links_stay() -> None:
    propre = pdf.desarmer(_pdf_arme())
    with pikepdf.open(io.BytesIO(propre)) as document:
        assert not {"/OpenAction", "/AA"} & set(document.Root.keys())
        assert not {"/JavaScript", "/EmbeddedFiles"} & set(document.Root.Names.keys())
        actions = [a.get("/A") for a in document.pages[0].Annots]
        assert actions[0] is None
        assert str(actions[1].S) == "/URI"
    assert b"app.alert" not in propre
    assert b"calc.exe" not in propre
    simple = _pdf()
    assert pdf.desarmer(simple) is simple
    assert pdf.desarmer(b"%PDF-1.4 casse") == b"%PDF-1.4 casse"


@pytest.mark.rule("CDA-37")
def test_pages_are_drawn_by_a_process_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    tirage = pages.tirer(_pdf(3))
    assert tirage is not None
    assert (len(tirage.images), tirage.total, tirage.incomplet) == (3, 3, False)
    assert all(base64.b64decode(i.partition(",")[2]).startswith(b"\x89PNG") for i in tirage.images)
    long = pages.tirer(_pdf(pages.PAGES_MAX + 1))
    assert long is not None
    assert long.incomplet
    assert len(long.images) == pages.PAGES_MAX
    assert pages.tirer(b"%PDF-1.4 casse") is None
    monkeypatch.setattr(pages, "DELAI_S", 0.001)
    assert pages.tirer(_pdf()) is None


@pytest.mark.rule("CDA-37")
def test_a_pdf_that_cannot_be_drawn_goes_to_the_viewer_disarmed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "tirer", lambda _contenu: None)
    reponse = reponses.apercu(REQUETE, _vu("application/pdf"), _pdf_arme())  # type: ignore[arg-type]
    assert reponse is not None
    assert reponse["Content-Type"] == "application/pdf"
    assert b"app.alert" not in reponse.content
    assert reponse["Content-Disposition"].startswith("inline")


@pytest.mark.rule("CDA-34", "CDA-35", "CDA-36", "CDA-37")
@pytest.mark.parametrize("nom", [N1, N3])
def test_a_frame_runs_nothing_and_fetches_nothing(vectors: Path, nom: str) -> None:
    contenu = (vectors / "cda/samples" / nom).read_bytes()
    reponse = reponses.apercu(REQUETE, _vu("text/xml"), contenu)  # type: ignore[arg-type]
    assert reponse is not None
    page = reponse.content.decode()
    assert "<script" not in page
    assert "<?xml-stylesheet" not in page
    politique = reponse["Content-Security-Policy"]
    assert politique.startswith("sandbox ")
    assert "allow-scripts" not in politique
    assert "allow-same-origin" not in politique
    for regle in ("default-src 'none'", "img-src data:", "style-src 'self'", "frame-ancestors 'self'"):
        assert regle in politique
    assert reponse["X-Content-Type-Options"] == "nosniff"
    assert reponse["Cache-Control"] == "no-store"
    assert reponse["Referrer-Policy"] == "no-referrer"


@pytest.mark.rule("CDA-38")
def test_the_state_of_a_document_is_written_at_its_head(vectors: Path) -> None:
    contenu = (vectors / "cda/samples" / N3).read_bytes()
    etat = Affichage(remplace=True, archive=True, masque_ps=True)
    page = reponses.apercu(REQUETE, _vu("text/xml"), contenu, affichage=etat).content.decode()  # type: ignore[arg-type, union-attr]
    for mot in ("remplacé", "archivé", "masqué"):
        assert mot in page
    assert "masqué" not in reponses.apercu(REQUETE, _vu("text/xml"), contenu).content.decode()  # type: ignore[arg-type, union-attr]


@pytest.mark.rule("CDA-09", "DOC-60", "FHR-118")
@pytest.mark.parametrize("mime", ["text/xml", "application/pdf", "text/html", "application/xslt+xml"])
def test_the_original_is_exact_and_its_name_says_nobody(mime: str) -> None:
    octets = bytes(range(256)) * 3
    reponse = reponses.original(_vu(mime), octets)  # type: ignore[arg-type]
    assert reponse.content == octets
    assert reponse["Content-Disposition"].startswith('attachment; filename="analyses-de-biologie-2026-03-02.')
    assert "MARTIN" not in str(reponse.headers)
    assert reponse["Content-Type"] in {"text/xml", "application/pdf", "application/octet-stream"}


@pytest.mark.rule("CDA-37")
def test_the_file_inside_an_n1_is_given_apart(vectors: Path) -> None:
    contenu = (vectors / "cda/samples" / N1).read_bytes()
    lecture = decider("text/xml", contenu)
    assert (lecture.maniere, lecture.a_un_corps) == (Maniere.PDF, True)
    reponse = reponses.corps_a_part(_vu("text/xml"), contenu)  # type: ignore[arg-type]
    assert reponse is not None
    assert reponse.content.startswith(b"%PDF-")
    assert reponse["Content-Disposition"].endswith('.pdf"')
    n3 = (vectors / "cda/samples" / N3).read_bytes()
    assert reponses.corps_a_part(_vu("text/xml"), n3) is None  # type: ignore[arg-type]
    assert reponses.pdf_entier(_vu("text/xml"), n3) is None  # type: ignore[arg-type]


def test_text_is_escaped_in_both_codings() -> None:
    for octets in ("<b>été</b>".encode(), "<b>été</b>".encode("cp1252")):
        page = reponses.apercu(REQUETE, _vu("text/plain", "<i>"), octets).content.decode()  # type: ignore[arg-type, union-attr]
        assert "&lt;b&gt;été&lt;/b&gt;" in page
        assert "<i>" not in page


@pytest.mark.rule("CDA-35")
def test_every_published_sample_has_a_way_to_be_read(vectors: Path) -> None:
    for echantillon in sorted((vectors / "cda/samples").glob("*.xml")):
        lecture = decider("text/xml", echantillon.read_bytes())
        assert lecture.maniere in {Maniere.CADRE, Maniere.PDF, Maniere.IMAGE}, echantillon.name


def test_slow_drawings_do_not_take_every_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """A frame that finds no place waits a moment only, then the file goes to the browser's own viewer."""
    monkeypatch.setattr(pages, "ATTENTE_S", 0.05)
    monkeypatch.setattr(pages, "_places", threading.BoundedSemaphore(1))
    pages._places.acquire()
    debut = time.monotonic()
    assert pages.tirer(_pdf()) is None
    assert time.monotonic() - debut < 2
    assert pages.ATTENTE_S * 5 < pages.DELAI_S
