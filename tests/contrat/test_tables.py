"""Tables laid out for many machines, and an application that owns nothing (architecture, rules AUD-13, REG-16)."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

import psycopg
import pytest
from django.apps import apps
from django.db import Error, connection, transaction
from django.db.migrations.loader import MigrationLoader

from espace_sante.kernel.ids import uuid7
from espace_sante.platform.postgres.rls import TABLES_DE_DOSSIER, portee
from tests.contrat.remplissage import remplir_un_dossier

pytestmark = pytest.mark.django_db

# Tables that name a record without belonging to it: they find the record, so they are asked before
# any record is in scope. They hold no health data. Adding one here is a decision to review.
TABLES_DE_RECHERCHE = {
    "acces_controleurgence",
    "acces_envoiabonnement",
    "acces_essaicode",
    "acces_suiviabonnement",
    "documents_echeance",
    "documents_registre",
    "documents_retard",
    "identite_compte",
    "identite_fusionafaire",
    "identite_indexins",
    "identite_lienfranceconnect",
    "notifications_avisprofessionnel",
    "notifications_envoi",
    "traces_suivisignalement",
}
# Rows of a record that the application may delete: pieces of a copy past its time (REG-03), the holder's own order,
# a deposit that is done or given up, a measure that its author takes back (MES-19),
# a subscription that its software ends (FHR-168).
SUPPRIMABLES = {
    "acces_abonnement",
    "documents_classement",
    "documents_depotprepare",
    "documents_dossierperso",
    "documents_epingle",
    "dossier_morceauexport",
    "profil_medical_mesure",
}
# Triggers of the queue's own tables: background work, no data of a record.
TABLES_A_DECLENCHEURS = {"procrastinate_jobs"}


@pytest.fixture(autouse=True, scope="module")
def _migrations_chargees() -> None:
    """TABLES_DE_DOSSIER is filled as migrations are read; another process of the run may have done it alone."""
    MigrationLoader(None)


def _lire(sql: str, *params: object) -> list[tuple[object, ...]]:
    with connection.cursor() as c:
        c.execute(sql, params or None)
        return list(c.fetchall())


def _tables_avec_rls() -> set[str]:
    return {
        str(t)
        for (t,) in _lire("SELECT relname FROM pg_class WHERE relrowsecurity AND relkind IN ('r', 'p')")
    }


def _tables_avec_dossier() -> set[str]:
    return {
        str(t)
        for (t,) in _lire(
            "SELECT c.relname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
            " WHERE a.attname = 'dossier_id' AND NOT a.attisdropped AND c.relkind IN ('r', 'p')"
            " AND c.relnamespace = 'public'::regnamespace"
        )
    }


def test_every_table_with_a_record_is_protected_or_reviewed() -> None:
    assert _tables_avec_dossier() - _tables_avec_rls() == TABLES_DE_RECHERCHE
    assert _tables_avec_rls() == TABLES_DE_DOSSIER


def test_one_policy_by_record_on_each_table() -> None:
    politiques = defaultdict(list)
    for table, commande, roles, lecture, ecriture in _lire(
        "SELECT tablename, cmd, roles::text, qual, with_check FROM pg_policies WHERE schemaname = 'public'"
    ):
        politiques[table].append((commande, roles, lecture, ecriture))
    assert set(politiques) == TABLES_DE_DOSSIER
    for table, liste in politiques.items():
        assert len(liste) == 1, f"{table}: a second policy would widen the first"
        commande, roles, lecture, ecriture = liste[0]
        assert (commande, roles) == ("ALL", "{public}"), table
        assert lecture == ecriture, table
        assert "current_setting('es.dossier'::text, true)" in str(lecture), table


def test_dossier_id_comes_first_in_every_unique_index() -> None:
    index = _lire(
        "SELECT t.relname, i.relname, a.attname, x.indisprimary FROM pg_index x"
        " JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid"
        " LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[0]"
        " WHERE x.indisunique AND t.relname = ANY(%s)",
        sorted(TABLES_DE_DOSSIER),
    )
    assert {t for t, _, _, primaire in index if primaire} == TABLES_DE_DOSSIER, (
        "a table of a record without a key"
    )
    assert not [(t, i, premiere) for t, i, premiere, _ in index if premiere != "dossier_id"]


def test_foreign_keys_between_records_carry_dossier_id_first() -> None:
    cles = _lire(
        "SELECT c.conname, s.relname, d.relname,"
        " (SELECT attname FROM pg_attribute WHERE attrelid = c.conrelid AND attnum = c.conkey[1]),"
        " (SELECT attname FROM pg_attribute WHERE attrelid = c.confrelid AND attnum = c.confkey[1])"
        " FROM pg_constraint c JOIN pg_class s ON s.oid = c.conrelid JOIN pg_class d ON d.oid = c.confrelid"
        " WHERE c.contype = 'f'"
    )
    for nom, source, cible, premiere, premiere_cible in cles:
        if source in TABLES_DE_DOSSIER and cible in TABLES_DE_DOSSIER:
            assert (premiere, premiere_cible) == ("dossier_id", "dossier_id"), nom
        elif cible in TABLES_DE_DOSSIER:
            pytest.fail(f"{nom}: a table outside the record refers to {cible}")


def test_no_trigger_and_no_sequence_on_a_record() -> None:
    declencheurs = {
        str(t) for (t,) in _lire("SELECT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal")
    }
    assert declencheurs <= TABLES_A_DECLENCHEURS
    suites = _lire(
        "SELECT table_name, column_name, column_default, is_identity FROM information_schema.columns"
        " WHERE table_name = ANY(%s) AND (is_identity = 'YES' OR column_default LIKE '%%nextval%%')",
        sorted(TABLES_DE_DOSSIER | TABLES_DE_RECHERCHE),
    )
    assert not suites


def test_django_knows_the_composite_keys() -> None:
    """What the ORM believes is what the database holds: otherwise an update could reach another record."""
    modeles = {m._meta.db_table: m for m in apps.get_models()}
    for table in TABLES_DE_DOSSIER:
        premiere = modeles[table]._meta.pk_fields[0].column
        assert premiere == "dossier_id", table


def test_the_application_role_owns_nothing_and_bypasses_nothing() -> None:
    ((role, *attributs),) = _lire(
        "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication"
        " FROM pg_roles WHERE rolname = current_user"
    )
    assert attributs == [False] * 5
    assert not _lire("SELECT 1 FROM pg_auth_members WHERE member = current_user::regrole"), (
        "inherits another role"
    )
    for objets, colonne in (
        ("pg_class", "relowner"),
        ("pg_proc", "proowner"),
        ("pg_namespace", "nspowner"),
        ("pg_type", "typowner"),
        ("pg_database", "datdba"),
    ):
        assert not _lire(f"SELECT oid FROM {objets} WHERE {colonne} = %s::regrole", role), objets
    assert _lire("SELECT has_schema_privilege('public', 'CREATE')") == [(False,)]
    assert _lire("SELECT has_database_privilege(current_database(), 'CREATE')") == [(False,)]
    definisseurs = _lire(
        "SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace"
    )
    assert not definisseurs, "a function that runs as its owner goes around row-level security"


@pytest.mark.rule("AUD-13")
def test_traces_are_append_only_by_privilege() -> None:
    droits = _lire(
        "SELECT table_name, privilege_type FROM information_schema.role_table_grants"
        " WHERE grantee IN (current_user, 'PUBLIC') AND table_schema = 'public'"
    )
    assert {d for t, d in droits if str(t).startswith("traces_")} == {"SELECT", "INSERT"}
    assert not [t for t, d in droits if d in {"TRUNCATE", "TRIGGER", "REFERENCES"}]
    assert {t for t, d in droits if t in TABLES_DE_DOSSIER and d == "DELETE"} <= SUPPRIMABLES
    for verbe in ("UPDATE {} SET motif = 'x'", "DELETE FROM {}", "TRUNCATE {}", "DROP TABLE {}"):
        for table in ("traces_trace", "traces_tracehorsdossier"):
            with pytest.raises(Error) as refus, transaction.atomic(), connection.cursor() as c:
                c.execute(verbe.format(table))
            assert isinstance(refus.value.__cause__, psycopg.errors.InsufficientPrivilege), verbe


@pytest.fixture
def dossier_rempli() -> UUID:
    return remplir_un_dossier()


def _compter(table: str) -> int:
    return int(str(_lire(f"SELECT count(*) FROM {table}")[0][0]))


def test_with_nothing_set_no_table_of_a_record_gives_a_row(dossier_rempli: UUID) -> None:
    with portee(dossier_rempli):
        vides = [t for t in TABLES_DE_DOSSIER if not _compter(t)]
    assert not vides, "put a row in these tables in `dossier_rempli`, so that this test proves something"
    assert {t: n for t in TABLES_DE_DOSSIER if (n := _compter(t))} == {}
    with portee(uuid7()):
        assert {t: n for t in TABLES_DE_DOSSIER if (n := _compter(t))} == {}


def test_outside_its_scope_a_record_can_be_neither_written_nor_changed(dossier_rempli: UUID) -> None:
    with portee(uuid7()), connection.cursor() as c:
        c.execute("UPDATE dossier_dossier SET etat = 'SUPPRIME' WHERE dossier_id = %s", [dossier_rempli])
        assert c.rowcount == 0
        c.execute("UPDATE documents_document SET titre = 'x'")
        assert c.rowcount == 0
    with pytest.raises(Error, match="row-level security"), portee(uuid7()), connection.cursor() as c:
        c.execute(
            "INSERT INTO dossier_dossier (dossier_id, etat, etat_depuis, motif_fermeture, cle_maitre,"
            " remboursements_masques) VALUES (%s, 'ACTIVE', now(), '', '', false)",
            [uuid7()],
        )


def test_a_row_cannot_be_moved_to_another_record(dossier_rempli: UUID) -> None:
    with pytest.raises(Error), portee(dossier_rempli), connection.cursor() as c:
        c.execute("UPDATE dossier_dossier SET dossier_id = %s", [uuid7()])


def test_a_scope_ends_with_its_block_and_gives_back_the_former_one() -> None:
    premier, second = uuid7(), uuid7()

    def reglage() -> object:
        return _lire("SELECT current_setting('es.dossier', true)")[0][0] or ""

    assert reglage() == ""
    with portee(premier):
        with portee(second):
            assert reglage() == str(second)
        assert reglage() == str(premier)
        with pytest.raises(ZeroDivisionError), portee(second):
            raise ZeroDivisionError
        assert reglage() == str(premier)
    assert reglage() == ""
