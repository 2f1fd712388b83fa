"""The gate switched off: row-level security alone still gives nothing (issue 2, done when)."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from espace_sante.acces.tests.fabrique import dossier
from espace_sante.documents import queries
from espace_sante.documents.filtre import Filtre, Restriction
from espace_sante.identite.queries import identite
from espace_sante.platform.postgres.rls import TABLES_DE_DOSSIER, portee
from tests.resistance.etrangers import Victime, victime

pytestmark = pytest.mark.django_db


@pytest.fixture
def v(db: None) -> Victime:
    return victime()


_TOUT = Restriction(types=None, tous_masques=True, voit_invisible_patient=True)


def _lectures_sans_porte(v: Victime) -> dict[str, int]:
    """Rows that the lower rooms' own reads give when nobody asked the gate."""
    trouve = {
        "lister": len(queries.lister(v.dossier_id, _TOUT, Filtre()).elements),
        "fiches": len(queries.lister_fiches(v.dossier_id, _TOUT, Filtre()).elements),
        "compter": len(queries.compter_par_type(v.dossier_id, _TOUT)),
        "invisibles": len(queries.invisibles_du_titulaire(v.dossier_id)),
        "trouver": sum(queries.trouver(v.dossier_id, _TOUT, d) is not None for d in v.documents),
        "contenu": sum(queries.trouver_avec_scelle(v.dossier_id, _TOUT, d) is not None for d in v.documents),
        "versions": sum(len(queries.versions(v.dossier_id, d)) for d in v.documents),
    }
    with connection.cursor() as c:
        for table in TABLES_DE_DOSSIER:
            c.execute(f"SELECT count(*) FROM {table} WHERE dossier_id = %s", [v.dossier_id])
            trouve[table] = c.fetchone()[0]
    for modele in apps.get_models():
        if modele._meta.db_table in TABLES_DE_DOSSIER:
            trouve[f"orm {modele.__name__}"] = modele._default_manager.filter(dossier_id=v.dossier_id).count()
    return trouve


@pytest.mark.rule("REG-18")
def test_without_the_gate_row_level_security_gives_nothing(v: Victime) -> None:
    autre, _ = dossier(7)
    with portee(v.dossier_id):
        # The same reads with the right scope: each table that the victim has rows in is seen.
        vu = _lectures_sans_porte(v)
        assert vu["lister"] == vu["contenu"] == vu["documents_contenu"] == 2
        assert identite(v.dossier_id).traits.nom_naissance == "ZYGOMATIQUE"
    assert TABLES_DE_DOSSIER
    assert not any(_lectures_sans_porte(v).values())
    with portee(autre):
        assert not any(_lectures_sans_porte(v).values())
    with connection.cursor() as c:
        for table in TABLES_DE_DOSSIER:
            c.execute(f"SELECT count(*) FROM {table}")
            assert c.fetchone()[0] == 0, table


@pytest.mark.rule("REG-18", "AUD-13")
@pytest.mark.parametrize("ou", ["nowhere", "another record"])
def test_without_the_gate_nothing_can_be_changed(v: Victime, ou: str) -> None:
    autre, _ = dossier(7)
    for table in sorted(TABLES_DE_DOSSIER):
        for ordre in (
            f"UPDATE {table} SET dossier_id = dossier_id WHERE dossier_id = %s",
            f"DELETE FROM {table} WHERE dossier_id = %s",
        ):
            # Zero rows, or not even the privilege.
            touchees = 0
            try:
                with transaction.atomic(), connection.cursor() as c:
                    if ou == "another record":
                        c.execute(f"SET LOCAL es.dossier = '{autre}'")
                    c.execute(ordre, [v.dossier_id])
                    touchees = c.rowcount
            except DatabaseError:
                pass
            assert touchees == 0, ordre
    with pytest.raises(DatabaseError), portee(autre), connection.cursor() as c:
        c.execute(
            "INSERT INTO documents_contenu (dossier_id, document_id, scelle) VALUES (%s, %s, '')",
            [v.dossier_id, v.documents[0]],
        )


@pytest.mark.rule("REG-18", "REG-12", "INS-17")
def test_tables_outside_records_hold_no_secret(v: Victime) -> None:
    """What has no row-level security may hold neither identity nor health data."""
    admis = {"documents_registre": v.unique_ids, "identite_compte": v.secrets_d_identite[-1:]}
    with connection.cursor() as c:
        c.execute("SELECT relname FROM pg_stat_user_tables WHERE schemaname = 'public' ORDER BY 1")
        for (table,) in c.fetchall():
            c.execute("SELECT has_table_privilege(%s, 'SELECT')", [f'public."{table}"'])
            if table in TABLES_DE_DOSSIER or not c.fetchone()[0]:
                continue
            c.execute(f'SELECT t::text FROM "{table}" t')
            texte = "\n".join(ligne[0] for ligne in c.fetchall())
            connus = " ".join(admis.get(table, ()))
            # Directory data name professionals and structures, not the victim's own.
            secrets = v.secrets_de_documents + v.secrets_d_identite
            appris = [s for s in secrets if s in texte and s not in connus]
            assert not appris, (table, appris)
