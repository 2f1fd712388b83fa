"""DICAH: may this professional read this record? A pure decision on gathered facts (rules ACC-01, ACC-02).

Five conditions hold together: record available (D), qualified INS identity (I), consent (C),
two-factor authentication (A), habilitation (H). Judged in the order A, D, I, C, H: once A, D or I
is missing the letters after it are not examined, so that nothing leaks; C and H are both judged.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace

from espace_sante.acces import etats
from espace_sante.identite.acteurs import Acteur
from espace_sante.kernel.codes import EtatProfil, GenreActeur, ModeAcces, ModeAuthentification


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
ETATS_OUVERTS = etats.etats_permettant(etats.Geste.LIRE)
# A human being, identified with two factors by an identity provider, acting directly or by the
# reinforced indirect mode (rules ACC-30, IDN-58).
_MODES_DE_LECTURE = frozenset({ModeAuthentification.DIRECTE, ModeAuthentification.INDIRECTE_RENFORCEE})


# What C may miss besides a consent: the holder blocked this asker (ACC-48), closed this emergency mode (EMG-06),
# or nobody said why the glass is broken (EMG-01, EMG-12).
BLOQUE = "professionnel_bloque"
OPPOSE = "oppose_par_titulaire"
SANS_MOTIF = "urgence_sans_motif"
# Health professionals may act in an emergency; care roles and social professions never (ACC-74, EMG-17).
_SYSTEME_SANTE = "TRE_G15"
# Social professions and care roles: their consent is their team's (ACC-74). The rulebook does not name TRE_R95 there.
_SYSTEMES_EN_EQUIPE = frozenset({"TRE_R85", "TRE_R94"})


class EtatConsentement(enum.StrEnum):
    """State of the asker's authorisation, as the existence test tells it (rules ACC-06, ACC-48)."""

    VALIDE = "valide"
    EXPIREE = "expiree"
    INEXISTANTE = "inexistante"
    INTERDITE = "interdite"


@dataclass(frozen=True, slots=True)
class Interrupteurs:
    """The holder's switches for emergencies (EMG-05 to EMG-07)."""

    samu: bool = True
    bris_de_glace: bool = True
    documents_masques: bool = False


@dataclass(frozen=True, slots=True)
class Urgence:
    """What an emergency mode needs besides: the switches, an opening in force, what blocks weigh.

    `fenetre`: this professional opened this record in this mode with a reason, and its time is not past (EMG-12).
    `bloque_peut`: the settings that let a blocked professional act (EMG-09, EMG-10).
    """

    interrupteurs: Interrupteurs = Interrupteurs()
    fenetre: bool = False
    bloque_peut: bool = False


@dataclass(frozen=True, slots=True)
class Faits:
    """Everything the decision needs, gathered in one query; `etat` is None when nobody has this INS.

    `bloque`: the holder blocked this professional, or the structure in which he acts (ACC-48, ACC-51).
    `actif` says that the RPPS directory knows the professional as practising (rule ANN-06);
    `types` is his line of the matrix in force; `matrice_opposable` is false on a production
    instance whose matrix is not the official one (rule ACC-41). `partage`: the holder shares a document with this
    professional now (ADR 0016).
    """

    acteur: Acteur
    actif: bool
    etat: EtatProfil | None
    identite_qualifiee: bool
    consentement: EtatConsentement
    types: tuple[str, ...]
    matrice_opposable: bool
    bloque: bool = False
    mode: ModeAcces = ModeAcces.NORMAL
    urgence: Urgence = Urgence()
    partage: bool = False

    def avec_fenetre(self) -> Faits:
        """The same facts as if the emergency were declared: whether it may be."""
        return replace(self, urgence=replace(self.urgence, fenetre=True))


@dataclass(frozen=True, slots=True)
class Decision:
    """The five letters; granted when all are held. `code_c` says what C misses.

    `par_partage`: C is held by shares alone; the opening shows the shared documents and nothing else.
    """

    lettres: tuple[tuple[Lettre, EtatLettre], ...]
    code_c: str = CODES[Lettre.C]
    par_partage: bool = False

    @property
    def accordee(self) -> bool:
        return all(etat is EtatLettre.TENUE for _, etat in self.lettres)

    @property
    def code(self) -> str:
        """Machine code of the first missing letter, in the order A, D, I, C, H; empty when granted."""
        return next((self.code_de(x) for x, etat in self.lettres if etat is EtatLettre.MANQUANTE), "")

    def code_de(self, lettre: Lettre) -> str:
        """Machine code of a letter when it is missing."""
        return self.code_c if lettre is Lettre.C else CODES[lettre]

    @property
    def abrege(self) -> str:
        """Five characters for the trace: t, m or n in the order A D I C H."""
        return "".join(etat.value[0] for _, etat in self.lettres)

    def etat(self, lettre: Lettre) -> EtatLettre:
        return dict(self.lettres)[lettre]


def _authentification(faits: Faits) -> bool:
    acteur = faits.acteur
    if acteur.genre is GenreActeur.PROFESSIONNEL:
        return acteur.deux_facteurs and acteur.mode_authentification in _MODES_DE_LECTURE and faits.actif
    # A secretary or the support is a person with two factors: authentication is not what they miss
    # (rules ACC-31, IDN-63). A program, or a structure without a person, misses it (FHR-32).
    return acteur.deux_facteurs and acteur.mode_authentification in _MODES_DE_LECTURE


def a_un_mode_d_urgence(acteur: Acteur) -> bool:
    """Whether this profession has emergency modes at all (rules ACC-74, EMG-17)."""
    return acteur.profession_systeme == _SYSTEME_SANTE


def lit_en_equipe_seulement(systeme: str) -> bool:
    """Whether a team's initial consent alone opens a record to the professions of this system (ACC-74)."""
    return systeme in _SYSTEMES_EN_EQUIPE


def _habilitation(faits: Faits) -> bool:
    acteur = faits.acteur
    if faits.mode is not ModeAcces.NORMAL and not a_un_mode_d_urgence(acteur):
        return False
    if faits.mode is ModeAcces.CENTRE_15 and not acteur.regulation:
        # Only a token that says medical regulation may use this mode (EMG-02).
        return False
    return acteur.genre is GenreActeur.PROFESSIONNEL and faits.matrice_opposable and bool(faits.types)


def _tient_par_partage(faits: Faits) -> bool:
    """Whether shares stand for the consent: in ordinary care, without a consent, for a health professional.

    The others read only as members of a team with its initial consent (ACC-74).
    """
    return (
        faits.partage
        and faits.mode is ModeAcces.NORMAL
        and faits.consentement in {EtatConsentement.INEXISTANTE, EtatConsentement.EXPIREE}
        and faits.acteur.profession_systeme == _SYSTEME_SANTE
    )


def _manque_a_c(faits: Faits) -> str:
    """What C misses, or nothing. An emergency replaces the consent alone (EMG-03)."""
    urgence = faits.urgence
    if faits.mode is ModeAcces.NORMAL:
        if faits.bloque:
            return BLOQUE
        if faits.consentement is EtatConsentement.VALIDE or _tient_par_partage(faits):
            return ""
        return CODES[Lettre.C]
    if faits.bloque and not urgence.bloque_peut:
        return BLOQUE
    interrupteurs = urgence.interrupteurs
    permis = interrupteurs.samu if faits.mode is ModeAcces.CENTRE_15 else interrupteurs.bris_de_glace
    if not permis:
        return OPPOSE
    return "" if urgence.fenetre else SANS_MOTIF


def decide(faits: Faits) -> Decision:
    """Judge the five letters. Never raises; takes microseconds (case `decide` of `make bench`)."""
    tenue, manquante, non = EtatLettre.TENUE, EtatLettre.MANQUANTE, EtatLettre.NON_EXAMINEE
    if not _authentification(faits):
        return Decision(tuple(zip(ORDRE, (manquante, non, non, non, non), strict=True)))
    if faits.etat not in ETATS_OUVERTS:
        return Decision(tuple(zip(ORDRE, (tenue, manquante, non, non, non), strict=True)))
    if not faits.identite_qualifiee:
        return Decision(tuple(zip(ORDRE, (tenue, tenue, manquante, non, non), strict=True)))
    manque = _manque_a_c(faits)
    c = manquante if manque else tenue
    h = tenue if _habilitation(faits) else manquante
    lettres = tuple(zip(ORDRE, (tenue, tenue, tenue, c, h), strict=True))
    return Decision(lettres, manque or CODES[Lettre.C], not manque and _tient_par_partage(faits))
