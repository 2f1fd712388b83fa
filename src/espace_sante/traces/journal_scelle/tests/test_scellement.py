"""Every committed trace enters the log exactly once, whatever the order of commits and the moment of a kill."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import connection

from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.kernel.codes import GenreActeur
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.ecriture import Acte, Action, tracer
from espace_sante.traces.journal_scelle.ecriture import effacer, publier, sceller
from espace_sante.traces.journal_scelle.encodage import AUCUN_DOSSIER, HORS_DOSSIER, SOURCES, TRACE, fragment
from espace_sante.traces.journal_scelle.errors import EffacementImpossible, JournalIncoherent
from espace_sante.traces.journal_scelle.tests.atelier import CLE, SHARDS, Journal, ligne

_INSERER = (
    f"INSERT INTO traces_trace ({', '.join(TRACE.noms)}) VALUES ({', '.join(['%s'] * len(TRACE.noms))})"
)


def _rangs(journal: Journal) -> dict[int, list[int]]:
    rangs: dict[int, list[int]] = {}
    for shard, rang in journal.sql("SELECT shard, rang FROM traces_feuille ORDER BY shard, rang"):
        rangs.setdefault(shard, []).append(rang)
    return rangs


def _exactement_une_fois(journal: Journal) -> None:
    assert all(r == list(range(len(r))) for r in _rangs(journal).values()), "a gap, or a rank twice"
    assert journal.sql("SELECT count(*) FROM traces_feuille") == journal.sql(
        "SELECT count(*) FROM traces_trace"
    )
    rapport = journal.verifier()
    assert rapport.entier, rapport.anomalies
    assert rapport.en_attente == 0


@pytest.mark.rule("AUD-14")
def test_new_traces_enter_the_log_of_their_record(journal: Journal) -> None:
    dossiers = journal.ecrire(700)
    assert journal.sceller() == 700
    assert journal.sceller() == 0
    journal.ecrire(5, dossiers)
    assert journal.sceller() == 5
    _exactement_une_fois(journal)
    for dossier, shard in journal.sql("SELECT DISTINCT dossier_id, shard FROM traces_feuille"):
        assert fragment(dossier, SHARDS) == shard
    assert len(_rangs(journal)) == SHARDS


@pytest.mark.rule("AUD-14")
def test_the_bytes_of_a_trace_are_the_same_in_sql_and_in_python(journal: Journal) -> None:
    journal.ecrire(40)
    journal.sql(
        "INSERT INTO traces_tracehorsdossier (id, quand, ins_hache, acteur_genre, acteur_id, structure_id, action,"
        " resultat, motif, porte, logiciel, adresse_hachee, requete) VALUES (%s, now(), %s, 'structure', '', '',"
        " 'existence', 'refus', 'ins_inconnu é', 'fhir', '', '', %s),"
        " (%s, now(), NULL, '', '', '', '', '', '', '', '', '', %s)",
        uuid4(), b"\x00\xff", uuid4(), uuid4(), uuid4(),
    )  # fmt: skip
    journal.sceller()
    for source in (TRACE, HORS_DOSSIER):
        lignes = journal.sql(
            f"SELECT f.empreinte, f.dossier_id, {', '.join(f't.{n}' for n in source.noms)} FROM {source.table} t"
            " JOIN traces_feuille f ON f.trace_id = t.id"
        )
        assert lignes
        for empreinte, dossier, *valeurs in lignes:
            assert source.empreinte(valeurs) == empreinte
            assert source is TRACE or dossier == AUCUN_DOSSIER


@pytest.mark.rule("AUD-14")
def test_every_column_of_a_source_is_in_its_leaf(journal: Journal) -> None:
    for source in SOURCES.values():
        colonnes = journal.sql(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
            source.table,
        )
        assert {c for (c,) in colonnes} == {*source.noms, "transaction_id"}, "a new column: a new form"


@pytest.mark.rule("AUD-14")
def test_a_transaction_that_commits_late_is_not_missed(journal: Journal) -> None:
    """It has an older number and an older date than traces that are sealed already."""
    dossier = uuid4()
    with psycopg.connect(journal.url) as tardive:
        tardive.execute(_INSERER, ligne(dossier, journal.maintenant, 1))
        for _ in range(3):
            journal.ecrire(10)
            assert journal.sceller() == 10, "those that are committed do not wait for the late one"
        assert journal.sceller() == 0
        tardive.commit()
    assert journal.sceller() == 1
    _exactement_une_fois(journal)


@pytest.mark.rule("AUD-14")
def test_concurrent_writers_and_sequencers(journal: Journal) -> None:
    fin = threading.Event()
    fautes: list[BaseException] = []
    ecrites = [0] * 6

    def ecrire(n: int) -> None:
        hasard = random.Random(n)
        try:
            with psycopg.connect(journal.url) as cx:
                while not fin.is_set():
                    combien = hasard.randint(1, 4)
                    for i in range(combien):
                        cx.execute(_INSERER, ligne(uuid4(), journal.maintenant, i))
                    time.sleep(hasard.random() * (0.15 if n < 2 else 0.004))
                    if hasard.random() < 0.2:
                        cx.rollback()
                    else:
                        cx.commit()
                        ecrites[n] += combien
        except BaseException as faute:
            fautes.append(faute)

    def enchainer() -> None:
        try:
            with psycopg.connect(journal.url, autocommit=True) as cx:
                while not fin.is_set():
                    sceller(cx, SHARDS)
        except BaseException as faute:
            fautes.append(faute)

    fils = [threading.Thread(target=ecrire, args=(n,)) for n in range(6)]
    fils += [threading.Thread(target=enchainer) for _ in range(2)]
    for f in fils:
        f.start()
    time.sleep(3)
    fin.set()
    for f in fils:
        f.join()
    assert not fautes
    journal.sceller()
    assert journal.sql("SELECT count(*) FROM traces_feuille") == [(sum(ecrites),)]
    _exactement_une_fois(journal)


_SCELLER = """
import sys, psycopg
from espace_sante.traces.journal_scelle.ecriture import sceller
with psycopg.connect(sys.argv[1], autocommit=True) as cx:
    print("go", flush=True)
    while True:
        sceller(cx, 4)
"""


@pytest.mark.lent
@pytest.mark.rule("AUD-14")
def test_kill_9_in_the_middle_of_sealing_leaves_no_gap_and_no_double(journal: Journal) -> None:
    total = 0
    for attente in (0.02, 0.08, 0.15, 0.3, 0.5):
        journal.ecrire(6000)
        total += 6000
        with subprocess.Popen(
            [sys.executable, "-c", _SCELLER, journal.url], stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        ) as ouvrier:  # fmt: skip
            assert ouvrier.stdout
            ouvrier.stdout.readline()
            time.sleep(attente)
            os.kill(ouvrier.pid, signal.SIGKILL)
        assert all(r == list(range(len(r))) for r in _rangs(journal).values())
    journal.sceller()
    assert journal.sql("SELECT count(*) FROM traces_feuille") == [(total,)]
    journal.publier()
    _exactement_une_fois(journal)


@pytest.mark.rule("AUD-14", "AUD-04")
def test_a_trace_written_by_the_application_itself_is_sealed(journal: Journal) -> None:
    """Through the product's own statement and role, which know nothing of the log."""
    dossier = UUID(int=7)
    with psycopg.connect(journal.url_application) as cx:
        cx.execute(f"SET LOCAL es.dossier = '{dossier}'")
        cx.execute(_INSERER, ligne(dossier, journal.maintenant, 1))
        with pytest.raises(psycopg.errors.InsufficientPrivilege), cx.transaction():
            cx.execute("UPDATE traces_feuille SET rang = 0")
    assert journal.sceller() == 1


@pytest.mark.django_db
@pytest.mark.rule("AUD-13", "AUD-14")
def test_the_application_can_neither_write_nor_change_the_log() -> None:
    dossier = uuid4()
    with portee(dossier):
        tracer(
            dossier, Acteur(GenreActeur.TITULAIRE, dossier_id=dossier), Contexte("web"), Acte(Action.LISTE)
        )
    for table in ("arbre", "curseur", "effacement", "feuille", "tete", "tuile"):
        for verbe in ("INSERT", "UPDATE", "DELETE", "TRUNCATE"):
            with connection.cursor() as c:
                c.execute("SELECT has_table_privilege(current_user, %s, %s)", [f"traces_{table}", verbe])
                assert c.fetchone() == (False,)


@pytest.mark.rule("AUD-14")
def test_heads_are_published_signed_and_handed_to_the_witness_first(journal: Journal, tmp_path) -> None:  # type: ignore[no-untyped-def]
    journal.ecrire(300)
    journal.sceller()
    tetes = journal.publier()
    assert sum(t.taille for t in tetes) == 300
    notes = journal.sql("SELECT note FROM traces_tete ORDER BY shard")
    assert [CLE.publique.ouvrir(n) for (n,) in notes] == tetes
    temoin = journal.temoin.read_text()
    assert all(n in temoin for (n,) in notes)
    with pytest.raises(OSError):
        publier(journal.cx, CLE, tmp_path, datetime.now(UTC))
    assert len(journal.sql("SELECT 1 FROM traces_tete")) == SHARDS, "no head without its witness"
    journal.publier()
    assert len(journal.sql("SELECT 1 FROM traces_tete")) == 2 * SHARDS, "a minute without acts is told too"
    assert journal.verifier().entier


@pytest.mark.rule("AUD-14")
def test_nothing_is_signed_that_contradicts_a_published_head(journal: Journal) -> None:
    journal.ecrire(600)
    journal.sceller()
    journal.publier()
    octets = journal.sql("SELECT empreintes FROM traces_tuile WHERE shard = 1 AND niveau = 0 AND indice = 0")[
        0
    ][0]
    journal.sql(
        "UPDATE traces_tuile SET empreintes = %s WHERE shard = 1 AND niveau = 0 AND indice = 0",
        b"\0" + octets[1:],
    )
    with pytest.raises(JournalIncoherent):
        journal.publier()
    journal.sql(
        "UPDATE traces_tuile SET empreintes = %s WHERE shard = 1 AND niveau = 0 AND indice = 0", octets
    )
    assert journal.publier()
    # The whole database put back in the past: the witness knows more.
    journal.sql("DELETE FROM traces_tete")
    journal.sql("UPDATE traces_arbre SET taille = taille - 1 WHERE shard = 2")
    with pytest.raises(JournalIncoherent):
        journal.publier()


@pytest.mark.rule("AUD-12")
def test_a_destroyed_record_leaves_the_log_whole(journal: Journal) -> None:
    dossiers = journal.ecrire(400)
    with pytest.raises(EffacementImpossible):
        effacer(journal.cx, dossiers[0], "fin de conservation", journal.maintenant)
    journal.sceller()
    journal.publier()
    nombre = effacer(journal.cx, dossiers[0], "fin de conservation", journal.maintenant)
    assert nombre > 0
    assert journal.sql("SELECT count(*) FROM traces_trace WHERE dossier_id = %s", dossiers[0]) == [(0,)]
    assert journal.sceller() == 1, "the destruction is an entry of its own"
    journal.publier()
    rapport = journal.verifier()
    assert rapport.entier, rapport.anomalies
    assert (rapport.effacees, rapport.feuilles) == (nombre, 401)


def test_a_database_restored_elsewhere_is_looked_at_whole(journal: Journal) -> None:
    """Numbers of transactions begin anew there: old rows carry larger ones than those to come."""
    journal.ecrire(50)
    journal.sceller()
    journal.sql("UPDATE traces_curseur SET systeme = systeme + 1")
    journal.sql("UPDATE traces_trace SET transaction_id = transaction_id + 1000000000")
    journal.ecrire(7)
    assert journal.sceller() == 7
    journal.ecrire(3)
    assert journal.sceller() == 3
    _exactement_une_fois(journal)
