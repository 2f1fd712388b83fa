"""What a software asks when it subscribes, and the limits of it (FHR-168). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.platform.appel_sortant import AppelRefuse, lire_adresse

# What a notification holds: nothing, or a CommunicationRequest in that form (FHR-169).
CORPS: Final = ("", "application/fhir+json", "application/fhir+xml")
# One user watches one record a few times, not a hundred.
PAR_DOSSIER: Final = 10


class AbonnementRefuse(EspaceSanteError):
    """A subscription cannot be kept as it is asked (FHR-168).

    Codes `canal_refuse`, `hote_non_inscrit`, `fin_refusee`, `trop_d_abonnements`, `autre_patient`,
    `abonnements_indisponibles`, `urgence_sans_abonnement`, `autorisation_absente`, `abonnement_introuvable`,
    `version_perimee`.
    """


class Demande(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The asked subscription as it is sealed; `criteres` is the search as it was written, its INS included."""

    criteres: str
    adresse: str
    corps: str = ""
    motif: str = ""
    contacts: list[dict[str, Any]] = []

    def __repr__(self) -> str:
        return "<Demande>"

    def sceller(self) -> bytes:
        """Bytes to seal with the record's key."""
        return msgspec.json.encode(self)

    @classmethod
    def lire(cls, brut: bytes) -> Demande:
        return msgspec.json.decode(brut, type=cls)


@dataclass(frozen=True, slots=True, kw_only=True)
class Souhait:
    """A subscription as asked: what is sealed, the types (empty: all), its end (None: the furthest), `actif` or off."""

    demande: Demande
    types: tuple[str, ...]
    fin: datetime | None
    actif: bool = True


def hote(demande: Demande) -> str:
    """The host to be called. Raises AbonnementRefuse (`canal_refuse`)."""
    try:
        return lire_adresse(demande.adresse).hote
    except AppelRefuse:
        raise AbonnementRefuse(
            "canal_refuse", "Donnez une adresse https complète, sans compte ni fragment."
        ) from None


def fin_permise(fin: datetime | None, maintenant: datetime, jours: int) -> datetime:
    """The end, between now and so many days. Raises AbonnementRefuse (`fin_refusee`)."""
    limite = maintenant + timedelta(days=jours)
    if fin is None:
        return limite
    if not maintenant < fin <= limite:
        raise AbonnementRefuse("fin_refusee", f"Un abonnement finit dans {jours} jours au plus.")
    return fin
