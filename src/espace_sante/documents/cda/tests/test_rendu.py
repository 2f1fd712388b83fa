import base64
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from espace_sante.documents.cda.horodatage import lire_horodatage
from espace_sante.documents.cda.images import pieces_jointes
from espace_sante.documents.cda.lire import CdaInvalide, lire
from espace_sante.documents.cda.rendu import Affichage, date_en_mots, rendre
from espace_sante.documents.cda.tests.exemple import INS, avec_texte, document, n1

# The smallest file that has the form of one: its picture is the browser's matter.
_PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\0IEND\xaeB`\x82"
_BALISES = {
    *(
        "article",
        "header",
        "section",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "p",
        "dl",
        "dt",
        "dd",
        "div",
        "span",
    ),
    *(
        "br",
        "strong",
        "em",
        "u",
        "del",
        "ins",
        "sub",
        "sup",
        "a",
        "img",
        "ul",
        "ol",
        "li",
        "table",
        "caption",
    ),
    *("thead", "tbody", "tfoot", "tr", "th", "td", "pre"),
}
_ATTRIBUTS = {
    *("class", "id", "lang", "role", "tabindex", "aria-label", "href", "target", "rel", "src", "alt"),
    *("scope", "colspan", "rowspan", "start"),
}


class _Lecteur(HTMLParser):
    """Every tag and attribute of a rendering, as a browser would see them."""

    def __init__(self) -> None:
        super().__init__()
        self.vus: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.vus.append((tag, {nom: valeur or "" for nom, valeur in attrs}))


def _html(narratif: str, suite: str = "") -> str:
    return rendre(lire(avec_texte(narratif, suite)))


def _sur(html: str) -> None:
    """CDA-36, seen from outside: only known tags and attributes, no address but those allowed."""
    lecteur = _Lecteur()
    lecteur.feed(html)
    for balise, attributs in lecteur.vus:
        assert balise in _BALISES
        assert set(attributs) <= _ATTRIBUTS
        if balise == "img":
            assert re.match(r"data:image/(png|jpeg);base64,", attributs["src"])
        if balise == "a":
            assert attributs["rel"] == "noopener noreferrer"
            assert re.match(r"https?://|#cda-", attributs["href"])
            assert attributs.get("target") == "_blank" or attributs["href"].startswith("#")


@pytest.mark.rule("CDA-38")
def test_the_header_is_shown() -> None:
    html = rendre(lire(document()))
    _sur(html)
    for attendu in (
        "<h2>Lettre de liaison</h2>",
        "mardi 5 mars 2024 à 14 h 05",
        "Anne MOREL, Médecin généraliste, Cabinet du Port",
        "Hôpital du Port",
        "DOMINIQUE MARIE-LOUISE PAT-TROIS (nom utilisé : DURAND), née le 28 mars 1979",
        "<h3>Conclusion</h3>",
        "<p>Tout va bien.</p>",
    ):
        assert attendu in html
    assert INS not in html


@pytest.mark.rule("CDA-38")
def test_its_state_is_told() -> None:
    contenu = lire(document())
    assert "cda-avis" not in rendre(contenu)
    html = rendre(contenu, affichage=Affichage(remplace=True, archive=True, masque_ps=True, niveau_titre=1))
    assert "remplacé par une version plus récente" in html
    assert "archivé" in html
    assert "masqué aux professionnels" in html
    assert "<h1>" in html


@pytest.mark.rule("CDA-35")
def test_narrative_blocks() -> None:
    html = _html(
        '<content styleCode="Bold">gras</content><content styleCode="Italics">it</content>'
        '<content revised="delete">ôté</content><br/>H<sub>2</sub>O<sup>2</sup>'
        '<list listType="ordered"><caption>Ma liste</caption><item>un</item><item>deux</item></list>'
        "<list><item>puce</item></list>"
    )
    _sur(html)
    for attendu in (
        "<strong><span>gras</span></strong>",
        "<em><span>it</span></em>",
        "<del>ôté</del><br>H<sub>2</sub>O<sup>2</sup>",
        '<p class="cda-legende">Ma liste</p><ol><li>un</li><li>deux</li></ol>',
        "<ul><li>puce</li></ul>",
    ):
        assert attendu in html


@pytest.mark.rule("CDA-35", "CDA-39")
def test_tables_have_captions_and_scopes() -> None:
    html = _html(
        '<table><caption>Résultats</caption><colgroup><col/></colgroup><thead><tr><th colspan="2">Examen</th>'
        '<th>Valeur</th></tr></thead><tbody><tr><th>Sodium</th><td align="right" rowspan="2">140</td></tr>'
        "<tr><th>Partie</th></tr></tbody></table>"
    )
    _sur(html)
    assert "<caption>Résultats</caption>" in html
    assert 'aria-label="Tableau : Résultats"' in html
    assert '<th colspan="2" scope="colgroup">Examen</th>' in html
    assert '<th scope="col">Valeur</th>' in html
    assert '<th scope="row">Sodium</th><td rowspan="2" class="cda-droite">140</td>' in html
    assert '<th scope="col">Partie</th>' in html


@pytest.mark.rule("CDA-39")
def test_a_table_without_caption_is_named_by_its_section() -> None:
    assert 'aria-label="Tableau : Conclusion"' in _html("<table><tbody><tr><td>a</td></tr></tbody></table>")


@pytest.mark.rule("CDA-39")
def test_language_and_levels_of_headings() -> None:
    partie = "<component><section><title>Sous-partie</title><text>a</text></section></component>"
    html = rendre(
        lire(document(("</section></component>", f"{partie}</section></component>"), ("fr-FR", "en-GB")))
    )
    assert '<article class="cda" lang="en-GB">' in html
    assert html.index("<h2>") < html.index("<h3>Conclusion") < html.index("<h4>Sous-partie")
    assert 'lang="fr"' in rendre(lire(document(("fr-FR", "&quot; onload=x"))))


@pytest.mark.rule("CDA-35")
def test_footnotes() -> None:
    html = _html('<paragraph>a<footnote ID="n1">Première</footnote> b<footnoteRef IDREF="n1"/></paragraph>')
    _sur(html)
    assert html.count('href="#cda-note-1"') == 2
    assert '<li id="cda-note-1">Première' in html
    assert html.count('id="cda-renvoi-1"') == 1


@pytest.mark.rule("CDA-35")
def test_embedded_images() -> None:
    def media(genre: str, contenu: bytes) -> str:
        return (
            '<entry><observationMedia classCode="OBS" moodCode="EVN" ID="i1"><value '
            f'mediaType="{genre}" representation="B64">{base64.b64encode(contenu).decode()}</value>'
            "</observationMedia></entry>"
        )

    appel = '<renderMultiMedia referencedObject="i1"><caption>Radio</caption></renderMultiMedia>'
    html = _html(appel, media("image/png", _PNG))
    _sur(html)
    assert f'src="data:image/png;base64,{base64.b64encode(_PNG).decode()}"' in html
    assert 'alt="Radio"' in html
    pdf = _html(appel, media("application/pdf", b"%PDF-1.4"))
    assert "<img" not in pdf and "Fichier PDF joint" in pdf
    for genre, contenu in (
        ("image/svg+xml", b"<svg onload='x'/>"),
        ("image/png", b"<script>"),
        ("image/jpeg", _PNG),
    ):
        faux = _html(appel, media(genre, contenu))
        _sur(faux)
        assert "<img" not in faux
    (piece,) = pieces_jointes(lire(avec_texte(appel, media("application/pdf", b"%PDF-1.4"))).racine)
    assert (piece.id, piece.media, piece.contenu) == ("i1", "application/pdf", b"%PDF-1.4")


@pytest.mark.rule("CDA-36")
@pytest.mark.parametrize(
    ("adresse", "lien"),
    [
        ("https://exemple.fr/a?b=1&amp;c=2", True),
        ("http://exemple.fr", True),
        (" https://exemple.fr/a b ", True),
        ("javascript:alert(1)", False),
        ("java&#10;script:alert(1)", False),
        ("data:text/html,x", False),
        ("//exemple.fr", False),
        ("/espace/", False),
        ("#ailleurs", False),
        ("https:alert", False),
        ("http://[", False),
        ("", False),
    ],
)
def test_links_go_to_the_web_only(adresse: str, lien: bool) -> None:
    html = _html(f'<linkHtml href="{adresse}">ici</linkHtml>')
    _sur(html)
    assert ("<a " in html) == lien
    assert "ici" in html


@pytest.mark.rule("CDA-34", "CDA-35", "CDA-36")
@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        '<script xmlns="http://www.w3.org/1999/xhtml">alert(1)</script>',
        '<iframe xmlns="http://www.w3.org/1999/xhtml" src="https://a.fr"/>',
        '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>',
        '<img src="https://a.fr/x.png" onerror="alert(1)"/>',
        '<paragraph style="position:fixed" onclick="alert(1)">x</paragraph>',
        '<content ID="x" styleCode="xssStyle:url(https://a.fr)">x</content>',
        "<form><input/></form><object/><style>a{}</style><base href='https://a.fr'/>",
        "<paragraph>&lt;script&gt;alert(1)&lt;/script&gt;</paragraph>",
        "<paragraph><![CDATA[</p><script>alert(1)</script>]]></paragraph>",
        '<table background="https://a.fr/x.png"><tbody><tr><td colspan="9999999" style="x">a</td></tr></tbody></table>',
        '<renderMultiMedia referencedObject="https://a.fr/x.png"/>',
        "<title><noscript><p title='&lt;/noscript>&lt;img src=x onerror=alert(1)>'/></noscript></title>",
    ],
)
def test_hostile_narrative(hostile: str) -> None:
    html = _html(hostile)
    _sur(html)
    assert "<script" not in html
    assert "https://a.fr" not in html
    assert "Conclusion" in html


@pytest.mark.rule("CDA-36")
def test_hostile_header() -> None:
    html = rendre(lire(document(("<title>Lettre de liaison", "<title>&lt;img src=x onerror=alert(1)&gt;"))))
    _sur(html)
    assert "&lt;img src=x" in html


_BALISES_HOSTILES = (
    *("script", "style", "iframe", "a", "img", "svg", "math", "title", "textarea", "noscript", "template"),
    *("content", "paragraph", "table", "tbody", "thead", "tr", "td", "th", "list", "item", "caption"),
    *("footnote", "footnoteRef", "linkHtml", "renderMultiMedia", "br", "sub"),
)
_ATTRIBUTS_HOSTILES = (
    *("href", "src", "onclick", "style", "styleCode", "ID", "IDREF", "colspan", "align"),
    *("referencedObject", "revised"),
)
_morceaux = st.recursive(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=8).map(
        lambda t: t.replace("&", "&amp;").replace("<", "&lt;").replace("]]>", "")
    ),
    lambda enfants: st.builds(
        lambda balise, attribut, valeur, corps: (
            f'<{balise} {attribut}="{valeur}">{"".join(corps)}</{balise}>'
        ),
        st.sampled_from(_BALISES_HOSTILES),
        st.sampled_from(_ATTRIBUTS_HOSTILES),
        st.sampled_from(
            [
                "javascript:alert(1)",
                "https://a.fr",
                "x",
                "Bold",
                "3",
                "&quot;&gt;&lt;script&gt;",
                "#cda-note-1",
            ]
        ),
        st.lists(enfants, max_size=4),
    ),
    max_leaves=20,
)


@pytest.mark.rule("CDA-36")
@settings(max_examples=300, deadline=None)
@given(st.lists(_morceaux, max_size=4).map("".join))
def test_any_narrative_is_safe(narratif: str) -> None:
    try:
        contenu = lire(avec_texte(narratif))
    except CdaInvalide:
        return
    _sur(rendre(contenu))


@pytest.mark.rule("CDA-35")
@pytest.mark.parametrize("balise", ["content", "paragraph", "list><item", "inconnu"])
def test_a_deep_narrative_keeps_its_text(balise: str) -> None:
    fin = "></".join(reversed(balise.split("><")))
    niveaux = 230 // (balise.count("><") + 1)
    html = _html(f"<{balise}>" * niveaux + "au fond" + f"</{fin}>" * niveaux)
    _sur(html)
    assert "au fond" in html


def test_deep_sections() -> None:
    ouvre, ferme = "<component><section>", "</section></component>"
    html = rendre(lire(document(("</section></component>", ouvre * 120 + ferme * 120 + ferme))))
    _sur(html)
    assert html.count("<h6>") > 100


@pytest.mark.rule("CDA-36")
def test_level_n1() -> None:
    assert "fichier PDF" in rendre(lire(n1("application/pdf", b"%PDF-1.4")))
    texte = rendre(lire(n1("text/plain", "é<script>\x07\n".encode())))
    _sur(texte)
    assert "<pre>é&lt;script&gt;\n</pre>" in texte
    assert "é" in rendre(lire(n1("text/plain", "é".encode("cp1252"))))
    image = rendre(lire(n1("image/jpeg", b"\xff\xd8\xff\xd9")))
    _sur(image)
    assert "data:image/jpeg" in image
    assert "illisible" in rendre(lire(n1("application/pdf", b"")))


def test_dates_in_words() -> None:
    attendus = {
        "2024": "2024",
        "202403": "mars 2024",
        "20240301": "vendredi 1er mars 2024",
        "20240305130500+0000": "mardi 5 mars 2024 à 14 h 05",
    }
    for valeur, attendu in attendus.items():
        lu = lire_horodatage(valeur)
        assert lu is not None
        assert date_en_mots(lu) == attendu
