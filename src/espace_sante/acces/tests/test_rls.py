"""Row-level security alone, without the gate (architecture: default deny three times)."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from espace_sante.acces.alimentation import alimenter
from espace_sante.acces.consentements import recueillir_consentement
from espace_sante.acces.tests.fabrique import CONTEXTE, document, dossier, lot, professionnel
from espace_sante.platform.postgres.rls import TABLES_DE_DOSSIER, portee

pytestmark = pytest.mark.django_db


_REMPLIES = (
    "acces_consentement", "documents_contenu", "documents_document", "documents_lot", "documents_versiondocument",
    "dossier_dossier", "identite_titulaire", "traces_trace",
)  # fmt: skip


def _compter(table: str) -> int:
    with connection.cursor() as c:
        c.execute(f"SELECT count(*) FROM {table}")
        return int(c.fetchone()[0])


def _remplir(graine: int):  # type: ignore[no-untyped-def]
    dossier_id, ins = dossier(graine)
    medecin = professionnel()
    alimenter(medecin, ins, lot(medecin, document(auteur=medecin)), contexte=CONTEXTE)
    recueillir_consentement(medecin, ins, contexte=CONTEXTE)
    return dossier_id


@pytest.mark.rule("ACC-01", "REG-18")
def test_with_nothing_set_every_table_of_a_record_is_empty() -> None:
    un, deux = _remplir(1), _remplir(2)
    # Every table has its turn in tests/contrat; these are those that a deposit and a consent fill.
    assert set(_REMPLIES) <= TABLES_DE_DOSSIER
    for table in _REMPLIES:
        assert _compter(table) == 0, table
        for dossier_id in (un, deux):
            with portee(dossier_id):
                assert _compter(table) >= 1, table
                with connection.cursor() as c:
                    c.execute(f"SELECT count(*) FROM {table} WHERE dossier_id <> %s", [dossier_id])
                    assert c.fetchone() == (0,), table


def test_a_row_of_another_record_cannot_be_written_or_changed() -> None:
    un, deux = _remplir(1), _remplir(2)
    with portee(un), connection.cursor() as c:
        c.execute("UPDATE documents_document SET titre = 'x' WHERE dossier_id = %s", [deux])
        assert c.rowcount == 0
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            c.execute(
                "INSERT INTO documents_contenu (dossier_id, document_id, scelle) VALUES (%s, gen_random_uuid(), '')",
                [deux],
            )


def test_the_scope_ends_with_its_act_even_when_nested() -> None:
    un, deux = _remplir(1), _remplir(2)
    with portee(un):
        assert _compter("documents_document") == 1
        with portee(deux):
            pass
        with connection.cursor() as c:
            c.execute("SELECT current_setting('es.dossier', true)")
            assert c.fetchone() == (str(un),)
    assert _compter("documents_document") == 0


def test_a_scope_that_is_not_a_uuid_is_refused() -> None:
    with pytest.raises(ValueError, match="badly formed"), portee("'; DROP TABLE x; --"):  # type: ignore[arg-type]
        pass
