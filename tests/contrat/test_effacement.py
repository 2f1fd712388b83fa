"""Every table that names a record, from the database's own catalogue: nothing is forgotten by an erasure (LIF-33)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.conf import settings
from django.db import connections

from espace_sante.acces.models import ControleUrgence, EnvoiAbonnement, EssaiCode, SuiviAbonnement
from espace_sante.documents.models import Echeance, Retard
from espace_sante.dossier.ecriture import GARDEES
from espace_sante.dossier.effacement import effacer
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.comptes import creer_compte
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.models import AncienMotDePasse, CodeUsageUnique, FusionAFaire, LienFranceConnect
from espace_sante.kernel.codes import GenreActeur
from espace_sante.kernel.ids import uuid7
from espace_sante.notifications.genres import Genre
from espace_sante.notifications.services import prevenir_professionnel
from espace_sante.platform.postgres.rls import portee
from tests.contrat.remplissage import remplir_un_dossier

# Adding one here is a decision to review: what it keeps outlives a person's wish to be forgotten.
RESTENT = {
    "dossier_dossier",
    "identite_indexins",
    "traces_effacement",
    "traces_feuille",
    "traces_trace",
}
OPERATEUR = Acteur(GenreActeur.OPERATEUR, nom="conservation")


def _base() -> psycopg.Connection[Any]:
    """The owner's connection: it reads every record."""
    base = settings.DATABASES["proprietaire"]
    return psycopg.connect(host=base["HOST"], port=base["PORT"], user=base["USER"], dbname=base["NAME"])


def _tables() -> set[str]:
    with _base() as cx:
        return {
            t
            for (t,) in cx.execute(
                "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
                " WHERE a.attname = 'dossier_id' AND NOT a.attisdropped AND c.relkind IN ('r', 'p')"
                " AND c.relnamespace = 'public'::regnamespace"
            )
        }


def _comptees(dossier_id: UUID) -> dict[str, int]:
    with _base() as cx:
        return {
            t: n
            for t in _tables()
            for (n,) in cx.execute(f"SELECT count(*) FROM {t} WHERE dossier_id = %s", [dossier_id])
            if n
        }


@pytest.fixture
def rempli(django_db_setup: None, django_db_blocker: Any) -> Iterator[UUID]:
    """A record with a row in every table that names it, committed: the owner's work is on another connection."""
    with django_db_blocker.unblock():
        dossier_id = remplir_un_dossier()
        _retrouver(dossier_id, datetime.now(UTC))
        yield dossier_id
        connections["default"].close()
        connections["proprietaire"].close()
        with _base() as cx:
            cx.execute("DELETE FROM identite_codeusageunique")
            cx.execute("DELETE FROM identite_ancienmotdepasse")
            restantes = _tables()
            while restantes:
                # What another row still names goes at the next round.
                restantes = {t for t in restantes if not _vidable(cx, t, dossier_id)}
            cx.execute("DELETE FROM procrastinate_jobs")


def _vidable(cx: psycopg.Connection[Any], table: str, dossier_id: UUID) -> bool:
    try:
        with cx.transaction():
            cx.execute(f"DELETE FROM {table} WHERE dossier_id = %s", [dossier_id])
    except psycopg.errors.ForeignKeyViolation:
        return False
    return True


def _retrouver(dossier_id: UUID, quand: datetime) -> None:
    """A row in the tables that find the record: account, links, dates, lists of the operator and of structures."""
    cle = {"dossier_id": dossier_id}
    compte = creer_compte(dossier_id, "paule.a-effacer", "Un-mot-2-passe-solide", "paule@example.test")
    CodeUsageUnique.objects.create(compte=compte, code_hache="x", expire_le=quand)
    AncienMotDePasse.objects.create(compte=compte, hache="x", quitte_le=quand)
    LienFranceConnect.objects.create(**cle, sub="a-effacer")
    FusionAFaire.objects.create(**cle, id=uuid7(), autre_id=uuid7(), constatee_le=quand)
    Echeance.objects.create(**cle, document_id=uuid7(), genre="avis", quand=quand + timedelta(days=14))
    Retard.objects.create(
        **cle, document_id=uuid7(), structure_id="1750000001", attendu_le=quand.date(), depose_le=quand
    )
    EssaiCode.objects.create(**cle, id=uuid7(), quand=quand, rpps="10000000001")
    ControleUrgence.objects.create(
        **cle, id=uuid7(), quand=quand, mode="bris_de_glace", rpps="10000000001", echeance=quand.date()
    )
    SuiviAbonnement.objects.create(
        **cle, abonnement_id=uuid7(), depuis=uuid7(), fin=quand + timedelta(days=90)
    )
    EnvoiAbonnement.objects.create(**cle, abonnement_id=uuid7(), document_id=uuid7(), quand=quand)
    with portee(dossier_id):
        prevenir_professionnel("10000000001", dossier_id, Genre.ACCES_URGENCE, quand)


@pytest.mark.rule("LIF-33", "REG-10", "AUD-12")
def test_every_table_is_emptied_or_written_down_as_kept(rempli: UUID) -> None:
    avant = _comptees(rempli)
    assert set(avant) == _tables(), (
        "put a row in these tables, here or in `remplir_un_dossier`: nothing is proved"
    )
    effacer(rempli, acteur=OPERATEUR, contexte=Contexte("cli"))
    apres = _comptees(rempli)
    assert set(apres) == RESTENT == set(GARDEES), (
        "what stays is on the list of `dossier.ecriture`, with its reason"
    )
    assert all(len(raison) > 20 for raison in GARDEES.values())
    assert all(apres[t] >= avant[t] for t in GARDEES), "nothing of what is kept is lost"


@pytest.mark.rule("LIF-33", "REG-10")
def test_what_hangs_on_the_account_goes_with_it(rempli: UUID) -> None:
    """Found by the foreign keys of the database: a table added later cannot be forgotten either."""
    with _base() as cx:
        liees = [
            (t, c)
            for t, c in cx.execute(
                "SELECT k.conrelid::regclass::text, a.attname FROM pg_constraint k JOIN pg_attribute a"
                " ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]"
                " WHERE k.contype = 'f' AND k.confrelid = 'identite_compte'::regclass"
            )
        ]
        (compte,) = (
            cx.execute("SELECT id FROM identite_compte WHERE dossier_id = %s", [rempli]).fetchone() or ()
        )
        assert {t for t, _ in liees} >= {"identite_codeusageunique", "identite_ancienmotdepasse"}

        def restes() -> set[str]:
            return {
                t for t, c in liees if cx.execute(f"SELECT 1 FROM {t} WHERE {c} = %s", [compte]).fetchone()
            }

        assert restes() == {t for t, _ in liees}, "put a row in these tables in `_retrouver`"
        cx.commit()
        effacer(rempli, acteur=OPERATEUR, contexte=Contexte("cli"))
        assert restes() == set()
