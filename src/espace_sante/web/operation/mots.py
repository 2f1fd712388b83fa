"""The words of the back office for codes of the rooms below."""

from __future__ import annotations

from espace_sante.acces.signalements import LIBELLES as SUIVIS
from espace_sante.traces.signalements import Etape, Nature

NATURES = {
    Nature.ACCES: "Accès anormal",
    Nature.DOCUMENT: "Document signalé",
    Nature.RECTIFICATION: "Demande de correction",
}
RAISONS = {
    "autre_personne": "il concerne une autre personne",
    "erreur": "il contient une erreur",
    "inapproprie": "il n’a pas sa place ici",
}
ETATS = {
    Etape.RECU: "Nouveau",
    Etape.JUSTIFICATION: "Explication demandée",
    Etape.REPONDU: "Répondu",
    Etape.REFUSE: "Non accepté",
    Etape.COMPTE_SUSPENDU: "Compte suspendu",
    Etape.TRANSMIS: "Transmis aux autorités",
    Etape.NOTE_JOINTE: "Note du titulaire jointe",
    Etape.CLOS: "Terminé",
}
GESTES = {
    Etape.JUSTIFICATION: "Demander une explication au professionnel",
    Etape.REPONDU: "Répondre",
    Etape.REFUSE: "Ne pas accepter",
    Etape.COMPTE_SUSPENDU: "Noter que le compte est suspendu",
    Etape.TRANSMIS: "Noter la transmission aux autorités",
    Etape.CLOS: "Terminer",
}
REGLES = {
    "beaucoup": "Beaucoup de dossiers en une heure",
    "meme_nom": "Dossiers de personnes du même nom",
    "urgences": "Beaucoup d’accès en urgence en 30 jours",
    "horaires": "Accès hors des heures habituelles",
}
MODES = {
    "bris_de_glace": "Urgence (bris de glace)",
    "centre_15": "Régulation (centre 15)",
    "normal": "Accès ordinaire",
}
AVIS = {
    "justifie": "Justifié",
    "a_justifier": "À justifier par le professionnel",
    "anormal": "Anormal",
}
SUITES_ALERTE = {
    "expliquee": "Expliquée par le professionnel ou sa structure",
    "signalee": "Signalée à la structure, à l’ordre ou aux autorités",
    "sans_suite": "Sans suite",
}
DEMANDES = {
    "charger": "Chargement d’un fichier",
    "revenir": "Retour à une édition",
    "approuver": "Approbation",
    "compter": "Comptage",
}
ACTES = {
    "connexion": "Connexion",
    "enrolement": "Première connexion",
    "matrice_charger": "Fichier de matrice proposé",
    "matrice_revenir": "Retour à une édition proposé",
    "matrice_approuver": "Approbation d’une édition",
    "matrice_compter": "Comptage des dossiers touchés",
    "signalement_lu": "Signalement lu",
    "urgence_revue": "Accès en urgence revu",
    "alerte_traitee": "Alerte traitée",
    "identite_demandee": "Identité demandée",
    "identite_repondue": "Identité reçue",
    "etat_du_profil": "État d’un espace",
    "identite_chercher": "Recherche d’une identité",
    "identite_insi": "Interrogation d’INSi",
    "identite_retenir": "Identité d’INSi enregistrée",
    "identite_piece": "Pièce d’identité vue",
    "identite_marquer": "Doute posé sur une identité",
    "identite_lever": "Doute levé sur une identité",
    "logiciel_accepte": "Logiciel accepté",
    "logiciel_refuse": "Logiciel non accepté",
}
REPONSES_LOGICIEL = {"accord": "Accepter l’inscription", "refus": "Ne pas accepter"}
ETATS_LOGICIEL = {
    "test": "En essai",
    "production": "En production",
    "suspendu": "Suspendu",
    "ferme": "Fermé",
}
REFUS_LOGICIEL = {
    "refusee": "Non accepté",
    "structure_inconnue": "Non inscrit : structure inconnue de l’annuaire",
    "oid_pris": "Non inscrit : OID d’un autre service",
    "dn_pris": "Non inscrit : certificat d’un autre logiciel",
    "operateur_inconnu": "Non inscrit : le compte qui a accepté est fermé",
}
INSTANCES = {
    "production": "Production",
    "demonstration": "Démonstration",
    "test": "Essai",
}


def acte(code: str) -> str:
    """What an act was, for the operator's own list; a step of a report by its name, a page refused by its address."""
    if code in ACTES:
        return ACTES[code]
    etape = code.removeprefix("signalement_")
    return f"Signalement : {etat(Etape(etape)).lower()}" if etape in set(Etape) else f"Page {code}"


def etat(etape: Etape) -> str:
    """Where a report stands, for a list."""
    return ETATS.get(etape) or SUIVIS[etape].capitalize()
