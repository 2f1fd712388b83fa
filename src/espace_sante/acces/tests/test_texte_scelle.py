"""The index of words at rest: sealed, gone with its content, made by the worker (REG-18, DOC-35, ADR 0013)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from django.conf import settings
from django.db import connections

from espace_sante.acces.alimentation import alimenter
from espace_sante.acces.indexation_texte import indexer_dossiers, indexer_les_depots
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.tests.fabrique import (
    CONTEXTE,
    document,
    dossier,
    lot,
    titulaire,
)
from espace_sante.acces.tests.texte import chercher, deposer, trouves
from espace_sante.documents import vie
from espace_sante.documents.models import Document, IndexTexte, Suppression
from espace_sante.documents.plein_texte import recherche
from espace_sante.documents.plein_texte.mots import plier, racine
from espace_sante.dossier.models import Dossier
from espace_sante.identite.acteurs import Acteur
from espace_sante.kernel.codes import GenreActeur
from espace_sante.platform.postgres.rls import portee


@pytest.fixture
def proprietaire(
    django_db_setup: None, django_db_blocker: pytest.FixtureRequest
) -> Iterator[psycopg.Connection]:
    """The owner of the tables, who sees every row that is committed; what the test stored is removed at the end."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        base = settings.DATABASES["proprietaire"]
        with psycopg.connect(
            host=base["HOST"], port=base["PORT"], user=base["USER"], dbname=base["NAME"], autocommit=True
        ) as cx:
            avant = _dossiers(cx)
            yield cx
            connections["default"].close()
            restent = [(table, d) for d in _dossiers(cx) - avant for table in _tables(cx)]
            # What refers to another table goes before it.
            while restent:
                restent = [(table, d) for table, d in restent if not _retirer(cx, table, d)]


def _dossiers(cx: psycopg.Connection) -> set[UUID]:
    return {ligne[0] for ligne in cx.execute("SELECT dossier_id FROM dossier_dossier")}


def _tables(cx: psycopg.Connection) -> list[str]:
    return [
        ligne[0]
        for ligne in cx.execute(
            "SELECT table_name FROM information_schema.columns WHERE column_name = 'dossier_id'"
            " AND table_schema = 'public'"
        )
    ]


def _retirer(cx: psycopg.Connection, table: str, dossier_id: UUID) -> bool:
    try:
        cx.execute(f"DELETE FROM {table} WHERE dossier_id = %s", [dossier_id])
    except psycopg.errors.ForeignKeyViolation:
        return False
    return True


@pytest.mark.rule("REG-18")
def test_no_word_of_a_content_is_in_any_table(proprietaire: psycopg.Connection) -> None:
    """Every row of every table, as text and as bytes, seen by the owner: no word, no root of a word."""
    secrets = ["phéochromocytome", "Zyprexidol", "hémangioblastome"]
    structure = Acteur(GenreActeur.STRUCTURE, nom="Laboratoire", structure_id="1750000001", client_id="labo")
    d, _ = dossier(4712)
    for secret in secrets:
        fait = document(contenu=f"Le patient présente un {secret} connu.".encode(), mime="text/plain")
        alimenter(structure, d, lot(structure, fait), contexte=CONTEXTE)
    assert indexer_les_depots(datetime.now(UTC)) == 3
    assert len(trouves(d, "hemangioblastomes")) == 1
    formes = set()
    for secret in secrets:
        for forme in {secret.lower(), plier(secret), racine(plier(secret))}:
            formes |= {forme, forme.encode().hex(), forme.encode("utf-16-le").hex()}
    tables = [
        ligne[0]
        for ligne in proprietaire.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'm') AND relnamespace = 'public'::regnamespace"
        )
    ]
    pleines = set()
    for table in tables:
        for (ligne,) in proprietaire.execute(f'SELECT lower(t::text) FROM "{table}" t').fetchall():
            pleines.add(table)
            assert not [f for f in formes if f in ligne], table
    assert {"documents_indextexte", "documents_contenu", "documents_document", "traces_trace"} <= pleines


@pytest.mark.django_db
@pytest.mark.rule("DOC-35", "REG-18")
def test_the_index_goes_with_its_content() -> None:
    d, _ = dossier()
    detruit, garde = deposer(d, "grippe"), deposer(d, "grippe")
    indexer_dossiers([d])
    quand = datetime.now(UTC)
    with ouvrir_mon_espace(titulaire(d), contexte=CONTEXTE), portee(d):
        Suppression.objects.create(
            dossier_id=d, document_id=detruit, etat="demandee", statut_avant="current", par="titulaire",
            demandee_le=quand, detruire_le=quand,
        )  # fmt: skip
        Document.objects.filter(id=detruit).update(statut="entered-in-error")
        assert vie.detruire(d, detruit, quand)
    assert indexer_dossiers([d]) == 0
    with portee(d):
        restes = {i.document_id: bytes(i.mots) + bytes(i.texte) for i in IndexTexte.objects.all()}
        assert restes[detruit] == b""
        assert restes[garde]
        # Without its key, an index says nothing and nothing is found by content.
        Dossier.objects.filter(dossier_id=d).update(cle_scellee=None)
    assert indexer_dossiers([d]) == 0


@pytest.mark.django_db
def test_a_moved_or_altered_index_finds_nothing() -> None:
    """Sealed for this record and this document: another's words cannot be put in its place."""
    d, _ = dossier()
    oui, non = deposer(d, "grippe"), deposer(d, "angine")
    indexer_dossiers([d])
    with portee(d):
        sac = IndexTexte.objects.get(document_id=oui).mots
        IndexTexte.objects.filter(document_id=non).update(mots=sac)
    assert trouves(d, "grippe") == [oui]
    with portee(d):
        IndexTexte.objects.filter(document_id=oui).update(mots=b"abime", texte=b"abime")
    assert trouves(d, "grippe") == []


@pytest.mark.django_db
def test_the_worker_takes_up_where_it_stopped() -> None:
    maintenant = datetime.now(UTC)
    un, _ = dossier(1)
    deux, _ = dossier(2)
    deposer(un, "grippe")
    deposer(deux, "grippe")
    deposer(deux, "angine")
    assert indexer_les_depots(maintenant) == 3
    assert indexer_les_depots(maintenant) == 0
    plus_tard = maintenant + timedelta(minutes=10)
    indexer_les_depots(plus_tard)
    deposer(un, "angine")
    assert indexer_les_depots(plus_tard) == 1
    with portee(un):
        assert IndexTexte.objects.count() == 2
        IndexTexte.objects.update(regles=0)
    # Made by former rules: made anew.
    assert indexer_dossiers([un]) == 2


@pytest.mark.django_db
def test_what_a_search_could_not_read_in_time_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    d, _ = dossier()
    for n in range(5):
        deposer(d, f"grippe numéro {n}")
    monkeypatch.setattr(recherche, "VOLEE_MAX", 2)
    premier = chercher(d, "grippe")
    assert (premier.page.total, premier.en_attente) == (2, 3)
    assert [chercher(d, "grippe").page.total for _ in range(2)] == [4, 5]
