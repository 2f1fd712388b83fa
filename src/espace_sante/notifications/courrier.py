"""The letter of an emergency access, for a holder who gave no e-mail (rule EMG-11)."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from uuid import UUID
from zoneinfo import ZoneInfo

import typst

from espace_sante.identite.queries import identite
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.notifications import ecriture
from espace_sante.notifications.queries import detail
from espace_sante.platform.postgres.rls import portee

_PARIS = ZoneInfo("Europe/Paris")


class CourrierIntrouvable(EspaceSanteError):
    """No such letter waits. Code `courrier_introuvable`."""


@lru_cache(maxsize=1)
def _gabarit() -> bytes:
    return files("espace_sante.notifications").joinpath("gabarits/urgence.typ").read_bytes()


def imprimer(dossier_id: UUID, avis_id: UUID) -> bytes:
    """The letter as a PDF: who, when, structure, reason. Made when it is asked for, kept nowhere.

    Raises CourrierIntrouvable.
    """
    with portee(dossier_id):
        avis = detail(dossier_id, avis_id)
        if avis is None:
            raise CourrierIntrouvable("courrier_introuvable", "Ce courrier n'existe pas.")
        quand, details = avis
        nom = identite(dossier_id).nom_complet
    champs = {
        "nom": nom,
        "quand": quand.astimezone(_PARIS).strftime("%d/%m/%Y à %H h %M"),
        "qui": details.get("qui") or "Un professionnel de santé",
        "structure": details.get("structure") or "Non précisée",
        "motif": details.get("motif") or "Non précisée",
    }
    return bytes(typst.compile(_gabarit(), format="pdf", sys_inputs=champs))


def remis(dossier_id: UUID, avis_id: UUID) -> None:
    """The letter was posted: it no longer waits. Idempotent."""
    ecriture.finir(dossier_id, avis_id)
