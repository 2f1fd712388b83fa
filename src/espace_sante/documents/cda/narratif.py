"""Narrative blocks of a CDA made into safe HTML (rules CDA-35, CDA-36, CDA-39).

Elements are built one by one; no attribute is copied as it is, no markup is ever joined as text.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from lxml import etree

from espace_sante.documents.cda.images import adresse_du_media
from espace_sante.documents.cda.lire import NS
from espace_sante.documents.cda.personnes import attribut, chercher, premier, texte

_STYLES: Final = {
    "bold": ("strong",),
    "bolditalics": ("strong", "em"),
    "emphasis": ("em",),
    "italics": ("em",),
    "underline": ("u",),
}
# A narrative block is a few levels deep; below this only the text is kept, for Python's stack.
_PROFONDEUR_MAX: Final = 60
_ALIGNEMENTS: Final = {"right": "cda-droite", "center": "cda-centre"}
_CELLULES_MAX: Final = 100


class Narratif:
    """Renders the `text` blocks of one document: footnotes are numbered over the whole of it."""

    def __init__(self, medias: dict[str, etree._Element]) -> None:
        self._medias = medias
        self._numeros: dict[str, int] = {}
        self._notes: list[etree._Element] = []
        self._nombre = 0
        self._sujet = ""
        self._profondeur = 0

    def bloc(self, source: etree._Element, cible: etree._Element, sujet: str) -> None:
        """Render one `text` into `cible`; its footnotes come at its end. `sujet` names its tables."""
        self._sujet = sujet
        self._notes = []
        for rang, note in enumerate(source.iter(f"{{{NS}}}footnote"), start=self._nombre + 1):
            self._numeros.setdefault(attribut(note, "ID"), rang)
        self._contenu(source, cible)
        if self._notes:
            liste = etree.SubElement(
                cible, "ol", {"class": "cda-notes", "start": str(self._nombre - len(self._notes) + 1)}
            )
            liste.extend(self._notes)

    def _contenu(self, source: etree._Element, cible: etree._Element) -> None:
        if self._profondeur >= _PROFONDEUR_MAX:
            ecrire(cible, texte(source))
            return
        self._profondeur += 1
        ecrire(cible, source.text)
        for enfant in source:
            self._element(enfant, cible)
            ecrire(cible, enfant.tail)
        self._profondeur -= 1

    def _element(self, source: etree._Element, cible: etree._Element) -> None:
        balise = _nom_local(source)
        regle = _REGLES.get(balise)
        if regle is not None:
            regle(self, source, cible)
        else:
            # CDA-35: an unknown tag is shown by its text only.
            self._contenu(source, etree.SubElement(cible, _SIMPLES.get(balise, "span")))

    def _mise_en_forme(self, source: etree._Element, cible: etree._Element) -> None:
        cible = _styler(source, cible)
        revise = {"delete": "del", "insert": "ins"}.get(attribut(source, "revised"), "span")
        self._contenu(source, etree.SubElement(cible, revise))

    def _saut(self, source: etree._Element, cible: etree._Element) -> None:
        etree.SubElement(cible, "br")

    def _rien(self, source: etree._Element, cible: etree._Element) -> None:
        """Column groups only carry a layout; captions are taken by what they caption."""

    def _lien(self, source: etree._Element, cible: etree._Element) -> None:
        adresse = _adresse_web(attribut(source, "href"))
        if not adresse:
            self._contenu(source, etree.SubElement(cible, "span"))
            return
        lien = etree.SubElement(
            cible, "a", {"href": adresse, "target": "_blank", "rel": "noopener noreferrer"}
        )
        self._contenu(source, lien)
        etree.SubElement(lien, "span", {"class": "visually-hidden"}).text = " (nouvel onglet)"

    def _liste(self, source: etree._Element, cible: etree._Element) -> None:
        legende = premier(source, "caption")
        if legende is not None:
            self._contenu(legende, etree.SubElement(cible, "p", {"class": "cda-legende"}))
        liste = etree.SubElement(cible, "ol" if attribut(source, "listType") == "ordered" else "ul")
        for article in chercher(source, "item"):
            self._contenu(article, etree.SubElement(liste, "li"))

    def _media(self, source: etree._Element, cible: etree._Element) -> None:
        legende = texte(premier(source, "caption"))
        boite = etree.SubElement(cible, "span", {"class": "cda-media"})
        for reference in attribut(source, "referencedObject").split():
            element = self._medias.get(reference)
            adresse, media = adresse_du_media(element) if element is not None else ("", "")
            if adresse:
                etree.SubElement(boite, "img", {"src": adresse, "alt": legende or "Image jointe au document"})
            else:
                genre = "PDF " if media == "application/pdf" else ""
                avis = etree.SubElement(boite, "span", {"class": "cda-piece"})
                avis.text = f"Fichier {genre}joint, à ouvrir dans le document d’origine."
        if legende:
            etree.SubElement(boite, "span", {"class": "cda-legende"}).text = legende

    def _note(self, source: etree._Element, cible: etree._Element) -> None:
        self._nombre += 1
        numero = str(self._nombre)
        self._renvoi(numero, cible, {"id": f"cda-renvoi-{numero}"})
        note = etree.Element("li", {"id": f"cda-note-{numero}"})
        self._notes.append(note)
        self._contenu(source, note)
        retour = etree.SubElement(note, "a", {"href": f"#cda-renvoi-{numero}"})
        retour.text = f" Retour au renvoi {numero}"

    def _reference_note(self, source: etree._Element, cible: etree._Element) -> None:
        numero = self._numeros.get(attribut(source, "IDREF"))
        if numero is not None:
            self._renvoi(str(numero), cible, {})

    def _renvoi(self, numero: str, cible: etree._Element, attributs: dict[str, str]) -> None:
        lien = etree.SubElement(
            etree.SubElement(cible, "sup"), "a", {"href": f"#cda-note-{numero}", **attributs}
        )
        lien.text = f"Note {numero}"

    def _tableau(self, source: etree._Element, cible: etree._Element) -> None:
        legende = premier(source, "caption")
        nom = texte(legende) or self._sujet
        # A wide table scrolls in its own frame, which the keyboard must reach (CDA-39).
        cadre = etree.SubElement(
            cible,
            "div",
            {"class": "cda-tableau", "role": "region", "tabindex": "0", "aria-label": f"Tableau : {nom}"},
        )
        tableau = etree.SubElement(cadre, "table")
        if legende is not None:
            self._contenu(legende, etree.SubElement(tableau, "caption"))
        for partie in source:
            balise = _nom_local(partie)
            if balise in ("thead", "tbody", "tfoot"):
                corps = etree.SubElement(tableau, balise)
                for ligne in chercher(partie, "tr"):
                    self._ligne(ligne, corps, entete=balise == "thead")
            elif balise == "tr":
                self._ligne(partie, tableau, entete=False)

    def _ligne(self, source: etree._Element, corps: etree._Element, *, entete: bool) -> None:
        ligne = etree.SubElement(corps, "tr")
        cellules = [c for c in source if _nom_local(c) in ("th", "td")]
        # A row made only of headers heads columns, wherever it stands.
        entete = entete or all(_nom_local(c) == "th" for c in cellules)
        for cellule in cellules:
            balise = _nom_local(cellule)
            etendue = _etendue(cellule, "colspan")
            attributs = {n: v for n in ("colspan", "rowspan") if (v := _etendue(cellule, n))}
            if balise == "th":
                attributs["scope"] = ("colgroup" if etendue else "col") if entete else "row"
            if attribut(cellule, "align").lower() in _ALIGNEMENTS:
                attributs["class"] = _ALIGNEMENTS[attribut(cellule, "align").lower()]
            self._contenu(cellule, _styler(cellule, etree.SubElement(ligne, balise, attributs)))


def ecrire(cible: etree._Element, chaine: str | None) -> None:
    """Add text at the end of an element."""
    if not chaine:
        return
    dernier = next(cible.iterchildren(reversed=True), None)
    if dernier is None:
        cible.text = (cible.text or "") + chaine
    else:
        dernier.tail = (dernier.tail or "") + chaine


def _styler(source: etree._Element, cible: etree._Element) -> etree._Element:
    """Where to write inside `cible` so that the style codes show, each as an element of its own."""
    for mot in attribut(source, "styleCode").lower().split():
        for balise in _STYLES.get(mot, ()):
            cible = etree.SubElement(cible, balise)
    return cible


def _nom_local(element: etree._Element) -> str:
    """The name of a narrative tag; empty for another namespace, which is unknown here."""
    espace, _, nom = str(element.tag).rpartition("}")
    return nom if espace == f"{{{NS}" else ""


def _adresse_web(adresse: str) -> str:
    """An http(s) address without white space; empty for anything else (CDA-36)."""
    serree = "".join(adresse.split())
    try:
        parties = urlsplit(serree)
    except ValueError:
        return ""
    return serree if parties.scheme in ("http", "https") and parties.netloc else ""


def _etendue(cellule: etree._Element, nom: str) -> str:
    valeur = attribut(cellule, nom)
    return valeur if valeur.isascii() and valeur.isdigit() and 1 < int(valeur) <= _CELLULES_MAX else ""


_SIMPLES: Final = {"paragraph": "p", "sub": "sub", "sup": "sup"}
_REGLES: Final[dict[str, Callable[[Narratif, etree._Element, etree._Element], None]]] = {
    "content": Narratif._mise_en_forme,
    "br": Narratif._saut,
    "linkHtml": Narratif._lien,
    "list": Narratif._liste,
    "table": Narratif._tableau,
    "renderMultiMedia": Narratif._media,
    "footnote": Narratif._note,
    "footnoteRef": Narratif._reference_note,
    "col": Narratif._rien,
    "colgroup": Narratif._rien,
}
