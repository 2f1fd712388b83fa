"""Life stories: which documents a person has, when, and why."""

from __future__ import annotations

from datetime import timedelta

from espace_sante.simulateurs.population.actes import Acte
from espace_sante.simulateurs.population.hasard import Hasard
from espace_sante.simulateurs.population.recits import (
    chroniques,
    enfance,
    episodes,
    grand_age,
    grossesse,
    socle,
)
from espace_sante.simulateurs.population.recits.vie import Recit, Vie
from espace_sante.simulateurs.population.redaction import administratif as adm
from espace_sante.simulateurs.population.redaction import consultations as cs
from espace_sante.simulateurs.population.redaction.antecedents import LIBELLES

MINIMUM = 10
MAXIMUM = 60

RECITS: dict[str, Recit] = {
    "diabete": chroniques.diabete,
    "hypertension": chroniques.hypertension,
    "asthme": chroniques.asthme,
    "bpco": chroniques.bpco,
    "thyroide": chroniques.thyroide,
    "fracture": episodes.fracture,
    "lombalgie": episodes.lombalgie,
    "depression": episodes.depression,
    "infarctus": episodes.infarctus,
    "prothese": episodes.prothese,
    "cancer_sein": episodes.cancer_sein,
    "grossesse": grossesse.grossesse,
    "chutes": grand_age.chutes,
    "sejour": grand_age.sejour,
    "ehpad": grand_age.ehpad,
}
_ENFANCE = (enfance.petite_enfance, enfance.vaccins, enfance.maladies, enfance.ecole)


def parcours_de_vie(hasard: Hasard, sexe: str, ans: int) -> tuple[str, ...]:
    """The stories of a person of that sex and age, drawn with plausible frequencies."""
    return tuple(mot for mot, frequence in _frequences(sexe, ans) if hasard.chance(frequence))


def raconter(vie: Vie, ajouts: tuple[Acte, ...] = ()) -> list[Acte]:
    """The planned documents of a person, in order of date, between 10 and 60."""
    recits: list[Recit] = [socle.vie_courante, socle.prevention, socle.papiers]
    if vie.ans < 18:
        recits.extend(_ENFANCE)
    recits.extend(RECITS[mot] for mot in RECITS if vie.connait(mot))
    actes = [acte for recit in recits for acte in recit(vie) if vie.debut <= acte.jour < vie.fin]
    actes.extend(ajouts)
    if vie.ans >= 50:
        connus = [LIBELLES[mot] for mot in LIBELLES if vie.connait(mot)]
        actes.append(
            adm.synthese(
                vie.fin - timedelta(days=vie.hasard.randint(20, 300)),
                [p for p, _ in connus],
                [t for _, t in connus],
            )
        )
    _completer(vie, actes)
    return sorted(_elaguer(actes), key=lambda acte: acte.jour)


def _completer(vie: Vie, actes: list[Acte]) -> None:
    """Add everyday visits until the record holds enough to be looked at."""
    motifs = cs.COURANTS_ENFANT if vie.ans < 15 else cs.COURANTS_ADULTE
    while len(actes) < MINIMUM:
        jour = vie.hasard.jour(vie.debut, vie.fin - timedelta(days=1))
        actes.append(cs.consultation(jour, vie.hasard.choice(motifs)))


def _elaguer(actes: list[Acte]) -> list[Acte]:
    """Keep at most sixty: what matters, then the most recent."""
    if len(actes) <= MAXIMUM:
        return actes
    return sorted(actes, key=lambda acte: (acte.essentiel, acte.jour), reverse=True)[:MAXIMUM]


def _frequences(sexe: str, ans: int) -> tuple[tuple[str, float], ...]:
    adulte, mur, age, vieux = ans >= 18, ans >= 45, ans >= 65, ans >= 80
    return (
        ("diabete", 0.2 if age else 0.11 if mur else 0.0),
        ("hypertension", 0.42 if age else 0.22 if mur else 0.0),
        ("asthme", 0.08 if 6 <= ans < 50 else 0.0),
        ("bpco", 0.1 if ans >= 58 else 0.0),
        ("thyroide", 0.09 if sexe == "F" and ans >= 30 else 0.01),
        ("fracture", 0.12 if ans >= 18 else 0.0),
        ("lombalgie", 0.2 if 24 <= ans < 66 else 0.0),
        ("depression", 0.1 if 18 <= ans < 75 else 0.0),
        ("infarctus", 0.09 if ans >= 58 else 0.0),
        ("prothese", 0.16 if age else 0.0),
        ("cancer_sein", 0.05 if sexe == "F" and ans >= 50 else 0.0),
        ("chutes", 0.5 if vieux else 0.0),
        ("sejour", 0.45 if vieux else 0.0),
        ("ehpad", 0.35 if ans >= 86 else 0.0),
        ("orthophonie", 0.0 if adulte else 0.15),
        ("vue", 0.0 if adulte else 0.25),
    )
