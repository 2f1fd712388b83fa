"""The request under way, carried sealed from one page of a provider to the next."""

from __future__ import annotations

import msgspec
from django.core import signing

from espace_sante.simulateurs.openid.fournisseur import Autorisation, DemandeRefusee

_DUREE_S = 900


def sceller(nom: str, demande: Autorisation) -> str:
    """The request as one signed text."""
    return signing.dumps(msgspec.to_builtins(demande), salt=f"simulateur/{nom}", compress=True)


def ouvrir(nom: str, scelle: str) -> Autorisation:
    """The request back. Raises DemandeRefusee when altered or too old."""
    try:
        brut = signing.loads(scelle, salt=f"simulateur/{nom}", max_age=_DUREE_S)
        return msgspec.convert(brut, Autorisation)
    except (signing.BadSignature, msgspec.ValidationError):
        raise DemandeRefusee("Cette page a expiré. Recommencez depuis le service.") from None
