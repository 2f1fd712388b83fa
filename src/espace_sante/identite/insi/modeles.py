"""Requests to INSi and its answers, as values (INS-05, INS-06, INS-08). Their `repr` shows nobody (INS-15)."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from espace_sante.identite.insi.erreurs import DemandeRefusee
from espace_sante.kernel.ins import Ins
from espace_sante.kernel.traits import Sexe, Traits, plier

_DATE: Final = re.compile(r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?")
COG: Final = re.compile(r"[0-9][0-9AB][0-9]{3}")


class CodeCR(enum.StrEnum):
    """The three answers of the service (INS-08, INS-09)."""

    TROUVEE = "00"
    AUCUNE = "01"
    PLUSIEURS = "02"


@dataclass(frozen=True, slots=True, repr=False)
class DemandeTraits:
    """Operation 1: who is asked for, by traits. `prenoms` are those that this request sends.

    Raises DemandeRefusee(`traits_insuffisants`): a name, a first name, a sex and a birth date are the least.
    """

    nom_naissance: str
    prenoms: tuple[str, ...]
    sexe: Sexe
    date_naissance: str
    lieu_naissance: str = ""

    def __post_init__(self) -> None:
        complets = plier(self.nom_naissance) and self.prenoms and all(plier(p) for p in self.prenoms)
        if not complets or self.sexe not in {"M", "F"} or not _DATE.fullmatch(self.date_naissance):
            raise DemandeRefusee(
                "traits_insuffisants",
                "Il faut le nom de naissance, un prénom, le sexe et la date de naissance.",
            )
        if self.lieu_naissance and not COG.fullmatch(self.lieu_naissance):
            raise DemandeRefusee(
                "traits_insuffisants", "Le lieu de naissance est un code officiel de 5 caractères."
            )

    @classmethod
    def des_traits(cls, traits: Traits) -> DemandeTraits:
        """All that is known of somebody; the country code stands in the place of a town abroad (INS-13)."""
        return cls(
            traits.nom_naissance,
            tuple(traits.prenoms.split()),
            traits.sexe,
            traits.date_naissance,
            traits.lieu_naissance.upper(),
        )

    @property
    def lunaire(self) -> str:
        """The birth date as the service writes it: 00 for an unknown month or day (INS-11)."""
        return (self.date_naissance + "-00-00")[:10]


@dataclass(frozen=True, slots=True, repr=False)
class DemandeVitale:
    """Operation 2: who is on a card, as the card says it (INS-06).

    `individu` is the person's own matricule (13 characters and the key), `ouvrant_droit` that of the insured person
    on whose card she is. Raises DemandeRefusee(`traits_insuffisants`) without either.
    """

    individu: str = ""
    ouvrant_droit: str = ""
    nom_naissance: str = ""
    date_naissance: str = ""
    rang: str = ""

    def __post_init__(self) -> None:
        if not (self.individu or self.ouvrant_droit):
            raise DemandeRefusee("traits_insuffisants", "La carte ne donne aucun numéro.")
        if any(
            n and not re.fullmatch(r"[0-9AB]{13}(?:[0-9]{2})?", n)
            for n in (self.individu, self.ouvrant_droit)
        ):
            raise DemandeRefusee("demande_invalide", "Le numéro lu sur la carte n’a pas la forme attendue.")


Demande = DemandeTraits | DemandeVitale


@dataclass(frozen=True, slots=True, repr=False)
class MatriculeHistorique:
    """A former matricule, with its dates when the service gives them."""

    ins: Ins
    debut: date | None = None
    fin: date | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Individu:
    """The one person of an answer 00: present INS, former ones, traits as received (INS-08)."""

    ins: Ins
    traits: Traits
    anciens: tuple[MatriculeHistorique, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Reponse:
    """An answer that respects the schema."""

    code: CodeCR
    individu: Individu | None = None
