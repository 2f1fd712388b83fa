"""After an incident: which profiles, without a word of what they hold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.conf import settings
from django.db import connections

from espace_sante.acces.registre.queries import Incident, RegistreRefuse, profils_touches
from espace_sante.acces.tests.fabrique import CONTEXTE, dossier
from espace_sante.identite.acteurs import Acteur
from espace_sante.kernel.codes import GenreActeur
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.ecriture import Acte, Action, tracer

MEDECIN = Acteur(GenreActeur.PROFESSIONNEL, nom="Dr X", rpps="99000000777", structure_id="1750000777")


def _proprietaire() -> psycopg.Connection[Any]:
    base = settings.DATABASES["proprietaire"]
    return psycopg.connect(host=base["HOST"], port=base["PORT"], user=base["USER"], dbname=base["NAME"])


@pytest.fixture
def touches(django_db_setup: None, django_db_blocker: Any) -> Iterator[list[UUID]]:
    """Three records that other connections see: the first two were opened by the professional, the second twice."""
    with django_db_blocker.unblock():
        ids = [dossier(graine)[0] for graine in (7001, 7002, 7003)]
        for identifiant in (ids[0], ids[1], ids[1]):
            with portee(identifiant):
                tracer(identifiant, MEDECIN, CONTEXTE, Acte(Action.LECTURE, document_titre="Secret"))
        yield ids
        connections["default"].close()
        connections["proprietaire"].close()
        with _proprietaire() as cx:
            for table in ("traces_trace", "identite_titulaire", "identite_indexins", "dossier_dossier"):
                cx.execute(f"DELETE FROM {table} WHERE dossier_id = ANY(%s)", [ids])
            cx.execute("DELETE FROM traces_tracehorsdossier")


@pytest.mark.rule("REG-14")
def test_the_list_is_that_of_the_traces_by_professional_software_and_period(touches: list[UUID]) -> None:
    trouves = {t.dossier_id: t.actes for t in profils_touches(Incident(rpps=MEDECIN.rpps), par="ops")}
    assert trouves == {touches[0]: 1, touches[1]: 2}
    structure = profils_touches(Incident(structure_id=MEDECIN.structure_id, rpps=MEDECIN.rpps), par="ops")
    assert [t.dossier_id for t in structure] == sorted(touches[:2])
    demain = datetime.now(UTC) + timedelta(days=1)
    assert not list(profils_touches(Incident(rpps=MEDECIN.rpps, du=demain), par="ops"))
    assert len(list(profils_touches(Incident(rpps=MEDECIN.rpps, au=demain), par="ops"))) == 2
    assert not list(profils_touches(Incident(rpps=MEDECIN.rpps, logiciel="autre"), par="ops"))


@pytest.mark.rule("REG-14", "AUD-01")
def test_the_asking_is_traced_before_the_answer_and_names_the_operator(touches: list[UUID]) -> None:
    profils_touches(Incident(rpps=MEDECIN.rpps), par="c.durand")
    with _proprietaire() as cx:
        lignes = cx.execute(
            "SELECT acteur_genre, acteur_id, action, motif FROM traces_tracehorsdossier WHERE action = 'registre'"
        ).fetchall()
    assert lignes == [("operateur", "c.durand", "registre", "rpps=99000000777")]


@pytest.mark.rule("REG-14")
def test_everybody_is_not_an_answer(touches: list[UUID]) -> None:
    with pytest.raises(RegistreRefuse) as refus:
        profils_touches(Incident(), par="ops")
    assert refus.value.code == "criteres_absents"
    hier = datetime.now(UTC) - timedelta(days=1)
    with pytest.raises(RegistreRefuse):
        profils_touches(Incident(rpps="1", du=hier, au=hier), par="ops")
