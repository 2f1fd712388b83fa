"""What a database is, production or not, and with which key its INS were hashed: told once, then held to.

An operator who forgets ES_INSTANCE or gives another key would otherwise write into people's records under the wrong
rules (IDN-02, ACC-41), or no longer find anyone by INS and make everyone a second record (IDN-01).
"""

from __future__ import annotations

import hmac

from django.conf import settings
from django.db import OperationalError, ProgrammingError, transaction
from django.utils import timezone

from espace_sante.identite.index import cle_hachage
from espace_sante.identite.models import IndexIns, Installation
from espace_sante.kernel.errors import EspaceSanteError

_NOMS = {"production": "de production", "demonstration": "de démonstration", "test": "de test"}


class InstallationIncoherente(EspaceSanteError):
    """The settings are not those of this database.

    Codes `instance_differente`, `cle_ins_differente`, `instance_inconnue`.
    """


def verifier(*, vide_admise: bool = False) -> None:
    """Raise InstallationIncoherente when the database was prepared for another instance or key.

    A database never prepared says nothing. With `vide_admise`, neither does one that holds nobody: it may still change.
    """
    try:
        with transaction.atomic():
            connue = Installation.objects.filter(id=1).first()
            if connue is None or (vide_admise and not IndexIns.objects.exists()):
                return
    except (OperationalError, ProgrammingError):
        # No database, or none of our tables yet: the command that follows says so in its own words.
        return
    _comparer(connue)


def marquer(*, explicite: bool) -> None:
    """Say what this database is, as owner, once its schema is there. Raises InstallationIncoherente, nothing written.

    `explicite`: ES_INSTANCE was given. People who are there already belong to an instance that nobody may guess.
    """
    with transaction.atomic(using="proprietaire"):
        connue = Installation.objects.using("proprietaire").filter(id=1).first()
        habitee = IndexIns.objects.using("proprietaire").exists()
        if connue is not None and habitee:
            _comparer(connue)
            return
        if habitee and not explicite:
            raise InstallationIncoherente(
                "instance_inconnue",
                "Cette base contient déjà des dossiers : donnez ES_INSTANCE (production, demonstration ou test).",
            )
        Installation.objects.using("proprietaire").update_or_create(
            id=1,
            defaults={"nature": settings.ES_INSTANCE, "temoin_cle": _temoin(), "depuis": timezone.now()},
        )


def _comparer(connue: Installation) -> None:
    if connue.nature != settings.ES_INSTANCE:
        raise InstallationIncoherente(
            "instance_differente",
            f"Cette base est celle d'une instance {_NOMS.get(connue.nature, connue.nature)}, mais ES_INSTANCE vaut"
            f" « {settings.ES_INSTANCE} ». Donnez ES_INSTANCE={connue.nature}, ou une autre base.",
        )
    if not hmac.compare_digest(bytes(connue.temoin_cle), _temoin()):
        raise InstallationIncoherente(
            "cle_ins_differente",
            "La clé des empreintes d'INS n'est pas celle de cette base : aucun dossier ne serait retrouvé."
            " Donnez par ES_CLE_INS la clé d'origine (si vous n'en aviez pas, l'ancienne valeur de ES_SECRET_KEY).",
        )


def _temoin() -> bytes:
    return hmac.digest(cle_hachage(), b"espace-sante/temoin", "sha256")
