"""What a test service says of a software that passed its run, for a production service to believe (rule OID-34).

A compact JWS (EdDSA) made with the key that signs copies; the production service knows that key by `ES_CONFORMITE_CLE`.
"""

from __future__ import annotations

import base64
import binascii
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import msgspec
from django.conf import settings

from espace_sante.acces.conformite.regles import ETAPES
from espace_sante.acces.exportation import signature
from espace_sante.identite.models import Logiciel
from espace_sante.kernel.errors import EspaceSanteError

TAILLE_MAX: Final = 4_000
VALIDITE: Final = timedelta(days=365)
_ENTETE: Final = {"alg": "EdDSA", "typ": "conformite+jwt"}


class AttestationRefusee(EspaceSanteError):
    """Codes `attestation_invalide`, `attestation_autre_logiciel`, `attestation_ancienne`, `attestation_sans_cle`."""


class Attestation(msgspec.Struct, frozen=True, kw_only=True):
    """A passed run: of what software, by whom it was seen, on which day."""

    iss: str
    client_id: str
    produit: str
    version: str
    siret: str
    le: date
    etapes: tuple[str, ...]


def signer(logiciel: Logiciel, le: date) -> str:
    """The text that the publisher takes to production."""
    dit = Attestation(
        iss=settings.ES_BASE_URL, client_id=logiciel.client_id, produit=logiciel.nom, version=logiciel.version,
        siret=logiciel.siret, le=le, etapes=ETAPES,
    )  # fmt: skip
    signe = f"{_b64(json.dumps(_ENTETE).encode())}.{_b64(msgspec.json.encode(dit))}"
    return f"{signe}.{_b64(signature.signer(signe.encode()))}"


def lire(texte: str, *, siret: str, produit: str, maintenant: datetime | None = None) -> Attestation:
    """An attestation for that publisher's product, good now. Raises AttestationRefusee."""
    if not settings.ES_CONFORMITE_CLE:
        raise AttestationRefusee(
            "attestation_sans_cle", "Ce service ne lit aucune attestation pour le moment."
        )
    dit = _verifier("".join(texte.split()), Path(settings.ES_CONFORMITE_CLE).read_bytes())
    if (dit.siret, dit.produit) != (siret, produit):
        raise AttestationRefusee(
            "attestation_autre_logiciel",
            "Cette attestation est celle d'un autre logiciel : même nom et même SIRET.",
        )
    age = (maintenant or datetime.now(UTC)).date() - dit.le
    if not -timedelta(days=1) <= age <= VALIDITE or set(dit.etapes) < set(ETAPES):
        raise AttestationRefusee(
            "attestation_ancienne", "Cette attestation est trop ancienne : refaites le parcours en essai."
        )
    return dit


def _verifier(texte: str, pem: bytes) -> Attestation:
    try:
        if len(texte) > TAILLE_MAX or texte.count(".") != 2:
            raise ValueError
        signe, _, brute = texte.rpartition(".")
        entete, corps = (_octets(m) for m in signe.split("."))
        lue: Any = json.loads(entete)
        if lue != _ENTETE or not signature.verifier(pem, signe.encode(), _octets(brute)):
            raise ValueError
        return msgspec.json.decode(corps, type=Attestation)
    except (ValueError, binascii.Error, msgspec.DecodeError, RecursionError):
        raise AttestationRefusee(
            "attestation_invalide",
            "Cette attestation n'est pas lisible, ou n'est pas d'un service d'essai connu.",
        ) from None


def _b64(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def _octets(texte: str) -> bytes:
    return base64.b64decode(texte + "=" * (-len(texte) % 4), altchars=b"-_", validate=True)
