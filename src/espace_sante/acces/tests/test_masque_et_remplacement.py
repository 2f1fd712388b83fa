"""A mask and a replacement of the same document at the same moment: the mask is never lost (DOC-30, DOC-41).

Two connections with committed data: each act waits for the other as it would in two threads of the server.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from uuid import UUID

import psycopg
import pytest
from django.conf import settings
from django.db import connections, transaction

from espace_sante.acces.alimentation import alimenter
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.tests.fabrique import CONTEXTE, document, dossier, lot, titulaire
from espace_sante.documents.depot import DocumentADeposer
from espace_sante.documents.filtre import Filtre
from espace_sante.documents.models import Document
from espace_sante.identite.acteurs import Acteur
from espace_sante.kernel.codes import GenreActeur
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.queries import FiltreTraces

LABO = Acteur(GenreActeur.STRUCTURE, nom="Laboratoire", structure_id="1750000001", client_id="labo")
TABLES = (
    "traces_trace", "acces_consentement", "documents_versiondocument", "documents_contenu", "documents_registre",
    "documents_document", "documents_lot", "identite_titulaire", "identite_indexins", "dossier_dossier",
)  # fmt: skip


@pytest.fixture
def dossier_id(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[UUID]:
    """A record that other connections see; removed by its owner at the end."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        identifiant, _ = dossier(4711)
        yield identifiant
        connections["default"].close()
        base = settings.DATABASES["proprietaire"]
        with psycopg.connect(
            host=base["HOST"], port=base["PORT"], user=base["USER"], dbname=base["NAME"]
        ) as cx:
            for table in TABLES:
                cx.execute(f"DELETE FROM {table} WHERE dossier_id = %s", [identifiant])


class _Autre(threading.Thread):
    """An act on a connection of its own."""

    def __init__(self, acte: Callable[[], object]) -> None:
        super().__init__(daemon=True)
        self._acte, self.erreur = acte, None
        self.start()

    def run(self) -> None:
        try:
            self._acte()
        except Exception as erreur:
            self.erreur = erreur  # type: ignore[assignment]
        finally:
            connections.close_all()

    def attend(self) -> bool:
        """Whether it is still there when it had all the time to finish, were it not for a lock."""
        time.sleep(0.4)
        return self.is_alive()

    def finir(self) -> None:
        self.join(20)
        assert not self.is_alive()
        assert self.erreur is None


def _deposer(dossier_id: UUID, doc: DocumentADeposer) -> None:
    alimenter(LABO, dossier_id, lot(LABO, doc), contexte=CONTEXTE)


def _masquer(dossier_id: UUID, document_id: UUID) -> None:
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        espace.masquer(document_id)


def _masques(dossier_id: UUID) -> dict[UUID, bool]:
    with portee(dossier_id):
        return dict(Document.objects.filter(dossier_id=dossier_id).values_list("id", "masque_ps"))


def _suite(ancien: DocumentADeposer, **autres: object) -> DocumentADeposer:
    return document(remplace=ancien.metadonnees.unique_id, **autres)


@pytest.mark.rule("DOC-30", "DOC-41")
def test_a_mask_that_waited_for_the_replacement_covers_it(dossier_id: UUID) -> None:
    ancien = document()
    neuf = _suite(ancien)
    _deposer(dossier_id, ancien)
    with transaction.atomic():
        _deposer(dossier_id, neuf)
        autre = _Autre(lambda: _masquer(dossier_id, ancien.id))
        assert autre.attend()
    autre.finir()
    assert _masques(dossier_id) == {ancien.id: True, neuf.id: True}


@pytest.mark.rule("DOC-30", "DOC-41")
def test_a_replacement_that_waited_for_the_mask_inherits_it(dossier_id: UUID) -> None:
    ancien = document()
    neuf = _suite(ancien)
    _deposer(dossier_id, ancien)
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        espace.masquer(ancien.id)
        autre = _Autre(lambda: _deposer(dossier_id, neuf))
        assert autre.attend()
    autre.finir()
    assert _masques(dossier_id) == {ancien.id: True, neuf.id: True}


@pytest.mark.django_db
@pytest.mark.rule("DOC-30", "DOC-46")
def test_a_mask_asked_on_an_old_page_follows_every_replacement() -> None:
    """The last one waits for its announcement: it is hidden too, and its holder sees nothing of it."""
    identifiant, _ = dossier(4712)
    premier = document()
    deuxieme = _suite(premier)
    troisieme = _suite(deuxieme, invisible_patient=True)
    for doc in (premier, deuxieme, troisieme):
        _deposer(identifiant, doc)
    with ouvrir_mon_espace(titulaire(identifiant), contexte=CONTEXTE) as espace:
        espace.masquer(premier.id)
        espace.masquer(premier.id)
    assert set(_masques(identifiant).values()) == {True}
    with ouvrir_mon_espace(titulaire(identifiant), contexte=CONTEXTE) as espace:
        traces = [t for t in espace.historique(FiltreTraces()).elements if t.action == "masquage"]
        assert len(traces) == 2, "one for each document that he may see"
        espace.demasquer(deuxieme.id)
        vus = espace.lister(Filtre(statuts=("current", "superseded"))).elements
        assert {d.id: d.masque_ps for d in vus} == {premier.id: True, deuxieme.id: False}
