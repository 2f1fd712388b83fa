"""The holder searches inside his documents: what the page shows, what addresses keep quiet (DOC-57, REG-12)."""

from __future__ import annotations

import pytest

from espace_sante.web.espace.tests.conftest import Personne

pytestmark = pytest.mark.django_db
_TEXTE = "Échographie : stéatose hépatique modérée, <b>sans</b> lésion suspecte."


def _chercher(lou: Personne, texte: str, **autres: str) -> tuple[str, str]:
    """The address that the form leads to, and its page."""
    envoi = lou.client.post("/espace/documents/", {"texte": texte, **autres})
    assert envoi.status_code == 302
    adresse = envoi["Location"]
    return adresse, lou.page(adresse)


@pytest.mark.rule("DOC-57", "REG-12")
def test_the_passage_is_shown_and_the_word_is_in_no_address(lou: Personne) -> None:
    lou.deposer(titre="Courrier", contenu=_TEXTE.encode(), mime="text/plain")
    lou.deposer(titre="Autre", contenu=b"Rien", mime="text/plain")
    adresse, page = _chercher(lou, "hepatiques")
    assert "hepatique" not in adresse
    assert "stéatose <mark>hépatique</mark> modérée" in page
    assert "&lt;b&gt;sans&lt;/b&gt;" in page
    assert "1 document" in page and "Courrier" in page and ">Autre<" not in page


@pytest.mark.rule("DOC-57")
def test_closest_first_unless_another_order_is_asked(lou: Personne) -> None:
    lou.deposer(titre="B", contenu=b"grippe grippe grippe", mime="text/plain")
    lou.deposer(titre="A", contenu=b"grippe", mime="text/plain")
    lou.deposer(titre="C grippe", contenu=b"rien", mime="text/plain")

    def titres(**autres: str) -> list[str]:
        adresse, _ = _chercher(lou, "grippe", **autres)
        return [c.titre for c in lou.client.get(adresse).context["cartes"]]

    assert titres() == ["C grippe", "B", "A"]
    page = _chercher(lou, "grippe")[1]
    assert "3 documents, les plus proches de votre recherche d’abord" in page
    assert 'aria-sort="descending"' not in page
    assert titres(ordre="titre") == ["A", "B", "C grippe"]


def test_it_says_when_documents_could_not_be_read_in_time(
    lou: Personne, monkeypatch: pytest.MonkeyPatch
) -> None:
    from espace_sante.documents.plein_texte import recherche

    for n in range(3):
        lou.deposer(contenu=f"grippe {n}".encode(), mime="text/plain")
    monkeypatch.setattr(recherche, "VOLEE_MAX", 1)
    assert "2 documents ne sont pas encore prêts" in _chercher(lou, "grippe")[1]
    assert "1 document n’est pas encore prêt" in _chercher(lou, "grippe")[1]
    assert "pas encore prêt" not in _chercher(lou, "grippe")[1]
