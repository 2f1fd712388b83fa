"""Accounts of the demonstration: identifiers (rule IDN-35) and passwords (rule IDN-36)."""

from __future__ import annotations

from espace_sante.kernel.traits import plier
from espace_sante.simulateurs.population.hasard import Hasard

_CONSONNES = "bdfgjkmprtvz"
_VOYELLES = "aeiou"
_SPECIAUX = "-_+=!"


def identifiant(prenom: str, nom: str, rang: int) -> str:
    """First name, name and rank: unique in a population, 8 to 100 characters, no accent."""
    base = ".".join(plier(mot).replace(" ", "-").lower() for mot in (prenom, nom))
    # The rank has four digits at least, so the shortest names reach eight characters.
    return f"{base[:80]}.{rang:04d}"


def mot_de_passe(hasard: Hasard) -> str:
    """Two invented words of six letters, two digits, a special character: « Tarivo-Bekumi47 ».

    Drawn syllables hold no personal data and no dictionary word long enough to matter.
    """
    mots = ["".join(hasard.choice(_CONSONNES) + hasard.choice(_VOYELLES) for _ in range(3)) for _ in range(2)]
    return (
        f"{mots[0].capitalize()}{hasard.choice(_SPECIAUX)}{mots[1].capitalize()}{hasard.randrange(10, 100)}"
    )


def courriel(prenom: str, nom: str, rang: int) -> str:
    """An address in a domain reserved for examples (RFC 2606)."""
    return f"{identifiant(prenom, nom, rang)}@courriel.example"
