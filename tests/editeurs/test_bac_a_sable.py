"""`sandbox reset`: everything of the first day again, publishers untouched; never in production, never by halves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import Any

import psycopg
import pytest

from espace_sante.simulateurs import bac_a_sable
from espace_sante.simulateurs.bac_a_sable import (
    GARDEES,
    STRUCTURES,
    RemiseRefusee,
    exiger_bac_a_sable,
    remettre,
)
from tests.editeurs.bac import LECTURE, Bac
from tests.navigateur.installation import RACINE, environnement

PDF = b"%PDF-1.4 a oublier"
_EDITEUR = "logiciel-d-un-editeur"


def _lignes(base: psycopg.Connection[Any], *tables: str) -> dict[str, list[Any]]:
    """Every row of these tables."""
    return {t: sorted(map(str, base.execute(f"SELECT * FROM {t}").fetchall())) for t in tables}


def _declarer(base: psycopg.Connection[Any], modele: str) -> None:
    """A publisher's own program, in a structure that is not of the population."""
    base.execute(
        'INSERT INTO identite_structure SELECT (jsonb_populate_record(s, \'{"id": "1777777777"}\')).*'
        " FROM identite_structure s LIMIT 1 ON CONFLICT DO NOTHING"
    )
    base.execute(
        "INSERT INTO identite_logiciel SELECT (jsonb_populate_record(l, jsonb_build_object('client_id', %s::text,"
        " 'structure_id', '1777777777'))).* FROM identite_logiciel l WHERE client_id = %s ON CONFLICT DO NOTHING",
        [_EDITEUR, modele],
    )


def _remise_en_cours(base: psycopg.Connection[Any]) -> bool:
    trouve = base.execute(
        "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted"
        " AND relation = 'identite_titulaire'::regclass)"
    ).fetchone()
    return bool(trouve and trouve[0])


def _documents(bac: Bac) -> set[str]:
    return {d["id"] for d in bac.dossier().chercher()}


@pytest.mark.lent
@pytest.mark.rule("OID-31")
def test_a_reset_brings_the_first_day_back_and_keeps_the_publishers(bac: Bac) -> None:
    bac.remettre()
    neuf = _documents(bac)
    logiciels = {x["client_id"]: x["client_secret"] for x in bac.comptes["logiciels"]}
    structure = next(c for c in logiciels if c.startswith("structure-"))
    with bac.base() as base:
        _declarer(base, structure)
        gardees = _lignes(base, *GARDEES - {"traces_curseur"})
        seme = _lignes(base, "identite_titulaire", "acces_consentement", "documents_registre")
    dossier = bac.dossier()
    premier = dossier.deposer(PDF, "À oublier")
    dossier.supprimer(premier)
    dossier.deposer_simplement(PDF, "À oublier aussi")
    assert _documents(bac) > neuf
    jeton = bac.jeton(bac.professionnel()[0])
    dit = bac.remettre()
    assert dit == f"Bac à sable remis à neuf : 12 titulaires, {len(seme['documents_registre'])} documents."
    assert _documents(bac) == neuf
    with bac.base() as base:
        assert _lignes(base, *GARDEES - {"traces_curseur"}) == gardees
        assert _lignes(base, "identite_titulaire", "acces_consentement", "documents_registre") == seme
        traces = base.execute("SELECT count(*) FROM traces_trace WHERE action = 'depot'").fetchone()
        assert traces == (len(seme["documents_registre"]),)
        assert base.execute("SELECT count(*) FROM identite_structure WHERE id = '1777777777'").fetchone() == (
            1,
        )
    # Secrets and living tokens of publishers still serve; so does the publisher's own program.
    rpps, exercice = bac.professionnel()
    assert bac.client.Dossier(bac.serveur, jeton, bac.ins, rpps, exercice).deposer(PDF, "Après")
    assert bac.client.jeton(bac.serveur, structure, logiciels[structure], "ITI-65")
    assert bac.client.jeton(bac.serveur, _EDITEUR, logiciels[structure], "ITI-65")
    psc = bac.jeton_psc(rpps)
    assert bac.client.jeton(bac.serveur, "lps-demonstration", logiciels["lps-demonstration"], LECTURE, psc)


@pytest.mark.lent
@pytest.mark.rule("AUD-14")
def test_the_log_of_traces_begins_again_and_holds(bac: Bac) -> None:
    bac.remettre()
    fin = time.monotonic() + 30
    with bac.base() as base:
        while True:
            scelles, ecrits, remises = base.execute(
                "SELECT (SELECT count(*) FROM traces_feuille WHERE genre = 'trace'),"
                " (SELECT count(*) FROM traces_trace),"
                " (SELECT count(*) FROM traces_tracehorsdossier WHERE motif LIKE 'bac_a_sable_remis%')"
            ).fetchone() or (0, 0, 0)
            if scelles == ecrits or time.monotonic() > fin:
                break
            time.sleep(0.3)
    assert scelles == ecrits > 0
    assert remises == 1
    # Fails when a trace is missing, or when the tree is not the one that its witness saw.
    bac.installation.commande("traces", "verify")


@pytest.mark.lent
def test_a_reset_killed_in_the_middle_changes_nothing(bac: Bac) -> None:
    with bac.base() as base:
        tables = bac_a_sable.tables_videes(base)
        bac.dossier().deposer(PDF, "Témoin")
        avant = _lignes(base, "documents_registre", "identite_titulaire", STRUCTURES)
        ligne = [
            sys.executable,
            "-m",
            "espace_sante.commands",
            "sandbox",
            "reset",
            "--data",
            str(bac.installation.donnees),
        ]
        remise = subprocess.Popen(
            ligne, cwd=RACINE, env=environnement(), start_new_session=True, stdout=subprocess.DEVNULL
        )
        # In the middle of its transaction: the emptied tables are locked from its first order to its COMMIT.
        fin = time.monotonic() + 60
        while not _remise_en_cours(base) and remise.poll() is None and time.monotonic() < fin:
            time.sleep(0.02)
        os.killpg(remise.pid, signal.SIGKILL)
        remise.wait()
        apres = _lignes(base, "documents_registre", "identite_titulaire", STRUCTURES)
        assert len(tables) > 40
        assert remise.returncode == -signal.SIGKILL
        assert apres == avant
    # It still serves, and a reset asked again does the work.
    assert bac.dossier().existence()["total"] == 1
    assert bac.remettre().startswith("Bac à sable remis à neuf")


@pytest.mark.django_db
@pytest.mark.rule("OID-36")
def test_a_production_is_never_emptied(settings: Any) -> None:
    settings.ES_INSTANCE = "production"
    with pytest.raises(RemiseRefusee) as refus:
        remettre(12, 1)
    assert refus.value.code == "production"


@pytest.mark.django_db
def test_nor_is_an_instance_without_simulators(settings: Any) -> None:
    settings.ES_LOCAL = None
    with pytest.raises(RemiseRefusee) as refus:
        exiger_bac_a_sable()
    assert refus.value.code == "sans_simulateurs"


@pytest.mark.django_db(databases=["default", "proprietaire"])
def test_a_sandbox_that_does_not_know_its_seed_says_what_to_give() -> None:
    with pytest.raises(RemiseRefusee) as refus:
        remettre()
    assert refus.value.code == "graine_inconnue"


@pytest.mark.django_db
@pytest.mark.rule("OID-31")
def test_what_a_publisher_registered_is_kept() -> None:
    """A new table of programs is decided here, not emptied by default."""
    from django.apps import apps

    declarees = {
        m._meta.db_table
        for m in apps.get_models()
        if m._meta.app_label == "identite" and ("Logiciel" in m.__name__ or "Operateur" in m.__name__)
    }
    assert declarees <= GARDEES
