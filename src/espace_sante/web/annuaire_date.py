"""The date of the directory's copy, for the pages that show professionals when it is late (ANN-05)."""

from __future__ import annotations

from datetime import UTC, datetime

from espace_sante.identite.annuaire_sante.copie import etat
from espace_sante.web.espace.calendrier import date_longue


def date_de_l_annuaire() -> str:
    """In words; empty while the copy is fresh, or when no directory is called."""
    copie = etat(datetime.now(UTC))
    return date_longue(copie.reussi_le) if copie.a_dater and copie.reussi_le else ""
