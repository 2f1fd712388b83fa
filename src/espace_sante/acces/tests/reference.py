"""Who reads what: a naive reference written from the rulebook alone (issue 3, done when).

It imports nothing of the product and knows none of its rules: it reads the matrix file, and the sentences of ACC, EMG
and DOC one after the other. Slow and plain on purpose.
"""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.resources import files

Lignes = dict[tuple[str, str], set[str]]

# The eight states of a profile (PRF-01), and the systems of professions switched on by default (ACC-45).
ETATS = ("NON_NOTIFIE", "NOTIFIE", "OPPOSE", "CREE_AUTO", "ACTIVE", "SUSPENDU", "CLOTURE", "SUPPRIME")
SYSTEMES_ACTIFS = {"TRE_G15", "TRE_R94", "TRE_R95"}
REMBOURSEMENTS = "REMB"
DIRECTIVES = "EXPPAT_3"
ANTECEDENTS = "DOCPAT08"


def matrice() -> Lignes:
    """(system, profession) → types at O, straight from the file; and a profession that the file does not name."""
    texte = (
        files("espace_sante.acces").joinpath("data", "matrice_illustrative.csv").read_text(encoding="utf-8")
    )
    lignes: Lignes = {("TRE_G15", "31"): set()}
    for ligne in csv.DictReader(texte.splitlines()):
        cle = (ligne["profession_system"], ligne["profession_code"])
        lignes.setdefault(cle, set())
        if ligne["consultation"] == "O":
            lignes[cle].add(ligne["type_code"])
    return lignes


@dataclass(frozen=True)
class Situation:
    """One row of the table, without the documents: an asker before a record."""

    systeme: str
    profession: str
    etat: str = "ACTIVE"
    # valide | equipe | exclu | hors_equipe | retire | expiree | inexistante
    consentement: str = "valide"
    # normal | bris_de_glace | centre_15
    mode: str = "normal"
    # "" | professionnel | structure | autre_structure | leve
    blocage: str = ""
    # "" | administrateur | medecin_traitant | ancien
    role: str = ""
    samu: bool = True
    bris: bool = True
    masques_en_urgence: bool = False
    remboursements_masques: bool = False
    directives_masquees: bool = False
    antecedents_masques: bool = False
    # "" | en_cours | retire | passe: what the holder shares with him, document by document (ADR 0016)
    partage: str = ""
    regulation: bool = True
    # en_cours | absente | passee | autre_mode
    fenetre: str = "en_cours"

    @property
    def bloque(self) -> bool:
        """ACC-48, ACC-50, ACC-51: himself, or the structure in which he acts; not another one, not once lifted."""
        return self.blocage in ("professionnel", "structure")


@dataclass(frozen=True)
class Piece:
    """One column of the table: a document."""

    type: str
    masque: bool = False
    invisible: bool = False
    # autre | lui | sa_structure | ecrit: deposited by somebody else, by him, by his structure; written by him
    depose_par: str = "autre"
    # One of those that the holder shares with him, when he shares something.
    partageable: bool = False


def consent(s: Situation) -> bool:
    """ACC-11, ACC-15, ACC-16: a consent in force, of his own; ACC-19, ACC-20, ACC-22: of a team, while he is in it."""
    if s.systeme in ("TRE_R94", "TRE_R85"):
        # ACC-74: social professions and care roles read only as members of a team with initial consent.
        return s.consentement == "equipe"
    return s.consentement in ("valide", "equipe")


def ouvre(s: Situation, lignes: Lignes) -> bool:
    """Does the record open for this person, were it on an empty list? The sentences on the five letters."""
    # D, ACC-05: the profile is CREE_AUTO or ACTIVE.
    if s.etat not in ("CREE_AUTO", "ACTIVE"):
        return False
    if s.mode == "normal":
        # ACC-48: blocked means refused, with or without consent.
        if s.bloque:
            return False
        # A consent; or, for a health professional, something that the holder shares with him (ACC-12, ADR 0016).
        if not consent(s) and not (s.partage == "en_cours" and s.systeme == "TRE_G15"):
            return False
    else:
        # EMG-17: social and medico-social roles have no emergency mode.
        if s.systeme != "TRE_G15":
            return False
        # EMG-01, EMG-02, EMG-12: declared in this mode, its end not past.
        if s.fenetre != "en_cours":
            return False
        # EMG-06: the switch. EMG-09: no block when breaking the glass.
        if s.mode == "bris_de_glace" and (s.bloque or not s.bris):
            return False
        # EMG-02: the flag of regulation. EMG-10: the block does not count there.
        if s.mode == "centre_15" and (not s.regulation or not s.samu):
            return False
    # H, ACC-32, ACC-37, ACC-45: his line says something, and its system is on.
    return s.systeme in SYSTEMES_ACTIFS and bool(lignes.get((s.systeme, s.profession)))


def attendu(s: Situation, p: Piece, lignes: Lignes) -> bool:
    """Is this document given to this person?"""
    if not ouvre(s, lignes):
        return False
    # ACC-32, ACC-34: the cell.
    if p.type not in lignes[s.systeme, s.profession]:
        return False
    # ACC-62, ACC-67: reimbursements on an activated profile that left them visible.
    if p.type == REMBOURSEMENTS and (s.etat != "ACTIVE" or s.remboursements_masques):
        return False
    # DOC-45: directives and history have their own switch each.
    if p.type == DIRECTIVES and s.directives_masquees:
        return False
    if p.type == ANTECEDENTS and s.antecedents_masques:
        return False
    partage = p.partageable and s.partage == "en_cours" and s.mode == "normal"
    # ADR 0016: shares alone show what is shared alone; ACC-47: never beyond the line judged above.
    if s.mode == "normal" and not consent(s):
        return partage
    # DOC-46, EMG-16: what waits to be announced is shown to professionals, so `p.invisible` changes nothing.
    if not p.masque or partage:
        return True
    # DOC-42: its depositor, person or structure, and its author (FHR-35).
    if p.depose_par != "autre":
        return True
    # EMG-08: the third switch.
    if s.mode != "normal" and s.masques_en_urgence:
        return True
    # ACC-55, ACC-58 (setting: yes), ACC-70: both roles while they last. ACC-60: a block ends them.
    return s.role in ("administrateur", "medecin_traitant") and not s.bloque


# Those whose every situation is looked at: wide and narrow lines, each system, a line without a type.
_DE_PRES = {
    ("TRE_G15", "10"), ("TRE_G15", "21"), ("TRE_R94", "41"), ("TRE_R95", "93"), ("TRE_R85", "330"), ("TRE_G15", "31"),
}  # fmt: skip


def situations(lignes: Lignes) -> Iterator[Situation]:
    """Every profession, with every state, consent, mode, block, role and switch that may change an answer."""
    for systeme, profession in sorted(lignes):
        # Those that a consent of their own does not serve (ACC-74) are looked at with their team's.
        base = Situation(
            systeme, profession, consentement="equipe" if systeme in ("TRE_R94", "TRE_R85") else "valide"
        )
        glace = replace(base, mode="bris_de_glace", consentement="inexistante")
        yield from (base, replace(base, etat="CREE_AUTO"), replace(base, consentement="equipe"), glace)
        if (systeme, profession) in _DE_PRES:
            yield from _de_pres(base)


def _de_pres(base: Situation) -> Iterator[Situation]:
    consentements = ("valide", "equipe", "exclu", "hors_equipe", "retire", "expiree", "inexistante")
    for etat in ETATS:
        yield replace(base, etat=etat)
    for consentement, blocage in itertools.product(consentements, ("", "professionnel")):
        yield replace(base, consentement=consentement, blocage=blocage)
    for blocage in ("structure", "autre_structure", "leve"):
        yield replace(base, blocage=blocage)
    for role, blocage, etat in itertools.product(
        ("administrateur", "medecin_traitant", "ancien"), ("", "professionnel"), ("ACTIVE", "CREE_AUTO")
    ):
        yield replace(base, role=role, blocage=blocage, etat=etat)
    # A role gives no access (ACC-58): it needs a consent like anybody.
    yield replace(base, role="medecin_traitant", consentement="inexistante")
    yield replace(base, remboursements_masques=True)
    yield replace(base, directives_masquees=True)
    yield replace(base, antecedents_masques=True)
    # Nothing is shared but with health professionals; an emergency ignores what is.
    if base.systeme == "TRE_G15":
        for partage, consentement, blocage in itertools.product(
            ("en_cours", "retire", "passe"), ("valide", "expiree", "inexistante"), ("", "professionnel")
        ):
            yield replace(base, partage=partage, consentement=consentement, blocage=blocage)
        for mode in ("bris_de_glace", "centre_15"):
            yield replace(base, partage="en_cours", mode=mode)
    # Outside an emergency its switches say nothing.
    yield replace(base, masques_en_urgence=True, samu=False, bris=False)
    for mode, samu, bris, masques, blocage in itertools.product(
        ("bris_de_glace", "centre_15"), (False, True), (False, True), (False, True), ("", "professionnel")
    ):
        yield replace(
            base, mode=mode, samu=samu, bris=bris, masques_en_urgence=masques, blocage=blocage, consentement="inexistante",
        )  # fmt: skip
    for mode in ("bris_de_glace", "centre_15"):
        for fenetre in ("absente", "passee", "autre_mode"):
            # A consent does not open an emergency that nobody declared.
            yield replace(base, mode=mode, fenetre=fenetre)
        yield replace(base, mode=mode, regulation=False)
        yield replace(base, mode=mode, blocage="structure")
        yield replace(base, mode=mode, etat="SUSPENDU")
        yield replace(base, mode=mode, role="medecin_traitant", blocage="professionnel")
        yield replace(base, mode=mode, remboursements_masques=True, directives_masquees=True)
