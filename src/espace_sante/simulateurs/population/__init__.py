"""The fictitious population of the demonstration: people, structures, records (issue 2 §10).

    population = generer(200, graine=7)
    for titulaire in population.titulaires():
        for document in titulaire.documents():
            ...

Pure generation: no database, no Django, no network. The same number and seed give the same
bytes. Nobody and no structure here exists: identities are under the INS OID of test, RPPS and
FINESS are outside the attributed ranges, towns are invented, addresses are of reserved domains.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

from espace_sante.simulateurs.population.matricules import CAPACITE
from espace_sante.simulateurs.population.modeles import (
    Adresse,
    ConsentementFictif,
    DocumentFictif,
    EquipeFictive,
    ProfessionnelFictif,
    SecretariatFictif,
    SituationFictive,
    StructureFictive,
    TitulaireFictif,
    VisiteFictive,
)
from espace_sante.simulateurs.population.professionnels import Annuaire, annuaire
from espace_sante.simulateurs.population.structures import ASSURANCE_MALADIE, SERVICE, STRUCTURES
from espace_sante.simulateurs.population.titulaires import Flux

__all__ = [
    "ASSURANCE_MALADIE",
    "JOUR_DE_REFERENCE",
    "SERVICE",
    "Adresse",
    "ConsentementFictif",
    "DocumentFictif",
    "EquipeFictive",
    "Population",
    "ProfessionnelFictif",
    "SecretariatFictif",
    "SituationFictive",
    "StructureFictive",
    "TitulaireFictif",
    "VisiteFictive",
    "generer",
]

# « Today » of the population unless told otherwise: what is drawn must not depend on the clock.
JOUR_DE_REFERENCE = date(2026, 11, 20)


@dataclass(frozen=True, slots=True)
class Population:
    """Structures and professionals at once, holders as a stream that can be walked again."""

    nombre: int
    graine: int
    aujourd_hui: date
    structures: tuple[StructureFictive, ...]
    professionnels: tuple[ProfessionnelFictif, ...]
    secretariats: tuple[SecretariatFictif, ...]
    equipes: tuple[EquipeFictive, ...]
    _annuaire: Annuaire = field(repr=False, compare=False)

    def titulaires(self) -> Iterator[TitulaireFictif]:
        """The holders, the ten composed ones first; memory does not grow with their number."""
        return islice(Flux(self.graine, self._annuaire, self.aujourd_hui).tous(), self.nombre)


def generer(nombre: int, graine: int, *, aujourd_hui: date = JOUR_DE_REFERENCE) -> Population:
    """A population of `nombre` holders, whose last documents are of the days before `aujourd_hui`.

    Raises ValueError when the number is negative or over what the birth places allow.
    """
    if not 0 <= nombre <= CAPACITE:
        raise ValueError(f"The population goes from 0 to {CAPACITE} holders.")
    connus = annuaire(graine)
    return Population(
        nombre=nombre,
        graine=graine,
        aujourd_hui=aujourd_hui,
        structures=STRUCTURES,
        professionnels=connus.professionnels,
        secretariats=connus.secretariats,
        equipes=connus.equipes,
        _annuaire=connus,
    )
