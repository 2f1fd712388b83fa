"""The whole truth table of reading, against a naive reference written from the rulebook alone (issue 3, done when).

profession × document type × masked × invisible to the holder × state of the profile × consent × mode × block × role
× switches. The reference knows nothing of the product's rules: it reads the matrix file and the sentences of ACC,
EMG and DOC. The product answers through the gate, with real rows, real row-level security and its real SQL.
"""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from uuid import UUID

import pytest

from espace_sante.acces.alimentation import alimenter
from espace_sante.acces.errors import AccesRefuse
from espace_sante.acces.models import Blocage, Consentement, Referent, Urgence
from espace_sante.acces.porte import open_dossier
from espace_sante.acces.tests.fabrique import CONTEXTE, document, dossier, lot, professionnel
from espace_sante.documents import nomenclatures
from espace_sante.documents.filtre import Filtre
from espace_sante.dossier.models import Dossier
from espace_sante.identite.acteurs import Acteur
from espace_sante.kernel.codes import EtatProfil, ModeAcces
from espace_sante.kernel.ids import uuid7
from espace_sante.platform.postgres.rls import portee

pytestmark = [pytest.mark.django_db, pytest.mark.lent]

SYSTEMES_ACTIFS = {"TRE_G15", "TRE_R94", "TRE_R95"}


def matrice() -> dict[tuple[str, str], set[str]]:
    """(system, profession) → types at O, straight from the file."""
    texte = (
        files("espace_sante.acces").joinpath("data", "matrice_illustrative.csv").read_text(encoding="utf-8")
    )
    lignes: dict[tuple[str, str], set[str]] = {("TRE_G15", "31"): set()}
    for ligne in csv.DictReader(texte.splitlines()):
        cle = (ligne["profession_system"], ligne["profession_code"])
        lignes.setdefault(cle, set())
        if ligne["consultation"] == "O":
            lignes[cle].add(ligne["type_code"])
    return lignes


@dataclass(frozen=True)
class Situation:
    """One row of the table, without the documents."""

    systeme: str
    profession: str
    etat: str
    consentement: str
    mode: str
    bloque: bool
    role: str
    samu: bool
    bris: bool
    masques_en_urgence: bool
    remboursements_masques: bool
    regulation: bool
    fenetre: bool


@dataclass(frozen=True)
class Piece:
    """One column of the table: a document."""

    type: str
    masque: bool
    depose_par_lui: bool


def attendu(s: Situation, p: Piece, lignes: dict[tuple[str, str], set[str]]) -> bool:
    """Is this document given to this person? The rulebook, sentence by sentence."""
    # D, ACC-05: the profile is CREE_AUTO or ACTIVE.
    if s.etat not in ("CREE_AUTO", "ACTIVE"):
        return False
    if s.mode == "normal":
        # ACC-48: blocked means refused, with or without consent. ACC-11: a consent in force.
        if s.bloque or s.consentement != "valide":
            return False
    else:
        # EMG-17: social and medico-social roles have no emergency mode.
        if s.systeme != "TRE_G15":
            return False
        if s.mode == "bris_de_glace":
            # EMG-09 no block, EMG-06 switch, EMG-01 and EMG-12 a reason and an end.
            if s.bloque or not s.bris or not s.fenetre:
                return False
        # EMG-02 flag of regulation; EMG-10 the block does not count; EMG-06 switch.
        elif not s.regulation or not s.samu or not s.fenetre:
            return False
    # H, ACC-32, ACC-37, ACC-45: the line of the profession, if its system is on.
    if s.systeme not in SYSTEMES_ACTIFS or p.type not in lignes.get((s.systeme, s.profession), set()):
        return False
    # ACC-62, ACC-67: reimbursements on an activated profile that left them visible.
    if p.type == "REMB" and (s.etat != "ACTIVE" or s.remboursements_masques):
        return False
    if not p.masque or p.depose_par_lui:
        return True
    # DOC-42, ACC-55, ACC-58: administrateur, médecin traitant by setting (yes); EMG-08: the third switch. ACC-60: a
    # block ends both roles.
    if s.mode != "normal" and s.masques_en_urgence:
        return True
    return s.role in ("administrateur", "medecin_traitant") and not s.bloque


# Those whose every situation is looked at: wide and narrow lines, each system, a line without a type.
_DE_PRES = {("TRE_G15", "10"), ("TRE_G15", "21"), ("TRE_R94", "41"), ("TRE_R85", "330"), ("TRE_G15", "31")}


def situations(lignes: dict[tuple[str, str], set[str]]) -> Iterator[Situation]:
    """Every profession, with every state, consent, mode, block, role and switch that may change an answer."""
    for systeme, profession in sorted(lignes):
        base = Situation(systeme, profession, "ACTIVE", "valide", "normal", *[False] * 1, "", *[True] * 2,
                         masques_en_urgence=False, remboursements_masques=False, regulation=True, fenetre=True)  # fmt: skip
        for etat in ("ACTIVE", "CREE_AUTO"):
            yield replace(base, etat=etat)
        yield replace(base, mode="bris_de_glace", consentement="inexistante")
        if (systeme, profession) not in _DE_PRES:
            continue
        for ferme in EtatProfil:
            yield replace(base, etat=ferme.value)
        for consentement, bloque in itertools.product(("valide", "expiree", "inexistante"), (False, True)):
            yield replace(base, consentement=consentement, bloque=bloque)
        for role, bloque, etat in itertools.product(
            ("administrateur", "medecin_traitant"), (False, True), ("ACTIVE", "CREE_AUTO")
        ):
            yield replace(base, role=role, bloque=bloque, etat=etat)
        yield replace(base, remboursements_masques=True)
        for mode, permis, masques, bloque in itertools.product(
            ("bris_de_glace", "centre_15"), (False, True), (False, True), (False, True)
        ):
            yield replace(
                base, mode=mode, samu=permis, bris=permis, masques_en_urgence=masques, bloque=bloque,
                consentement="inexistante",
            )  # fmt: skip
        for mode in ("bris_de_glace", "centre_15"):
            yield replace(base, mode=mode, fenetre=False)
            yield replace(base, mode=mode, regulation=False)
            yield replace(base, mode=mode, role="medecin_traitant")


def poser(dossier_id: UUID, acteur: Acteur, s: Situation) -> None:
    """Put the record in that situation, as rows."""
    quand = datetime.now(UTC)
    avant, apres = quand - timedelta(hours=1), quand + timedelta(hours=1)
    with portee(dossier_id):
        for modele in (Blocage, Consentement, Referent, Urgence):
            # The application may not delete: what was there is put out of force.
            champ = {Blocage: "leve_le", Consentement: "retire_le", Referent: "jusqua", Urgence: "fermee_le"}[
                modele
            ]
            modele.objects.filter(dossier_id=dossier_id).update(**{champ: avant})
        Dossier.objects.filter(dossier_id=dossier_id).update(
            etat=s.etat, urgence_samu=s.samu, urgence_bris_de_glace=s.bris,
            urgence_documents_masques=s.masques_en_urgence, remboursements_masques=s.remboursements_masques,
        )  # fmt: skip
        if s.consentement != "inexistante":
            Consentement.objects.create(
                dossier_id=dossier_id, id=uuid7(), genre="ponctuel", rpps=acteur.rpps, recueilli_le=avant,
                expire_le=apres if s.consentement == "valide" else avant, recueilli_par=acteur.rpps,
                recueilli_par_nom=acteur.nom,
            )  # fmt: skip
        if s.bloque:
            Blocage.objects.create(
                dossier_id=dossier_id, id=uuid7(), genre="professionnel", cle=acteur.rpps, nom=acteur.nom,
                pose_le=avant, pose_par="titulaire",
            )  # fmt: skip
        if s.role:
            Referent.objects.create(
                dossier_id=dossier_id, id=uuid7(), role=s.role, rpps=acteur.rpps, nom=acteur.nom, depuis=avant,
                par="titulaire",
            )  # fmt: skip
        if s.mode != "normal" and s.fenetre:
            Urgence.objects.create(
                dossier_id=dossier_id, id=uuid7(), mode=s.mode, rpps=acteur.rpps, nom=acteur.nom, motif="essai",
                ouverte_le=avant, expire_le=apres,
            )  # fmt: skip


def vus(dossier_id: UUID, acteur: Acteur, s: Situation) -> set[UUID]:
    """What the gate gives."""
    mode = ModeAcces(s.mode)
    try:
        with open_dossier(
            replace(acteur, regulation=s.regulation),
            dossier_id,
            contexte=CONTEXTE,
            mode=mode,
            identite_qualifiee=True,
        ) as ouvert:
            page = ouvert.lister(Filtre(limite=1000))
            assert page.total == len(page.elements)
            return {d.id for d in page.elements}
    except AccesRefuse:
        return set()


def remplir(dossier_id: UUID, lui: Acteur) -> dict[UUID, Piece]:
    """Every type in force, masked and not, and two that he deposited himself."""
    autre = professionnel("99000000081")
    pieces: dict[UUID, Piece] = {}
    faits = []
    for type_ in nomenclatures.types().values():
        if type_.statut == "proposed":
            continue
        for masque in (False, True):
            d = document(type_.code, auteur=autre, masque_ps=masque)
            pieces[d.id] = Piece(type_.code, masque, depose_par_lui=False)
            faits.append(d)
    alimenter(autre, dossier_id, lot(autre, *faits), contexte=CONTEXTE)
    siens = [document("11488-4", auteur=lui, masque_ps=m) for m in (False, True)]
    pieces |= {
        d.id: Piece("11488-4", m, depose_par_lui=True) for d, m in zip(siens, (False, True), strict=True)
    }
    alimenter(lui, dossier_id, lot(lui, *siens), contexte=CONTEXTE)
    return pieces


@pytest.mark.rule(
    "ACC-01", "ACC-05", "ACC-11", "ACC-32", "ACC-34", "ACC-37", "ACC-45", "ACC-47", "ACC-48", "ACC-55", "ACC-58",
    "ACC-60", "ACC-61", "ACC-62", "ACC-66", "ACC-67", "ACC-70", "ACC-71", "ACC-73", "EMG-02", "EMG-03", "EMG-06", "EMG-08",
    "EMG-09", "EMG-10", "EMG-17", "DOC-42",
)  # fmt: skip
def test_the_product_agrees_with_the_rulebook_on_every_cell() -> None:
    lignes = matrice()
    dossier_id, _ = dossier()
    lui = professionnel("99000000082")
    pieces = remplir(dossier_id, lui)
    assert len({p.type for p in pieces.values()}) > 80
    cellules = accordees = 0
    for s in situations(lignes):
        acteur = replace(lui, profession_systeme=s.systeme, profession_code=s.profession)
        poser(dossier_id, acteur, s)
        naif = {i for i, p in pieces.items() if attendu(s, p, lignes)}
        ecart = vus(dossier_id, acteur, s) ^ naif
        assert not ecart, (s, sorted({pieces[i] for i in ecart}, key=str)[:5])
        cellules += len(pieces)
        accordees += len(naif)
    assert cellules >= 20_000
    assert accordees > cellules // 20
