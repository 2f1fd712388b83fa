"""Display of a CDA as safe, accessible HTML (rules CDA-34 to CDA-36, CDA-38, CDA-39).

The result is a fragment to be served in a sandboxed frame under a strict content security
policy. No stylesheet of the document is run: only the header and the narrative blocks are read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import nh3
from lxml import etree

from espace_sante.documents.cda.entete import lire_entete
from espace_sante.documents.cda.horodatage import PARIS, Horodatage, lire_horodatage
from espace_sante.documents.cda.images import adresse_image, medias_par_id
from espace_sante.documents.cda.lire import CdaInvalide, CdaLu
from espace_sante.documents.cda.modele import EnteteCda, Intervenant, Patient
from espace_sante.documents.cda.n1 import extraire_n1
from espace_sante.documents.cda.narratif import Narratif
from espace_sante.documents.cda.personnes import chercher, lire_code, premier, texte
from espace_sante.documents.nomenclatures import type_document

_JOURS: Final = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MOIS: Final = (
    *("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre"),
    *("octobre", "novembre", "décembre"),
)
_SEXES: Final = {"F": "née le", "M": "né le"}
_LANGUE: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_IMAGE: Final = re.compile(r"data:image/(?:png|jpeg);base64,[A-Za-z0-9+/=]+")
_LIEN: Final = re.compile(r"(?:https?://|#cda-)")
_COMMUNS: Final = {"class", "id", "lang", "role", "tabindex", "aria-label"}
_BALISES: Final = frozenset(
    (
        *("article", "header", "section", "h1", "h2", "h3", "h4", "h5", "h6", "p", "dl", "dt", "dd"),
        *("div", "span", "br", "strong", "em", "u", "del", "ins", "sub", "sup", "a", "img", "pre"),
        *("ul", "ol", "li", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"),
    )
)
_NETTOYEUR: Final = nh3.Cleaner(
    tags=set(_BALISES),
    attributes={
        **{balise: set(_COMMUNS) for balise in _BALISES},
        "a": _COMMUNS | {"href", "target"},
        "img": {"src", "alt"},
        "th": _COMMUNS | {"scope", "colspan", "rowspan"},
        "td": _COMMUNS | {"colspan", "rowspan"},
        "ol": _COMMUNS | {"start"},
    },
    attribute_filter=lambda balise, nom, valeur: _attribut(balise, nom, valeur),
    url_schemes={"http", "https", "data"},
    link_rel="noopener noreferrer",
)


@dataclass(frozen=True, slots=True)
class Affichage:
    """What is known outside the document: its state (CDA-38), and the level of its heading."""

    remplace: bool = False
    archive: bool = False
    masque_ps: bool = False
    niveau_titre: int = 2


def rendre(cda: CdaLu, entete: EnteteCda | None = None, affichage: Affichage | None = None) -> str:
    """The document as an HTML fragment (an `article`). Never raises for what `lire` accepted."""
    entete = entete or lire_entete(cda)
    affichage = affichage or Affichage()
    niveau = min(max(affichage.niveau_titre, 1), 5)
    langue = entete.langue if _LANGUE.fullmatch(entete.langue) else "fr"
    article = etree.Element("article", {"class": "cda", "lang": langue})
    _entete(article, entete, affichage, niveau)
    sections = chercher(cda.racine, "component/structuredBody/component/section")
    narratif = Narratif(medias_par_id(cda.racine))
    for section in sections:
        _section(article, section, narratif, niveau + 1)
    if entete.niveau.startswith("N1"):
        _corps_n1(article, cda.racine)
    return _NETTOYEUR.clean(etree.tostring(article, method="html", encoding="unicode"))


def date_en_mots(horodatage: Horodatage) -> str:
    """« mardi 3 mars 2020 à 14 h 05 », in the time of Paris; only the parts that are known."""
    instant = horodatage.instant.astimezone(PARIS)
    mois = f"{_MOIS[instant.month - 1]} {instant.year}"
    if horodatage.precision == "an":
        return str(instant.year)
    if horodatage.precision == "mois":
        return mois
    jour = f"{_JOURS[instant.weekday()]} {'1er' if instant.day == 1 else instant.day} {mois}"
    return f"{jour} à {instant.hour} h {instant.minute:02d}" if horodatage.precision == "heure" else jour


def _attribut(balise: str, nom: str, valeur: str) -> str | None:
    """Second look at addresses: images inside the page only, links to the web or to a note."""
    if balise == "img" and nom == "src":
        return valeur if _IMAGE.fullmatch(valeur) else None
    if balise == "a" and nom == "href":
        return valeur if _LIEN.match(valeur) else None
    return valeur


def _entete(article: etree._Element, entete: EnteteCda, affichage: Affichage, niveau: int) -> None:
    tete = etree.SubElement(article, "header", {"class": "cda-entete"})
    etree.SubElement(tete, f"h{niveau}").text = entete.titre or "Document sans titre"
    if affichage.remplace:
        _avis(tete, "Ce document a été remplacé par une version plus récente.")
    if affichage.archive:
        _avis(tete, "Ce document est archivé.")
    if affichage.masque_ps:
        _avis(tete, "Ce document est masqué aux professionnels de santé.")
    liste = etree.SubElement(tete, "dl")
    connu = type_document(entete.code.code) if entete.code else None
    _ligne(liste, "Type", connu.libelle if connu else entete.code.libelle if entete.code else "")
    _ligne(liste, "Date", date_en_mots(entete.horodatage) if entete.horodatage else "")
    for intervenant in entete.auteurs:
        _ligne(liste, "Auteur", _auteur(intervenant))
    _ligne(liste, "Structure", entete.depositaire.structure_nom if entete.depositaire else "")
    _ligne(liste, "Personne concernée", _patient(entete.patient) if entete.patient else "")


def _avis(tete: etree._Element, phrase: str) -> None:
    etree.SubElement(tete, "p", {"class": "cda-avis", "role": "note"}).text = phrase


def _ligne(liste: etree._Element, nom: str, valeur: str) -> None:
    if valeur:
        etree.SubElement(liste, "dt").text = nom
        etree.SubElement(liste, "dd").text = valeur


def _auteur(intervenant: Intervenant) -> str:
    auteur = intervenant.auteur
    parties = (
        auteur.affichage,
        auteur.specialite.libelle if auteur.specialite else "",
        auteur.structure_nom if auteur.structure_nom != auteur.affichage else "",
    )
    return ", ".join(partie for partie in parties if partie)


def _patient(patient: Patient) -> str:
    nom = f"{patient.prenoms} {patient.nom_naissance}".strip()
    if patient.nom_utilise and patient.nom_utilise != patient.nom_naissance:
        nom += f" (nom utilisé : {patient.nom_utilise})"
    naissance = lire_horodatage(patient.date_naissance.replace("-", ""))
    if naissance is None:
        return nom
    quand = date_en_mots(naissance)
    if naissance.precision != "jour":
        return f"{nom}, naissance : {quand}"
    # The day of the week of a birth says nothing to anyone.
    return f"{nom}, {_SEXES.get(patient.sexe, 'naissance le')} {quand.partition(' ')[2]}"


def _section(cible: etree._Element, section: etree._Element, narratif: Narratif, niveau: int) -> None:
    code = lire_code(premier(section, "code"))
    titre = texte(premier(section, "title")) or (code.libelle if code else "") or "Partie sans titre"
    boite = etree.SubElement(cible, "section")
    etree.SubElement(boite, f"h{min(niveau, 6)}").text = titre
    bloc, parties = premier(section, "text"), chercher(section, "component/section")
    if bloc is not None:
        narratif.bloc(bloc, etree.SubElement(boite, "div", {"class": "cda-texte"}), titre)
    elif not parties:
        etree.SubElement(boite, "p").text = "Cette partie ne contient pas de texte."
    for partie in parties:
        _section(boite, partie, narratif, niveau + 1)


def _corps_n1(article: etree._Element, racine: etree._Element) -> None:
    try:
        corps = extraire_n1(racine)
    except CdaInvalide:
        etree.SubElement(article, "p").text = "Le fichier contenu dans ce document est illisible."
        return
    image = adresse_image(corps.media, corps.contenu)
    if image:
        etree.SubElement(article, "img", {"src": image, "alt": "Image du document"})
    elif corps.media == "text/plain":
        etree.SubElement(article, "pre").text = _texte_brut(corps.contenu)
    else:
        genre = "PDF" if corps.media == "application/pdf" else "joint"
        etree.SubElement(article, "p").text = f"Ce document est un fichier {genre}."


def _texte_brut(contenu: bytes) -> str:
    try:
        lu = contenu.decode("utf-8")
    except UnicodeDecodeError:
        lu = contenu.decode("cp1252", errors="replace")
    # Characters that XML does not know cannot be put in a tree.
    return "".join(c for c in lu if c >= " " or c in "\t\n\r")
