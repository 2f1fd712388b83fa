"""Asking for a copy and opening it, as the tests of this room do."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from uuid import UUID

from espace_sante.acces import export
from espace_sante.acces.exportation.taches import fabriquer
from espace_sante.acces.tests.fabrique import CONTEXTE, titulaire


def copier(dossier_id: UUID) -> bytes:
    """Ask, make at once, download: the bytes of the ZIP."""
    demande = export.demander(titulaire(dossier_id), contexte=CONTEXTE)
    fabriquer(dossier_id, demande.id, datetime.now(UTC))
    _, morceaux = export.telecharger(titulaire(dossier_id), demande.id, contexte=CONTEXTE)
    return b"".join(morceaux)


def ouvrir(octets: bytes) -> dict[str, bytes]:
    """Files of the copy by name."""
    with zipfile.ZipFile(io.BytesIO(octets)) as copie:
        assert copie.testzip() is None
        return {nom: copie.read(nom) for nom in copie.namelist()}
