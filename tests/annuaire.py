"""What operations write and the application may only read: opened to the tests' own statements, one at a time.

The tests run with the application's role. When a file of tests writes a row of the directory, a program or a team,
the owner grants the right for that one statement, inside the test's own transaction, then takes it back. The same
statement coming from the product is refused, as it would be on a real installation.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

RACINE = Path(__file__).resolve().parents[1]
TABLES = (
    "acces_equipesoins",
    "acces_membreequipe",
    "acces_suitedemandematrice",
    "identite_certificatlogiciel",
    "identite_boitemss",
    "identite_installation",
    "identite_logiciel",
    "identite_operateur",
    "identite_professionnel",
    "identite_situationexercice",
    "identite_sourceannuaire",
    "identite_structure",
    "identite_suitelogiciel",
    "traces_effacement",
    "traces_feuille",
)
# Wrappers of the product that every statement goes through: who calls them is who writes.
_TRANSPARENTS = {RACINE / "src/espace_sante/platform/postgres/refus.py"}
_ECRITURE = re.compile(rf'(?:INSERT INTO|UPDATE|DELETE FROM) "({"|".join(TABLES)})"')


class EcritureDesEssais:
    """A wrapper of Django's cursor; `url` is the owner's, `role` the application's."""

    def __init__(self, url: str, role: str) -> None:
        self._cx = psycopg.connect(url, autocommit=True)
        self._role = role

    def __call__(self, executer: Callable[..., Any], sql: str, params: Any, many: bool, contexte: Any) -> Any:
        trouvee = _ECRITURE.match(sql)
        if trouvee is None or not _vient_des_essais():
            return executer(sql, params, many, contexte)
        table = trouvee[1]
        self._cx.execute(f"GRANT INSERT, UPDATE, DELETE ON {table} TO {self._role}")
        try:
            return executer(sql, params, many, contexte)
        finally:
            self._cx.execute(f"REVOKE INSERT, UPDATE, DELETE ON {table} FROM {self._role}")


def _vient_des_essais() -> bool:
    """Whether the nearest file of this repository in the calls is one of tests."""
    cadre = sys._getframe(2)
    while cadre is not None:
        fichier = Path(cadre.f_code.co_filename)
        if (
            fichier not in _TRANSPARENTS
            and fichier.is_relative_to(RACINE)
            and not fichier.is_relative_to(RACINE / ".venv")
        ):
            return "tests" in fichier.relative_to(RACINE).parts
        cadre = cadre.f_back  # type: ignore[assignment]
    return False
