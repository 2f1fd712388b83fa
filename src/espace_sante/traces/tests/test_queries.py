"""The history tells an act once, hides none, and names the software; the traces themselves all stay."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.models import Logiciel
from espace_sante.kernel.codes import GenreActeur
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.ecriture import Acte, Action, tracer
from espace_sante.traces.models import Trace
from espace_sante.traces.queries import DUREE_LECTURE, PORTE_CADRE, FiltreTraces, PageTraces, lister

pytestmark = pytest.mark.django_db
MEDECIN = Acteur(GenreActeur.PROFESSIONNEL, nom="Dr Anne Morel", rpps="99000000001")
PAGE = Contexte("web")
CADRE = replace(PAGE, porte=PORTE_CADRE)
DOC = uuid4()
LECTURE = Acte(Action.LECTURE, document_ids=(DOC,), document_titre="Bilan")


@pytest.fixture
def dossier_id() -> UUID:
    return uuid4()


@pytest.fixture
def horloge() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(datetime(2026, 3, 3, 9, 0, tzinfo=UTC), tick=False) as voyage:
        yield voyage


def _ecrire(dossier_id: UUID, contexte: Contexte, acte: Acte = LECTURE, acteur: Acteur = MEDECIN) -> None:
    with portee(dossier_id):
        tracer(dossier_id, acteur, contexte, acte)


def _lire(dossier_id: UUID, **filtre: object) -> PageTraces:
    with portee(dossier_id):
        return lister(dossier_id, FiltreTraces(**filtre))  # type: ignore[arg-type]


def _nombre(dossier_id: UUID) -> int:
    with portee(dossier_id):
        return Trace.objects.filter(dossier_id=dossier_id).count()


@pytest.mark.rule("AUD-01", "AUD-16")
def test_a_page_and_its_views_are_two_traces_and_one_act(
    dossier_id: UUID, horloge: time_machine.Coordinates
) -> None:
    _ecrire(dossier_id, PAGE)
    _ecrire(dossier_id, PAGE, Acte(Action.LISTE))
    horloge.shift(DUREE_LECTURE)
    _ecrire(dossier_id, CADRE)
    assert _nombre(dossier_id) == 3
    dits = _lire(dossier_id).elements
    assert [(t.action, t.porte) for t in dits] == [("liste", "web"), ("lecture", "web")]


@pytest.mark.rule("AUD-01", "AUD-05")
@pytest.mark.parametrize(
    ("contexte", "acte", "acteur", "apres"),
    [
        (replace(CADRE, requete=uuid4()), LECTURE, MEDECIN, 1),
        (CADRE, replace(LECTURE, document_ids=(uuid4(),)), MEDECIN, 1),
        (CADRE, replace(LECTURE, action=Action.TELECHARGEMENT), MEDECIN, 1),
        (CADRE, LECTURE, replace(MEDECIN, rpps="99000000002"), 1),
        (CADRE, LECTURE, MEDECIN, 180),
        (PAGE, LECTURE, MEDECIN, 1),
    ],
    ids=["other page", "other document", "other act", "other person", "later", "same id, no frame"],
)
def test_anything_else_is_told_apart(
    dossier_id: UUID, horloge: time_machine.Coordinates, contexte: Contexte, acte: Acte, acteur: Acteur, apres: int
) -> None:  # fmt: skip
    _ecrire(dossier_id, PAGE)
    horloge.shift(apres)
    _ecrire(dossier_id, contexte, acte, acteur)
    assert len(_lire(dossier_id).elements) == 2


@pytest.mark.rule("AUD-05")
def test_views_alone_are_told_however_many(dossier_id: UUID, horloge: time_machine.Coordinates) -> None:
    """A view never hides another: without its page, each one is in the history."""
    for _ in range(3):
        _ecrire(dossier_id, CADRE)
        horloge.shift(timedelta(seconds=30))
    assert len(_lire(dossier_id).elements) == 3


@pytest.mark.rule("AUD-07")
def test_a_page_of_the_history_never_cuts_an_act_in_two(
    dossier_id: UUID, horloge: time_machine.Coordinates
) -> None:
    for _ in range(4):
        page = Contexte("web")
        _ecrire(dossier_id, page)
        horloge.shift(1)
        _ecrire(dossier_id, replace(page, porte=PORTE_CADRE))
        horloge.shift(60)
    vus: list[UUID] = []
    suite: UUID | None = None
    for attendus in (3, 1):
        lue = _lire(dossier_id, limite=3, avant=suite)
        assert len(lue.elements) == attendus
        vus += [t.id for t in lue.elements]
        suite = lue.suite
    assert suite is None
    assert len(set(vus)) == 4


@pytest.mark.rule("AUD-02", "AUD-05")
def test_the_software_is_named_in_one_query(dossier_id: UUID) -> None:
    for numero in range(5):
        Logiciel.objects.create(client_id=f"lps-{numero}", nom=f"Cabinet Facile {numero}")
        _ecrire(dossier_id, Contexte("fhir", logiciel=f"lps-{numero}"))
    _ecrire(dossier_id, Contexte("fhir", logiciel="parti"))
    _ecrire(dossier_id, Contexte("web"))
    with portee(dossier_id), CaptureQueriesContext(connection) as requetes:
        noms = [(t.logiciel, t.logiciel_nom) for t in lister(dossier_id, FiltreTraces()).elements]
    assert noms[:2] == [("", ""), ("parti", "")]
    assert noms[2:] == [(f"lps-{n}", f"Cabinet Facile {n}") for n in range(4, -1, -1)]
    assert len([r for r in requetes if "traces_trace" in r["sql"] or "logiciel" in r["sql"]]) == 1
