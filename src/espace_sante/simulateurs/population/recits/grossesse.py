"""Pregnancy: visits, blood tests, three ultrasounds, birth, afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from espace_sante.simulateurs.population.actes import Acte
from espace_sante.simulateurs.population.recits.vie import Vie
from espace_sante.simulateurs.population.redaction import biologie as bio
from espace_sante.simulateurs.population.redaction import consultations as cs
from espace_sante.simulateurs.population.redaction import hopital
from espace_sante.simulateurs.population.redaction import imagerie as img
from espace_sante.simulateurs.population.redaction import ordonnances as ordo


def grossesse(vie: Vie) -> Iterator[Acte]:
    """The pregnancy that ended on the day written in the story « grossesse:2024-05-03 »."""
    terme = next(date.fromisoformat(p.split(":")[1]) for p in vie.parcours if p.startswith("grossesse:"))
    debut = terme - timedelta(days=273)
    for mois in range(3, 10):
        jour = debut + timedelta(days=30 * mois - 9)
        yield cs.specialiste(
            jour, "sage_femme", f"Consultation prénatale du {mois}e mois",
            (f"Grossesse de {round(4.35 * mois + 2)} semaines, bien supportée. Mouvements "
             f"{'perçus chaque jour' if mois > 5 else 'pas encore perçus'}.",
             f"Tension 11{mois % 5}/68 mmHg. Bandelette urinaire négative. Hauteur utérine {4 * mois - 3} cm."),
            "Grossesse d'évolution normale. Prochaine consultation dans un mois.", "89233-1",
        )  # fmt: skip
    for semaines in (12, 22, 32):
        yield img.echographie_de_grossesse(debut + timedelta(days=7 * semaines - 14), semaines)
    for trimestre in (1, 2, 3):
        yield bio.bilan_de_grossesse(debut + timedelta(days=90 * trimestre - 30), trimestre)
    yield ordo.ordonnance(debut + timedelta(days=60), (ordo.ACIDE_FOLIQUE,), "sage_femme")
    yield from ordo.ordonnance_et_delivrance(debut + timedelta(days=165), ordo.FER)
    if terme < vie.fin:
        yield from hopital.accouchement(terme, "l'enfant", vie.hasard.chance(0.2))
        suite = terme + timedelta(days=45)
        if suite < vie.fin:
            yield cs.specialiste(
                suite, "sage_femme", "Consultation après la naissance",
                ("Périnée tonique. Cicatrice souple. Moral bon, dépistage négatif.",), "Rééducation périnéale prescrite.",
            )  # fmt: skip
