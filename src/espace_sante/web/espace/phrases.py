"""The history in plain sentences, one for each Action × Resultat (rules AUD-05, AUD-06). Pure.

All verbs go with « avoir », so that « Vous avez… » and « Le Dr X a… » share one table. The tables speak to the holder;
for any other reader `tiers` turns them. A sentence always names somebody: no act without an actor.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from espace_sante.documents.nomenclatures import type_document
from espace_sante.kernel.codes import GenreActeur, ModeAcces
from espace_sante.traces.ecriture import PORTE_SECRETE, Action, Resultat
from espace_sante.traces.queries import PORTE_CADRE, TraceVue
from espace_sante.web.espace.noms import personne
from espace_sante.web.espace.raisons import RAISONS
from espace_sante.web.espace.signes import ICONES
from espace_sante.web.espace.tierce_personne import tiers

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
    Action.EXPORT_DEMANDE: "demandé une copie de votre espace",
    Action.EXPORT_PRET: "préparé la copie de votre espace",
    Action.EXPORT_TELECHARGE: "téléchargé la copie de votre espace",
    Action.EXPORT_DETRUIT: "détruit la copie de votre espace, comme prévu",
    Action.EXPORT_TRACES: "téléchargé l’historique des accès",
    Action.COPIE_PROPOSEE: "proposé de prendre une copie de votre espace avant qu’il soit effacé",
    Action.EXTRACTION_ACCORDEE: "accepté la lecture automatique de vos documents",
    Action.EXTRACTION_RETIREE: "refusé la lecture automatique de vos documents",
    Action.EFFACEMENT: "effacé le contenu de votre dossier",
    Action.REGISTRE: "établi la liste des dossiers touchés par un incident",
    Action.SUPPRESSION: "supprimé {doc}",
    Action.SUPPRESSION_ANNULEE: "repris {doc}, qui avait été supprimé",
    Action.DESTRUCTION: "détruit le contenu d’un document supprimé : {doc}",
    Action.ARCHIVAGE: "archivé {doc}",
    Action.DESARCHIVAGE: "sorti {doc} des archives",
    Action.CONFIDENTIALITE: "changé qui peut voir {doc}",
    Action.LEVEE_ANNONCE: "rendu {doc} visible pour vous, après une consultation",
    Action.VISIBILITE_AUTOMATIQUE: "rendu {doc} visible pour vous, un mois après son dépôt",
    Action.REGLAGE_CONFIDENTIALITE: "choisi qui voit vos nouveaux documents",
    Action.BLOCAGE: "bloqué un professionnel ou un établissement",
    Action.DEBLOCAGE: "débloqué un professionnel ou un établissement",
    Action.ADMINISTRATEUR: "changé qui administre votre dossier avec vous",
    Action.EXCLUSION: "changé qui, dans une équipe de soins, peut lire votre dossier",
    Action.REGLAGE: "changé un de vos choix en cas d’urgence",
    Action.CODE_ACCES: "créé ou utilisé un code d’accès",
    Action.URGENCE: "ouvert votre dossier en urgence",
    Action.SIGNALEMENT: "envoyé un signalement ou une demande",
    Action.SUITE_SIGNALEMENT: "traité votre signalement ou votre demande",
    Action.RANGEMENT: "rangé vos documents",
    Action.ALTERATION: "changé l’historique des accès",
    Action.REPRISE: "repris votre espace depuis un autre service",
    Action.PERIME: "indiqué que {doc} n’est plus à jour",
    Action.EXPLICATION: "lu une demande d’explication, ou y a répondu",
    Action.OPERATION: "fait un acte de gestion",
    Action.JETON: "reçu un droit d’accès pour un logiciel",
    Action.LOGICIEL: "changé un logiciel autorisé",
    Action.PARTAGE: "partagé {doc}",
    Action.RETRAIT_PARTAGE: "cessé de partager {doc}",
    Action.INSI: "vérifié votre identité auprès du service national (INSi)",
    Action.IDENTITE: "mis à jour votre identité",
    Action.LIEN_FRANCECONNECT: "relié FranceConnect à votre espace",
    Action.CERCLE: "lu la liste des personnes qui vous suivent",
    Action.MESURES_LUES: "lu vos mesures de santé",
    Action.MESURE_AJOUTEE: "ajouté une mesure de santé",
    Action.MESURE_CHANGEE: "changé une mesure de santé",
    Action.MESURE_SUPPRIMEE: "supprimé une mesure de santé",
    Action.APPAIRAGE: "relié un service à votre espace",
    Action.APPAIRAGE_CHANGE: "changé ce que peut faire un service relié",
    Action.APPAIRAGE_RETRAIT: "retiré un service de votre espace",
    Action.APPAIRAGE_ACCES: "utilisé son accès à votre espace",
    Action.ABONNEMENT: "demandé à être prévenu de vos nouveaux documents",
    Action.ANNONCE_DOCUMENT: "appris qu’un nouveau document était dans votre dossier : {doc}",
    Action.PROPOSITION_CERCLE: "proposé une personne pour votre suivi",
    Action.CHOIX_ETABLISSEMENT: "transmis les choix que vous avez faits dans son établissement",
    Action.RENDEZ_VOUS_AJOUT: "mis un rendez-vous dans votre agenda",
    Action.RENDEZ_VOUS_CHANGEMENT: "changé un rendez-vous de votre agenda",
    Action.RENDEZ_VOUS_LECTURE: "consulté des rendez-vous de votre agenda",
    Action.PLANNING: "changé un planning de rendez-vous",
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
    Action.EXPORT_DEMANDE: "demandé une copie de votre espace",
    Action.EXPORT_PRET: "essayé de préparer la copie de votre espace",
    Action.EXPORT_TELECHARGE: "demandé à télécharger la copie de votre espace",
    Action.EXPORT_DETRUIT: "essayé de détruire la copie de votre espace",
    Action.EXPORT_TRACES: "demandé à télécharger l’historique des accès",
    Action.COPIE_PROPOSEE: "essayé de proposer une copie de votre espace",
    Action.EXTRACTION_ACCORDEE: "voulu accepter la lecture automatique de vos documents",
    Action.EXTRACTION_RETIREE: "voulu refuser la lecture automatique de vos documents",
    Action.EFFACEMENT: "voulu effacer le contenu de votre dossier",
    Action.REGISTRE: "voulu établir la liste des dossiers touchés par un incident",
    Action.SUPPRESSION: "voulu supprimer {doc}",
    Action.SUPPRESSION_ANNULEE: "voulu reprendre {doc}",
    Action.DESTRUCTION: "essayé de détruire le contenu d’un document supprimé",
    Action.ARCHIVAGE: "voulu archiver {doc}",
    Action.DESARCHIVAGE: "voulu sortir {doc} des archives",
    Action.CONFIDENTIALITE: "voulu changer qui peut voir {doc}",
    Action.LEVEE_ANNONCE: "voulu rendre {doc} visible pour vous",
    Action.VISIBILITE_AUTOMATIQUE: "essayé de rendre {doc} visible pour vous",
    Action.REGLAGE_CONFIDENTIALITE: "voulu choisir qui voit vos nouveaux documents",
    Action.BLOCAGE: "voulu bloquer quelqu’un",
    Action.DEBLOCAGE: "voulu débloquer quelqu’un",
    Action.ADMINISTRATEUR: "voulu changer qui administre votre dossier",
    Action.EXCLUSION: "voulu changer une équipe de soins",
    Action.REGLAGE: "voulu changer un de vos choix en cas d’urgence",
    Action.CODE_ACCES: "tapé un code d’accès qui n’était pas le bon",
    Action.URGENCE: "demandé à ouvrir votre dossier en urgence",
    Action.SIGNALEMENT: "voulu envoyer un signalement ou une demande",
    Action.SUITE_SIGNALEMENT: "voulu traiter votre signalement ou votre demande",
    Action.RANGEMENT: "voulu ranger vos documents",
    Action.ALTERATION: "essayé de changer l’historique des accès",
    Action.REPRISE: "essayé de reprendre des documents",
    Action.PERIME: "voulu indiquer que {doc} n’est plus à jour",
    Action.EXPLICATION: "voulu répondre à une demande d’explication",
    Action.OPERATION: "voulu faire un acte de gestion",
    Action.JETON: "demandé un droit d’accès pour un logiciel",
    Action.LOGICIEL: "voulu changer un logiciel autorisé",
    Action.PARTAGE: "voulu partager {doc}",
    Action.RETRAIT_PARTAGE: "voulu cesser de partager {doc}",
    Action.INSI: "voulu vérifier votre identité auprès du service national (INSi)",
    Action.IDENTITE: "voulu mettre à jour votre identité",
    Action.LIEN_FRANCECONNECT: "voulu relier FranceConnect à votre espace",
    Action.CERCLE: "voulu lire la liste des personnes qui vous suivent",
    Action.MESURES_LUES: "voulu lire vos mesures de santé",
    Action.MESURE_AJOUTEE: "voulu ajouter une mesure de santé",
    Action.MESURE_CHANGEE: "voulu changer une mesure de santé",
    Action.MESURE_SUPPRIMEE: "voulu supprimer une mesure de santé",
    Action.APPAIRAGE: "reçu la demande d’un service",
    Action.APPAIRAGE_CHANGE: "voulu changer ce que peut faire un service relié",
    Action.APPAIRAGE_RETRAIT: "voulu retirer un service de votre espace",
    Action.APPAIRAGE_ACCES: "voulu utiliser un accès à votre espace",
    Action.ABONNEMENT: "voulu être prévenu de vos nouveaux documents",
    Action.ANNONCE_DOCUMENT: "voulu apprendre qu’un nouveau document était dans votre dossier",
    Action.PROPOSITION_CERCLE: "voulu proposer une personne pour votre suivi",
    Action.CHOIX_ETABLISSEMENT: "voulu transmettre vos choix",
    Action.RENDEZ_VOUS_AJOUT: "voulu mettre un rendez-vous dans votre agenda",
    Action.RENDEZ_VOUS_CHANGEMENT: "voulu changer un rendez-vous de votre agenda",
    Action.RENDEZ_VOUS_LECTURE: "demandé des rendez-vous de votre agenda",
    Action.PLANNING: "voulu changer un planning de rendez-vous",
}
_RAISON_AUTRE = "les conditions d’accès n’étaient pas réunies"
PRECISIONS = {
    (Action.APPAIRAGE_RETRAIT, "jeton_rendu"): "rendu un accès à votre espace",
    (Action.HISTORIQUE, "siens"): "consulté les traces de ses propres actes dans votre dossier",
    (
        Action.CONSENTEMENT,
        "ponctuel",
    ): "enregistré votre accord pour ouvrir votre dossier lors de cette consultation",
    (
        Action.CONSENTEMENT,
        "equipe",
    ): "enregistré votre accord pour que toute son équipe de soins ouvre votre dossier",
    (Action.CONSENTEMENT, "confrere"): "enregistré votre accord pour qu’un confrère ouvre votre dossier",
    (Action.DEPOT, "message"): "rangé {doc}, reçu dans un message",
    (
        Action.DEPOT,
        "noms_differents",
    ): "ajouté {doc} à vos documents : votre nom y est écrit autrement que dans votre espace",
    (
        Action.REMPLACEMENT,
        "noms_differents",
    ): "remplacé un document par {doc} : votre nom y est écrit autrement que dans votre espace",
    (Action.ABONNEMENT, "change"): "changé sa demande d’être prévenu de vos nouveaux documents",
    (Action.ABONNEMENT, "supprime"): "demandé à ne plus être prévenu de vos nouveaux documents",
    (Action.ABONNEMENT, "eteint"): "perdu le droit d’être prévenu de vos nouveaux documents",
    (Action.ABONNEMENT, "en_erreur"): "manqué les avis de vos nouveaux documents : ils sont arrêtés",
    (Action.PROPOSITION_CERCLE, "acceptee"): "accepté une personne proposée pour votre suivi",
    (Action.PROPOSITION_CERCLE, "refusee"): "refusé une personne proposée pour votre suivi",
    (Action.PROPOSITION_CERCLE, "retiree"): "retiré sa proposition d’une personne pour votre suivi",
    (
        Action.CHOIX_ETABLISSEMENT,
        "opposition",
    ): "transmis votre refus que cet établissement ajoute des documents",
    (Action.RANGEMENT, "dossier_cree"): "créé un dossier pour ranger vos documents",
    (Action.RANGEMENT, "dossier_renomme"): "changé le nom d’un de vos dossiers",
    (Action.RANGEMENT, "dossier_supprime"): "supprimé un de vos dossiers, sans toucher à ses documents",
    (Action.RANGEMENT, "deplace"): "rangé des documents dans un de vos dossiers",
    (Action.RANGEMENT, "racine"): "sorti des documents d’un de vos dossiers",
    (Action.RANGEMENT, "epingle"): "épinglé un document",
    (Action.RANGEMENT, "desepingle"): "retiré l’épingle d’un document",
    (Action.LISTE, "partage"): "consulté la liste des documents que vous lui avez partagés",
    (Action.LECTURE, "partage"): "ouvert {doc}, que vous lui avez partagé",
    (Action.TELECHARGEMENT, "partage"): "téléchargé {doc}, que vous lui avez partagé",
    (Action.RENDEZ_VOUS_CHANGEMENT, "annulation"): "annulé un rendez-vous de votre agenda",
    (Action.RENDEZ_VOUS_CHANGEMENT, "erreur"): "retiré un rendez-vous mis par erreur dans votre agenda",
    (Action.RENDEZ_VOUS_CHANGEMENT, "masque"): "masqué un rendez-vous de votre agenda",
    (Action.RENDEZ_VOUS_CHANGEMENT, "montre"): "remis un rendez-vous masqué dans votre agenda",
    (Action.RENDEZ_VOUS_CHANGEMENT, "note"): "changé la note d’un rendez-vous de votre agenda",
    (Action.RENDEZ_VOUS_LECTURE, "un"): "ouvert un rendez-vous de votre agenda",
    (Action.BLOCAGE, "administrateur"): "bloqué un professionnel pour vous",
}
_EN_URGENCE = {
    ModeAcces.BRIS_DE_GLACE.value: "en urgence",
    ModeAcces.CENTRE_15.value: "pour un appel au 15",
}
_PORTES = {
    "web": "par le site",
    PORTE_CADRE: "par le site",
    "fhir": "par un logiciel de santé",
    PORTE_SECRETE: "par un logiciel de santé, en connexion secrète",
    "cli": "par un traitement automatique",
}
# Which service, or which kind of data, is kept where other acts name a document.
_D_UN_SERVICE = frozenset({
    Action.APPAIRAGE, Action.APPAIRAGE_CHANGE, Action.APPAIRAGE_RETRAIT, Action.APPAIRAGE_ACCES,
    Action.MESURES_LUES, Action.MESURE_AJOUTEE, Action.MESURE_CHANGEE, Action.MESURE_SUPPRIMEE,
})  # fmt: skip
_AVEC_QUELQU_UN = frozenset({Action.PARTAGE, Action.RETRAIT_PARTAGE})
_SUR_UN_DOCUMENT = frozenset({
    Action.LECTURE, Action.TELECHARGEMENT, Action.DEPOT, Action.REMPLACEMENT, Action.MASQUAGE, Action.DEMASQUAGE,
    Action.SUPPRESSION_ANNULEE, Action.ARCHIVAGE, Action.DESARCHIVAGE, Action.CONFIDENTIALITE, Action.LEVEE_ANNONCE,
    Action.VISIBILITE_AUTOMATIQUE, Action.PARTAGE, Action.RETRAIT_PARTAGE, Action.PERIME,
    Action.ANNONCE_DOCUMENT,
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
    mien: bool = False

    @property
    def texte(self) -> str:
        return f"{self.sujet} {self.avant}{self.document}{self.apres}"


@dataclass(frozen=True, slots=True)
class Lecteur:
    """Who reads: his own acts are told as « Vous avez… » (AUD-10). `identifiant`: what traces name him by."""

    genre: GenreActeur
    identifiant: str = ""

    def est(self, trace: TraceVue) -> bool:
        """Whether he did it. A record has one holder."""
        if trace.acteur_genre != self.genre:
            return False
        return self.genre is GenreActeur.TITULAIRE or trace.acteur_id == self.identifiant


LE_TITULAIRE = Lecteur(GenreActeur.TITULAIRE)


def phrase(trace: TraceVue, lecteur: Lecteur = LE_TITULAIRE) -> Phrase:
    """What happened, in French, from one trace, for the one who reads it."""
    action, refus = Action(trace.action), trace.resultat == Resultat.REFUS
    moi, titulaire = lecteur.est(trace), lecteur.genre is GenreActeur.TITULAIRE
    corps = REFUS[action] if refus else PRECISIONS.get((action, trace.motif), FAITS[action])
    if action in _AVEC_QUELQU_UN and trace.motif and not refus:
        corps += f" avec {personne(trace.motif)}"
    if action in _D_UN_SERVICE and trace.document_titre:
        corps += f"\u00a0: {trace.document_titre}"
    if action is Action.CONSENTEMENT and trace.motif == "confrere" and trace.document_titre:
        corps += f"\u00a0: {personne(trace.document_titre)}"
    urgence = _EN_URGENCE.get(trace.mode)
    corps += f" {urgence}" if urgence else ""
    fin = f". Demande refusée\u00a0: {RAISONS.get(trace.motif, _RAISON_AUTRE)}." if refus else "."
    sujet = "Vous" if moi else _sujet(trace)
    if not titulaire:
        du_titulaire = trace.acteur_genre == GenreActeur.TITULAIRE
        corps = tiers(corps, par_le_titulaire=du_titulaire, par_le_lecteur=moi)
        sujet, fin = sujet if moi else tiers(sujet), tiers(fin)
    avant, nomme, apres = f"{'avez' if moi else 'a'} {corps}".partition("{doc}")
    ouvrable = titulaire and not refus and action in _SUR_UN_DOCUMENT and bool(trace.document_ids)
    return Phrase(
        sujet=sujet,
        avant=avant,
        document=_document(trace) if nomme else "",
        apres=apres + fin,
        document_id=trace.document_ids[0] if ouvrable else None,
        refus=refus,
        lieu="" if moi and titulaire else _lieu(trace),
        icone="alerte" if refus else ICONES[action],
        mien=moi,
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
        case GenreActeur.DELEGUE:
            return f"{nom}, qui vous aide," if nom else "Une personne qui vous aide"
        case GenreActeur.ENROLEMENT:
            return "L’inscription des assurés" + (f" ({nom})" if nom else "")
        case GenreActeur.TITULAIRE:
            return "Le patient"
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
