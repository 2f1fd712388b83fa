"""What was measured, as it is sealed: values and what goes with them. Pure but the key.

Clear beside it: kind, time, who wrote it, with what (see `models.Mesure`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Self
from uuid import UUID

import orjson

from espace_sante.platform.crypto import CleDossier
from espace_sante.profil_medical.regles import nombre

_PLACE_APPAREIL: Final = b"appareil:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contenu:
    """`valeurs` are numbers as they were written (71.50 stays so), by code of component; codes are of the value sets.

    `quand` is the time as it was written, a partial date included. `ressource` is the standard's own form of it as a
    service sent it (JSON text), `profils` what it declared there.
    """

    valeurs: dict[str, str]
    quand: str
    moment: str = ""
    jours: str = ""
    site: str = ""
    methode: str = ""
    diabete: str = ""
    commentaire: str = ""
    ressource: str = ""
    profils: list[str] = field(default_factory=list)

    @property
    def nombres(self) -> dict[str, Decimal]:
        """The values as numbers."""
        return {code: Decimal(v) for code, v in self.valeurs.items()}

    def sceller(self, cle: CleDossier, mesure_id: UUID) -> bytes:
        """Opens only for this record and this measure."""
        plein = {nom: v for nom, v in asdict(self).items() if v}
        return cle.sceller(orjson.dumps(plein), _place(mesure_id))

    @classmethod
    def desceller(cls, scelle: bytes, cle: CleDossier, mesure_id: UUID) -> Self:
        """Raises ScelleRompu."""
        return cls(**orjson.loads(cle.desceller(scelle, _place(mesure_id))))


def empreinte(
    cle: CleDossier, ecrivain: str, genre: str, quand: datetime, valeurs: Mapping[str, Decimal]
) -> bytes:
    """Who, what, when, which value: the same measure, sent twice, has the same one (FHR-153, MES-16)."""
    nombres = [[code, nombre(v)] for code, v in sorted(valeurs.items())]
    return cle.empreinte(orjson.dumps([ecrivain, genre, quand.timestamp(), nombres]), b"mesure")


def empreinte_appareil(cle: CleDossier, ecrivain: str, systeme: str, valeur: str) -> bytes:
    """One instrument of one service: what a service says of it binds no other."""
    return cle.empreinte(orjson.dumps([ecrivain, systeme, valeur]), b"appareil")


def sceller_appareil(cle: CleDossier, appareil_id: UUID, ressource: Mapping[str, Any]) -> bytes:
    """The description of an instrument, sealed for its place."""
    return cle.sceller(orjson.dumps(ressource), _PLACE_APPAREIL + appareil_id.bytes)


def desceller_appareil(cle: CleDossier, appareil_id: UUID, scelle: bytes) -> dict[str, Any]:
    """The inverse. Raises ScelleRompu."""
    lu: dict[str, Any] = orjson.loads(cle.desceller(scelle, _PLACE_APPAREIL + appareil_id.bytes))
    return lu


def _place(mesure_id: UUID) -> bytes:
    return b"mesure:" + mesure_id.bytes
