"""Rendering of the portal's pages: what all of them show, and the two ways of saying no."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from espace_sante.acces import matrice
from espace_sante.acces.dicah import Decision
from espace_sante.kernel.traits import Traits
from espace_sante.web.espace.calendrier import naissance_en_mots
from espace_sante.web.pro.gardes import RequetePro
from espace_sante.web.pro.lettres import tuiles
from espace_sante.web.pro.patients import Patient
from espace_sante.web.pro.sanctions import sanctions

_SEXES = {"M": "Masculin", "F": "Féminin", "I": "Indéterminé"}


def page(
    request: RequetePro, gabarit: str, contexte: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """A page of the portal, with the sanctions of its footer and the state of the matrix (REG-19, ACC-41)."""
    edition = matrice.en_vigueur()
    commun = {
        "sanctions": sanctions(),
        "edition": edition,
        "matrice_illustrative": edition is None or not edition.officielle,
    }
    return render(request, gabarit, {**commun, **(contexte or {})}, status=status)


def refus(request: RequetePro, decision: Decision, patient: Patient | None = None) -> HttpResponse:
    """A refusal: the five letters, and that the attempt is traced and shown to the holder (ACC-02, ACC-04)."""
    contexte = {
        "tuiles": tuiles(decision, request.acteur, patient.autorisation if patient else ""),
        "code": decision.code,
        "patient": patient,
    }
    return page(request, "pro/refus.html", contexte, status=403)


@dataclass(frozen=True, slots=True)
class Paire:
    """A term and its value, for `composants/definitions.html`."""

    terme: str
    valeur: str


def traits_en_mots(traits: Traits) -> dict[str, str]:
    """Birth date and sex as people read them; an unknown part stays unknown (IDN-11)."""
    return {"naissance": naissance_en_mots(traits.date_naissance), "sexe": _SEXES[traits.sexe]}
