"""Refusals of the agenda. Traced before they are raised, unless said otherwise."""

from __future__ import annotations

from espace_sante.kernel.errors import EspaceSanteError


class RendezVousRefuse(EspaceSanteError):
    """An appointment cannot be put, changed or told of (rules FHR-154 to FHR-159).

    Codes `aucun_dossier`, `dossier_ferme`, `dossier_indisponible`, `ins_non_qualifiee`, `source_interdite`,
    `transition`, `statut`, `doublon` (`details["existant"]`: its id), `plusieurs`, `rendez_vous_perime`, `autre_source`,
    `creneau_pris`, `creneau_inconnu`.
    """


class RendezVousIntrouvable(EspaceSanteError):
    """No such appointment for this asker: absent, of another source or withdrawn look the same."""

    def __init__(self) -> None:
        super().__init__("rendez_vous_introuvable", "Ce rendez-vous n’est pas disponible.")


class NoteRefusee(EspaceSanteError):
    """The holder's note is too long (AGD-06). Code `note_trop_longue`. Nothing is kept, nothing is traced."""


class PlanningRefuse(EspaceSanteError):
    """A schedule cannot be kept (FHR-158).

    Codes `planning_interdit`, `planning_doublon`, `planning_reserve`, `trop_de_creneaux`.
    """


MESSAGES = {
    "aucun_dossier": "Il n’y a pas de dossier ouvert pour cette personne.",
    "dossier_ferme": "Ce dossier est fermé : rien ne peut y être ajouté.",
    "dossier_indisponible": "Ce dossier est indisponible pour le moment.",
    "ins_non_qualifiee": "Un rendez-vous demande une identité INS qualifiée.",
    "source_interdite": "Cet acteur ne peut pas mettre de rendez-vous.",
    "transition": "Ce rendez-vous ne peut plus passer à ce statut.",
    "statut": "Un rendez-vous ne commence pas par ce statut.",
    "doublon": "Un de vos rendez-vous porte déjà cet identifiant.",
    "plusieurs": "Cet identifiant désigne plusieurs de vos rendez-vous.",
    "rendez_vous_perime": "Ce rendez-vous a changé depuis votre lecture.",
    "autre_source": "Seul celui qui a mis ce rendez-vous peut le changer.",
    "creneau_pris": "Ce créneau n’est plus libre.",
    "creneau_inconnu": "Ce créneau n’existe pas.",
}


def refus(code: str, **details: object) -> RendezVousRefuse:
    """A refusal with its words."""
    return RendezVousRefuse(code, MESSAGES[code], **details)
