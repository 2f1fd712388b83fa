"""Two calls at once (FHR-156, FHR-159): one appointment, one booking, whatever the order.

On committed data, each call on a connection of its own, as in threads of the server.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.conf import settings
from django.db import connections

from espace_sante.acces.tests.fabrique import CONTEXTE, dossier
from espace_sante.agenda import creneaux, services
from espace_sante.agenda.errors import RendezVousRefuse
from espace_sante.agenda.filtre import empreintes_exactes
from espace_sante.agenda.models import Creneau, FicheRendezVous, VersionRendezVous
from espace_sante.agenda.porte import ouvrir_agenda
from espace_sante.agenda.tests.fabrique import recu
from espace_sante.agenda.valeurs import RendezVous
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.index import cle_hachage
from espace_sante.kernel.codes import GenreActeur
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.ecriture import Action

CABINET = Acteur(GenreActeur.STRUCTURE, nom="Cabinet", structure_id="1990000001", client_id="cabinet")
TABLES = (
    "agenda_annotationrendezvous", "agenda_versionrendezvous", "agenda_ficherendezvous", "notifications_envoi",
    "notifications_avis", "traces_trace", "identite_titulaire", "identite_indexins", "dossier_dossier",
)  # fmt: skip


@pytest.fixture
def gens(django_db_setup: None, django_db_blocker: Any) -> Iterator[list[UUID]]:
    """Three records that other connections see; removed by their owner at the end, schedules with them."""
    with django_db_blocker.unblock():
        trois = [dossier(n)[0] for n in (4791, 4792, 4793)]
        yield trois
        connections["default"].close()
        base = settings.DATABASES["proprietaire"]
        with psycopg.connect(
            host=base["HOST"], port=base["PORT"], user=base["USER"], dbname=base["NAME"]
        ) as cx:
            for table in TABLES:
                cx.execute(f"DELETE FROM {table} WHERE dossier_id = ANY(%s)", [trois])
            cx.execute("DELETE FROM agenda_creneau")
            cx.execute("DELETE FROM agenda_planning")


def poser(dossier_id: UUID, rdv: RendezVous) -> bool:
    designation = empreintes_exactes(rdv.identifiants, cle_hachage())
    with ouvrir_agenda(
        CABINET, dossier_id, contexte=CONTEXTE, action=Action.RENDEZ_VOUS_CHANGEMENT
    ) as agenda:
        return services.poser(agenda, designation, rdv)[1]


def ensemble(*actes: Callable[[], object]) -> list[Any]:
    """What each gives, or its refusal, all started together."""
    depart = threading.Barrier(len(actes))
    resultats: list[Any] = []

    def faire(acte: Callable[[], object]) -> None:
        try:
            depart.wait(10)
            resultats.append(acte())
        except RendezVousRefuse as refus:
            resultats.append(refus.code)
        finally:
            connections.close_all()

    fils = [threading.Thread(target=faire, args=(a,)) for a in actes]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join(30)
    return resultats


@pytest.mark.rule("FHR-156", "AGD-21")
def test_puts_at_once_make_one_appointment(gens: list[UUID]) -> None:
    dossier_id, rdv = gens[0], recu("1")
    autres = [replace(rdv, description=f"n° {n}") for n in range(6)]
    resultats = ensemble(*[lambda r=r: poser(dossier_id, r) for r in autres])  # type: ignore[misc]
    assert sorted(resultats) == [False] * 5 + [True]
    with portee(dossier_id):
        assert FicheRendezVous.objects.get().version == 6
        assert VersionRendezVous.objects.count() == 5


@pytest.mark.rule("FHR-159")
def test_a_slot_is_booked_once(gens: list[UUID], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "ES_AGENDA_CRENEAUX", True)
    debut = recu("0").quand
    plage = creneaux.Plage(debut, debut + timedelta(minutes=30))
    creneaux.ajouter(
        CABINET, creneaux.PlanningRecu(identifiant="p|1", acteurs=("Practitioner/1",), plages=(plage,)),
        contexte=CONTEXTE,
    )  # fmt: skip
    (creneau,) = Creneau.objects.all()
    rdv = replace(recu("1"), creneaux=(creneau.id,))
    resultats = ensemble(*[lambda d=d: poser(d, rdv) for d in gens])  # type: ignore[misc]
    assert sorted(map(str, resultats)) == ["True", "creneau_pris", "creneau_pris"]
    creneau.refresh_from_db()
    assert creneau.statut == "busy"
