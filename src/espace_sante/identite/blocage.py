"""Holding an identifier after too many failures: 15 minutes, doubled at each repeat up to 24 hours (rule IDN-39).

Failures are counted by django-axes; how long the hold lasts is decided here. An identifier that nobody bears is held
just the same, so that nothing tells whether an account exists (IDN-38).
"""

from __future__ import annotations

import math
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from espace_sante.identite.models import BlocageConnexion

DUREE = timedelta(minutes=15)
DUREE_MAX = timedelta(hours=24)
# A hold counts as a repeat of the former one when it comes within this time after its end.
MEMOIRE = timedelta(hours=24)


def restant(identifiant: str) -> timedelta | None:
    """How long this identifier is still held; None when it is not."""
    ligne = BlocageConnexion.objects.filter(identifiant_hache=_hacher(identifiant)).first()
    reste = ligne.jusqua - timezone.now() if ligne else timedelta()
    return reste if reste > timedelta() else None


def bloquer(identifiant: str) -> timedelta | None:
    """Hold it from now on, twice as long as the last time. None when it is held already: parallel failures count once."""
    quand = timezone.now()
    BlocageConnexion.objects.filter(jusqua__lt=quand - MEMOIRE).delete()
    with transaction.atomic():
        ligne, neuf = BlocageConnexion.objects.select_for_update().get_or_create(
            identifiant_hache=_hacher(identifiant), defaults={"jusqua": quand}
        )
        if not neuf and ligne.jusqua > quand:
            return None
        # Without a bound the power would grow for years before its use is capped.
        duree: timedelta = min(DUREE * 2 ** min(ligne.repetitions, 10), DUREE_MAX)
        ligne.repetitions += 1
        ligne.jusqua = quand + duree
        ligne.save()
    return duree


def lever(identifiant: str) -> None:
    """Forget former holds: the person proved who she is, with both factors."""
    BlocageConnexion.objects.filter(identifiant_hache=_hacher(identifiant)).delete()


def en_mots(duree: timedelta) -> str:
    """A duration as people say it: « 15 minutes », « 2 heures »; never shorter than the truth."""
    minutes = max(1, math.ceil(duree.total_seconds() / 60))
    if minutes <= 90:
        return f"{minutes} minute{'s' if minutes > 1 else ''}"
    return f"{math.ceil(minutes / 60)} heures"


def _hacher(identifiant: str) -> str:
    return salted_hmac("espace-sante/blocage", identifiant, algorithm="sha256").hexdigest()
