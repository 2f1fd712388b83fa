"""Which directory this database has, for good: fictitious and real people never meet (rule ANN-14)."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

from espace_sante.identite.annuaire_sante.erreurs import SourceRefusee
from espace_sante.identite.models import SourceAnnuaire

PROPRIETAIRE: Final = "proprietaire"
# Numbers of fictitious people: 990 begins no RPPS that was ever attributed (ANN-13).
PLAGE_FICTIVE: Final = "990"


def fictive(adresse: str) -> bool:
    """Whether that directory is the simulator of an installation. Pure."""
    return "/simulateurs/" in urlsplit(adresse).path


def exiger(adresse: str, maintenant: datetime, *, base: str = PROPRIETAIRE) -> SourceAnnuaire:
    """The source of this database, told the first time. Raises SourceRefusee.

    A fictitious source is refused in production; a real one outside it.
    """
    est_fictive = fictive(adresse)
    if settings.ES_INSTANCE == "production":
        if est_fictive:
            raise SourceRefusee(
                "annuaire_source_fictive", "L’annuaire fictif n’entre pas dans une instance de production."
            )
        if not settings.ES_ANNUAIRE_CLE:
            raise SourceRefusee("annuaire_sans_cle", "Donnez la clé de l’Annuaire Santé (ES_ANNUAIRE_CLE).")
    elif not est_fictive and settings.ES_LOCAL:
        raise SourceRefusee(
            "annuaire_source_reelle", "Une instance qui a des simulateurs ne reçoit pas l’annuaire réel."
        )
    connue, _ = SourceAnnuaire.objects.using(base).get_or_create(
        id=1, defaults={"adresse": adresse, "fictive": est_fictive, "depuis": maintenant}
    )
    if connue.fictive != est_fictive or (not est_fictive and connue.adresse != adresse):
        raise SourceRefusee(
            "annuaire_autre_source",
            "L’annuaire de cette base vient d’une autre source. Une base n’en a qu’une : prenez-en une neuve.",
        )
    return connue


def du_bon_rang(rpps: str, *, est_fictive: bool) -> bool:
    """Whether a number may come from that source. Pure."""
    return rpps.startswith(PLAGE_FICTIVE) is est_fictive
