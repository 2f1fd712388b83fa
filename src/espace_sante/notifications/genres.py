"""The catalogue of notices: what the holder reads in his space, and what leaves it. Pure.

What leaves (e-mail) says that something happened and nothing else: no title, no type, no author, no health data
(rules DOC-66, REG-12). There is one outside text by family, without any field to fill.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass


class Categorie(enum.StrEnum):
    """What the holder may switch off, one by one; `TOUJOURS` cannot be (rule DOC-67)."""

    DOCUMENTS = "documents"
    DEMANDES = "demandes"
    RENDEZ_VOUS = "rendez_vous"
    TOUJOURS = "toujours"


class Genre(enum.StrEnum):
    """Every kind of notice."""

    DOCUMENT_AJOUTE = "document_ajoute"
    DOCUMENT_MODIFIE = "document_modifie"
    DOCUMENT_SUPPRIME = "document_supprime"
    DOCUMENT_VISIBLE = "document_visible"
    DOSSIER_MIS_A_JOUR = "dossier_mis_a_jour"
    PREMIER_ACCES = "premier_acces"
    ACCES_URGENCE = "acces_urgence"
    CODES_BLOQUES = "codes_bloques"
    ADMINISTRATEUR = "administrateur"
    ACCORD_CONFRERE = "accord_confrere"
    CERCLE_PROPOSE = "cercle_propose"
    BLOCAGE = "blocage"
    EXPORT_PRET = "export_pret"
    EXPORT_ECHEC = "export_echec"
    EXPORT_TELECHARGE = "export_telecharge"
    SUITE_DEMANDE = "suite_demande"
    EXPLICATION_DEMANDEE = "explication_demandee"
    APPAIRAGE = "appairage"
    APPAIRAGE_COUPE = "appairage_coupe"
    RENDEZ_VOUS_AJOUTE = "rendez_vous_ajoute"
    RENDEZ_VOUS_CHANGE = "rendez_vous_change"
    RENDEZ_VOUS_ANNULE = "rendez_vous_annule"
    COPIE_PROPOSEE = "copie_proposee"


@dataclass(frozen=True, slots=True)
class Exterieur:
    """An outside message, always the same words."""

    sujet: str
    phrase: str


@dataclass(frozen=True, slots=True)
class Fiche:
    """One kind: `phrase` has fields filled from the details; `plusieurs` serves several documents at once."""

    categorie: Categorie
    phrase: str
    exterieur: Exterieur
    icone: str
    plusieurs: str = ""
    groupe: bool = False


_DOCUMENTS = Exterieur(
    "Du nouveau dans votre espace santé", "Le contenu de votre espace santé a changé."
)  # fmt: skip
_ACCES = Exterieur(
    "Un accès à votre espace santé", "Un professionnel a ouvert votre dossier pour la première fois."
)
_URGENCE = Exterieur(
    "Un accès à vérifier dans votre espace santé",
    "Votre dossier a été ouvert sans votre accord, comme la loi le permet dans certains cas.",
)
_DEMANDE = Exterieur("Votre demande avance", "Une de vos demandes a avancé.")
_SURETE = Exterieur("À vérifier dans votre espace santé", "Votre espace santé vous demande une vérification.")
_ACCORD = Exterieur(
    "Un nouvel accord dans votre espace santé", "Un accord pour lire votre dossier a été enregistré."
)
_PROPOSITION = Exterieur(
    "Une réponse vous est demandée", "Une demande attend votre réponse dans votre espace santé."
)
_A_JOUR = Exterieur("Votre espace santé a été mis à jour", "Votre espace santé a été mis à jour.")
_AGENDA = Exterieur("Du nouveau dans votre agenda", "Votre agenda a changé.")

FICHES: Mapping[Genre, Fiche] = {
    Genre.DOCUMENT_AJOUTE: Fiche(
        Categorie.DOCUMENTS, "{qui} a ajouté {document} à vos documents.", _DOCUMENTS, "deposer",
        plusieurs="{qui} a ajouté {nombre} documents à votre espace.", groupe=True,
    ),
    Genre.DOCUMENT_MODIFIE: Fiche(
        Categorie.DOCUMENTS, "{qui} a modifié {document}.", _DOCUMENTS, "remplace",
        plusieurs="{qui} a modifié {nombre} de vos documents.", groupe=True,
    ),
    Genre.DOCUMENT_SUPPRIME: Fiche(
        Categorie.DOCUMENTS, "{qui} a retiré {document} de vos documents.", _DOCUMENTS, "fermer",
        plusieurs="{qui} a retiré {nombre} de vos documents.", groupe=True,
    ),
    Genre.DOCUMENT_VISIBLE: Fiche(
        Categorie.DOCUMENTS, "Vous pouvez maintenant lire {document}.", _DOCUMENTS, "oeil"
    ),
    # DOC-48: no title, no type, no author, even inside the space.
    Genre.DOSSIER_MIS_A_JOUR: Fiche(
        Categorie.TOUJOURS,
        "Votre dossier a été mis à jour. Parlez-en avec un professionnel de santé, d’abord avec votre médecin traitant.",
        _A_JOUR, "info",
    ),
    Genre.PREMIER_ACCES: Fiche(
        Categorie.TOUJOURS, "{qui}{lieu} a ouvert votre dossier pour la première fois.", _ACCES, "cadenas-ouvert"
    ),
    Genre.ACCES_URGENCE: Fiche(
        Categorie.TOUJOURS, "{qui}{lieu} a ouvert votre dossier en urgence. Raison donnée\u00a0: {motif}",
        _URGENCE, "alerte",
    ),
    Genre.CODES_BLOQUES: Fiche(
        Categorie.TOUJOURS,
        "Quelqu’un a essayé plusieurs codes d’accès faux. Les codes sont bloqués pendant une heure.",
        _SURETE, "alerte",
    ),
    Genre.ADMINISTRATEUR: Fiche(
        Categorie.TOUJOURS, "{qui} {changement} administrateur de votre dossier.", _SURETE, "personne"
    ),
    Genre.BLOCAGE: Fiche(
        Categorie.TOUJOURS, "{qui} a bloqué {personne} pour vous. Vous pouvez lever ce blocage.", _SURETE, "cadenas"
    ),
    Genre.ACCORD_CONFRERE: Fiche(
        Categorie.TOUJOURS,
        "{qui} a enregistré votre accord pour que {confrere} lise votre dossier. Vous pouvez retirer cet accord.",
        _ACCORD, "coche",
    ),
    Genre.CERCLE_PROPOSE: Fiche(
        Categorie.DEMANDES,
        "{qui}{lieu} vous propose d’autoriser {personne}. Tant que vous n’acceptez pas, rien ne change.",
        _PROPOSITION, "personne",
    ),
    Genre.EXPORT_PRET: Fiche(
        Categorie.TOUJOURS, "La copie de votre espace est prête. Vous pouvez la télécharger.", _DEMANDE, "telecharger"
    ),
    Genre.EXPORT_ECHEC: Fiche(
        Categorie.TOUJOURS,
        "La copie de votre espace n’a pas pu être préparée. Rien n’est perdu\u00a0: demandez-en une autre.",
        _DEMANDE, "alerte",
    ),
    Genre.EXPORT_TELECHARGE: Fiche(
        Categorie.TOUJOURS, "La copie de votre espace a été téléchargée. Si ce n’est pas vous, changez votre mot de passe.",
        _SURETE, "telecharger",
    ),
    Genre.COPIE_PROPOSEE: Fiche(
        Categorie.TOUJOURS,
        "Le contenu de votre espace va être effacé, comme vous l’avez demandé. Avant, vous pouvez en prendre une copie"
        "\u00a0: ouvrez «\u00a0Mes données et mes droits\u00a0».",
        _SURETE, "telecharger",
    ),
    Genre.SUITE_DEMANDE: Fiche(
        Categorie.DEMANDES, "Votre demande {numero} avance\u00a0: {etape}.", _DEMANDE, "info"
    ),
    Genre.APPAIRAGE: Fiche(
        Categorie.TOUJOURS,
        "Le service {service} est maintenant relié à votre espace."
        " Si ce n’est pas vous, retirez-le dans «\u00a0Mes services\u00a0».",
        _SURETE, "cadenas-ouvert",
    ),
    Genre.APPAIRAGE_COUPE: Fiche(
        Categorie.TOUJOURS,
        "Nous avons coupé un accès du service {service}, par sécurité\u00a0: quelqu’un a pu le copier."
        " Pour continuer, reliez-le de nouveau.",
        _SURETE, "alerte",
    ),
    # AGD-39: neither who is seen, nor where, nor why.
    Genre.RENDEZ_VOUS_AJOUTE: Fiche(
        Categorie.RENDEZ_VOUS, "{qui} a mis un rendez-vous dans votre agenda.", _AGENDA, "agenda", groupe=True
    ),
    Genre.RENDEZ_VOUS_CHANGE: Fiche(
        Categorie.RENDEZ_VOUS, "{qui} a changé un rendez-vous de votre agenda.", _AGENDA, "agenda", groupe=True
    ),
    Genre.RENDEZ_VOUS_ANNULE: Fiche(
        Categorie.RENDEZ_VOUS, "{qui} a annulé un rendez-vous de votre agenda.", _AGENDA, "agenda", groupe=True
    ),
    # To a professional, in the portal (AUD-19): it leaves for nobody.
    Genre.EXPLICATION_DEMANDEE: Fiche(
        Categorie.DEMANDES, "Une explication est demandée.", _DEMANDE, "info"
    ),
}  # fmt: skip

LIBELLES = {
    Categorie.DOCUMENTS: "Quand quelqu’un ajoute, modifie ou retire un document",
    Categorie.DEMANDES: "Quand une de mes demandes avance",
    Categorie.RENDEZ_VOUS: "Quand un rendez-vous de mon agenda est mis, changé ou annulé",
}
_DEFAUTS = {
    "qui": "Un professionnel de santé",
    "document": "un document",
    "nombre": "plusieurs",
    "lieu": "",
    "motif": "non précisée.",
    "changement": "est maintenant",
    "confrere": "un confrère",
    "personne": "un professionnel de santé",
    "numero": "",
    "service": "choisi",
    "etape": "une nouvelle étape est faite",
}


class _Remplis(dict[str, str]):
    def __missing__(self, nom: str) -> str:
        return _DEFAUTS[nom]


def phrase(genre: Genre, details: Mapping[str, str]) -> str:
    """The sentence of a notice in the space; a detail that was not given has a plain default."""
    fiche = FICHES[genre]
    dits = _Remplis({nom: valeur for nom, valeur in details.items() if valeur})
    qui = dits.get("qui", "")
    if qui.startswith(("Dr ", "Pr ")):
        dits["qui"] = f"Le {qui}"
    if (confrere := dits.get("confrere", "")).startswith(("Dr ", "Pr ")):
        dits["confrere"] = f"le {confrere}"
    if titre := details.get("titre"):
        dits["document"] = f"«\u00a0{titre}\u00a0»"
    if (structure := details.get("structure")) and structure != qui:
        dits["lieu"] = f" ({structure})"
    if motif := details.get("motif"):
        dits["motif"] = motif if motif.endswith((".", "!", "?")) else f"{motif}."
    modele = fiche.plusieurs if fiche.plusieurs and details.get("nombre", "1") != "1" else fiche.phrase
    return modele.format_map(dits)


def exterieur(genre: Genre, adresse: str) -> tuple[str, str]:
    """Subject and text of the outside message. `adresse` is the home of the space, the same for everybody."""
    dehors = FICHES[genre].exterieur
    texte = (
        f"Bonjour,\n\n{dehors.phrase}\nConnectez-vous pour en savoir plus\u00a0: {adresse}\n\n"
        "Ce message ne contient aucune donnée de santé. Ne répondez pas à ce message.\n"
    )
    return dehors.sujet, texte


def a_envoyer(genre: Genre, coupees: frozenset[str]) -> bool:
    """Whether a notice may leave, given the categories that the holder switched off (rules DOC-65, DOC-67)."""
    categorie = FICHES[genre].categorie
    return categorie is Categorie.TOUJOURS or categorie.value not in coupees
