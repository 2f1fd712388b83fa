"""« Qui peut voir ceci ? »: who reads a document or the record, who does not, and why (issue 3, item 4).

Answered by what decides: the same facts, the same pure decision, the same SQL filter as a real opening. Nothing is
opened for anyone here, and nothing is traced but the holder's own look.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from uuid import UUID

from espace_sante.acces import dicah, matrice
from espace_sante.acces.models import Blocage, Consentement, MembreEquipe, Referent
from espace_sante.acces.mon_espace import TITULAIRE, MonEspace
from espace_sante.acces.porte import restriction
from espace_sante.acces.queries import Situation, situation
from espace_sante.documents import queries
from espace_sante.documents.filtre import Filtre
from espace_sante.documents.queries import DocumentVu, Page
from espace_sante.identite import professions
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.annuaire import ProfessionnelRefuse, acteur_professionnel, situations

# A page shows so many people; a record that has more says so.
PERSONNES_MAX = 200


class Raison(enum.StrEnum):
    """Why somebody reads or does not; DICAH's own codes complete it."""

    VOIT = "voit"
    PROFESSION = "profession_sans_ce_type"
    MASQUE = "document_masque"
    ABSENT = "document_absent"
    SANS_EXERCICE = "exercice_inactif"


@dataclass(frozen=True, slots=True)
class Profession:
    """A line of the matrix in force, for one type."""

    systeme: str
    code: str
    libelle: str
    lit: bool


@dataclass(frozen=True, slots=True)
class Personne:
    """A named professional, in one situation d'exercice. `raison` is a Raison or a code of DICAH."""

    rpps: str
    nom: str
    profession: str
    structure: str
    voit: bool
    raison: str


@dataclass(frozen=True, slots=True)
class Hypothese:
    """What would change: blocked, consent withdrawn, document masked."""

    bloque: bool = False
    consentement_retire: bool = False
    masque: bool = False


AUCUNE = Hypothese()


def professions_pour(type_code: str) -> list[Profession]:
    """Professions of the matrix in force, with whether their line opens this type (ACC-42)."""
    edition = matrice.en_vigueur()
    if edition is None:
        return []
    return [
        Profession(s, c, professions.libelle(s, c), type_code in matrice.ligne(edition.numero, s, c, ""))
        for s, c in matrice.professions_de(edition)
    ]


def personnes(
    espace: MonEspace, document_id: UUID | None = None, hypothese: Hypothese = AUCUNE
) -> list[Personne]:
    """Everyone who has or had a link with the record: consent, team, block, role. With or without a document."""
    lus = []
    for rpps in _connus(espace.dossier_id):
        try:
            exercices = situations(rpps)
        except ProfessionnelRefuse:
            lus.append(Personne(rpps, "", "", "", voit=False, raison=Raison.SANS_EXERCICE))
            continue
        for exercice in exercices:
            acteur = acteur_professionnel(exercice, deux_facteurs=True)
            lus.append(_personne(espace.dossier_id, acteur, document_id, hypothese))
    return lus


def comme(
    espace: MonEspace, acteur: Acteur, filtre: Filtre
) -> tuple[dicah.Decision, Page[DocumentVu] | None]:
    """My record as this professional would see it now; no page when it would not open."""
    vue = situation(espace.dossier_id, acteur)
    decision = dicah.decide(vue.faits(acteur, identite_qualifiee=True))
    if not decision.accordee:
        return decision, None
    return decision, queries.lister(espace.dossier_id, restriction(acteur, vue), filtre)


def _personne(dossier_id: UUID, acteur: Acteur, document_id: UUID | None, hypothese: Hypothese) -> Personne:
    vue = _supposer(situation(dossier_id, acteur), hypothese)
    decision = dicah.decide(vue.faits(acteur, identite_qualifiee=True))
    raison: str = decision.code or Raison.VOIT
    if decision.accordee and document_id is not None:
        raison = _document(dossier_id, acteur, vue, document_id, masque=hypothese.masque)
    return Personne(
        acteur.rpps,
        acteur.nom,
        acteur.profession_libelle,
        acteur.structure_nom,
        raison == Raison.VOIT,
        raison,
    )


def _supposer(vue: Situation, hypothese: Hypothese) -> Situation:
    if hypothese.bloque:
        vue = replace(vue, bloque=True)
    if hypothese.consentement_retire:
        vue = replace(vue, consentement=dicah.EtatConsentement.INEXISTANTE)
    return vue


def _document(dossier_id: UUID, acteur: Acteur, vue: Situation, document_id: UUID, *, masque: bool) -> Raison:
    limites = replace(restriction(acteur, vue), comme_si_masque=masque)
    if queries.trouver(dossier_id, limites, document_id) is not None:
        return Raison.VOIT
    return _pourquoi(dossier_id, limites.types, document_id)


def _pourquoi(dossier_id: UUID, types: tuple[str, ...] | None, document_id: UUID) -> Raison:
    vu = queries.trouver(dossier_id, TITULAIRE, document_id)
    if vu is None:
        return Raison.ABSENT
    return Raison.MASQUE if types is None or vu.type_code in types else Raison.PROFESSION


def _connus(dossier_id: UUID) -> list[str]:
    """RPPS of those who have or had to do with the record, once each."""
    accords = Consentement.objects.filter(dossier_id=dossier_id)
    seuls = accords.filter(genre="ponctuel").values_list("rpps", flat=True)
    equipes = accords.filter(genre="equipe").values_list("equipe_id", flat=True)
    membres = MembreEquipe.objects.filter(equipe_id__in=list(equipes)).values_list("rpps", flat=True)
    bloques = Blocage.objects.filter(dossier_id=dossier_id, genre="professionnel").values_list(
        "cle", flat=True
    )
    roles = Referent.objects.filter(dossier_id=dossier_id).values_list("rpps", flat=True)
    return sorted({*seuls, *membres, *bloques, *roles})[:PERSONNES_MAX]
