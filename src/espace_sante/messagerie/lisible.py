"""The copy that people read of each clinical document of a message, for the archive: PDF/A-1b (XDM-11).

Level N1: the file inside, as it is when it is made for the archive, drawn anew when it is not. Level N3: header and
narrative, laid out by our template. The document itself is in the archive beside it, untouched.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from pathlib import Path
from typing import Any, Final

from espace_sante.documents.cda.entete import lire_entete
from espace_sante.documents.cda.lire import CdaInvalide, CdaLu, lire
from espace_sante.documents.cda.modele import EnteteCda
from espace_sante.documents.cda.n1 import CorpsN1, controler_pdf, extraire_n1
from espace_sante.documents.cda.personnes import premier
from espace_sante.documents.cda.rendu import rendre
from espace_sante.documents.plein_texte.rtf import texte_rtf
from espace_sante.messagerie import noeuds
from espace_sante.messagerie.noeuds import Noeud
from espace_sante.platform.images import ImageRefusee, copie_sans_perte
from espace_sante.platform.pdf_a import MiseEnPageImpossible, composer_pdf_a, image_en_pdf_a, pdf_en_pdf_a

_GABARIT: Final = Path(__file__).parent / "gabarits" / "document.typ"
_TEXTE_MAX: Final = 500_000
_PIXEL_EN_POINT: Final = 0.75
_IMAGES: Final = {"image/jpeg": "JPEG", "image/tiff": "TIFF", "image/png": "PNG"}
# Letters that the fonts carried by the typesetter have; another one is shown by a sign, once, in a second try.
_ETRANGER: Final = re.compile(
    "[^\t\n\r\x20-\u024f\u0370-\u04ff\u1e00-\u1eff\u2010-\u2027\u2030-\u205e\u20ac\u2070-\u209c]"
)


def pdf_lisible(contenu: bytes, *, quand: date) -> bytes | None:
    """The readable copy of one CDA; None for what is none, or has nothing that can be shown. `quand`: of the copy."""
    try:
        lu = lire(contenu)
        entete = lire_entete(lu)
        if premier(lu.racine, "component/nonXMLBody/text") is not None:
            return _n1(extraire_n1(lu.racine), entete, quand)
    except CdaInvalide:
        return None
    return _n3(lu, entete, quand)


def _n1(corps: CorpsN1, entete: EnteteCda, quand: date) -> bytes | None:
    if corps.media == "application/pdf":
        # No finding: not encrypted, readable, and it says that it is PDF/A-1.
        return (
            corps.contenu
            if not controler_pdf(corps.contenu)
            else pdf_en_pdf_a(corps.contenu) or corps.contenu
        )
    if corps.media in _IMAGES:
        try:
            return image_en_pdf_a(corps.contenu, _IMAGES[corps.media])  # type: ignore[arg-type]
        except ImageRefusee:
            return None
    if corps.media == "text/rtf":
        texte = texte_rtf(corps.contenu, maximum=_TEXTE_MAX)
    else:
        texte = _decoder(corps.contenu)[:_TEXTE_MAX]
    lignes: list[Noeud] = []
    for rang, ligne in enumerate(texte.splitlines()):
        lignes += [{"g": "br", "c": []}] if rang else []
        lignes.append(ligne)
    return _composer([{"g": "pre", "c": lignes}], [], entete, quand)


def _n3(lu: CdaLu, entete: EnteteCda, quand: date) -> bytes:
    arbre = noeuds.lire(rendre(lu, entete))
    return _composer(arbre.corps, arbre.images, entete, quand)


def _composer(corps: list[Noeud], images: list[tuple[str, bytes]], entete: EnteteCda, quand: date) -> bytes:
    prets: list[bytes] = []
    largeurs: dict[int, tuple[int, float]] = {}
    for rang, (genre, contenu) in enumerate(images):
        try:
            png, largeur = copie_sans_perte(contenu, genre)  # type: ignore[arg-type]
        except ImageRefusee:
            continue
        largeurs[rang] = (len(prets), largeur * _PIXEL_EN_POINT)
        prets.append(png)
    donnees: dict[str, Any] = {
        "titre": entete.titre or "Document",
        "pied": entete.titre or "Document",
        "date": [quand.year, quand.month, quand.day],
        "corps": [_pret(n, largeurs) for n in corps],
    }
    try:
        return composer_pdf_a(_GABARIT, donnees, prets)
    except MiseEnPageImpossible:
        return composer_pdf_a(_GABARIT, _connues(donnees), prets)


def _pret(noeud: Noeud, largeurs: dict[int, tuple[int, float]]) -> Noeud:
    """The tree with the images that can be drawn, and words in the place of the others."""
    if isinstance(noeud, str):
        return _ecrit(noeud)
    if noeud.get("g") == "img":
        if noeud["i"] not in largeurs:
            return "(image illisible)"
        rang, largeur = largeurs[noeud["i"]]
        return {**noeud, "i": rang, "l": largeur}
    return {**noeud, "c": [_pret(n, largeurs) for n in noeud["c"]]}


def _ecrit(texte: str) -> str:
    """Composed, without controls nor private signs, which no archive takes."""
    return "".join(
        c
        for c in unicodedata.normalize("NFC", texte)
        if unicodedata.category(c) not in {"Cc", "Cf", "Co", "Cs", "Cn"}
    )


def _connues(valeur: Any) -> Any:
    if isinstance(valeur, str):
        return _ETRANGER.sub("?", unicodedata.normalize("NFKC", valeur))
    if isinstance(valeur, list):
        return [_connues(v) for v in valeur]
    return {cle: _connues(v) for cle, v in valeur.items()} if isinstance(valeur, dict) else valeur


def _decoder(octets: bytes) -> str:
    try:
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError:
        return octets.decode("cp1252", errors="replace")


def nom_du_pdf(entete_date: date, type_libelle: str, nom: str, prenom: str) -> str:
    """`<date>_<type>_<NOM>_<prenom>.pdf` in plain letters, that no file system nor mail server changes (XDM-11)."""
    parties = (f"{entete_date:%Y%m%d}", _plat(type_libelle)[:60], _plat(nom).upper()[:40], _plat(prenom)[:40])
    return "_".join(p.strip("_") or "X" for p in parties) + ".pdf"


def _plat(texte: str) -> str:
    sans_accent = unicodedata.normalize("NFKD", texte.replace("œ", "oe").replace("Œ", "OE").replace("’", "'"))
    return re.sub("[^A-Za-z0-9-]+", "_", sans_accent.encode("ascii", "ignore").decode())
