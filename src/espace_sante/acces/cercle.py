"""The holder's circle of care: who is authorised, with which role, until when (FHR-166).

Read by the holder and by its members: a professional whose authorisation is in force, in the ordinary way. An
emergency or a shared document makes nobody a member; a blocked professional is none.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from espace_sante.acces.errors import CercleRefuse
from espace_sante.acces.models import Blocage, Consentement, EquipeSoins, Referent
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.porte import Cible, open_dossier, resoudre
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.index import hacher
from espace_sante.identite.models import Professionnel, Structure
from espace_sante.kernel.codes import GenreActeur
from espace_sante.kernel.ins import Ins
from espace_sante.traces.ecriture import Acte, Action, Resultat, tracer_hors_dossier

RESERVE: Final = "cercle_reserve"
AUTORISE: Final = "autorise"
# A circle shows so many members; nobody has more.
MEMBRES_MAX: Final = 500


class GenreMembre(enum.StrEnum):
    """What a member of the circle is."""

    PROFESSIONNEL = "professionnel"
    EQUIPE = "equipe"


@dataclass(frozen=True, slots=True)
class Membre:
    """One member. `cle` is an RPPS or the id of a team; `role` is `autorise` or that of a Referent."""

    genre: GenreMembre
    cle: str
    nom: str
    role: str
    structure_id: str
    structure_nom: str
    depuis: datetime
    jusqua: datetime | None


@dataclass(frozen=True, slots=True)
class Cercle:
    """The circle as it stands; `maj_le` is the last time that somebody came in."""

    dossier_id: UUID
    membres: tuple[Membre, ...]

    @property
    def depuis(self) -> datetime | None:
        return min((m.depuis for m in self.membres), default=None)

    @property
    def maj_le(self) -> datetime | None:
        return max((m.depuis for m in self.membres), default=None)


def lire_le_mien(acteur: Acteur, cible: Cible | None, *, contexte: Contexte) -> Cercle:
    """The holder's own, by a token of his. Traced. Raises CercleRefuse (another record, known or not), EspaceFerme."""
    if cible is not None and (acteur.dossier_id is None or resoudre(cible) != acteur.dossier_id):
        tracer_hors_dossier(
            acteur,
            contexte,
            Acte(Action.CERCLE, Resultat.REFUS, motif=RESERVE),
            hacher(cible) if isinstance(cible, Ins) else None,
        )
        raise _refus()
    with ouvrir_mon_espace(acteur, contexte=contexte) as espace:
        espace.consigner(Acte(Action.CERCLE))
        return _cercle(espace.dossier_id, datetime.now(UTC))


def lire_le_cercle(acteur: Acteur, cible: Cible, *, contexte: Contexte, identite_qualifiee: bool) -> Cercle:
    """For a member. Traced either way. Raises AccesRefuse, CercleRefuse."""
    with open_dossier(acteur, cible, contexte=contexte, identite_qualifiee=identite_qualifiee) as ouvert:
        membre = acteur.genre is GenreActeur.PROFESSIONNEL and not ouvert.partages_seuls
        if membre:
            ouvert.consigner(Acte(Action.CERCLE))
            return _cercle(ouvert.dossier_id, datetime.now(UTC))
        ouvert.consigner(Acte(Action.CERCLE, Resultat.REFUS, motif=RESERVE))
    raise _refus()


def _refus() -> CercleRefuse:
    return CercleRefuse(RESERVE, "Le cercle de soins se lit par le titulaire et par ses membres.")


def _cercle(dossier_id: UUID, quand: datetime) -> Cercle:
    bloques = set(
        Blocage.objects.filter(dossier_id=dossier_id, leve_le__isnull=True).values_list("genre", "cle")
    )
    accords = list(
        Consentement.objects.filter(
            dossier_id=dossier_id, retire_le__isnull=True, expire_le__gt=quand
        ).order_by("recueilli_le", "id")[:MEMBRES_MAX]
    )
    roles = list(
        Referent.objects.filter(dossier_id=dossier_id, depuis__lte=quand)
        .exclude(jusqua__lte=quand)
        .order_by("depuis", "id")[:MEMBRES_MAX]
    )
    membres = [*_autorises(accords), *_equipes(accords), *_referents(roles)]
    return Cercle(
        dossier_id,
        tuple(
            m
            for m in membres
            if ("professionnel", m.cle) not in bloques and ("structure", m.structure_id) not in bloques
        ),
    )


def _autorises(accords: Iterable[Consentement]) -> list[Membre]:
    """Each once, with the consent that lasts longest, from the first one in force.

    The structure is told when the reader collected the consent there himself: a colleague's is another.
    """
    seuls = [c for c in accords if c.genre == "ponctuel"]
    noms = _noms(c.rpps for c in seuls)
    premiers = {c.rpps: c.recueilli_le for c in reversed(seuls)}
    derniers = {c.rpps: c for c in sorted(seuls, key=lambda c: c.expire_le)}
    membres = []
    for c in derniers.values():
        sien = c.recueilli_par == c.rpps
        membres.append(
            Membre(
                GenreMembre.PROFESSIONNEL,
                c.rpps,
                noms.get(c.rpps, c.nom or c.recueilli_par_nom),
                AUTORISE,
                c.structure_id if sien else "",
                c.structure_nom if sien else "",
                premiers[c.rpps],
                c.expire_le,
            )
        )
    return membres


def _equipes(accords: Iterable[Consentement]) -> list[Membre]:
    communs = {c.equipe_id: c for c in accords if c.genre == "equipe" and c.equipe_id}
    equipes = EquipeSoins.objects.filter(id__in=list(communs))
    lieux = dict(Structure.objects.filter(id__in=[e.structure_id for e in equipes]).values_list("id", "nom"))
    return [
        Membre(
            GenreMembre.EQUIPE,
            str(e.id),
            e.nom,
            AUTORISE,
            e.structure_id,
            lieux.get(e.structure_id, ""),
            communs[e.id].recueilli_le,
            communs[e.id].expire_le,
        )
        for e in equipes
    ]


def _referents(roles: Iterable[Referent]) -> list[Membre]:
    return [
        Membre(GenreMembre.PROFESSIONNEL, r.rpps, r.nom, r.role, "", "", r.depuis, r.jusqua) for r in roles
    ]


def _noms(rpps: Iterable[str]) -> dict[str, str]:
    return {p.rpps: p.affichage for p in Professionnel.objects.filter(rpps__in=list(rpps))}
