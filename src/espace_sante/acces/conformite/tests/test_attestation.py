"""An attestation is believed for one product of one publisher, from one known service, for a year (OID-34)."""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from espace_sante.acces.conformite import attestation
from espace_sante.acces.conformite.attestation import AttestationRefusee
from espace_sante.acces.exportation import signature
from espace_sante.identite.models import Logiciel

LE = date(2026, 11, 22)
LOGICIEL = Logiciel(client_id="mon-lps-1", nom="Mon LPS", version="2", siret="73282932000074")
MAINTENANT = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture(autouse=True)
def cle(settings: Any, tmp_path: Path) -> Path:
    fichier = tmp_path / "essai.pem"
    fichier.write_bytes(signature.cle_publique())
    settings.ES_CONFORMITE_CLE = str(fichier)
    return fichier


def _refus(texte: str, siret: str = LOGICIEL.siret, produit: str = LOGICIEL.nom, jours: int = 1) -> str:
    with pytest.raises(AttestationRefusee) as refus:
        attestation.lire(
            texte,
            siret=siret,
            produit=produit,
            maintenant=datetime(2026, 11, 22, tzinfo=UTC) + timedelta(days=jours),
        )
    return refus.value.code


@pytest.mark.rule("OID-34")
def test_it_says_who_passed_when(cle: Path) -> None:
    texte = attestation.signer(LOGICIEL, LE)
    replie = "\n".join(texte[i : i + 60] for i in range(0, len(texte), 60))
    lue = attestation.lire(replie, siret=LOGICIEL.siret, produit=LOGICIEL.nom, maintenant=MAINTENANT)
    assert (lue.client_id, lue.le, lue.version) == ("mon-lps-1", LE, "2")
    assert _refus(texte, siret="00000000000000") == "attestation_autre_logiciel"
    assert _refus(texte, produit="Autre") == "attestation_autre_logiciel"
    assert _refus(texte, jours=366) == "attestation_ancienne"
    assert _refus(texte, jours=-3) == "attestation_ancienne"
    cle.write_bytes(
        Ed25519PrivateKey.generate()
        .public_key()
        .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    assert _refus(texte) == "attestation_invalide"


@pytest.mark.rule("OID-34")
def test_nothing_changed_is_believed() -> None:
    entete, corps, signe = attestation.signer(LOGICIEL, LE).split(".")
    autre = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    faux = (
        "", "a.b", "a.b.c", f"{autre}.{corps}.", f"{autre}.{corps}.{signe}", f"{entete}.{corps}A.{signe}",
        f"{entete}.{corps}.{signe[:-8]}AAAAAAAA", "x" * 5_000, "é.é.é", f"{entete}.{signe}.{signe}",
    )  # fmt: skip
    assert {_refus(f) for f in faux} == {"attestation_invalide"}


def test_a_service_without_the_key_reads_none(settings: Any) -> None:
    texte = attestation.signer(LOGICIEL, LE)
    settings.ES_CONFORMITE_CLE = ""
    assert _refus(texte) == "attestation_sans_cle"
