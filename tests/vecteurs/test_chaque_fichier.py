"""No file of the public samples is there for nothing: each is claimed by a test, which says what must happen with it.

A new file fails here until somebody does; a claim for a file that went away fails too.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from espace_sante.interop.profils.tests import test_autres_guides, test_vecteurs
from tests.vecteurs import test_annuaire, test_cda, test_insi, test_jeux, test_oidc

RECLAMES: dict[str, set[str]] = {
    "fhir (PDSm, PDSm4DMP, MHD)": {
        f"fhir/{nom}" for nom in {*test_vecteurs.RESSOURCES, *test_vecteurs.DEFINITIONS, *test_vecteurs.PAGES}
    },
    "fhir (other guides)": {
        f"fhir/{guide}/{nom}.json"
        for guide, noms in test_autres_guides.GUIDES.items()
        for nom in noms.split()
    },
    "directory": set(test_annuaire.LUS),
    "cda": {*(f"cda/samples/{nom}" for nom in test_cda.ECHANTILLONS), *test_cda.SCHEMAS},
    "insi": set(test_insi.FICHIERS),
    "oidc": set(test_oidc.DECOUVERTES),
    "value sets": set(test_jeux.FICHIERS),
}
# Another room's tests read each file of this folder: consents kept by establishments.
AILLEURS = {"hl7v2/": "src/espace_sante/acces/adt/tests/test_message.py"}
# Nothing of FHIR, CDA, INSi, OIDC or the directory: the trust list of messaging operators comes with their door.
PLUS_TARD = ("README.md", "mssante/")
_RACINE = Path(__file__).resolve().parents[2]


@pytest.fixture
def presents(vectors: Path) -> set[str]:
    return {f.relative_to(vectors).as_posix() for f in vectors.rglob("*") if f.is_file()}


def test_every_file_has_its_use(presents: set[str]) -> None:
    reclames = {nom for noms in RECLAMES.values() for nom in noms}
    la = {f for f in presents if not f.startswith((*AILLEURS, *PLUS_TARD))}
    assert la - reclames == set(), "nobody says what they are for"
    assert reclames - presents == set(), "claimed, and not there"


@pytest.mark.parametrize("dossier", sorted(AILLEURS))
def test_the_other_folders_are_read_where_it_is_said(dossier: str) -> None:
    assert dossier.rstrip("/") in (_RACINE / AILLEURS[dossier]).read_text(encoding="utf-8")
