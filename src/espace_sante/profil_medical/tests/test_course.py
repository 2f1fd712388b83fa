"""The same measure sent twice at once is stored once (FHR-153), on committed data, each call on its own connection."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.conf import settings
from django.db import connections

from espace_sante.acces.tests.fabrique import dossier
from espace_sante.platform.postgres.rls import portee
from espace_sante.profil_medical.models import Mesure
from espace_sante.profil_medical.tests.fabrique import donnee, mesurer

QUAND = datetime(2026, 1, 10, 8, tzinfo=UTC)
TABLES = (
    "profil_medical_mesure",
    "traces_trace",
    "identite_titulaire",
    "identite_indexins",
    "dossier_dossier",
)


@pytest.fixture
def personne(django_db_setup: None, django_db_blocker: Any) -> Iterator[UUID]:
    """A record that other connections see; removed by the owner of the tables at the end."""
    with django_db_blocker.unblock():
        dossier_id = dossier(5791)[0]
        yield dossier_id
        connections["default"].close()
        base = settings.DATABASES["proprietaire"]
        with psycopg.connect(
            host=base["HOST"], port=base["PORT"], user=base["USER"], dbname=base["NAME"]
        ) as cx:
            for table in TABLES:
                cx.execute(f"DELETE FROM {table} WHERE dossier_id = %s", [dossier_id])


@pytest.mark.rule("FHR-153")
def test_two_sendings_at_once_store_one_measure(personne: UUID) -> None:
    nouvelles: list[bool] = []
    ensemble = threading.Barrier(3)

    def envoyer() -> None:
        try:
            ensemble.wait()
            fait = mesurer(personne, donnee("poids", QUAND, "71.5"), datetime(2026, 1, 20, tzinfo=UTC))
            nouvelles.append(fait.nouvelle)
        finally:
            connections.close_all()

    fils = [threading.Thread(target=envoyer) for _ in range(3)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    assert sorted(nouvelles) == [False, False, True]
    with portee(personne):
        assert Mesure.objects.filter(dossier_id=personne).count() == 1
