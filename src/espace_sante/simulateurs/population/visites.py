"""Who came to a record: consents first, then acts that those consents allowed, or not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from espace_sante.kernel.codes import ModeAcces
from espace_sante.simulateurs.population.hasard import Hasard
from espace_sante.simulateurs.population.modeles import (
    ActeVisite,
    ConsentementFictif,
    ModeRecueil,
    TitulaireFictif,
    VisiteFictive,
)
from espace_sante.simulateurs.population.plan import Prevu
from espace_sante.simulateurs.population.professionnels import Annuaire

# ACC-21: the consent given to a team lasts twelve months; ACC-16: the other one a day.
_DUREE_EQUIPE = timedelta(days=365)
_DUREE_PONCTUELLE = timedelta(hours=24)
_RECUL = timedelta(days=730)
_RECUEILS: tuple[tuple[ModeRecueil, float], ...] = (("oral", 6), ("numerique", 3), ("ecrit", 1))
_LUS = frozenset({"11502-2", "18748-4", "34112-3", "11490-0", "11488-4", "15507-7", "60568-3"})
_MOTIF_URGENCE = "Patient inconscient à l'arrivée, risque vital immédiat, entourage absent."


def consentements(
    titulaire: TitulaireFictif, prevus: Sequence[Prevu], annuaire: Annuaire, hasard: Hasard
) -> tuple[ConsentementFictif, ...]:
    """To the team of the family doctor each year, to a hospital's at a stay, to a specialist for a day."""
    if not prevus:
        return ()
    limite = prevus[-1].moment - _RECUL
    recueillis: list[ConsentementFictif] = []
    en_cours: dict[str, datetime] = {}
    equipes = {e.structure_id: e for e in annuaire.equipes}
    for prevu in prevus:
        auteur = prevu.auteur
        if auteur is None or prevu.moment < limite:
            continue
        cle = prevu.structure.id if prevu.structure.id in equipes else auteur.rpps
        if en_cours.get(cle, limite) > prevu.moment or not hasard.chance(0.8):
            continue
        equipe = equipes.get(prevu.structure.id)
        debut = prevu.moment - timedelta(minutes=hasard.randint(5, 20))
        fin = debut + (_DUREE_EQUIPE if equipe else _DUREE_PONCTUELLE)
        en_cours[cle] = fin
        retire = fin if equipe is None or not hasard.chance(0.05) else debut + timedelta(days=40)
        recueillis.append(
            ConsentementFictif(
                id=hasard.uuid7(debut),
                genre="equipe" if equipe else "ponctuel",
                equipe=equipe.id if equipe else None,
                rpps="" if equipe else auteur.rpps,
                structure_id=prevu.structure.id,
                recueilli_par=auteur.rpps,
                mode=hasard.parmi(_RECUEILS),
                debut=debut,
                fin=fin,
                retire_le=retire if retire < fin else None,
            )
        )
    return tuple(recueillis)


def visites(
    titulaire: TitulaireFictif,
    prevus: Sequence[Prevu],
    donnes: Sequence[ConsentementFictif],
    annuaire: Annuaire,
    hasard: Hasard,
) -> tuple[VisiteFictive, ...]:
    """A deposit for each document; readings under consent; now and then a refusal or an emergency."""
    actes: list[VisiteFictive] = []
    for prevu in prevus:
        rpps = prevu.auteur.rpps if prevu.auteur else ""
        actes.append(_acte(hasard, prevu.moment, "depot", rpps, prevu.structure.id, prevu))
        if prevu.acte.type_code == "15507-7" and hasard.chance(0.15):
            arrivee = prevu.moment - timedelta(hours=2)
            actes.append(
                _acte(hasard, arrivee, "ouverture", rpps, prevu.structure.id, motif=_MOTIF_URGENCE,
                      mode=ModeAcces.BRIS_DE_GLACE)
            )  # fmt: skip
    for consentement in donnes:
        actes.append(
            _acte(
                hasard, consentement.debut, "ouverture", consentement.recueilli_par, consentement.structure_id
            )
        )
    actes.extend(_lectures(titulaire, prevus, donnes, annuaire, hasard))
    if prevus and hasard.chance(0.2):
        curieux = hasard.choice([p for p in annuaire.professionnels if p.actif and p.situations[0].structure])
        moment = prevus[-1].moment - timedelta(days=hasard.randint(1, 200), hours=1)
        structure = curieux.situations[0].structure
        actes.append(
            _acte(hasard, moment, "refus", curieux.rpps, structure.id if structure else "",
                  refus="consentement_absent")
        )  # fmt: skip
    return tuple(sorted(actes, key=lambda v: v.moment))


def _lectures(
    titulaire: TitulaireFictif,
    prevus: Sequence[Prevu],
    donnes: Sequence[ConsentementFictif],
    annuaire: Annuaire,
    hasard: Hasard,
) -> list[VisiteFictive]:
    """The family doctor reads what others wrote, some days later, while the consent of the team lasts."""
    medecin = annuaire.par_rpps[titulaire.medecin_traitant]
    structure = medecin.situations[0].structure
    lieu = structure.id if structure else ""
    du_cabinet = [c for c in donnes if c.genre == "equipe" and c.structure_id == lieu]
    lectures: list[VisiteFictive] = []
    for prevu in prevus:
        if prevu.acte.type_code not in _LUS or prevu.auteur is medecin or prevu.masque_ps:
            continue
        moment = prevu.moment + timedelta(days=hasard.randint(1, 9), minutes=hasard.randint(0, 300))
        couvert = any(c.debut <= moment < (c.retire_le or c.fin) for c in du_cabinet)
        if couvert and hasard.chance(0.6) and moment < prevus[-1].moment:
            lectures.append(_acte(hasard, moment, "lecture", medecin.rpps, lieu, prevu))
    return lectures


def _acte(
    hasard: Hasard,
    moment: datetime,
    acte: ActeVisite,
    rpps: str,
    structure_id: str,
    prevu: Prevu | None = None,
    *,
    mode: ModeAcces = ModeAcces.NORMAL,
    motif: str = "",
    refus: str = "",
) -> VisiteFictive:
    return VisiteFictive(
        id=hasard.uuid7(moment),
        moment=moment,
        acte=acte,
        rpps=rpps,
        structure_id=structure_id,
        mode=mode,
        document=prevu.id if prevu else None,
        motif=motif,
        refus=refus,
    )
