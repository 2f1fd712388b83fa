"""« Qui peut voir ceci ? »: who reads a document or the record, who does not, and why (issue 3, item 4).

Answered by what decides: the same facts, the same pure decision, the same SQL filter as a real opening. Nothing is
opened for anyone here, and nothing is traced but the holder's own look.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from uuid import UUID

from espace_sante.acces import dicah, matrice
from espace_sante.acces.models import Blocage, Consentement, MembreEquipe, Partage, Referent
from espace_sante.acces.mon_espace import TITULAIRE, MonEspace
from espace_sante.acces.porte import restriction
from espace_sante.acces.queries import Situation, situation, situations
from espace_sante.documents import queries
from espace_sante.documents.filtre import Filtre, Restriction
from espace_sante.documents.queries import DocumentVu, Page
from espace_sante.identite import professions
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.annuaire import acteur_professionnel, situations_actives

# A page shows so many people; a record that has more says so.
PERSONNES_MAX = 200


class Raison(enum.StrEnum):
    """Why somebody reads or does not; DICAH's own codes complete it."""

    VOIT = "voit"
    PARTAGE = "document_partage"
    PARTAGES_SEULS = "partages_seuls"
    PROFESSION = "profession_sans_ce_type"
    MASQUE = "document_masque"
    ABSENT = "document_absent"
    SANS_EXERCICE = "exercice_inactif"


_VOIENT = frozenset({Raison.VOIT.value, Raison.PARTAGE.value, Raison.PARTAGES_SEULS.value})


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
    """Everyone who has or had a link with the record: consent, share, team, block, role. With or without a document.

    As many round trips for two hundred people as for one.
    """
    connus = _connus(espace.dossier_id)
    exercices = situations_actives(connus)
    acteurs = [
        acteur_professionnel(exercice, deux_facteurs=True)
        for rpps in connus
        for exercice in exercices.get(rpps, ())
    ]
    vues = [_supposer(vue, hypothese) for vue in situations(espace.dossier_id, acteurs)]
    dits = [
        (acteur, vue, dicah.decide(vue.faits(acteur, identite_qualifiee=True)))
        for acteur, vue in zip(acteurs, vues, strict=True)
    ]
    raisons = _raisons(espace.dossier_id, dits, document_id, masque=hypothese.masque)
    lus: dict[str, list[Personne]] = {}
    for acteur, raison in zip(acteurs, raisons, strict=True):
        lus.setdefault(acteur.rpps, []).append(
            Personne(
                acteur.rpps,
                acteur.nom,
                acteur.profession_libelle,
                acteur.structure_nom,
                raison in _VOIENT,
                raison,
            )
        )
    partis = {
        rpps: [Personne(rpps, "", "", "", voit=False, raison=Raison.SANS_EXERCICE)]
        for rpps in connus
        if rpps not in lus
    }
    return [personne for rpps in connus for personne in (lus.get(rpps) or partis[rpps])]


def comme(
    espace: MonEspace, acteur: Acteur, filtre: Filtre
) -> tuple[dicah.Decision, Page[DocumentVu] | None]:
    """My record as this professional would see it now; no page when it would not open."""
    vue = situation(espace.dossier_id, acteur)
    decision = dicah.decide(vue.faits(acteur, identite_qualifiee=True))
    if not decision.accordee:
        return decision, None
    return decision, queries.lister(espace.dossier_id, restriction(acteur, vue), filtre)


def _supposer(vue: Situation, hypothese: Hypothese) -> Situation:
    if hypothese.bloque:
        vue = replace(vue, bloque=True)
    if hypothese.consentement_retire:
        vue = replace(vue, consentement=dicah.EtatConsentement.INEXISTANTE)
    return vue


Dit = tuple[Acteur, Situation, dicah.Decision]


def _raisons(dossier_id: UUID, dits: list[Dit], document_id: UUID | None, *, masque: bool) -> list[str]:
    """Why each reads or does not, in their order: the letters first, then the document in the same filter as reads."""
    if document_id is None:
        return [d.code or (Raison.PARTAGES_SEULS if d.par_partage else Raison.VOIT) for _, _, d in dits]
    ouverts = [
        (rang, replace(restriction(acteur, vue), comme_si_masque=masque))
        for rang, (acteur, vue, decision) in enumerate(dits)
        if decision.accordee
    ]
    raisons: list[str] = [decision.code for _, _, decision in dits]
    visibles = queries.visibles(dossier_id, [limites for _, limites in ouverts], document_id)
    vu = queries.trouver(dossier_id, TITULAIRE, document_id) if not all(visibles) else None
    for (rang, limites), visible in zip(ouverts, visibles, strict=True):
        if visible:
            raisons[rang] = Raison.PARTAGE if document_id in limites.partages else Raison.VOIT
        else:
            raisons[rang] = _pourquoi(vu, limites)
    return raisons


def _pourquoi(vu: DocumentVu | None, limites: Restriction) -> str:
    if vu is None:
        return Raison.ABSENT
    if limites.types is not None and vu.type_code not in limites.types:
        return Raison.PROFESSION
    # Without a consent, others are shared: this one is not, and that is what the reader lacks.
    return dicah.CODES[dicah.Lettre.C] if limites.partages_seuls else Raison.MASQUE


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
    partages = Partage.objects.filter(dossier_id=dossier_id).values_list("rpps", flat=True)
    return sorted({*seuls, *membres, *bloques, *roles, *partages})[:PERSONNES_MAX]
