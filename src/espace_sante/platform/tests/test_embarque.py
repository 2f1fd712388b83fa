"""The embedded PostgreSQL: unprivileged, private socket, safe after kill -9."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from espace_sante.platform.postgres import embarque


@pytest.fixture
def dossier() -> Iterator[Path]:
    chemin = Path(tempfile.mkdtemp(prefix="es-pgtest-", dir="/tmp"))
    chemin.chmod(0o755)
    yield chemin
    embarque.arreter(chemin)


def _pid(dossier: Path) -> int:
    return int((dossier / "postgres" / "postmaster.pid").read_text().splitlines()[0])


@pytest.mark.lent
def test_start_use_kill_start_again(dossier: Path) -> None:
    serveur = embarque.demarrer(dossier)
    if os.geteuid() == 0:
        assert os.stat(f"/proc/{_pid(dossier)}").st_uid != 0
    assert stat.S_IMODE(serveur.socket.stat().st_mode) == 0o700
    with psycopg.connect(serveur.url(embarque.APPLICATION)) as cx:
        ligne = cx.execute(
            "SELECT current_setting('listen_addresses'), current_setting('synchronous_commit'),"
            " current_setting('fsync'), rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        assert ligne == ("", "on", "on", False, False)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            cx.execute("CREATE TABLE t (i int)")
    with psycopg.connect(serveur.url(embarque.PROPRIETAIRE), autocommit=True) as cx:
        cx.execute("CREATE TABLE t (i int)")
        cx.execute("INSERT INTO t VALUES (7)")
    assert embarque.demarrer(dossier) == serveur
    pid = _pid(dossier)
    os.kill(pid, signal.SIGKILL)
    while Path(f"/proc/{pid}").exists() and Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z":
        time.sleep(0.01)
    serveur = embarque.demarrer(dossier)
    with psycopg.connect(serveur.url(embarque.PROPRIETAIRE)) as cx:
        assert cx.execute("SELECT i FROM t").fetchall() == [(7,)]
    embarque.arreter(dossier)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(serveur.url(embarque.APPLICATION), connect_timeout=2)


@pytest.mark.lent
@pytest.mark.skipif(
    os.geteuid() != 0, reason="only root has private folders that its own account cannot enter"
)
def test_root_may_use_a_private_folder() -> None:
    """A fresh clone in a folder of mode 0700: the cluster lives behind a link that its account can reach."""
    prive = Path(tempfile.mkdtemp(prefix="es-prive-"))
    serveur = embarque.demarrer(prive / "donnees")
    try:
        assert (prive / "donnees" / "postgres").is_symlink()
        assert embarque.demarrer(prive / "donnees") == serveur
        with psycopg.connect(serveur.url(embarque.APPLICATION)) as cx:
            assert cx.execute("SELECT 1").fetchone() == (1,)
    finally:
        embarque.arreter(prive / "donnees")
        shutil.rmtree(serveur.donnees, ignore_errors=True)
        shutil.rmtree(prive)


@pytest.mark.lent
def test_a_socket_folder_that_somebody_else_made_is_never_taken(dossier: Path, tmp_path: Path) -> None:
    """After a cleaning of /tmp anyone may make the remembered name again: as a link here, or with his own server."""
    victime = tmp_path / "victime"
    victime.mkdir(mode=0o755)
    avant = victime.stat()
    lien = Path(tempfile.mkdtemp(prefix="es-lien-", dir="/tmp")) / "prise"
    lien.symlink_to(victime)
    (dossier / "postgres.socket").write_text(str(lien))
    serveur = embarque.demarrer(dossier)
    assert serveur.socket != lien
    assert stat.S_IMODE(serveur.socket.stat().st_mode) == 0o700
    apres = victime.stat()
    assert (apres.st_uid, apres.st_mode) == (avant.st_uid, avant.st_mode)
    assert embarque.demarrer(dossier) == serveur
    shutil.rmtree(lien.parent)
