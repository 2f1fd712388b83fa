"""The history in plain sentences, one for each Action × Resultat (rules AUD-05, AUD-06). Pure.

All verbs go with « avoir », so that « Vous avez… » and « Le Dr X a… » share one table; possessives
always speak to the holder. A sentence always names somebody: no act without an actor.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from espace_sante.documents.nomenclatures import type_document
from espace_sante.kernel.codes import GenreActeur, ModeAcces
from espace_sante.traces.ecriture import Action, Resultat
from espace_sante.traces.queries import PORTE_CADRE, TraceVue
from espace_sante.web.espace.noms import personne

# `{doc}` is where the document is named.
FAITS = {
    Action.EXISTENCE: "vérifié si vous avez un espace santé",
    Action.OUVERTURE: "ouvert votre dossier",
    Action.LISTE: "consulté la liste de vos documents",
    Action.LECTURE: "ouvert {doc}",
    Action.TELECHARGEMENT: "téléchargé {doc}",
    Action.DEPOT: "ajouté {doc} à vos documents",
    Action.REMPLACEMENT: "remplacé un document par une nouvelle version : {doc}",
    Action.MASQUAGE: "masqué {doc} aux professionnels de santé",
    Action.DEMASQUAGE: "rendu {doc} visible aux professionnels de santé",
    Action.CONSENTEMENT: "enregistré votre accord pour ouvrir votre dossier",
    Action.RETRAIT_CONSENTEMENT: "retiré un accord qui permettait d’ouvrir votre dossier",
    Action.HISTORIQUE: "consulté l’historique des accès",
    Action.CONNEXION: "ouvert votre espace",
    Action.IDENTITE_ECARTEE: "cherché un autre patient, vu votre identité et refermé la page. Rien n’a été ouvert",
}
REFUS = {
    Action.EXISTENCE: "demandé si vous avez un espace santé",
    Action.OUVERTURE: "demandé à ouvrir votre dossier",
    Action.LISTE: "demandé la liste de vos documents",
    Action.LECTURE: "demandé à ouvrir {doc}",
    Action.TELECHARGEMENT: "demandé à télécharger {doc}",
    Action.DEPOT: "voulu ajouter {doc} à vos documents",
    Action.REMPLACEMENT: "voulu remplacer un document",
    Action.MASQUAGE: "voulu masquer {doc}",
    Action.DEMASQUAGE: "voulu rendre {doc} visible aux professionnels de santé",
    Action.CONSENTEMENT: "voulu enregistrer votre accord pour ouvrir votre dossier",
    Action.RETRAIT_CONSENTEMENT: "voulu retirer un accord",
    Action.HISTORIQUE: "demandé l’historique des accès",
    Action.CONNEXION: "essayé d’ouvrir votre espace",
    Action.IDENTITE_ECARTEE: "cherché un autre patient et vu votre identité",
}
RAISONS = {
    "authentification_insuffisante": "la connexion n’était pas assez sûre",
    "dossier_indisponible": "votre dossier n’était pas disponible",
    "ins_non_qualifiee": "votre identité n’avait pas été vérifiée",
    "consentement_absent": "votre accord n’était pas enregistré",
    "habilitation_absente": "cette profession ne peut pas lire ce dossier",
    "consentement_interdit": "l’accord ne pouvait pas être enregistré de cette façon",
    "equipe_inconnue": "ce professionnel ne fait pas partie de cette équipe de soins",
    "aucun_dossier": "votre dossier n’était pas ouvert",
    "dossier_ferme": "votre dossier était fermé",
    "alimentation_interdite": "cette personne ne peut pas ajouter de document",
    "deposant_inconnu": "l’auteur de l’envoi n’était pas reconnu",
    "auteur_manquant": "le document ne nommait pas le professionnel responsable",
    "unique_id_utilise": "ce document avait déjà été déposé",
    "remplacement_inconnu": "le document à remplacer n’existe pas",
    "deja_remplace": "le document avait déjà été remplacé",
    "non_auteur": "seul l’auteur d’un document peut le remplacer",
    "document_introuvable": "ce document n’est pas ouvert à cette personne",
}
ICONES = {
    Action.EXISTENCE: "recherche",
    Action.OUVERTURE: "cadenas-ouvert",
    Action.LISTE: "document",
    Action.LECTURE: "oeil",
    Action.TELECHARGEMENT: "telecharger",
    Action.DEPOT: "deposer",
    Action.REMPLACEMENT: "remplace",
    Action.MASQUAGE: "oeil-barre",
    Action.DEMASQUAGE: "oeil",
    Action.CONSENTEMENT: "coche",
    Action.RETRAIT_CONSENTEMENT: "fermer",
    Action.HISTORIQUE: "historique",
    Action.CONNEXION: "connexion",
    Action.IDENTITE_ECARTEE: "personne",
}
_RAISON_AUTRE = "les conditions d’accès n’étaient pas réunies"
_PRECISIONS = {
    (
        Action.CONSENTEMENT,
        "ponctuel",
    ): "enregistré votre accord pour ouvrir votre dossier lors de cette consultation",
    (
        Action.CONSENTEMENT,
        "equipe",
    ): "enregistré votre accord pour que toute son équipe de soins ouvre votre dossier",
}
_EN_URGENCE = {
    ModeAcces.BRIS_DE_GLACE.value: "en urgence",
    ModeAcces.CENTRE_15.value: "pour un appel au 15",
}
_PORTES = {
    "web": "par le site",
    PORTE_CADRE: "par le site",
    "fhir": "par un logiciel de santé",
    "cli": "par un traitement automatique",
}
_SUR_UN_DOCUMENT = frozenset({
    Action.LECTURE, Action.TELECHARGEMENT, Action.DEPOT, Action.REMPLACEMENT, Action.MASQUAGE, Action.DEMASQUAGE,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Phrase:
    """One sentence in pieces, so that a page can mark who and which document."""

    sujet: str
    avant: str
    document: str
    apres: str
    document_id: UUID | None
    refus: bool
    lieu: str
    icone: str

    @property
    def texte(self) -> str:
        return f"{self.sujet} {self.avant}{self.document}{self.apres}"


def phrase(trace: TraceVue) -> Phrase:
    """What happened, in French, from one trace."""
    action, refus = Action(trace.action), trace.resultat == Resultat.REFUS
    moi = trace.acteur_genre == GenreActeur.TITULAIRE
    corps = REFUS[action] if refus else _PRECISIONS.get((action, trace.motif), FAITS[action])
    urgence = _EN_URGENCE.get(trace.mode)
    corps += f" {urgence}" if urgence else ""
    fin = f". Demande refusée\u00a0: {RAISONS.get(trace.motif, _RAISON_AUTRE)}." if refus else "."
    avant, nomme, apres = f"{'avez' if moi else 'a'} {corps}".partition("{doc}")
    ouvrable = not refus and action in _SUR_UN_DOCUMENT and bool(trace.document_ids)
    return Phrase(
        sujet="Vous" if moi else _sujet(trace),
        avant=avant,
        document=_document(trace) if nomme else "",
        apres=apres + fin,
        document_id=trace.document_ids[0] if ouvrable else None,
        refus=refus,
        lieu="" if moi else _lieu(trace),
        icone="alerte" if refus else ICONES[action],
    )


def acteur(trace: TraceVue) -> str:
    """Who acted, alone: « Le Dr Anne Morel, médecin à Caen »."""
    return "Vous" if trace.acteur_genre == GenreActeur.TITULAIRE else _sujet(trace)


def _sujet(trace: TraceVue) -> str:
    nom, numero = trace.acteur_nom.strip(), trace.acteur_id.strip()
    match trace.acteur_genre:
        case GenreActeur.PROFESSIONNEL:
            if not nom:
                nom = f"Un professionnel de santé (RPPS {numero})" if numero else "Un professionnel"
            else:
                dit = personne(nom)
                nom = dit[:1].upper() + dit[1:]
            return nom + _apposition(_minuscule(trace.profession.strip()), trace.structure_commune)
        case GenreActeur.STRUCTURE:
            nom = nom or trace.structure_nom.strip() or numero
            return (
                f"L’établissement {nom}" + _apposition("", trace.structure_commune)
                if nom
                else "Un établissement"
            )
        case GenreActeur.ASSURANCE_MALADIE:
            return "L’Assurance maladie"
        case GenreActeur.SERVICE:
            nom = nom or trace.logiciel_nom.strip() or numero
            return f"Le service {nom}" if nom else "Un service"
        case GenreActeur.OPERATEUR:
            return "L’assistance" + (f" ({nom})" if nom else "")
    return "Le système" + (f" ({nom})" if nom else "")


def _apposition(profession: str, commune: str) -> str:
    """`, médecin à Caen,`: closed by a comma, the verb follows."""
    mots = " ".join(m for m in (profession, _a(commune.strip())) if m)
    return f", {mots}," if mots else ""


def _a(commune: str) -> str:
    """`à Caen`, `au Mans`, `aux Ulis`."""
    for article, contracte in (("Le ", "au "), ("Les ", "aux ")):
        if commune.startswith(article):
            return contracte + commune[len(article) :]
    return f"à {commune}" if commune else ""


def _minuscule(texte: str) -> str:
    """`Masseur-Kinésithérapeute` as in a sentence; `ERM` stays as it is."""
    return re.sub(r"\b[A-ZÀ-Ý](?=[a-zà-ÿ-])", lambda lettre: lettre[0].lower(), texte)


def _lieu(trace: TraceVue) -> str:
    """From where: structure, then door and software."""
    logiciel = trace.logiciel_nom or trace.logiciel
    porte = f"avec le logiciel «\u00a0{logiciel}\u00a0»" if logiciel else _PORTES.get(trace.porte, "")
    structure = trace.structure_nom if trace.acteur_genre == GenreActeur.PROFESSIONNEL else ""
    return ", ".join(m for m in (structure, porte) if m)


def _document(trace: TraceVue) -> str:
    if trace.document_titre:
        return f"«\u00a0{trace.document_titre}\u00a0»"
    connu = type_document(trace.document_type)
    return f"«\u00a0{connu.libelle}\u00a0»" if connu else "un document"
