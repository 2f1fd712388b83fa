"""kill -9 in the middle of telling subscribers: everything stored is told, at least once (FHR-169)."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.conf import settings
from django.db import connections

from espace_sante.acces.abonnements import envois, gestion, suivi
from espace_sante.acces.abonnements.demande import Demande, Souhait
from espace_sante.acces.abonnements.envois import Annonce
from espace_sante.acces.tests.fabrique import CONTEXTE
from espace_sante.acces.tests.scene import Scene, ouvrir_scene
from espace_sante.identite.models import Logiciel

DOCUMENTS = 12


def _base() -> psycopg.Connection[Any]:
    base = settings.DATABASES["proprietaire"]
    return psycopg.connect(
        host=base["HOST"], port=base["PORT"], user=base["USER"], dbname=base["NAME"], autocommit=True
    )


@pytest.fixture
def scene(django_db_setup: None, django_db_blocker: Any) -> Iterator[Scene]:
    """Committed: another process works on it. Taken away afterwards, by the owner."""
    with django_db_blocker.unblock():
        scene = ouvrir_scene(91)
        Logiciel.objects.get_or_create(client_id="lps-arret", defaults={"nom": "LPS"})
        Logiciel.objects.filter(client_id="lps-arret").update(hotes_notification=["lps.example"])
        yield scene
        connections["default"].close()
        with _base() as cx:
            tables = {
                t
                for (t,) in cx.execute(
                    "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
                    " WHERE a.attname = 'dossier_id' AND NOT a.attisdropped AND c.relkind = 'r'"
                    " AND c.relnamespace = 'public'::regnamespace"
                )
            }
            while tables:
                tables = {t for t in tables if not _vide(cx, t, scene.dossier_id)}
            for table, cle in (
                ("identite_logiciel", "client_id = 'lps-arret'"),
                ("identite_situationexercice", "professionnel_id LIKE '9900000000%'"),
                ("identite_professionnel", "rpps LIKE '9900000000%'"),
                ("identite_structure", "id LIKE '199000000%'"),
                ("documents_reprisetexte", "travail = 'abonnements'"),
            ):
                cx.execute(f"DELETE FROM {table} WHERE {cle}")


def _vide(cx: psycopg.Connection[Any], table: str, dossier_id: UUID) -> bool:
    try:
        with cx.transaction():
            cx.execute(f"DELETE FROM {table} WHERE dossier_id = %s", [dossier_id])
    except psycopg.errors.ForeignKeyViolation:
        return False
    return True


def _travailler(dits: Any, mourir_a: int, maintenant: datetime) -> None:
    """The worker's turn, on a connection of its own; it kills itself after so many announcements."""
    faits = 0

    def poster(annonce: Annonce, _corps: bytes) -> None:
        nonlocal faits
        dits.append(str(annonce.document.id))
        faits += 1
        if faits == mourir_a:
            os.kill(os.getpid(), signal.SIGKILL)

    suivi.relever(maintenant, lot=5)
    envois.livrer(maintenant, rediger=lambda *_: b"", poster_=poster)


def _dans_l_enfant(*args: Any) -> None:
    # A connection that the parent keeps for its browser's event loop came along with the fork: it is not ours to use.
    connections["default"].connection = None
    _travailler(*args)


@pytest.mark.rule("FHR-169")
@pytest.mark.parametrize("mourir_a", [1, 5, DOCUMENTS])
def test_killed_while_it_tells_then_everything_is_told(scene: Scene, mourir_a: int) -> None:
    from dataclasses import replace

    acteur = replace(scene.medecin, client_id="lps-arret")
    souhait = Souhait(demande=Demande(criteres="x", adresse="https://lps.example/"), types=(), fin=None)
    gestion.creer(acteur, scene.ins, souhait, contexte=CONTEXTE, identite_qualifiee=True)
    deposes = {str(scene.deposer().id) for _ in range(DOCUMENTS)}
    contexte = multiprocessing.get_context("fork")
    with contexte.Manager() as partage:
        dits = partage.list()
        maintenant = datetime.now(UTC)
        connections["default"].close()
        ouvrier = contexte.Process(target=_dans_l_enfant, args=(dits, mourir_a, maintenant))
        ouvrier.start()
        ouvrier.join(60)
        assert ouvrier.exitcode == -signal.SIGKILL
        assert len(dits) == mourir_a
        for minutes in (1, 4, 8):
            _travailler(dits, 0, maintenant + timedelta(minutes=minutes))
        assert set(dits) == deposes
        assert len(dits) == DOCUMENTS + 1, (
            "at least once: what was being told when it died is told again, alone"
        )
