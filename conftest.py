"""One embedded PostgreSQL for the whole run, one migrated template, one database for each worker."""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# A busy machine is not a failing test: what is too slow is measured by `make bench`.
settings.register_profile("essais", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("essais")

_RACINE = Path(os.environ["ES_TEST_DATA"])
VECTEURS = Path(os.environ.get("ES_VECTORS", Path(__file__).resolve().parents[1] / "shared" / "vectors"))


@pytest.fixture(scope="session")
def vectors() -> Path:
    """Folder of the public samples; the test is skipped, saying so, when they are absent."""
    if not VECTEURS.is_dir():
        pytest.skip("public samples absent: ../shared/vectors (or ES_VECTORS)")
    return VECTEURS


@pytest.fixture(scope="session")
def postgres(django_db_blocker: Any) -> str:
    """Name of this worker's own database, copied from a template migrated once for the run."""
    from django.db import connections
    from django.db.backends.signals import connection_created
    from django.db.migrations.loader import MigrationLoader
    from tests.annuaire import EcritureDesEssais

    from espace_sante.platform.postgres import embarque

    with django_db_blocker.unblock(), (_RACINE / "verrou").open("w") as verrou:
        fcntl.flock(verrou, fcntl.LOCK_EX)
        serveur = embarque.demarrer(_RACINE, {"fsync": "off", "max_connections": "200"})
        pret = _RACINE / "modele.pret"
        if not pret.exists():
            _pointer(serveur, embarque.BASE)
            from espace_sante.acces.matrice import charger_illustrative
            from espace_sante.platform.postgres.schema import migrer

            migrer()
            charger_illustrative()
            connections.close_all()
            pret.touch()
        nom = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'seul')}_{os.getpid()}"
        embarque.creer_base(serveur, nom, embarque.BASE)
    _pointer(serveur, nom)
    ecriture = EcritureDesEssais(serveur.url(embarque.PROPRIETAIRE, nom), embarque.APPLICATION)

    def ouvrir(connection: Any, **_: object) -> None:
        if connection.alias == "default" and ecriture not in connection.execute_wrappers:
            # Outermost: it looks at who calls, and the product's own wrappers are no caller.
            connection.execute_wrappers.insert(0, ecriture)

    # At each connection: the event loop of a browser's driver makes Django take another one in the same thread.
    connection_created.connect(ouvrir, weak=False)
    # Loading the migrations fills the list of the tables of a record, in the workers that did not migrate too.
    MigrationLoader(None)
    return nom


def _pointer(serveur: object, base: str) -> None:
    from django.conf import settings
    from django.db import connections

    from espace_sante.platform.postgres.embarque import APPLICATION, PROPRIETAIRE

    for alias, role in (("default", APPLICATION), ("proprietaire", PROPRIETAIRE)):
        connections[alias].close()
        for reglages in (settings.DATABASES[alias], connections[alias].settings_dict):
            reglages.update(NAME=base, HOST=str(serveur.socket), PORT=str(serveur.port), USER=role)  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def django_db_setup(postgres: str) -> None:
    """Replaces pytest-django's own: the database is already there, with the real roles and rights."""


def pytest_sessionfinish(session: pytest.Session) -> None:
    """The controller, or the only process, stops the server and removes the folder."""
    if os.environ.get("PYTEST_XDIST_WORKER"):
        return
    from espace_sante.platform.postgres import embarque

    embarque.arreter(_RACINE)
    rappel = _RACINE / "postgres.socket"
    if rappel.exists():
        shutil.rmtree(rappel.read_text(), ignore_errors=True)
    shutil.rmtree(_RACINE, ignore_errors=True)


@pytest.fixture(autouse=True)
def _memoires_vides() -> None:
    """What a process remembers of the database does not outlive a test's rollback."""
    from espace_sante.acces import matrice
    from espace_sante.identite import index

    index.oublier()
    matrice.ligne.cache_clear()
