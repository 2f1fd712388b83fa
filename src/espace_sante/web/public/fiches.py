"""The help pages (rule PRX-45): their addresses and titles; texts are in `public/aide/<adresse>.html`."""

from __future__ import annotations

from typing import NamedTuple

from django.urls import reverse


class Fiche(NamedTuple):
    """One help page; its text is in `public/aide/<adresse>.html`."""

    adresse: str
    titre: str
    resume: str
    icone: str


FICHES = (
    Fiche(
        "qui-voit-mes-donnees",
        "Qui peut voir mes données\u00a0?",
        "Les professionnels, vos choix, vos proches.",
        "oeil",
    ),
    Fiche(
        "ancien-dmp",
        "Que devient mon ancien DMP\u00a0?",
        "Vos anciens documents et comment les retrouver.",
        "document",
    ),
    Fiche(
        "etre-aide", "Comment me faire aider\u00a0?", "Au guichet, avec un proche, ou seul chez vous.", "aide"
    ),
)
PAR_ADRESSE = {f.adresse: f for f in FICHES}


class CarteAide(NamedTuple):
    """A way to a help page (component `cartes`)."""

    titre: str
    detail: str
    url: str
    icone: str


def cartes_d_aide(sauf: str = "") -> list[CarteAide]:
    """Every help page, but the one that is shown."""
    return [
        CarteAide(f.titre, f.resume, reverse("web:aide_fiche", args=[f.adresse]), f.icone)
        for f in FICHES
        if f.adresse != sauf
    ]
