"""Who may change what in the metadata of a stored document, software's way (rules FHR-126 to FHR-139). Pure.

What was there and what is wanted are two values of the same kind; the answer is a stable code, empty when all of
the change is allowed. It is all or nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from espace_sante.documents.regles import SUPPRIME, Demandeur
from espace_sante.kernel.codes import GenreActeur, ModeAuthentification

MAJORITE: Final = 18
_ANNEE: Final = 4


@dataclass(frozen=True, slots=True)
class Volatiles:
    """All that may change in a stored document (rule FHR-126)."""

    statut: str
    archive: bool
    niveau: str
    masque_ps: bool
    invisible_patient: bool
    invisible_representants: bool

    @property
    def etiquettes(self) -> str:
        """The labels in short, for the trace of a change: at most 21 characters."""
        mises = (
            ("masque", self.masque_ps),
            ("patient", self.invisible_patient),
            ("repr", self.invisible_representants),
        )
        return "+".join((*(nom for nom, mise in mises if mise), self.niveau))


@dataclass(frozen=True, slots=True)
class Titre:
    """In what right somebody acts on one document.

    `auteur`: he made or deposited it, or his structure did. `lecteur`: he may read it under an authorisation in
    force; an emergency gives none. `mineur`: the holder is under age.
    """

    auteur: bool
    lecteur: bool
    mineur: bool = False


def est_mineur(naissance: str, jour: date) -> bool:
    """Under eighteen on that day. Of a partial date the latest day that it may be counts."""
    annee, mois, quantieme = ([*naissance.split("-"), "", ""])[:3]
    if len(annee) != _ANNEE or not annee.isdigit():
        return False
    anniversaire = (int(annee) + MAJORITE, int(mois or 12), int(quantieme or 31))
    return (jour.year, jour.month, jour.day) < anniversaire


def refus(qui: Demandeur, titre: Titre, avant: Volatiles, apres: Volatiles, masque_par: str) -> str:
    """Code of the refusal of a change, or nothing.

    `changement_par_remplacement` (FHR-139), `non_auteur` (FHR-134, FHR-138), `retour_impossible` (FHR-135),
    `remplace`, `masque_du_titulaire` (FHR-129), `deja_visible` and `annonce_requise` (FHR-130), `pas_mineur` (FHR-132).
    """
    if qui.genre is not GenreActeur.PROFESSIONNEL and qui.mode is not ModeAuthentification.DIRECTE:
        return "changement_par_remplacement"
    if apres == avant:
        return ""
    return _refus_du_statut(titre, avant, apres) or _refus_des_etiquettes(titre, avant, apres, masque_par)


def _refus_du_statut(titre: Titre, avant: Volatiles, apres: Volatiles) -> str:
    if apres.statut != avant.statut:
        if not titre.auteur:
            return "non_auteur"
        if apres.statut not in ("superseded", SUPPRIME):
            return "retour_impossible"
    if apres.archive != avant.archive and not (titre.auteur or titre.lecteur):
        return "non_auteur"
    return ""


def _refus_des_etiquettes(titre: Titre, avant: Volatiles, apres: Volatiles, masque_par: str) -> str:
    if apres.etiquettes == avant.etiquettes:
        return ""
    if apres.niveau != avant.niveau and not titre.auteur:
        return "non_auteur"
    if avant.statut == "superseded":
        return "remplace"
    code = ""
    if apres.masque_ps != avant.masque_ps:
        code = _refus_du_masque(titre, avant, masque_par)
    if not code and apres.invisible_patient != avant.invisible_patient:
        code = _refus_de_l_annonce(titre, apres)
    if not code and apres.invisible_representants != avant.invisible_representants:
        code = _refus_aux_representants(titre, apres)
    return code


def _refus_du_masque(titre: Titre, avant: Volatiles, masque_par: str) -> str:
    """Put at the holder's wish by who may read, or by the author; the holder's own is his to lift (FHR-129)."""
    if not (titre.auteur or titre.lecteur):
        return "non_auteur"
    return "masque_du_titulaire" if avant.masque_ps and masque_par == "titulaire" else ""


def _refus_de_l_annonce(titre: Titre, apres: Volatiles) -> str:
    """Lifted by who may read; never put on what the holder may have seen (FHR-130)."""
    if apres.invisible_patient:
        return "deja_visible" if titre.auteur or titre.lecteur else "non_auteur"
    return "" if titre.lecteur else "annonce_requise"


def _refus_aux_representants(titre: Titre, apres: Volatiles) -> str:
    """Put on the record of a minor alone (FHR-132)."""
    if not (titre.auteur or titre.lecteur):
        return "non_auteur"
    return "pas_mineur" if apres.invisible_representants and not titre.mineur else ""
