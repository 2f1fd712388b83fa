"""The five DICAH letters in words: what each asks, how it stands, what to do next (ACC-02).

Says no more than the decision: a letter that was not examined gets no explanation.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from espace_sante.acces.dicah import Decision, EtatConsentement, EtatLettre, Lettre
from espace_sante.identite.acteurs import Acteur

_NOMS = {
    Lettre.A: "Authentification",
    Lettre.D: "Dossier",
    Lettre.I: "Identité INS",
    Lettre.C: "Consentement",
    Lettre.H: "Habilitation",
}
MOTS = {
    EtatLettre.TENUE: "tenue",
    EtatLettre.MANQUANTE: "manquante",
    EtatLettre.NON_EXAMINEE: "non examinée",
}
_TENUES = {
    Lettre.A: "Vous êtes identifié avec deux facteurs.",
    Lettre.D: "Un dossier est ouvert pour cette personne.",
    Lettre.I: "Matricule vérifié, personne confirmée par vous.",
    Lettre.C: "Un consentement est en cours pour vous ou votre équipe.",
    Lettre.H: "La matrice ouvre des types de documents à votre profession.",
}

_PARTAGE = (
    "Aucun consentement n’est en cours, mais la personne vous a partagé des documents. Vous ne verrez qu’eux."
)


@dataclass(frozen=True, slots=True)
class Tuile:
    """One letter as a tile (`composants/dicah.html`): word for the state, a sentence, and the next step if there is one."""

    lettre: str
    nom: str
    etat: str
    mot: str
    texte: str
    suite: str


def tuiles(decision: Decision, acteur: Acteur, autorisation: str = "") -> tuple[Tuile, ...]:
    """The five tiles in the order A D I C H. `autorisation` is what the existence test said (ACC-06)."""
    toutes = [_tuile(lettre, etat, acteur, autorisation) for lettre, etat in decision.lettres]
    if decision.par_partage:
        toutes = [replace(t, texte=_PARTAGE) if t.lettre == Lettre.C.value else t for t in toutes]
    if decision.etat(Lettre.H) is EtatLettre.MANQUANTE:
        # A consent would open nothing: it is not a step to take.
        toutes = [replace(t, suite="") if t.lettre == Lettre.C.value else t for t in toutes]
    return tuple(toutes)


def _tuile(lettre: Lettre, etat: EtatLettre, acteur: Acteur, autorisation: str) -> Tuile:
    texte, suite = "", ""
    if etat is EtatLettre.TENUE:
        texte = _TENUES[lettre]
    elif etat is EtatLettre.MANQUANTE:
        texte, suite = _manque(lettre, acteur, autorisation)
    return Tuile(lettre.value, _NOMS[lettre], etat.value, MOTS[etat], texte, suite)


def _manque(lettre: Lettre, acteur: Acteur, autorisation: str) -> tuple[str, str]:
    match lettre:
        case Lettre.A:
            return (
                "Vous n’êtes pas identifié avec deux facteurs, ou l’annuaire ne connaît pas d’exercice en cours.",
                "Déconnectez-vous, puis reconnectez-vous avec votre carte CPS ou votre e\u2011CPS.",
            )
        case Lettre.D:
            return (
                "Il n’y a pas de dossier à lire pour cette personne.",
                "Vérifiez le matricule INS avec la personne. Continuez vos soins sans ce dossier.",
            )
        case Lettre.I:
            return (
                "La personne n’est pas confirmée.",
                "Saisissez de nouveau le matricule INS, puis confirmez la personne qui est devant vous.",
            )
        case Lettre.C:
            if autorisation == EtatConsentement.EXPIREE.value:
                return "Le dernier consentement a pris fin.", "Recueillez un nouveau consentement."
            return (
                "Aucun consentement n’est en cours pour vous ni pour votre équipe.",
                "Demandez son accord à la personne, puis enregistrez-le.",
            )
        case Lettre.H:
            profession = acteur.profession_libelle or "votre profession"
            return (
                f"La matrice d’habilitation n’ouvre aucun document à la profession « {profession} ».",
                "Vous pouvez alimenter le dossier, mais pas le lire.",
            )
