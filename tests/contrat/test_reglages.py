"""A production start refuses what would be unsafe, and says which setting, never its value."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contrat.depot import RACINE

SECRET = "valeur-qui-ne-doit-jamais-paraitre"
COMPLET = {
    "ES_INSTANCE": "production",
    "ES_SECRET_KEY": "k" * 60,
    "ES_DATABASE_URL": f"postgresql://application:{SECRET}@base.example/es",
    "ES_DATABASE_OWNER_URL": f"postgresql://proprietaire:{SECRET}@base.example/es",
    "ES_BASE_URL": "https://sante.example",
}
_LIRE = (
    "from espace_sante.config import settings as s; import json; print(json.dumps({"
    "'local': s.ES_LOCAL, 'debug': s.DEBUG, 'session': s.SESSION_COOKIE_SECURE, 'csrf': s.CSRF_COOKIE_SECURE,"
    "'hsts': s.SECURE_HSTS_SECONDS > 0, 'utilisateur': s.DATABASES['default']['USER'],"
    "'mot': s.DATABASES['default']['PASSWORD']}))"
)


def _demarrer(tmp_path: Path, **reglages: str) -> subprocess.CompletedProcess[str]:
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("ES_", "DJANGO_"))}
    environ |= {"ES_DATA": str(tmp_path), "PYTHONPATH": str(RACINE / "src"), **reglages}
    return subprocess.run(
        [sys.executable, "-c", _LIRE], env=environ, capture_output=True, text=True, check=False
    )


def test_a_complete_production_start_is_closed_and_secure(tmp_path: Path) -> None:
    fait = _demarrer(tmp_path, **COMPLET)
    assert fait.returncode == 0, fait.stderr
    assert '"local": false' in fait.stdout
    assert '"debug": false' in fait.stdout
    assert fait.stdout.count("true") == 3
    assert '"utilisateur": "application"' in fait.stdout
    assert not list(tmp_path.iterdir()), "production makes no secret by itself"


@pytest.mark.parametrize(
    ("change", "nomme"),
    [
        ({"ES_SECRET_KEY": None}, "ES_SECRET_KEY"),
        ({"ES_SECRET_KEY": "trop-courte"}, "ES_SECRET_KEY"),
        ({"ES_CLE_INS": "trop-courte"}, "ES_CLE_INS"),
        ({"ES_METRICS_DE": "sonde.example"}, "ES_METRICS_DE"),
        ({"ES_PROXY_CONFIANCE": "oui", "ES_PROXY_ADRESSES": "10.0.0.1/8"}, "ES_PROXY_ADRESSES"),
        ({"ES_SIMULATEURS": "oui"}, "ES_SIMULATEURS"),
        ({"ES_SIMULATEURS": "peut-être"}, "ES_SIMULATEURS"),
        ({"ES_INSTANCE": "recette"}, "ES_INSTANCE"),
        ({"ES_PAGE": "cent"}, "ES_PAGE"),
        ({"ES_INSI_URL": "http://insi.example/lps"}, "ES_INSI_URL"),
        ({"ES_INSI_REPRISES_S": "1,x"}, "ES_INSI_REPRISES_S"),
        # A wrong key is admitted on an instance of test, nowhere else (INS-03).
        ({"ES_INS_CLE_CREATION": "avertit"}, "ES_INS_CLE_CREATION"),
        ({"ES_INSTANCE": "demonstration", "ES_INS_CLE_CREATION": "avertit"}, "ES_INS_CLE_CREATION"),
    ],
    ids=lambda v: str(v),
)
def test_what_is_missing_or_unreadable_stops_the_start(
    tmp_path: Path, change: dict[str, str | None], nomme: str
) -> None:
    reglages = {k: v for k, v in {**COMPLET, **change}.items() if v is not None}
    fait = _demarrer(tmp_path, **reglages)
    assert fait.returncode != 0
    derniere = fait.stderr.strip().splitlines()[-1]
    assert nomme in derniere
    assert SECRET not in fait.stderr
    for valeur in change.values():
        assert valeur is None or valeur in {"oui"} or valeur not in derniere


def test_the_two_databases_are_given_together_or_not_at_all(tmp_path: Path) -> None:
    """None: the embedded server. One alone: the other role would silently go to another database."""
    for absent in ("ES_DATABASE_URL", "ES_DATABASE_OWNER_URL"):
        fait = _demarrer(tmp_path, **{k: v for k, v in COMPLET.items() if k != absent})
        assert fait.returncode != 0, absent
        assert absent in fait.stderr.strip().splitlines()[-1]


def test_secrets_are_marked_as_such() -> None:
    from espace_sante.config.environnement import REGLAGES

    attendus = {
        r.nom
        for r in REGLAGES
        if r.nom.endswith(("_SECRET", "_SECRET_KEY", "CLE_INS", "ANNUAIRE_CLE", "DATABASE_URL", "OWNER_URL"))
    }
    assert {r.nom for r in REGLAGES if r.secret} == attendus
