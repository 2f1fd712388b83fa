"""What the patient added himself is marked for professionals (rule DOC-26)."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import uuid4

import pytest

from espace_sante.web.pro import vues_dossier


@pytest.mark.rule("DOC-26")
@pytest.mark.parametrize(
    ("genre", "attendu"), [("titulaire", ["Déposé par le patient"]), ("professionnel", [])]
)
def test_the_mark(genre: str, attendu: list[str]) -> None:
    vu = SimpleNamespace(
        id=uuid4(), deposant_genre=genre, invisible_patient=False, creation=datetime.now(UTC), type_code="DOCPAT04"
    )  # fmt: skip
    assert [e.mot for e in vues_dossier._etiquettes(vu)] == attendu  # type: ignore[arg-type]
