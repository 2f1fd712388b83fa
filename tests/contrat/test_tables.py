"""Tables laid out for many machines, and an application that owns nothing (architecture, rules AUD-13, REG-16)."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from django.apps import apps
from django.db import Error, connection, transaction
from django.db.migrations.loader import MigrationLoader

from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.kernel.codes import EtatProfil, GenreActeur
from espace_sante.kernel.ids import uuid7
from espace_sante.kernel.ins import OID_TEST, Ins, cle
from espace_sante.kernel.traits import Traits
from espace_sante.platform.postgres.rls import TABLES_DE_DOSSIER, portee

pytestmark = pytest.mark.django_db

# Tables that name a record without belonging to it: they find the record, so they are asked before
# any record is in scope. They hold no health data. Adding one here is a decision to review.
TABLES_DE_RECHERCHE = {
    "acces_controleurgence",
    "acces_essaicode",
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
# a deposit that is done or given up.
SUPPRIMABLES = {
    "documents_classement",
    "documents_depotprepare",
    "documents_dossierperso",
    "documents_epingle",
    "dossier_morceauexport",
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


def remplir_un_dossier() -> UUID:
    """A record with at least one row in each of its tables."""
    from espace_sante.acces.alimentation import alimenter
    from espace_sante.acces.indexation_texte import indexer_dossiers
    from espace_sante.acces.models import Consentement
    from espace_sante.documents.models import Document, Suppression
    from espace_sante.dossier.services import NouveauDossier, creer
    from tests.contrat.exemples import lot

    dossier_id, maintenant = uuid7(), datetime.now(UTC)
    ins = Ins("2850375000011" + cle("2850375000011"), OID_TEST)
    creer(
        NouveauDossier(
            dossier_id=dossier_id,
            ins=ins,
            traits=Traits("EXEMPLE", "Paule", "1985-03-01", "F", "75056"),
            etat=EtatProfil.ACTIVE,
            etat_depuis=maintenant,
        )
    )
    structure = Acteur(GenreActeur.STRUCTURE, nom="Laboratoire", structure_id="1750000001", client_id="labo")
    alimenter(structure, dossier_id, lot(structure.structure_id), contexte=Contexte("fhir"))
    with portee(dossier_id):
        Consentement.objects.create(
            dossier_id=dossier_id, id=uuid7(), genre="ponctuel", rpps="10000000001", recueilli_le=maintenant,
            expire_le=maintenant + timedelta(hours=1), recueilli_par="10000000001", recueilli_par_nom="Anne Morel",
        )  # fmt: skip
        Suppression.objects.bulk_create(
            Suppression(
                dossier_id=dossier_id, document_id=d.id, etat="annulee", statut_avant="current", par="titulaire",
                demandee_le=maintenant,
            )
            for d in Document.objects.filter(dossier_id=dossier_id)
        )  # fmt: skip
    _changer_de_matricule(dossier_id, maintenant)
    _decider(dossier_id, maintenant)
    _demander_une_copie(dossier_id, maintenant)
    _signaler_et_avertir(dossier_id, maintenant)
    indexer_dossiers([dossier_id])
    _ranger_et_epingler(dossier_id, maintenant)
    _sceller_et_effacer(dossier_id, maintenant)
    return dossier_id


@pytest.fixture
def dossier_rempli() -> UUID:
    return remplir_un_dossier()


def _changer_de_matricule(dossier_id: UUID, quand: datetime) -> None:
    """A number that the holder had before."""
    from espace_sante.identite.models import AncienMatricule

    with portee(dossier_id):
        AncienMatricule.objects.create(
            dossier_id=dossier_id, oid=OID_TEST, matricule="785037500001104", fin=quand.date()
        )


def _decider(dossier_id: UUID, quand: datetime) -> None:
    """A block, a role, a member left out, an access code, an emergency."""
    from espace_sante.acces.models import Blocage, CodeAcces, Exclusion, Partage, Referent, Urgence

    cle, qui = {"dossier_id": dossier_id}, {"rpps": "10000000001", "nom": "Anne Morel"}
    with portee(dossier_id):
        Blocage.objects.create(
            **cle,
            id=uuid7(),
            genre="professionnel",
            cle="10000000002",
            nom="X",
            pose_le=quand,
            pose_par="titulaire",
        )
        Referent.objects.create(
            **cle, **qui, id=uuid7(), role="medecin_traitant", depuis=quand, par="titulaire"
        )
        Partage.objects.create(**cle, **qui, id=uuid7(), document_id=uuid7(), cree_le=quand, expire_le=quand)
        Exclusion.objects.create(**cle, **qui, id=uuid7(), consentement_id=uuid7(), depuis=quand)
        CodeAcces.objects.create(**cle, id=uuid7(), empreinte=bytes(32), cree_le=quand, expire_le=quand)
        Urgence.objects.create(
            **cle, **qui, id=uuid7(), mode="bris_de_glace", motif="essai", ouverte_le=quand, expire_le=quand
        )


def _sceller_et_effacer(dossier_id: UUID, quand: datetime) -> None:
    """A leaf of the sealed log and the destruction of a trace, as the owner of the tables writes them."""
    from espace_sante.traces.models import Effacement, Feuille

    with portee(dossier_id):
        Feuille.objects.create(
            dossier_id=dossier_id,
            trace_id=uuid7(),
            genre="trace",
            version=1,
            shard=0,
            rang=0,
            empreinte=bytes(32),
        )
        Effacement.objects.create(dossier_id=dossier_id, id=uuid7(), quand=quand, motif="essai", nombre=1)


def _ranger_et_epingler(dossier_id: UUID, quand: datetime) -> None:
    """A folder of the holder, with a document in it that he pinned."""
    from espace_sante.documents.models import Classement, DepotPrepare, Document, DossierPerso, Epingle

    with portee(dossier_id):
        DepotPrepare.objects.create(
            dossier_id=dossier_id, id=uuid7(), par="10000000001", cree_le=quand, saisie=b"x", fichier=b"x"
        )
        dossier = DossierPerso.objects.create(
            dossier_id=dossier_id, id=uuid7(), nom="Analyses", nom_plie="analyses", cree_le=quand
        )
        for d in Document.objects.filter(dossier_id=dossier_id):
            Classement.objects.create(dossier_id=dossier_id, document_id=d.id, dossier_perso_id=dossier.id)
            Epingle.objects.create(dossier_id=dossier_id, document_id=d.id, posee_le=quand)


def _demander_une_copie(dossier_id: UUID, quand: datetime) -> None:
    """A copy with its first piece, and a choice about automatic reading."""
    from espace_sante.dossier.models import AccordExtraction, Export, MorceauExport

    with portee(dossier_id):
        export = Export.objects.create(dossier_id=dossier_id, id=uuid7(), demande_le=quand)
        MorceauExport.objects.create(dossier_id=dossier_id, export_id=export.id, rang=0, scelle=b"x")
        AccordExtraction.objects.create(dossier_id=dossier_id, depuis=quand)


def _signaler_et_avertir(dossier_id: UUID, quand: datetime) -> None:
    """A report with its first step, a notice and a preference."""
    from espace_sante.acces.mon_espace import ouvrir_mon_espace
    from espace_sante.acces.signalements import demander_rectification
    from espace_sante.notifications.services import choisir, premier_acces

    lui = Acteur(GenreActeur.TITULAIRE, nom="Paule", dossier_id=dossier_id)
    with ouvrir_mon_espace(lui, contexte=Contexte("cli")) as espace:
        demander_rectification(espace, "Une information est fausse.")
        premier_acces(dossier_id, Acteur(GenreActeur.PROFESSIONNEL, rpps="10000000001"), quand)
        choisir(dossier_id, "documents", courriel=False)


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
