"""What a professional may do in each state of a space, in words, from the gate's own table (rules ACC-65 to ACC-72)."""

from __future__ import annotations

from typing import Final, NamedTuple

from espace_sante.acces import etats
from espace_sante.acces.etats import Geste
from espace_sante.kernel.codes import EtatProfil as E

COLONNES: Final = (
    ("Activé", (E.ACTIVE,)),
    ("Ouvert, pas encore activé", (E.CREE_AUTO,)),
    ("Refusé", (E.OPPOSE,)),
    ("Fermé", (E.CLOTURE, E.SUPPRIME)),
    ("Pas encore proposé", (E.NON_NOTIFIE, E.NOTIFIE)),
    ("Suspendu", (E.SUSPENDU,)),
)
LIGNES: Final = {
    Geste.ALIMENTER: "Ajouter un document",
    Geste.LIRE: "Lire vos documents, avec votre accord et selon sa profession",
    Geste.LIRE_REMBOURSEMENTS: "Lire vos remboursements, si vous ne les masquez pas",
    Geste.ECRIRE_AU_TITULAIRE: "Vous envoyer un message",
    Geste.RECEVOIR_DU_TITULAIRE: "Recevoir un message de vous, selon les règles de la messagerie",
    Geste.LIRE_MASQUES: "Lire un document masqué\u00a0: celui qui l’a déposé, votre administrateur, votre médecin traitant",
    Geste.URGENCE: "Ouvrir le dossier en urgence, selon vos trois choix",
    Geste.EXISTENCE: "Savoir si vous avez un dossier. La réponse\u00a0:",
}
_NON: Final = {
    etats.AUCUN: "Non\u00a0: pas de dossier",
    etats.DOSSIER_FERME: "Non\u00a0: dossier fermé",
    etats.INDISPONIBLE: "Non",
    etats.NON_ACTIVE: "Non\u00a0: espace pas encore activé",
    etats.NON_REMIS: "Non\u00a0: le message n’est pas remis",
}
_OUI: Final = {
    "": "Oui",
    etats.REMIS: "Oui",
    etats.EN_ATTENTE: "Oui\u00a0: il attend que vous activiez votre espace",
}
_REPONSES: Final = {
    etats.OUVERT: "Dossier ouvert, espace rattaché",
    etats.FERME: "Dossier fermé, avec la date",
    etats.AUCUN: "Pas de dossier",
    etats.INDISPONIBLE: "Dossier indisponible",
}


class Entete(NamedTuple):
    """A column of `composants/table-triable.html` that does not sort."""

    nom: str
    url: str = ""
    etat: str = ""


def entetes() -> list[Entete]:
    """The acts, then one column by state."""
    return [Entete("Ce qu’un professionnel peut faire"), *(Entete(nom) for nom, _ in COLONNES)]


def lignes() -> list[tuple[str, ...]]:
    """One line by act, in the order of the rulebook."""
    return [
        (libelle, *(mots(geste, etats_[0]) for _, etats_ in COLONNES)) for geste, libelle in LIGNES.items()
    ]


def mots(geste: Geste, etat: E) -> str:
    """One cell."""
    cas = etats.cas(geste, etat)
    if geste is Geste.EXISTENCE:
        return _REPONSES[cas.code]
    return _OUI[cas.code] if cas.permis else _NON[cas.code]
