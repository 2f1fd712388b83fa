"""Numbers of an Observation, with their units (FHR-142, FHR-145). Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from msgspec import UnsetType

from espace_sante.interop.fhir.constats import Constat
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.erreurs_mesures import ErreurMesure
from espace_sante.interop.fhir.mesures_codes import oid
from espace_sante.interop.fhir.structs import CodeableConcept
from espace_sante.interop.fhir.structs_mesures import Observation, ObservationComponent, Quantity
from espace_sante.interop.fhir.valeurs import codages, present
from espace_sante.profil_medical.genres import GenreMesure
from espace_sante.profil_medical.observation import LOINC, UCUM

_NOMBRE: Final = re.compile(rb"-?(?:0|[1-9]\d{0,9})(?:\.\d{1,15})?(?:[eE][+-]?\d{1,2})?")
# Another system than UCUM makes it another unit.
_AUTRE_UNITE: Final = "?"
_AUTRES_VALEURS: Final = (
    "valueCodeableConcept", "valueString", "valueBoolean", "valueInteger", "valueRange", "valueRatio",
    "valueSampledData", "valueTime", "valueDateTime", "valuePeriod",
)  # fmt: skip


@dataclass(slots=True)
class Valeurs:
    """By code of component, the empty one for a single value; `ecrites` as they were sent."""

    nombres: dict[str, Decimal] = field(default_factory=dict)
    unites: dict[str, str] = field(default_factory=dict)
    ecrites: dict[str, str] = field(default_factory=dict)

    def prendre(self, code: str, quantite: Quantity, chemin: str, constats: list[Constat]) -> None:
        """One Quantity; without a number it is no value, and the rules will say so."""
        brut = bytes(quantite.value)
        if present(quantite.comparator):
            constats.append(ErreurMesure.FORME_VALEUR.constat(f"{chemin}.comparator"))
        if not brut:
            return
        if not _NOMBRE.fullmatch(brut):
            constats.append(Erreur.TYPE_INVALIDE.constat(f"{chemin}.value"))
            return
        self.ecrites[code] = brut.decode()
        self.nombres[code] = Decimal(brut.decode())
        ucum = present(quantite.system) == UCUM
        self.unites[code] = present(quantite.code) if ucum else _AUTRE_UNITE


def lire_valeurs(o: Observation, genre: GenreMesure, constats: list[Constat]) -> Valeurs:
    """A value, or components, as the kind wants."""
    valeurs = Valeurs()
    if any(bytes(getattr(o, nom)) for nom in _AUTRES_VALEURS):
        constats.append(ErreurMesure.FORME_VALEUR.constat("Observation.value"))
    quantite = None if isinstance(o.valueQuantity, UnsetType) else o.valueQuantity
    composants = [] if isinstance(o.component, UnsetType) else o.component
    if genre.compose:
        if quantite is not None:
            constats.append(ErreurMesure.FORME_VALEUR.constat("Observation.valueQuantity"))
        _composants(composants, valeurs, constats)
    else:
        if composants:
            constats.append(ErreurMesure.FORME_VALEUR.constat("Observation.component"))
        if quantite is not None:
            valeurs.prendre("", quantite, "Observation.valueQuantity", constats)
    return valeurs


def _composants(composants: list[ObservationComponent], valeurs: Valeurs, constats: list[Constat]) -> None:
    for rang, c in enumerate(composants):
        chemin = f"Observation.component[{rang}]"
        code = _code(c.code)
        if not code:
            constats.append(ErreurMesure.COMPOSANT.constat(f"{chemin}.code"))
        elif code in valeurs.nombres:
            constats.append(Erreur.ELEMENT_MULTIPLE.constat(chemin, element="component"))
        elif isinstance(c.valueQuantity, Quantity):
            valeurs.prendre(code, c.valueQuantity, f"{chemin}.valueQuantity", constats)
        if not isinstance(c.dataAbsentReason, UnsetType) or not isinstance(c.modifierExtension, UnsetType):
            constats.append(ErreurMesure.NON_GARDE.constat(chemin))


def _code(concept: CodeableConcept | UnsetType) -> str:
    return next((present(c.code) for c in codages(concept) if oid(present(c.system)) == oid(LOINC)), "")
