"""DICAH: may this professional read this record? A pure decision on gathered facts (rules ACC-01, ACC-02).

Five conditions hold together: record available (D), qualified INS identity (I), consent (C),
two-factor authentication (A), habilitation (H). Judged in the order A, D, I, C, H: once A, D or I
is missing the letters after it are not examined, so that nothing leaks; C and H are both judged.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from espace_sante.identite.acteurs import Acteur
from espace_sante.kernel.codes import EtatProfil, GenreActeur, ModeAuthentification


class Lettre(enum.StrEnum):
    A = "A"
    D = "D"
    I = "I"  # noqa: E741 - the law's own letter
    C = "C"
    H = "H"


class EtatLettre(enum.StrEnum):
    TENUE = "tenue"
    MANQUANTE = "manquante"
    NON_EXAMINEE = "non_examinee"


ORDRE = (Lettre.A, Lettre.D, Lettre.I, Lettre.C, Lettre.H)
CODES = {
    Lettre.A: "authentification_insuffisante",
    Lettre.D: "dossier_indisponible",
    Lettre.I: "ins_non_qualifiee",
    Lettre.C: "consentement_absent",
    Lettre.H: "habilitation_absente",
}
ETATS_OUVERTS = frozenset({EtatProfil.CREE_AUTO, EtatProfil.ACTIVE})
# A human being, identified with two factors by an identity provider, acting directly or by the
# reinforced indirect mode (rules ACC-30, IDN-58).
_MODES_DE_LECTURE = frozenset({ModeAuthentification.DIRECTE, ModeAuthentification.INDIRECTE_RENFORCEE})


class EtatConsentement(enum.StrEnum):
    """State of the asker's authorisation, as the existence test tells it (rule ACC-06)."""

    VALIDE = "valide"
    EXPIREE = "expiree"
    INEXISTANTE = "inexistante"


@dataclass(frozen=True, slots=True)
class Faits:
    """Everything the decision needs, gathered in one query; `etat` is None when nobody has this INS.

    `actif` says that the RPPS directory knows the professional as practising (rule ANN-06);
    `types` is his line of the matrix in force; `matrice_opposable` is false on a production
    instance whose matrix is not the official one (rule ACC-41).
    """

    acteur: Acteur
    actif: bool
    etat: EtatProfil | None
    identite_qualifiee: bool
    consentement: EtatConsentement
    types: tuple[str, ...]
    matrice_opposable: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """The five letters; granted when all are held."""

    lettres: tuple[tuple[Lettre, EtatLettre], ...]

    @property
    def accordee(self) -> bool:
        return all(etat is EtatLettre.TENUE for _, etat in self.lettres)

    @property
    def code(self) -> str:
        """Machine code of the first missing letter, in the order A, D, I, C, H; empty when granted."""
        return next((CODES[lettre] for lettre, etat in self.lettres if etat is EtatLettre.MANQUANTE), "")

    @property
    def abrege(self) -> str:
        """Five characters for the trace: t, m or n in the order A D I C H."""
        return "".join(etat.value[0] for _, etat in self.lettres)

    def sans(self, lettre: Lettre) -> Decision:
        """The same decision with that letter missing."""
        return Decision(tuple((x, EtatLettre.MANQUANTE if x is lettre else etat) for x, etat in self.lettres))

    def etat(self, lettre: Lettre) -> EtatLettre:
        return dict(self.lettres)[lettre]


def _authentification(faits: Faits) -> bool:
    acteur = faits.acteur
    if acteur.genre is GenreActeur.PROFESSIONNEL:
        return acteur.deux_facteurs and acteur.mode_authentification in _MODES_DE_LECTURE and faits.actif
    # A secretary or the support is a person with two factors: authentication is not what they miss
    # (rules ACC-31, IDN-63). A program, or a structure without a person, misses it (FHR-32).
    return acteur.deux_facteurs and acteur.mode_authentification in _MODES_DE_LECTURE


def _habilitation(faits: Faits) -> bool:
    return faits.acteur.genre is GenreActeur.PROFESSIONNEL and faits.matrice_opposable and bool(faits.types)


def decide(faits: Faits) -> Decision:
    """Judge the five letters. Never raises; takes microseconds (case `decide` of `make bench`)."""
    tenue, manquante, non = EtatLettre.TENUE, EtatLettre.MANQUANTE, EtatLettre.NON_EXAMINEE
    if not _authentification(faits):
        return Decision(tuple(zip(ORDRE, (manquante, non, non, non, non), strict=True)))
    if faits.etat not in ETATS_OUVERTS:
        return Decision(tuple(zip(ORDRE, (tenue, manquante, non, non, non), strict=True)))
    if not faits.identite_qualifiee:
        return Decision(tuple(zip(ORDRE, (tenue, tenue, manquante, non, non), strict=True)))
    c = tenue if faits.consentement is EtatConsentement.VALIDE else manquante
    h = tenue if _habilitation(faits) else manquante
    return Decision(tuple(zip(ORDRE, (tenue, tenue, tenue, c, h), strict=True)))
