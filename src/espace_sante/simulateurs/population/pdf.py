"""The PDF/A-1 of a document of level N1, laid out by typst with our template.

typst is given the document's own date, so the same document gives the same bytes. Only the
fonts that typst carries are used: no font of the machine can change a page.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

import typst

from espace_sante.simulateurs.population.contenu import Bloc, Corps, Liste, Paragraphe
from espace_sante.simulateurs.population.entete import Entete

_GABARIT = Path(__file__).with_name("gabarit.typ")
_COULEURS = ("#1c5d6b", "#2d5b8a", "#6b3f63", "#2f6b45", "#7a4a26", "#3d4a8a")


def pdf_a1(entete: Entete, corps: Corps) -> bytes:
    """The document as a PDF/A-1b file."""
    m = entete.moment
    donnees = {
        "titre": entete.titre,
        "date": [m.year, m.month, m.day, m.hour, m.minute, m.second],
        "le": f"{m:%d/%m/%Y à %H h %M}",
        "couleur": _COULEURS[int(entete.structure.id) % len(_COULEURS)],
        "structure": entete.structure.nom,
        "adresse": entete.structure.adresse.ligne,
        "telephone": _par_deux(entete.structure.telephone),
        "signataire": entete.signataire,
        "qualite": entete.qualite,
        "numero": f"RPPS {entete.auteur.rpps}" if entete.auteur else "",
        "patient": f"{entete.titulaire.civilite} {entete.titulaire.affichage}",
        "naissance": "/".join(reversed(entete.titulaire.traits.date_naissance.split("-"))),
        "ins": entete.titulaire.ins.matricule,
        "sections": [{"titre": s.titre, "blocs": [_bloc(b) for b in s.blocs]} for s in corps],
    }
    contenu = _compilateur().compile(
        sys_inputs={"d": _insecables(json.dumps(donnees, ensure_ascii=False))},
        format="pdf",
        pdf_standards="a-1b",
        pdf_tags=False,
    )
    if not isinstance(contenu, bytes):  # several files only for image formats
        raise TypeError("typst did not give one file")
    return contenu


@lru_cache(maxsize=1)
def _compilateur() -> typst.Compiler:
    """One compiler a process: fonts and template are read once."""
    return typst.Compiler(_GABARIT, root=_GABARIT.parent, ignore_system_fonts=True)


def _bloc(bloc: Bloc) -> dict[str, object]:
    if isinstance(bloc, Paragraphe):
        return {"genre": "p", "texte": bloc.texte, "fort": bloc.fort}
    if isinstance(bloc, Liste):
        return {"genre": "l", "elements": bloc.elements}
    return {
        "genre": "t",
        "entetes": bloc.entetes,
        "lignes": bloc.lignes,
        "saillantes": sorted(bloc.saillantes),
    }


def _insecables(texte: str) -> str:
    """French puts a space before these signs; a line must not begin with them."""
    for signe in "%:;?»":
        texte = texte.replace(f" {signe}", f"\u00a0{signe}")
    return texte


def _par_deux(telephone: str) -> str:
    return " ".join(telephone[i : i + 2] for i in range(0, len(telephone), 2))
