"""Whose measures: by INS, or by the name that one service knows its holder by (FHR-142, FHR-149, OID-29). Pure."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec import UnsetType

from espace_sante.interop.fhir.constats import Constat
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.patients import lire_ins
from espace_sante.interop.fhir.structs import Identifier, Reference
from espace_sante.interop.fhir.valeurs import present
from espace_sante.kernel.ins import OIDS, Ins


@dataclass(frozen=True, slots=True, repr=False)
class Personne:
    """A holder as a call names him. `sujet`: the pairwise subject of the identity token. `repr` shows nothing."""

    systeme: str
    valeur: str
    ins: Ins | None = None

    @property
    def sujet(self) -> str:
        """What is not an INS is the pairing's own name of the person."""
        return "" if self.ins else self.valeur

    def __repr__(self) -> str:
        return "<Personne>"


def designer(systeme: str, valeur: str, *, fictifs: bool) -> Personne | Erreur:
    """A person from the two parts of an identifier."""
    if systeme.removeprefix("urn:oid:") in OIDS:
        ins = lire_ins(systeme, valeur, fictifs=fictifs)
        return ins if isinstance(ins, Erreur) else Personne(systeme, valeur, ins)
    return Personne(systeme, valeur) if valeur else Erreur.PATIENT_FORME


def lire_personne(sujet: Reference | UnsetType, constats: list[Constat], *, fictifs: bool) -> Personne | None:
    """`subject.identifier`, required."""
    identifiant = None if isinstance(sujet, UnsetType) else sujet.identifier
    if not isinstance(identifiant, Identifier) or not present(identifiant.value):
        constats.append(
            Erreur.ELEMENT_OBLIGATOIRE.constat(
                "Observation.subject", element="Observation.subject.identifier"
            )
        )
        return None
    lue = designer(present(identifiant.system), present(identifiant.value), fictifs=fictifs)
    if isinstance(lue, Erreur):
        constats.append(lue.constat("Observation.subject.identifier"))
        return None
    return lue
