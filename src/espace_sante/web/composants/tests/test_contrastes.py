"""Contrast of the theme, computed from the tokens: 7:1 for body, 4.5:1 for text, 3:1 for signs and borders."""

from __future__ import annotations

import pytest

from espace_sante.web.composants.tests.couleurs import contraste, jeu

JEUX = ("clair", "sombre choisi", "sombre préféré")
SOLS = ("papier", "surface", "creux")
TEINTES = ("action-doux", "attention-doux", "danger-doux", "fait-doux")
PERSONNES = [f"personne-{n}" for n in range(1, 9)]

CORPS = [("encre", sol) for sol in (*SOLS, *TEINTES, *(f"{p}-doux" for p in PERSONNES))] + [
    ("encre-douce", sol) for sol in SOLS
]
TEXTE = (
    [(ton, sol) for ton in ("action", "action-fort", "danger", "fait", "attention") for sol in SOLS]
    + [(ton, f"{ton}-doux") for ton in ("action", "attention", "danger", "fait")]
    + [
        ("action-fort", "action-doux"),
        ("sur-action", "action"),
        ("sur-action", "action-fort"),
        ("papier", "danger"),
    ]
    + [("encre-douce", teinte) for teinte in (*TEINTES, *(f"{p}-doux" for p in PERSONNES))]
    + [("action", f"{p}-doux") for p in PERSONNES]
    + [("sur-action", p) for p in PERSONNES]
    + [(p, "papier") for p in PERSONNES]
)
SIGNES = [
    *(("controle", sol) for sol in (*SOLS, "action-doux")),
    ("attention-signe", "attention-doux"),
    ("attention-signe", "papier"),
]


@pytest.mark.parametrize("nom", JEUX)
@pytest.mark.parametrize(
    ("paires", "seuil"), [(CORPS, 7), (TEXTE, 4.5), (SIGNES, 3)], ids=["corps", "texte", "signes"]
)
def test_contraste(nom: str, paires: list[tuple[str, str]], seuil: float) -> None:
    couleurs = jeu(nom)
    trop_faibles = {
        f"{dessus} sur {sol}": round(contraste(couleurs[dessus], couleurs[sol]), 2)
        for dessus, sol in paires
        if contraste(couleurs[dessus], couleurs[sol]) < seuil
    }
    assert not trop_faibles


def test_sombre_ecrit_deux_fois_le_meme() -> None:
    assert jeu("sombre choisi") == jeu("sombre préféré")


def test_clair_et_sombre_nomment_les_memes_couleurs() -> None:
    assert jeu("clair").keys() == jeu("sombre choisi").keys()


def test_contraste_de_reference() -> None:
    assert contraste("#000000", "#ffffff") == pytest.approx(21)
    assert contraste("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
