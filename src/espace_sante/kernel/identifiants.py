"""Identifiers of professionals and structures, and their normalised forms (ANN-07)."""

import re
from dataclasses import dataclass
from typing import Final, Self

from espace_sante.kernel.errors import EspaceSanteError

OID_PS: Final = "1.2.250.1.71.4.2.1"
OID_STRUCTURE: Final = "1.2.250.1.71.4.2.2"
SYSTEME_RPPS: Final = "https://rpps.esante.gouv.fr"
SYSTEME_IDNAT_PS: Final = f"urn:oid:{OID_PS}"
SYSTEME_STRUCTURE: Final = f"urn:oid:{OID_STRUCTURE}"

_RPPS: Final = re.compile(r"[0-9]{11}")
_IDNAT_RPPS: Final = re.compile(r"8[0-9]{11}")
_FINESS: Final = re.compile(r"[0-9](?:[0-9]|[AB])[0-9]{7}")
_SIRET: Final = re.compile(r"[0-9]{14}")


class IdentifiantInvalide(EspaceSanteError):
    """A number that is not the identifier it claims to be.

    Codes: `rpps_format`, `idnat_format`, `finess_format`, `siret_format`, `systeme_inconnu`.
    """


@dataclass(frozen=True, slots=True)
class Rpps:
    """An RPPS number: 11 digits. The check digit is not demanded (fictitious ones have none)."""

    numero: str

    def __post_init__(self) -> None:
        if not _RPPS.fullmatch(self.numero):
            raise IdentifiantInvalide("rpps_format", "Un numéro RPPS compte 11 chiffres.")

    @classmethod
    def lire(cls, texte: str, systeme: str = "") -> Self:
        """Read an RPPS or a PS_IdNat; the system, when given, says which (ANN-07).

        Raises IdentifiantInvalide.
        """
        valeur = "".join(texte.split())
        if systeme in (SYSTEME_IDNAT_PS, OID_PS):
            return cls(idnat_vers_rpps(valeur))
        if systeme == SYSTEME_RPPS:
            return cls(valeur)
        if systeme:
            raise IdentifiantInvalide(
                "systeme_inconnu", "Ce système n’identifie pas un professionnel de santé."
            )
        return cls(idnat_vers_rpps(valeur) if len(valeur) == 12 else valeur)

    @property
    def idnat(self) -> str:
        """The PS_IdNat: `8` and the RPPS."""
        return f"8{self.numero}"

    def __str__(self) -> str:
        return self.numero


@dataclass(frozen=True, slots=True)
class Finess:
    """A FINESS number: 9 characters, digits, with A or B in second place in Corsica."""

    numero: str

    def __post_init__(self) -> None:
        if not _FINESS.fullmatch(self.numero):
            raise IdentifiantInvalide("finess_format", "Un numéro FINESS compte 9 caractères.")

    @property
    def idnat(self) -> str:
        """The Struct_IdNat: `1` and the FINESS."""
        return f"1{self.numero}"

    def __str__(self) -> str:
        return self.numero


@dataclass(frozen=True, slots=True)
class Siret:
    """A SIRET number: 14 digits."""

    numero: str

    def __post_init__(self) -> None:
        if not _SIRET.fullmatch(self.numero):
            raise IdentifiantInvalide("siret_format", "Un numéro SIRET compte 14 chiffres.")

    @property
    def idnat(self) -> str:
        """The Struct_IdNat: `3` and the SIRET."""
        return f"3{self.numero}"

    def __str__(self) -> str:
        return self.numero


def rpps_vers_idnat(rpps: str) -> str:
    """`8` and the RPPS. Raises IdentifiantInvalide(`rpps_format`)."""
    return Rpps(rpps).idnat


def idnat_vers_rpps(idnat: str) -> str:
    """The RPPS inside a PS_IdNat. Raises IdentifiantInvalide(`idnat_format`)."""
    if not _IDNAT_RPPS.fullmatch(idnat):
        raise IdentifiantInvalide(
            "idnat_format", "Cet identifiant national n’est pas un numéro RPPS précédé de 8."
        )
    return idnat[1:]


def struct_idnat(finess: str) -> str:
    """`1` and the FINESS. Raises IdentifiantInvalide(`finess_format`)."""
    return Finess(finess).idnat


def lire_structure(idnat: str) -> Finess | Siret:
    """The FINESS or SIRET inside a Struct_IdNat. Raises IdentifiantInvalide."""
    valeur = "".join(idnat.split()).upper()
    if valeur.startswith("1"):
        return Finess(valeur[1:])
    if valeur.startswith("3"):
        return Siret(valeur[1:])
    raise IdentifiantInvalide("idnat_format", "Cet identifiant national n’est ni un FINESS ni un SIRET.")
