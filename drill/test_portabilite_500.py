"""A record of 500 documents leaves, and enters an empty copy equal: bytes, labels, folders, history (POR-16).

`make drill`; the small version is src/espace_sante/acces/importation/tests/test_dossier.py.
"""

from __future__ import annotations

import time
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from espace_sante.acces.importation.tests.jumeau import partir, photographier
from espace_sante.acces.importation.tests.test_dossier import classeurs, egaux, importer, sans_secret, vide

pytestmark = pytest.mark.django_db
NOMBRE = 500


@pytest.mark.rule("POR-16", "POR-04", "POR-09", "POR-10")
@pytest.mark.parametrize("partie_max", [2_000_000_000, 5_000_000])
def test_500_documents(tmp_path: Path, settings: Any, partie_max: int) -> None:
    settings.ES_EXPORT_PARTIE_OCTETS = partie_max
    dossier_id, chemins, avant, cle = partir(NOMBRE, tmp_path)
    assert (len(chemins) > 1) == (partie_max < 10_000_000)
    assert vide(dossier_id)
    assert sans_secret(chemins)
    tracemalloc.start()
    debut = time.monotonic()
    assert importer(chemins, cle).documents == NOMBRE
    duree = time.monotonic() - debut
    assert tracemalloc.get_traced_memory()[1] < 32_000_000
    tracemalloc.stop()
    apres = photographier(dossier_id)
    assert len(apres["octets"]) == NOMBRE
    egaux(avant, apres)
    # Folders of professionals and of the holder, sets that cite older documents, provenance of each.
    assert len(classeurs(apres)) == 33
    assert sum(len(x["items"]) for x in classeurs(apres)) == 66
    assert {d.dossier for d in apres["classement"].values()} > {None}
    # One second on two shared cores.
    assert duree < 60
