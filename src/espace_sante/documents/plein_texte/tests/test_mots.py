"""Words and roots: what is typed and what is written meet, whatever accent, plural or elision."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espace_sante.documents.plein_texte.extrait import couper
from espace_sante.documents.plein_texte.mots import mots, plier, racine
from espace_sante.documents.plein_texte.requete import MOTS_MAX, lire
from espace_sante.documents.plein_texte.sac import note, ouvrir, remplir

pytestmark = pytest.mark.rule("DOC-57")


def trouve(cherche: str, texte: str) -> bool:
    sac = ouvrir(remplir(texte))
    termes = lire(cherche)
    return bool(termes) and all(note(sac, t) for t in termes)


@pytest.mark.parametrize(
    ("cherche", "texte"),
    [
        ("hepatique", "Stéatose HÉPATIQUE modérée"),
        ("Hépatiques", "stéatose hepatique"),
        ("hypertension", "suivi de l’hypertension"),
        ("l'hypertension", "une hypertension artérielle"),
        ("oedeme", "un œdème du poumon"),
        ("œdème", "oedemes des membres"),
        ("hopital", "les hôpitaux"),
        ("hôpitaux", "un hôpital"),
        ("fracture", "fracturé, non déplacée"),
        ("fracturées", "fracture du radius"),
        ("douloureux", "hanche douloureuse"),
        ("actif", "substances actives"),
        ("infirmières", "l'infirmier de nuit"),
        ("yeux", "fond d'œil"),
        ("cardio", "avis cardiologique"),
        ("7,2", "hémoglobine glyquée 7,2 %"),
        ("anti-inflammatoires", "un anti inflammatoire"),
        ("douleur thorax", "Thorax : pas de douleurs"),
        ("TA", "TA 14/8"),
    ],
)
def test_found(cherche: str, texte: str) -> None:
    assert trouve(cherche, texte)


@pytest.mark.parametrize(
    ("cherche", "texte"),
    [
        ("cancer", "aucun signe inflammatoire"),
        ("radius cubitus", "fracture du radius"),
        ("mère", "bains de mer"),
        ("ca", "cardiologie"),
        ("diaque", "cardiaque"),
    ],
)
def test_not_found(cherche: str, texte: str) -> None:
    assert not trouve(cherche, texte)


def test_eight_words_and_two_letters() -> None:
    assert len(lire(" ".join(f"mot{n}" for n in range(20)))) == MOTS_MAX
    assert lire("a de la d'") == ()
    assert [t.mot for t in lire("grippe Grippes GRIPPE")] == ["grippe"]


@given(st.text(max_size=200))
def test_any_text_is_found_by_its_own_words(texte: str) -> None:
    sac = ouvrir(remplir(texte))
    for mot in mots(texte):
        for terme in lire(mot):
            assert note(sac, terme), mot
        assert racine(racine(mot)) or racine(mot)
    assert plier(plier(texte)) == plier(texte)


@given(
    st.text(alphabet="abcdeéèœçsx '’-,.7", max_size=300),
    st.text(alphabet="abcdeéèsx7", min_size=2, max_size=6),
)
def test_a_passage_is_cut_from_the_text_and_marks_only_what_answers(texte: str, cherche: str) -> None:
    texte = " ".join(texte.split())
    termes = lire(cherche)
    morceaux = couper(texte, termes)
    clair = "".join(m.texte for m in morceaux).removeprefix("… ").removesuffix(" …")
    assert clair in texte
    for morceau in morceaux:
        if morceau.trouve:
            assert any(t.convient(m) for m in mots(morceau.texte) for t in termes)


def test_a_passage_around_the_first_word() -> None:
    texte = "Début sans rapport. " * 20 + "Il existe un œdème pulmonaire. " + "Suite sans rapport. " * 20
    morceaux = couper(texte, lire("oedemes"))
    assert [m.texte for m in morceaux if m.trouve] == ["œdème"]
    assert morceaux[0].texte == "… "
    assert morceaux[-1].texte == " …"
    assert 120 < sum(len(m.texte) for m in morceaux) < 260
    assert couper(texte, lire("hanche")) == ()
