"""Migrations: complete, named after what they do, and safe to run while the former version serves."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connections
from django.db.migrations.loader import MigrationLoader

from tests.contrat.depot import PAQUET

pytestmark = pytest.mark.django_db(databases=["default", "proprietaire"])

# Not ours to follow: they ask for types or names, which is Django's affair, or are silenced for tables
# that nobody reads yet (a new table may be indexed and constrained in its own transaction).
_SANS_OBJET = (
    "prefer-text-field",
    "prefer-identity",
    "prefer-bigint-over-int",
    "prefer-bigint-over-smallint",
    "prefer-robust-stmts",
    "require-timeout-settings",
    "require-concurrent-index-creation",
    "adding-foreign-key-constraint",
    "constraint-missing-not-valid",
)


def _nos_apps() -> list[str]:
    return [a.label for a in apps.get_app_configs() if PAQUET in Path(a.path).parents]


def test_models_and_migrations_say_the_same() -> None:
    sortie = io.StringIO()
    try:
        call_command("makemigrations", *_nos_apps(), check=True, dry_run=True, stdout=sortie, stderr=sortie)
    except SystemExit:
        pytest.fail(f"a migration is missing:\n{sortie.getvalue()}")


def test_migrations_have_names_and_one_end_each() -> None:
    chargeur = MigrationLoader(None)
    assert not chargeur.detect_conflicts()
    anonymes = [m for m in chargeur.graph.nodes if m[0] in _nos_apps() and "_auto_" in m[1]]
    assert not anonymes


@pytest.mark.lent
def test_their_sql_passes_squawk(tmp_path: Path) -> None:
    squawk = shutil.which("squawk", path=str(Path(sys.executable).parent))
    if squawk is None:
        pytest.skip("squawk absent: make .venv/.dev installs it")
    chargeur = MigrationLoader(connections["proprietaire"])
    fichiers = []
    for app, nom in sorted(k for k in chargeur.graph.nodes if k[0] in _nos_apps()):
        sql = chargeur.collect_sql([(chargeur.graph.nodes[app, nom], False)])
        fichier = tmp_path / f"{app}.{nom}.sql"
        fichier.write_text("\n".join(ligne for ligne in sql if not ligne.startswith("--")) + "\n")
        fichiers.append(str(fichier))
    fait = subprocess.run(
        [squawk, "--assume-in-transaction", "--pg-version=15.0", "--reporter=gcc", f"--exclude={','.join(_SANS_OBJET)}",
         *fichiers],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert fait.returncode == 0, fait.stdout[-4000:] + fait.stderr[-1000:]
