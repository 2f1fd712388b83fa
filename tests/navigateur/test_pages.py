"""The pages of the main job in hard conditions: no script, no style, 400 % zoom, no motion, paper."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pikepdf
import pytest
from playwright.sync_api import Browser, Route, expect

from tests.navigateur import parcours, regard
from tests.navigateur.installation import RACINE, Installation
from tests.navigateur.visiteur import Visiteur, accueillir

pytestmark = [pytest.mark.navigateur, pytest.mark.lent, pytest.mark.xdist_group("navigateur")]
CASTELNAU, PEDIATRE = "99000000135", "99000000156"
CAPTURES = RACINE / "captures" / "pages"
# WCAG 1.4.12, to the letter, by the object model: the page's policy forbids added styles.
_ESPACER = """() => {
    const feuille = new CSSStyleSheet();
    feuille.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
        word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }`);
    document.adoptedStyleSheets = [feuille];
}"""


@dataclass(frozen=True, slots=True)
class Ouvertes:
    """Two logins that went all the way without script: their sessions, and the pages each then reads."""

    titulaire: dict[str, Any]
    professionnel: dict[str, Any]
    pages_titulaire: tuple[str, ...]
    pages_professionnel: tuple[str, ...]
    document: str


@pytest.fixture(scope="module")
def ouvertes(navigateur: Browser, installation: Installation) -> Ouvertes:
    """The main job's key pages, reached with script off: holder to a document, doctor to the same record."""
    personne = installation.titulaire("manuel")
    lui = accueillir(navigateur, installation.adresse, java_script_enabled=False)
    parcours.entrer_titulaire(lui, installation.compte("manuel"))
    parcours.menu(lui, "Documents")
    titre = lui.page.get_by_role("rowheader").get_by_role("link").first
    document = titre.get_attribute("href") or ""
    medecin = accueillir(navigateur, installation.adresse, java_script_enabled=False)
    praticien = installation.sans_accord(personne, CASTELNAU, PEDIATRE)
    parcours.entrer_professionnel(medecin, praticien)
    parcours.arriver_au_panneau(medecin, praticien, personne)
    panneau = medecin.page.url.removeprefix(installation.adresse)
    parcours.consentir(medecin, praticien)
    faites = Ouvertes(
        titulaire=lui.page.context.storage_state(),  # type: ignore[arg-type]
        professionnel=medecin.page.context.storage_state(),  # type: ignore[arg-type]
        pages_titulaire=(
            "/espace/", "/espace/documents/", document, f"{document}masquage/", "/espace/historique/",
            "/espace/plus/", "/espace/plus/identite/",
        ),
        pages_professionnel=(
            "/pro/", "/pro/matrice/", "/pro/situation/", "/pro/avertissement/", panneau, f"{panneau}documents/",
            next(iter(parcours.lignes(medecin))),
        ),
        document=document,
    )  # fmt: skip
    lui.partir()
    medecin.partir()
    return faites


@pytest.fixture
def visiter(navigateur: Browser, installation: Installation, ouvertes: Ouvertes) -> Iterator[Any]:
    """Opens a browser in one of the two sessions, and attests at the end that nothing went wrong there."""
    venus: list[Visiteur] = []

    def nouveau(qui: str, **options: Any) -> Visiteur:
        venus.append(
            accueillir(navigateur, installation.adresse, storage_state=getattr(ouvertes, qui), **options)
        )
        return venus[-1]

    yield nouveau
    for venu in venus:
        venu.partir()


def _tournee(visiter: Any, ouvertes: Ouvertes, **options: Any) -> Iterator[Visiteur]:
    """Each key page of each of the two, one after the other."""
    for qui in ("titulaire", "professionnel"):
        v = visiter(qui, **options)
        for chemin in getattr(ouvertes, f"pages_{qui}"):
            v.aller(chemin)
            yield v


def test_without_script_the_holder_hides_searches_and_shows(ouvertes: Ouvertes, visiter: Any) -> None:
    v = visiter("titulaire", java_script_enabled=False)
    v.aller(ouvertes.document)
    expect(v.page.frame_locator("main iframe").locator("h1")).to_be_visible()
    for geste, fait in (
        ("Masquer ce document", "Masqué aux professionnels de santé."),
        ("Rendre ce document visible", "Vous, et des professionnels de santé avec votre accord."),
    ):
        v.activer(v.page.get_by_role("link", name=geste))
        v.activer(v.page.get_by_role("button", name=geste))
        expect(v.page.get_by_text(fait, exact=True)).to_be_visible()
    v.aller("/espace/documents/")
    tous = v.page.get_by_role("row").count()
    v.ecrire(v.page.get_by_role("searchbox"), "ordonnance")
    v.suivre(v.page.get_by_role("button", name="Chercher"))
    assert 1 < v.page.get_by_role("row").count() < tous


def test_without_script_the_doctor_filters_sorts_and_closes(ouvertes: Ouvertes, visiter: Any) -> None:
    v = visiter("professionnel", java_script_enabled=False)
    liste = ouvertes.pages_professionnel[-2]
    v.aller(liste)
    tous = v.page.get_by_role("row").count()
    v.suivre(v.page.get_by_role("button", name=re.compile("^Imagerie|^Analyses de biologie")).first)
    assert 1 < v.page.get_by_role("row").count() < tous
    v.suivre(v.page.get_by_role("button", name="Effacer les filtres"))
    v.suivre(v.page.get_by_role("columnheader", name=re.compile("Document")).get_by_role("link"))
    expect(v.page.locator("th[aria-sort=ascending]")).to_contain_text("Document")


def test_reading_order_without_style(ouvertes: Ouvertes, visiter: Any) -> None:
    """What is read first is what matters first: way to the content, whose space, ways, h1, then the rest."""
    for qui in ("titulaire", "professionnel"):
        v = visiter(qui)
        v.page.context.route(
            "**/*.css", lambda route: route.fulfill(status=200, content_type="text/css", body="")
        )
        for chemin in getattr(ouvertes, f"pages_{qui}"):
            v.aller(chemin)
            regard.assert_titres(v.page)
            ordre = v.page.locator(".es-evitement, header, main, main h1, footer").evaluate_all(
                "es => es.map(e => e.tagName)"
            )
            assert ordre == ["A", "HEADER", "MAIN", "H1", "FOOTER"], chemin
            assert v.page.locator("main").inner_text().strip()
        v.aller(getattr(ouvertes, f"pages_{qui}")[-1])
    v = visiter("titulaire")
    v.aller(ouvertes.document)
    ordre = v.page.locator("main h1, main iframe, main h2").evaluate_all("es => es.map(e => e.tagName)")
    assert ordre[:3] == ["H1", "IFRAME", "H2"], "the document first, then who made it"


@pytest.mark.rule("CDA-36")
def test_a_document_in_its_own_tab(installation: Installation, ouvertes: Ouvertes, visiter: Any) -> None:
    """Narrative and PDF alike: titled, clean for axe by day and by night, nothing fetched outside, never too wide."""
    documents = list(installation.titulaire("manuel").documents())
    for genre in (b"structuredBody", b"nonXMLBody"):
        choisi = next(d for d in documents if genre in d.contenu and not d.metadonnees.invisible_patient)
        v = visiter("titulaire", largeur=360, captures=CAPTURES)
        v.aller(f"/espace/documents/{choisi.id}/")
        v.voit(choisi.metadonnees.titre, f"document-{genre.decode()}")
        cadre = f"/espace/documents/{choisi.id}/apercu/"
        politique = v.page.request.get(f"{v.adresse}{cadre}").headers["content-security-policy"]
        assert politique.startswith("sandbox allow-popups")
        # No script at all runs in there, axe neither: it judges the same page out of its sandbox.
        v.page.route(f"**{cadre}", _sans_bac_a_sable)
        v.aller(cadre)
        v.voit(choisi.metadonnees.titre, f"cadre-{genre.decode()}")
        if feuilles := v.page.locator("img.lecture-page").count():
            for papier in ("A4", "Letter"):
                with pikepdf.open(io.BytesIO(v.page.pdf(format=papier))) as imprime:
                    assert len(imprime.pages) == feuilles, "a page of the document is a sheet of paper"


def _sans_bac_a_sable(route: Route) -> None:
    reponse = route.fetch()
    entetes = {nom: valeur for nom, valeur in reponse.headers.items() if nom != "content-security-policy"}
    route.fulfill(response=reponse, headers=entetes)


def test_zoom_400_and_text_spacing(ouvertes: Ouvertes, visiter: Any) -> None:
    """320 px wide is 1280 at 400 %; then more air between letters, words and lines (WCAG 1.4.10, 1.4.12)."""
    for v in _tournee(visiter, ouvertes, largeur=320, hauteur=256, is_mobile=False):
        assert regard.deborde(v.page) <= 0, v.page.url
        v.page.evaluate(_ESPACER)
        assert regard.deborde(v.page) <= 0, f"{v.page.url}, with text spacing"


def test_no_motion_for_who_asks_none(ouvertes: Ouvertes, visiter: Any) -> None:
    """Nothing moves under reduced motion; otherwise only short fades (design, Motion)."""
    plus_longue = """() => Math.max(0, ...[...document.querySelectorAll("*")].flatMap(e => {
        const s = getComputedStyle(e);
        return [...s.transitionDuration.split(","), ...s.animationDuration.split(",")].map(parseFloat);
    }))"""
    for demande, limite in (("reduce", 0.001), ("no-preference", 0.25)):
        for v in _tournee(visiter, ouvertes, reduced_motion=demande):
            assert v.page.evaluate(plus_longue) <= limite, (v.page.url, demande)


def test_a_document_on_paper(ouvertes: Ouvertes, visiter: Any) -> None:
    """The words of the page without its ways nor a cut frame, black on white even at night, whose space it is said."""
    CAPTURES.mkdir(parents=True, exist_ok=True)
    for qui, nom in (("titulaire", ".es-personne__nom"), ("professionnel", ".es-patient strong")):
        v = visiter(qui, largeur=1280)
        v.aller(getattr(ouvertes, f"pages_{qui}")[2 if qui == "titulaire" else -1])
        v.page.emulate_media(media="print", color_scheme="dark")
        expect(v.page.locator(nom)).to_be_visible()
        expect(v.page.get_by_role("heading", level=1)).to_be_visible()
        for cache in (
            ".es-menu",
            ".es-entete__liens",
            ".es-menu-pro",
            "main iframe",
            "main .btn",
            ".es-clavier summary",
        ):
            for element in v.page.locator(cache).all():
                expect(element).to_be_hidden()
        assert v.page.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(0, 0, 0)"
        assert v.page.evaluate("getComputedStyle(document.body).backgroundColor") in {
            "rgb(255, 255, 255)",
            "rgba(0, 0, 0, 0)",
        }
        expect(v.page.get_by_text("Le document s’imprime à part, en entier.")).to_be_visible()
        v.page.screenshot(path=CAPTURES / f"papier-{qui}.png", full_page=True)
        v.page.pdf(path=CAPTURES / f"papier-{qui}.pdf")
