"""Confidentiality labels: a set, read in every published spelling, written in one (FHR-81, FHR-82, FHR-113)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from msgspec import Raw, UnsetType

from espace_sante.documents.nomenclatures import URI_DE_SYSTEME
from espace_sante.interop.fhir.constats import Constat
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.structs import ECRIRE, CodeableConcept, Coding
from espace_sante.interop.fhir.valeurs import present

CONFIDENTIALITE: Final = URI_DE_SYSTEME["2.16.840.1.113883.5.25"]
VISIBILITE: Final = URI_DE_SYSTEME["1.2.250.1.213.1.1.4.13"]
_VISIBILITES: Final = frozenset(
    {
        VISIBILITE,
        VISIBILITE.replace("Statut", "Status").replace("TRE-A07-Statut", "TRE-A07-Status"),
        "urn:oid:1.2.250.1.213.1.1.4.13",
    }
)
_NIVEAUX: Final = frozenset({CONFIDENTIALITE, "urn:oid:2.16.840.1.113883.5.25", *_VISIBILITES})
_SYNONYMES: Final = {"INVISIBLE_REP_LEGAUX": "INVISIBLE_REPRESENTANTS_LEGAUX"}
# Output order, fixed (FHR-113).
ORDRE: Final = ("MASQUE_PS", "INVISIBLE_PATIENT", "INVISIBLE_REPRESENTANTS_LEGAUX")
LIBELLES: Final = {
    "MASQUE_PS": "Masqué aux professionnels de santé",
    "INVISIBLE_PATIENT": "Non visible par le patient",
    "INVISIBLE_REPRESENTANTS_LEGAUX": "Non visible par les représentants légaux du patient",
    "N": "Normal",
    "R": "Restreint",
    "V": "Très restreint",
}


@dataclass(frozen=True, slots=True)
class Etiquettes:
    """One of N, R, V and up to three visibility labels."""

    niveau: str = "N"
    masque_ps: bool = False
    invisible_patient: bool = False
    invisible_representants: bool = False

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes in the fixed order of output."""
        drapeaux = (self.masque_ps, self.invisible_patient, self.invisible_representants)
        return (*(code for code, mis in zip(ORDRE, drapeaux, strict=True) if mis), self.niveau)


def lire_etiquettes(
    concepts: list[CodeableConcept] | UnsetType, chemin: str, constats: list[Constat]
) -> Etiquettes:
    """Read labels; findings are added. N is added when only visibility labels are there (FHR-81)."""
    niveaux: set[str] = set()
    visibilites: set[str] = set()
    if isinstance(concepts, UnsetType):
        constats.append(Erreur.ELEMENT_OBLIGATOIRE.constat(chemin, element="securityLabel"))
        return Etiquettes()
    for rang, concept in enumerate(concepts):
        for code in _codes(concept, f"{chemin}[{rang}]", constats):
            (visibilites if code in ORDRE else niveaux).add(code)
    if len(niveaux) > 1:
        constats.append(Erreur.ETIQUETTES_CONTRAIRES.constat(chemin))
    return Etiquettes(niveaux.pop() if niveaux else "N", *(code in visibilites for code in ORDRE))


def lire_code(concept: CodeableConcept, chemin: str, constats: list[Constat]) -> str:
    """The one label of a concept; findings are added, a second label is one."""
    codes = set(_codes(concept, chemin, constats))
    if len(codes) != 1 and not constats:
        constats.append(Erreur.ETIQUETTES_CONTRAIRES.constat(chemin))
    return next(iter(codes), "")


def _codes(concept: CodeableConcept, chemin: str, constats: list[Constat]) -> Iterator[str]:
    codings = [] if isinstance(concept.coding, UnsetType) else concept.coding
    if not codings:
        constats.append(Erreur.ETIQUETTE_INCONNUE.constat(chemin))
    for codage in codings:
        systeme, code = present(codage.system), present(codage.code)
        code = _SYNONYMES.get(code, code)
        if (code in ("N", "R", "V") and systeme in _NIVEAUX) or (code in ORDRE and systeme in _VISIBILITES):
            yield code
        else:
            constats.append(Erreur.ETIQUETTE_INCONNUE.constat(chemin))


_CONCEPTS: Final = {
    code: CodeableConcept(
        coding=[Coding(system=VISIBILITE if code in ORDRE else CONFIDENTIALITE, code=code, display=libelle)]
    )
    for code, libelle in LIBELLES.items()
}
_RENDUS: Final = {code: ECRIRE.encode(concept) for code, concept in _CONCEPTS.items()}


def concepts(etiquettes: Etiquettes) -> list[CodeableConcept]:
    """securityLabel in output form and order (FHR-82, FHR-113)."""
    return [_CONCEPTS[code] for code in etiquettes.codes]


def rendre(etiquettes: Etiquettes) -> Raw:
    """securityLabel as JSON."""
    return Raw(b"[" + b",".join(_RENDUS[code] for code in etiquettes.codes) + b"]")
