"""A child's secrecy towards his legal representatives (FHR-37, FHR-163, PRX-10 to PRX-13, PRX-19).

While the holder is a child, whoever opens his space is his representative (PRX-01): an own login for children is off
(PRX-16). On the eighteenth birthday, at midnight in Paris, the holder sees everything.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from espace_sante.documents.regles_modification import est_mineur
from espace_sante.identite.queries import TitulaireInconnu, identite
from espace_sante.kernel.traits import Traits

_PARIS = ZoneInfo("Europe/Paris")


def mineur(traits: Traits | None, maintenant: datetime | None = None) -> bool:
    """Whether a holder is a child now; nobody known is none. Pure but for the clock."""
    jour = (maintenant or datetime.now(UTC)).astimezone(_PARIS).date()
    return traits is not None and est_mineur(traits.date_naissance, jour)


def secret_tenu(dossier_id: UUID) -> bool:
    """Whether what was done in connexion secrète is kept from who opens this space. The record is in scope."""
    try:
        naissance = identite(dossier_id).traits.date_naissance
    except TitulaireInconnu:
        return False
    return est_mineur(naissance, datetime.now(_PARIS).date())


class _Etiquettes(Protocol):
    @property
    def invisible_patient(self) -> bool: ...
    @property
    def invisible_representants(self) -> bool: ...


def tu_a_l_espace(dossier_id: UUID, etiquettes: _Etiquettes) -> bool:
    """Whether who opens the space may not learn that such a document lives: no notice of it leaves (PRX-11, DOC-46)."""
    return etiquettes.invisible_patient or (etiquettes.invisible_representants and secret_tenu(dossier_id))
