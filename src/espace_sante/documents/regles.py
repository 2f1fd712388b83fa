"""Rules on the life of documents: who may do what, until when. Pure: no Django, no I/O, « now » is given.

A refusal is a stable code; an empty one means that the act is allowed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from espace_sante.kernel.codes import GenreActeur, ModeAuthentification
from espace_sante.kernel.durees import PARIS, ajouter_mois

StatutPublic = Literal["current", "superseded", "archived", "deleted"]
SUPPRIME: Final = "entered-in-error"
# What may change once a document is stored; anything else is another document (rule DOC-32).
MODIFIABLES: Final = frozenset({
    "statut", "archive", "confidentialite", "masque_ps", "masque_par", "invisible_patient", "invisible_representants",
})  # fmt: skip
# The value set JDV_J08: one level, and the labels that are added to it (rules DOC-39, DOC-40).
NIVEAUX: Final = ("N", "R", "V")
MASQUE, INVISIBLE, INVISIBLE_REPRESENTANTS = (
    "MASQUE_PS",
    "INVISIBLE_PATIENT",
    "INVISIBLE_REPRESENTANTS_LEGAUX",
)
ETIQUETTES: Final = (MASQUE, INVISIBLE, INVISIBLE_REPRESENTANTS)
# A holder deletes so many of his documents at once (rule DOC-35).
SUPPRIMES_A_LA_FOIS: Final = 10


@dataclass(frozen=True, slots=True)
class Demandeur:
    """Who wants to act on a document that is stored."""

    genre: GenreActeur
    rpps: str = ""
    structure: str = ""
    mode: ModeAuthentification = ModeAuthentification.DIRECTE

    @property
    def identifiant(self) -> str:
        """How versions name him."""
        return f"8{self.rpps}" if self.rpps else self.structure or self.genre.value


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a stored document comes from: its depositor and its author."""

    genre: str
    rpps: str
    structure: str
    auteur_idnat: str
    auteur_structure: str


@dataclass(frozen=True, slots=True)
class Confidentialite:
    """The labels of a document, a set (rule DOC-39); `masque_par` tells who put the mask."""

    masque_ps: bool
    invisible_patient: bool
    invisible_representants: bool
    masque_par: str = ""


def statut_public(statut: str, *, archive: bool) -> StatutPublic:
    """The four states that people and software are told (rule DOC-08)."""
    if statut == SUPPRIME:
        return "deleted"
    if archive:
        return "archived"
    return "superseded" if statut == "superseded" else "current"


def refus_du_type(statut: str | None, classe_du_type: str, classe: str, *, classe_libre: bool = False) -> str:
    """Code of the refusal of a type and its class: `type_inconnu`, `classe_differente` (rules DOC-02, DOC-03).

    `statut` is that of the type in the list, None when it is not there. `classe_libre`: the door itself takes the
    class as it was sent, with a warning (FHR-73).
    """
    if statut != "official":
        return "type_inconnu"
    return "" if classe_libre or classe == classe_du_type else "classe_differente"


def est_auteur(qui: Demandeur, document: Provenance) -> bool:
    """Whether he made or deposited it, or his structure did (rules DOC-31, DOC-34).

    What the holder or the fund deposited belongs to no professional (rules DOC-20, DOC-35).
    """
    if "titulaire" in (qui.genre, document.genre) or "assurance_maladie" in (qui.genre, document.genre):
        return qui.genre == document.genre
    lui = bool(qui.rpps) and qui.rpps in {document.rpps, document.auteur_idnat.removeprefix("8")}
    les_siens = bool(qui.structure) and qui.structure in {document.structure, document.auteur_structure}
    return lui or les_siens


def refus_de_gestion(qui: Demandeur, document: Provenance) -> str:
    """Archive, bring back, delete: the author or his structure, else `non_auteur` (rules DOC-34, DOC-35, DOC-37)."""
    return "" if est_auteur(qui, document) else "non_auteur"


def refus_de_la_pose(genre: GenreActeur, code: str) -> str:
    """Whether that kind of actor may put that label, on a deposit too: `etiquette_inconnue`,
    `etiquette_interdite` (rule DOC-40)."""
    if code in NIVEAUX:
        return ""
    if code not in ETIQUETTES:
        return "etiquette_inconnue"
    permis = {GenreActeur.PROFESSIONNEL, GenreActeur.STRUCTURE}
    if code == MASQUE:
        permis.add(GenreActeur.TITULAIRE)
    return "" if genre in permis else "etiquette_interdite"


def refus_du_changement(
    qui: Demandeur, document: Provenance, avant: Confidentialite, apres: Confidentialite
) -> str:
    """Code of the refusal of new labels on a stored document, or nothing.

    `changement_par_remplacement` for a structure in indirect mode (DOC-38); `non_auteur` (DOC-32);
    `deja_visible`: the holder may have read it (DOC-52); `annonce_requise`: only a consultation d'annonce shows
    it before its time (DOC-47); `masque_du_titulaire`: the holder's mask is his (FHR-129).
    """
    if qui.genre is GenreActeur.STRUCTURE and qui.mode is not ModeAuthentification.DIRECTE:
        return "changement_par_remplacement"
    if not est_auteur(qui, document):
        return "non_auteur"
    for code, mis, deja in (
        (MASQUE, apres.masque_ps, avant.masque_ps),
        (INVISIBLE, apres.invisible_patient, avant.invisible_patient),
        (INVISIBLE_REPRESENTANTS, apres.invisible_representants, avant.invisible_representants),
    ):
        if mis != deja and (refus := refus_de_la_pose(qui.genre, code)):
            return refus
    if apres.invisible_patient and not avant.invisible_patient:
        return "deja_visible"
    if avant.invisible_patient and not apres.invisible_patient:
        return "annonce_requise"
    if avant.masque_ps and not apres.masque_ps and avant.masque_par == "titulaire":
        return "masque_du_titulaire"
    return ""


def copie_au_patient(*, invisible_patient: bool) -> bool:
    """Whether what is sent to a professional may also go to the patient's mailbox (rule DOC-17)."""
    return not invisible_patient


def jour_d_avis(premier_depot: datetime, jours: int = 14) -> datetime:
    """When the holder is invited to see a professional: so many days in France after the first deposit (DOC-48)."""
    ici = premier_depot.astimezone(PARIS)
    return (ici.replace(tzinfo=None, fold=0) + timedelta(days=jours)).replace(tzinfo=PARIS)


def jour_de_visibilite(premier_depot: datetime) -> datetime:
    """When an invisible document shows itself: one calendar month after the first deposit (rules DOC-49, DOC-50)."""
    return ajouter_mois(premier_depot, 1)


def fin_du_retour(demande: datetime, *, retour_jours: int, detruire_jours: int) -> datetime:
    """Until when the holder undoes a deletion; the content is destroyed by the next daily job (rule DOC-35).

    One day is kept for that job, so that destruction is never later than `detruire_jours`.
    """
    return demande + timedelta(days=min(retour_jours, detruire_jours - 1))


def jours_de_retard(debut: datetime, fin: datetime | None, depot: datetime) -> int:
    """Days between the day a document was due (visit, exam or result, or discharge) and its deposit (DOC-16)."""
    attendu = (fin or debut).astimezone(PARIS).date()
    return max(0, (depot.astimezone(PARIS).date() - attendu).days)
