"""Invented content of the living page: ordinary, very long, hundreds, none."""

from __future__ import annotations

from typing import Any

from espace_sante.identite.acteurs import Acteur
from espace_sante.kernel.codes import GenreActeur
from espace_sante.web.composants.formulaire import rempli
from espace_sante.web.composants.pagination import paginer

_LONG = (
    "Compte rendu d’hospitalisation en chirurgie orthopédique et traumatologique du membre inférieur "
    "avec suites opératoires, ordonnance de sortie et consignes de rééducation"
)
_NOM_LONG = "Marie-Charlotte-Éléonore de La Rochefoucauld-Montmorency-Vandenbroucke"


def _doc(
    titre: str, type_: str, icone: str, date: str, iso: str, auteur: str, structure: str = "", **plus: Any
) -> dict[str, Any]:
    return {
        "titre": titre, "type": type_, "icone": icone, "date": date, "date_iso": iso,
        "auteur": auteur, "structure": structure, "url": "/composants/document/", **plus,
    }  # fmt: skip


DOCUMENTS = (
    _doc("Analyse de sang", "Compte rendu de biologie", "biologie", "2 mars 2026", "2026-03-02",
         "Laboratoire des Quais", "Caen", nouveau=True),
    _doc("Ordonnance du Dr Morel", "Ordonnance de médicaments", "ordonnance", "24 février 2026", "2026-02-24",
         "Dr Anne Morel", "Cabinet de la Prairie"),
    _doc("Radiographie du poignet gauche", "Compte rendu d’imagerie", "imagerie", "11 janvier 2026", "2026-01-11",
         "Dr Karim Benali", "Centre d’imagerie Saint-Jean", masque=True),
    _doc("Vaccination contre la grippe", "Note de vaccination", "vaccin", "18 octobre 2025", "2025-10-18",
         "Pharmacie du Port"),
    _doc("Lettre de sortie", "Lettre de liaison", "hopital", "6 juin 2025", "2025-06-06",
         "Dr Lucie Fontaine", "CHU de la Côte", masque=True, remplace=True),
)  # fmt: skip
_DOCUMENT_LONG = (
    _doc(_LONG, "Compte rendu d’hospitalisation", "compte-rendu", "mercredi 31 décembre 2025", "2025-12-31",
         f"Dr {_NOM_LONG}", "Groupement hospitalier de territoire Normandie Centre, site de Saint-Martin",
         nouveau=True, masque=True, remplace=True),
)  # fmt: skip
_TITULAIRE = {"nom_complet": "Jeanne Lemoine", "age": 67, "couleur": 2}
_ACTEUR = Acteur(
    genre=GenreActeur.PROFESSIONNEL, nom="Dr Anne Morel", profession_libelle="Médecin généraliste",
    structure_nom="Cabinet de la Prairie", structure_commune="Caen", deux_facteurs=True,
)  # fmt: skip


def _tuile(lettre: str, nom: str, etat: str, mot: str, texte: str = "", suite: str = "") -> dict[str, str]:
    return {"lettre": lettre, "nom": nom, "etat": etat, "mot": mot, "texte": texte, "suite": suite}


_TENUES = (
    _tuile("A", "Authentification", "tenue", "tenue", "Vous êtes identifiée avec deux facteurs."),
    _tuile("D", "Dossier", "tenue", "tenue", "Un dossier est ouvert pour cette personne."),
    _tuile("I", "Identité INS", "tenue", "tenue", "Matricule vérifié, personne confirmée par vous."),
)
_ACCORD_MANQUE = (
    *_TENUES,
    _tuile("C", "Consentement", "manquante", "manquante", "Aucun consentement n’est en cours pour vous.",
           "Demandez son accord à la personne, puis enregistrez-le."),
    _tuile("H", "Habilitation", "tenue", "tenue", "La matrice ouvre des types de documents à votre profession."),
)  # fmt: skip
_IDENTITE_MANQUE = (
    *_TENUES[:2],
    _tuile("I", "Identité INS", "manquante", "manquante", "La personne n’est pas confirmée.",
           "Saisissez de nouveau le matricule INS."),
    _tuile("C", "Consentement", "non_examinee", "non examinée"),
    _tuile("H", "Habilitation", "non_examinee", "non examinée"),
)  # fmt: skip
_JOURNEES = (
    {"titre": "Aujourd’hui", "lignes": (
        {"heure": "14 h 05", "icone": "oeil", "detail": "Cabinet de la Prairie",
         "texte": "Le Dr Anne Morel, médecin généraliste à Caen, a ouvert «\u00a0Analyse de sang du 2 mars\u00a0»."},
        {"heure": "de 9 h 02 à 9 h 40, 3 fois", "icone": "oeil-barre",
         "texte": "Vous avez masqué «\u00a0Radiographie du poignet gauche\u00a0» aux professionnels de santé."},
    )},
    {"titre": "Lundi 2 mars", "lignes": (
        {"heure": "17 h 31", "icone": "deposer", "detail": "par un logiciel de santé",
         "texte": "Le Laboratoire des Quais, à Caen, a ajouté «\u00a0Analyse de sang\u00a0» à vos documents."},
        {"heure": "8 h 12", "refus": True,
         "texte": "Un pharmacien à Bayeux a demandé à ouvrir votre dossier. Demande refusée : votre accord n’était "
                  "pas enregistré."},
    )},
)  # fmt: skip
_COLONNES = (
    {"nom": "Document", "url": "?tri=titre", "etat": "none"},
    {"nom": "Date", "url": "?tri=date", "etat": "descending"},
    {"nom": "Auteur", "url": "?tri=auteur", "etat": "none"},
)
_PUCES = (
    {"libelle": "Tous", "url": "?", "choisie": True, "nombre": 312},
    {"libelle": "Analyses de biologie", "url": "?rubrique=biologie", "icone": "biologie", "nombre": 48},
    {"libelle": "Ordonnances et soins", "url": "?rubrique=ordonnances", "icone": "ordonnance", "nombre": 120},
    {"libelle": "Imagerie", "url": "?rubrique=imagerie", "icone": "imagerie", "nombre": 9},
    {"libelle": "Certificats", "url": "?rubrique=certificats", "icone": "certificat", "nombre": 1},
)
_PAGINATION = paginer(page=4, total=312, par_page=20, nom="documents", adresse=lambda n: f"?page={n}")
_AUTEUR = (
    {"terme": "Auteur", "valeur": "Dr Anne Morel, médecin généraliste"},
    {"terme": "Structure", "valeur": "Cabinet de la Prairie, Caen"},
    {"terme": "Fait le", "valeur": "lundi 2 mars 2026 à 17 h 31"},
    {"terme": "Ajouté le", "valeur": "mardi 3 mars 2026 à 8 h 04"},
    {"terme": "Format", "valeur": "PDF, 214 ko"},
)
_SITUATIONS = (
    {"valeur": "1", "libelle": "Médecin généraliste", "detail": "Cabinet de la Prairie, Caen"},
    {"valeur": "2", "libelle": "Médecin salariée", "detail": "CHU de la Côte, Caen"},
    {
        "valeur": "3",
        "libelle": "Médecin coordinatrice",
        "detail": "Situation fermée depuis le 1er janvier",
        "desactive": True,
    },
)
_CARTES = (
    {
        "titre": "Analyses de biologie",
        "detail": "48 documents",
        "url": "/composants/espace/",
        "icone": "biologie",
    },
    {
        "titre": "Ordonnances et soins",
        "detail": "120 documents",
        "url": "/composants/espace/",
        "icone": "ordonnance",
    },
    {"titre": "Imagerie", "detail": "9 documents", "url": "/composants/espace/", "icone": "imagerie"},
    {
        "titre": "Prévention et dépistage",
        "detail": "aucun document",
        "url": "/composants/espace/",
        "icone": "vaccin",
    },
)


def composants() -> dict[str, Any]:
    """Content of the page that shows components one by one."""
    return {
        "formulaire": rempli(), "documents": DOCUMENTS, "document_long": _DOCUMENT_LONG,
        "nom_long": _NOM_LONG, "texte_long": _LONG,
        "tuiles_tenues": (*_TENUES, _tuile("C", "Consentement", "tenue", "tenue", "Consentement de l’équipe, "
                          "jusqu’au 3 mars 2027."), _ACCORD_MANQUE[4]),
        "tuiles_accord": _ACCORD_MANQUE, "tuiles_identite": _IDENTITE_MANQUE,
        "journees": _JOURNEES, "colonnes": _COLONNES, "puces": _PUCES, "pagination": _PAGINATION,
        "premiere_page": paginer(page=1, total=45, par_page=20, nom="accès", adresse=lambda n: f"?page={n}"),
        "auteur": _AUTEUR, "situations": _SITUATIONS, "cartes": _CARTES,
        "ordres": ({"valeur": "recents", "libelle": "Les plus récents d’abord"},
                   {"valeur": "titre", "libelle": "Titre, de A à Z"}),
        "criteres": ({"texte": "9 caractères ou plus", "longueur": 9},
                     {"texte": "Pas un mot de passe courant", "rempli": True}),
        "fil": ({"libelle": "Accueil", "url": "/composants/espace/"}, {"libelle": "Documents", "url": "/composants/espace/"},
                {"libelle": "Analyse de sang du 2 mars"}),
        "fil_long": ({"libelle": "Documents", "url": "/composants/espace/"}, {"libelle": _LONG}),
        "onglets": ({"libelle": "Documents", "url": "#onglets", "choisi": True, "nombre": 312},
                    {"libelle": "Historique", "url": "#onglets"}, {"libelle": "Accords", "url": "#onglets", "nombre": 2}),
        "table_colonnes": ({"nom": "Profession", "url": "?tri=profession", "etat": "ascending"},
                           {"nom": "Types lus", "url": "?tri=types", "etat": "none"}, {"nom": "Édition"}),
        "table_lignes": (("Infirmier", "41", "2026-1"), ("Médecin", "62", "2026-1"), ("Pharmacien", "37", "2026-1")),
        "changements": ("Les professionnels de santé ne verront plus ce document.",
                        "Son auteur et vous pourrez toujours le lire."),
        "traits": ({"terme": "Nom de naissance", "valeur": "LEMOINE"}, {"terme": "Née le", "valeur": "3 mars 1958"},
                   {"terme": "Sexe", "valeur": "féminin"}),
        "couleurs": range(1, 9),
        "niveaux": ("info", "succes", "attention", "danger"),
        "genres": ("principal", "secondaire", "discret", "danger"),
    }  # fmt: skip


def espace(*, autrui: bool = False) -> dict[str, Any]:
    """Content of a holder's page; acting for a child when `autrui`."""
    titulaire = {
        **_TITULAIRE,
        "nom_complet": "Lucas Lemoine",
        "age": 1,
        "couleur": 3,
        "agit_pour": "votre fils",
    }
    return {
        "titulaire": titulaire if autrui else _TITULAIRE, "place": "documents", "documents": DOCUMENTS,
        "colonnes": _COLONNES, "puces": _PUCES, "pagination": _PAGINATION,
    }  # fmt: skip


def pro() -> dict[str, Any]:
    """Content of a professional's page."""
    return {
        "acteur": _ACTEUR, "matrice_illustrative": True, "tuiles": _ACCORD_MANQUE, "documents": DOCUMENTS,
        "colonnes": _COLONNES, "traits": composants()["traits"], "situations": _SITUATIONS,
    }  # fmt: skip


def document() -> dict[str, Any]:
    """Content of a document's page."""
    return {"titulaire": _TITULAIRE, "place": "documents", "auteur": _AUTEUR, "journees": _JOURNEES[:1]}
