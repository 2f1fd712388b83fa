"""The two FHIR documents of a copy are valid R4, by our checker and by another one (POR-05, POR-06)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest

from espace_sante.acces.exportation import pieces
from espace_sante.acces.exportation.tests import test_pieces
from espace_sante.acces.exportation.tests.lecture import copier, ouvrir
from espace_sante.acces.importation.tests.jumeau import remplir
from espace_sante.dossier.models import Export
from espace_sante.interop.profils.verification import verifier
from espace_sante.platform.postgres.rls import portee
from tests.contrat.test_tables import dossier_rempli

__all__ = ["dossier_rempli"]
pytestmark = pytest.mark.django_db
# R4 has Composition.section.text; that checker does not know it.
FAUX_POSITIF = r"element\.unknown Composition\.section\[\d+\]\.text"
FICHIERS = ("fhir/dossier.json", "fhir/ips.json")


def _bundles(dossier_id: UUID, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Those of the record, with what its rooms add and measures made for this test."""
    piece = pieces.Piece("essai", ressources=test_pieces._ressources, synthese=test_pieces._synthese)
    monkeypatch.setattr(pieces, "_PIECES", {**pieces._PIECES, "essai": piece})
    with portee(dossier_id):
        Export.objects.filter(dossier_id=dossier_id).update(etat="detruit")
    fichiers = ouvrir(copier(dossier_id))
    return [orjson.loads(fichiers[nom]) for nom in FICHIERS]


@pytest.mark.rule("POR-05", "POR-06")
@pytest.mark.parametrize("genre", ["rempli", "jumeau"])
def test_by_our_checker(dossier_rempli: UUID, monkeypatch: pytest.MonkeyPatch, genre: str) -> None:
    dossier_id = dossier_rempli if genre == "rempli" else remplir(10)
    for bundle in _bundles(dossier_id, monkeypatch):
        constats = [c for c in verifier(bundle) if c.refuse]
        assert [(c.code, c.expression, c.texte) for c in constats] == []


@pytest.mark.lent
@pytest.mark.rule("POR-05", "POR-06")
def test_by_another_checker(dossier_rempli: UUID, monkeypatch: pytest.MonkeyPatch, vectors: Path) -> None:
    pyrofile = pytest.importorskip(
        "pyrofile_validator", reason="second opinion: pyrofile-validator is not installed"
    )
    from pyrofile_validator.config import ValidatorConfig

    validateur = pyrofile.Validator(
        ValidatorConfig(
            local_package_paths=[str(vectors / "fhir" / "pdsm")],
            error_on_unknown_profile=False,
            allow_unknown_extensions=True,
        )
    )
    for bundle in _bundles(dossier_rempli, monkeypatch):
        rapport = validateur.validate_resource(bundle)
        erreurs = [i for i in rapport.issues if str(i.severity).lower().endswith("error")]
        assert [
            (i.code, i.path) for i in erreurs if not re.fullmatch(FAUX_POSITIF, f"{i.code} {i.path}")
        ] == []
