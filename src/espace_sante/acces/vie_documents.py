"""The gate for what happens to a document after its deposit: labels, archive, deletion, announcement.

Doors call this; each act is decided, done and traced in one transaction, refusals included, and the holder is told
of what he may know (rules DOC-29 to DOC-52, DOC-65). Reading goes through `porte` and `mon_espace`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.conf import settings

from espace_sante.acces.dicah import ETATS_OUVERTS
from espace_sante.acces.porte import Cible, open_dossier, resoudre
from espace_sante.acces.queries import portee_et_situation
from espace_sante.acces.secret_mineur import tu_a_l_espace
from espace_sante.documents import queries, regles, vie
from espace_sante.documents.regles import SUPPRIME, Confidentialite, Demandeur
from espace_sante.documents.vie import Etat
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.kernel.codes import GenreActeur
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.notifications.genres import Genre
from espace_sante.notifications.services import deposer as aviser
from espace_sante.traces.ecriture import Acte, Action, Resultat, tracer

MESSAGES = {
    "dossier_indisponible": "Ce dossier n'est pas disponible.",
    "document_introuvable": "Ce document n'est pas disponible.",
    "non_auteur": "Seul l'auteur d'un document, ou sa structure, peut faire ce changement.",
    "changement_par_remplacement": "Votre structure change la confidentialité en déposant une nouvelle version.",
    "etiquette_inconnue": "Cette étiquette de confidentialité n'existe pas.",
    "etiquette_interdite": "Vous ne pouvez pas mettre cette étiquette de confidentialité.",
    "deja_visible": "Le patient voit déjà ce document : il ne peut plus lui être caché.",
    "annonce_requise": "Ce document devient visible après la consultation d'annonce.",
    "masque_du_titulaire": "Le patient a masqué lui-même ce document : lui seul peut le rendre visible.",
    "remplace": "Ce document a été remplacé : agissez sur la nouvelle version.",
    "deja_annonce": "Le patient voit déjà ce document.",
    "trop_de_documents": "Vous pouvez supprimer 10 documents à la fois.",
    "aucun_document": "Choisissez au moins un document.",
    "trop_tard": "Ce document ne peut plus être repris.",
}


_INTERDITS = frozenset(
    {
        "non_auteur",
        "etiquette_interdite",
        "masque_du_titulaire",
        "changement_par_remplacement",
    }
)


class GestionRefusee(EspaceSanteError):
    """An act on a stored document is refused; already traced. The codes are the keys of MESSAGES.

    `interdit`: another might do it, not this actor (403 at every door: rules DOC-31, DOC-34);
    `document_introuvable` and `dossier_indisponible` say no more than an unknown address.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code, MESSAGES[code])
        self.interdit = code in _INTERDITS


def demandeur(acteur: Acteur) -> Demandeur:
    return Demandeur(acteur.genre, acteur.rpps, acteur.structure_id, acteur.mode_authentification)


def actions_permises(acteur: Acteur, vu: queries.DocumentVu) -> frozenset[str]:
    """What this actor may do with a document that he sees: `gerer`, `confidentialite`, `annoncer`.

    What a page offers; the act itself decides again.
    """
    qui = demandeur(acteur)
    provenance = regles.Provenance(
        vu.deposant_genre, vu.deposant_rpps, vu.deposant_structure, vu.auteur_idnat, vu.auteur_structure
    )
    avant = Confidentialite(vu.masque_ps, vu.invisible_patient, vu.invisible_representants, vu.masque_par)
    permises = set()
    if not regles.refus_de_gestion(qui, provenance):
        permises.add("gerer")
        if vu.statut == "current" and not regles.refus_du_changement(qui, provenance, avant, avant):
            permises.add("confidentialite")
    if vu.invisible_patient and acteur.genre is GenreActeur.PROFESSIONNEL:
        permises.add("annoncer")
    return frozenset(permises)


# -- the author, or his structure


def supprimer(acteur: Acteur, cible: Cible, document_id: UUID, *, contexte: Contexte) -> None:
    """Delete, logically, what he or his structure deposited (rules DOC-33, DOC-34). Raises GestionRefusee."""

    def agir(etat: Etat, par: str, quand: datetime) -> str:
        vie.supprimer(etat, par, quand)
        return "" if tu_a_l_espace(etat.dossier_id, etat.confidentialite) else Genre.DOCUMENT_SUPPRIME

    _agir(acteur, cible, document_id, contexte, Action.SUPPRESSION, agir)


def archiver(acteur: Acteur, cible: Cible, document_id: UUID, *, contexte: Contexte, archive: bool) -> None:
    """Take out of ordinary lists, or bring back (rule DOC-37). Idempotent. Raises GestionRefusee."""

    def agir(etat: Etat, par: str, quand: datetime) -> str | None:
        if etat.archive == archive:
            return None
        vie.changer(etat.dossier_id, etat.id, par, quand, archive=archive)
        return "" if tu_a_l_espace(etat.dossier_id, etat.confidentialite) else Genre.DOCUMENT_MODIFIE

    _agir(acteur, cible, document_id, contexte, Action.ARCHIVAGE if archive else Action.DESARCHIVAGE, agir)


def changer_confidentialite(
    acteur: Acteur,
    cible: Cible,
    document_id: UUID,
    *,
    contexte: Contexte,
    masque_ps: bool | None = None,
    invisible_patient: bool | None = None,
    invisible_representants: bool | None = None,
) -> None:
    """Put or lift labels, each apart from the others (rules DOC-32, DOC-38 to DOC-40, DOC-52).

    None leaves a label as it is. Idempotent. Raises GestionRefusee.
    """

    def voulue(avant: Confidentialite, par: str) -> Confidentialite:
        masque = avant.masque_ps if masque_ps is None else masque_ps
        masque_par = avant.masque_par if masque == avant.masque_ps else par if masque else ""
        return Confidentialite(
            masque,
            avant.invisible_patient if invisible_patient is None else invisible_patient,
            avant.invisible_representants if invisible_representants is None else invisible_representants,
            masque_par,
        )

    def juger(qui: Demandeur, etat: Etat) -> str:
        if etat.statut == "superseded":
            return regles.refus_de_gestion(qui, etat.provenance) or "remplace"
        apres = voulue(etat.confidentialite, qui.identifiant)
        return regles.refus_du_changement(qui, etat.provenance, etat.confidentialite, apres)

    def agir(etat: Etat, par: str, quand: datetime) -> str | None:
        apres = voulue(etat.confidentialite, par)
        if apres == etat.confidentialite:
            return None
        vie.changer(
            etat.dossier_id, etat.id, par, quand, masque_ps=apres.masque_ps, masque_par=apres.masque_par,
            invisible_patient=apres.invisible_patient, invisible_representants=apres.invisible_representants,
        )  # fmt: skip
        return "" if tu_a_l_espace(etat.dossier_id, apres) else Genre.DOCUMENT_MODIFIE

    _agir(acteur, cible, document_id, contexte, Action.CONFIDENTIALITE, agir, juger)


def lever_invisibilite(
    acteur: Acteur,
    cible: Cible,
    document_id: UUID,
    *,
    contexte: Contexte,
    identite_qualifiee: bool = False,
) -> None:
    """A professional says that the consultation d'annonce took place: the holder sees the document (rule DOC-47).

    He must be able to read it. Raises AccesRefuse, DocumentIntrouvable, GestionRefusee `deja_annonce`.
    """
    quand = datetime.now(UTC)
    with open_dossier(acteur, cible, contexte=contexte, identite_qualifiee=identite_qualifiee) as ouvert:
        vu = ouvert.document(document_id)
        etat = vie.verrouiller(ouvert.dossier_id, document_id)
        deja = etat is None or not etat.confidentialite.invisible_patient
        if not deja:
            montrer(ouvert.dossier_id, document_id, demandeur(acteur).identifiant, quand)
            tracer(
                ouvert.dossier_id,
                acteur,
                contexte,
                Acte(
                    Action.LEVEE_ANNONCE,
                    document_ids=(document_id,),
                    document_type=vu.type_code,
                    document_titre=vu.titre,
                    matrice_edition=ouvert.edition,
                ),
            )
            if vu.statut == "current":
                aviser(
                    ouvert.dossier_id, Genre.DOCUMENT_VISIBLE, quand, par=acteur, documents=(document_id,),
                    titre=vu.titre,
                )  # fmt: skip
    if deja:
        raise GestionRefusee("deja_annonce")


def montrer(dossier_id: UUID, document_id: UUID, par: str, quand: datetime) -> None:
    """The document is no longer kept from its holder; nothing is left for the daily job."""
    vie.changer(dossier_id, document_id, par, quand, invisible_patient=False)
    for genre in ("avis", "visibilite"):
        vie.faite(dossier_id, document_id, genre)


# -- the holder


def supprimer_les_miens(acteur: Acteur, ids: tuple[UUID, ...], *, contexte: Contexte) -> datetime:
    """The holder deletes what he deposited, ten at once at most, all or nothing (rule DOC-35).

    Returns until when he can bring them back. Raises GestionRefusee.
    """
    quand = datetime.now(UTC)
    fin = regles.fin_du_retour(
        quand,
        retour_jours=settings.ES_SUPPRESSION_RETOUR_J,
        detruire_jours=settings.ES_SUPPRESSION_DETRUIRE_J,
    )
    choisis = tuple(dict.fromkeys(ids))
    with gestion(acteur, acteur.dossier_id, contexte, Action.SUPPRESSION) as dossier_id:
        if not choisis:
            raise GestionRefusee("aucun_document")
        if len(choisis) > regles.SUPPRIMES_A_LA_FOIS:
            raise GestionRefusee("trop_de_documents")
        etats = [_etat(dossier_id, document_id, acteur) for document_id in sorted(choisis)]
        for etat in etats:
            if code := regles.refus_de_gestion(demandeur(acteur), etat.provenance):
                raise GestionRefusee(code)
        for etat in etats:
            vie.supprimer(etat, "titulaire", quand, detruire_le=fin)
            tracer(dossier_id, acteur, contexte, acte_sur(Action.SUPPRESSION, etat))
    return fin


def annuler_suppression(acteur: Acteur, document_id: UUID, *, contexte: Contexte) -> None:
    """The holder brings back what he deleted a few days ago (rule DOC-35). Raises GestionRefusee `trop_tard`."""
    with gestion(acteur, acteur.dossier_id, contexte, Action.SUPPRESSION_ANNULEE) as dossier_id:
        etat = vie.verrouiller(dossier_id, document_id)
        if etat is None:
            raise GestionRefusee("document_introuvable")
        if not vie.retablir(dossier_id, document_id, "titulaire", datetime.now(UTC)):
            raise GestionRefusee("trop_tard")
        tracer(dossier_id, acteur, contexte, acte_sur(Action.SUPPRESSION_ANNULEE, etat))


def suppressions_en_cours(acteur: Acteur, *, contexte: Contexte) -> list[vie.Supprime]:
    """What the holder can still bring back."""
    with gestion(acteur, acteur.dossier_id, contexte, Action.LISTE) as dossier_id:
        return vie.supprimes(dossier_id, datetime.now(UTC))


# -- what is no longer there


def supprime_pour_le_titulaire(acteur: Acteur, document_id: UUID) -> bool:
    """Whether that address was one of his documents, deleted since: « no longer available » (rule DOC-63)."""
    if acteur.dossier_id is None:
        return False
    with portee_et_situation(acteur.dossier_id, acteur):
        etat = vie.verrouiller(acteur.dossier_id, document_id)
    return etat is not None and etat.statut == SUPPRIME and not etat.confidentialite.invisible_patient


def retards_de_la_structure(acteur: Acteur, *, jours: int = 90, limite: int = 200) -> list[vie.DepotTardif]:
    """Late deposits of the actor's own structure, for its board (rule DOC-16)."""
    if not acteur.structure_id:
        return []
    return vie.retards(acteur.structure_id, datetime.now(UTC) - timedelta(days=jours), limite)


# -- how an act goes


Agir = Callable[[Etat, str, datetime], str | None]
Juger = Callable[[Demandeur, Etat], str]


def _agir(
    acteur: Acteur,
    cible: Cible,
    document_id: UUID,
    contexte: Contexte,
    action: Action,
    agir: Agir,
    juger: Juger | None = None,
) -> None:
    """Judge, act, trace, tell. `agir` gives the kind of notice, "" for none, None when nothing changed."""
    quand = datetime.now(UTC)
    qui = demandeur(acteur)
    with gestion(acteur, resoudre(cible), contexte, action) as dossier_id:
        etat = _etat(dossier_id, document_id, acteur)
        code = juger(qui, etat) if juger else regles.refus_de_gestion(qui, etat.provenance)
        if code:
            raise GestionRefusee(code)
        genre = agir(etat, qui.identifiant, quand)
        if genre is None:
            return
        tracer(dossier_id, acteur, contexte, acte_sur(action, etat))
        if genre and etat.statut == "current":
            aviser(dossier_id, Genre(genre), quand, par=acteur, documents=(document_id,), titre=etat.titre)


def _etat(dossier_id: UUID, document_id: UUID, acteur: Acteur) -> Etat:
    etat = vie.verrouiller(dossier_id, document_id)
    cache = acteur.genre is GenreActeur.TITULAIRE and etat and etat.confidentialite.invisible_patient
    if etat is None or etat.statut == SUPPRIME or cache:
        raise GestionRefusee("document_introuvable")
    return etat


def acte_sur(action: Action, etat: Etat) -> Acte:
    """The trace of an act on a document."""
    return Acte(action, document_ids=(etat.id,), document_type=etat.type_code, document_titre=etat.titre)


@contextmanager
def gestion(acteur: Acteur, dossier_id: UUID | None, contexte: Contexte, action: Action) -> Iterator[UUID]:
    """Scope to a record that is open; a refusal rolls the act back and is traced on its own."""
    if dossier_id is None:
        raise GestionRefusee("dossier_indisponible")
    try:
        with portee_et_situation(dossier_id, acteur) as vue:
            connu = vue.etat is not None
            inactif = acteur.genre is GenreActeur.PROFESSIONNEL and not (vue.actif and acteur.deux_facteurs)
            if vue.etat not in ETATS_OUVERTS or inactif:
                raise GestionRefusee("dossier_indisponible")
            yield dossier_id
    except GestionRefusee as refus:
        if connu:
            with portee_et_situation(dossier_id, acteur):
                tracer(dossier_id, acteur, contexte, Acte(action, Resultat.REFUS, motif=refus.code))
        raise
