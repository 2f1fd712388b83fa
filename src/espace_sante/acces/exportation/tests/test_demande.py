"""The life of a request: one at a time, made once, kept 7 days, sealed, all or nothing."""

from __future__ import annotations

import asyncio
import tracemalloc
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest
import time_machine
from procrastinate.contrib.django.models import ProcrastinateJob

from espace_sante.acces import export
from espace_sante.acces.alimentation import alimenter
from espace_sante.acces.errors import EspaceFerme
from espace_sante.acces.export import ExportRefuse
from espace_sante.acces.exportation import coffre, construction, taches
from espace_sante.acces.exportation.tests.lecture import copier, ouvrir
from espace_sante.acces.tests.fabrique import CONTEXTE, document, dossier, lot, professionnel, titulaire
from espace_sante.dossier.models import Dossier, Export, MorceauExport
from espace_sante.kernel.codes import EtatProfil
from espace_sante.platform.crypto import ScelleRompu
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.models import Trace

pytestmark = pytest.mark.django_db


def _demander(dossier_id: UUID) -> export.ExportVu:
    return export.demander(titulaire(dossier_id), contexte=CONTEXTE)


def _morceaux(dossier_id: UUID) -> list[bytes]:
    with portee(dossier_id):
        return [bytes(m.scelle) for m in MorceauExport.objects.order_by("rang")]


@pytest.mark.rule("REG-03", "AUD-01")
def test_it_is_made_later_by_a_job_one_at_a_time_and_traced() -> None:
    dossier_id, _ = dossier()
    demande = _demander(dossier_id)
    assert demande.etat == "demande"
    assert not _morceaux(dossier_id)
    (travail,) = ProcrastinateJob.objects.filter(task_name="export.preparer")
    assert travail.args == {"dossier_id": str(dossier_id), "export_id": str(demande.id)}
    with pytest.raises(ExportRefuse) as refus:
        _demander(dossier_id)
    assert refus.value.code == "export_en_cours"
    taches.fabriquer(dossier_id, demande.id, datetime.now(UTC))
    _demander(dossier_id)
    with portee(dossier_id):
        actions = list(Trace.objects.order_by("id").values_list("action", flat=True))
    assert actions == ["export_demande", "export_pret", "export_demande"]


@pytest.mark.rule("REG-03")
def test_it_is_ready_within_48_hours_or_may_be_asked_again() -> None:
    dossier_id, _ = dossier()
    demande = _demander(dossier_id)
    assert demande.pret_au_plus_tard - demande.demande_le == timedelta(hours=48)
    assert taches.REPRISE.wait * (taches.REPRISE.max_attempts or 0) < 48 * 3600, "every try is over in time"
    with time_machine.travel(demande.demande_le + timedelta(hours=47)), pytest.raises(ExportRefuse):
        _demander(dossier_id)
    with time_machine.travel(demande.demande_le + timedelta(hours=49)):
        assert _demander(dossier_id).etat == "demande"
    with portee(dossier_id):
        assert sorted(Export.objects.values_list("etat", flat=True)) == ["demande", "echec"]


@pytest.mark.rule("REG-03")
def test_seven_days_to_download_then_destroyed() -> None:
    dossier_id, _ = dossier()
    demande = _demander(dossier_id)
    maintenant = datetime.now(UTC)
    taches.fabriquer(dossier_id, demande.id, maintenant)
    (destruction,) = ProcrastinateJob.objects.filter(task_name="export.detruire")
    assert destruction.scheduled_at == maintenant + timedelta(days=7)
    acteur = titulaire(dossier_id)
    with time_machine.travel(maintenant + timedelta(days=6, hours=23)):
        assert b"".join(export.telecharger(acteur, demande.id, contexte=CONTEXTE)[1])
    with time_machine.travel(maintenant + timedelta(days=7, minutes=1)), pytest.raises(ExportRefuse) as refus:
        export.telecharger(acteur, demande.id, contexte=CONTEXTE)
    assert refus.value.code == "export_indisponible"
    taches.supprimer(dossier_id, demande.id)
    taches.supprimer(dossier_id, demande.id)
    assert not _morceaux(dossier_id)
    with portee(dossier_id):
        assert Export.objects.get().etat == "detruit"
        assert Trace.objects.filter(action="export_detruit").count() == 1


@pytest.mark.rule("REG-18")
def test_the_archive_is_sealed_at_rest_and_opens_for_its_own_place_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(coffre, "MORCEAU", 2000)
    dossier_id, _ = dossier()
    copier(dossier_id)
    morceaux = _morceaux(dossier_id)
    assert len(morceaux) > 2
    assert b"PK\x03\x04" not in b"".join(morceaux)
    assert b"MARTIN" not in b"".join(morceaux)
    with portee(dossier_id):
        demande = Export.objects.get()
        cle = bytes(Dossier.objects.get().cle_scellee or b"")
        MorceauExport.objects.filter(rang=0).delete()
        MorceauExport.objects.create(dossier_id=dossier_id, export_id=demande.id, rang=0, scelle=morceaux[1])
    with pytest.raises(ScelleRompu):
        list(coffre.ouvrir(dossier_id, demande.id, range(demande.morceaux), cle))
    with portee(dossier_id):
        MorceauExport.objects.filter(rang=0).delete()
    with pytest.raises(ScelleRompu):
        list(coffre.ouvrir(dossier_id, demande.id, range(demande.morceaux), cle))


@pytest.mark.rule("REG-03")
def test_stopped_half_way_it_leaves_nothing_and_is_taken_up_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coffre, "MORCEAU", 500)
    dossier_id, ins = dossier()
    auteur = professionnel()
    alimenter(auteur, ins, lot(auteur, document(auteur=auteur)), contexte=CONTEXTE)
    demande = _demander(dossier_id)

    def tomber(*_: object) -> None:
        raise RuntimeError("power cut")

    with monkeypatch.context() as coupure:
        coupure.setattr(construction.compte, "ecrire", tomber)
        with pytest.raises(RuntimeError):
            taches.fabriquer(dossier_id, demande.id, datetime.now(UTC))
    assert not _morceaux(dossier_id)
    with portee(dossier_id):
        assert Export.objects.get().etat == "demande"
    taches.fabriquer(dossier_id, demande.id, datetime.now(UTC))
    premiers = _morceaux(dossier_id)
    taches.fabriquer(dossier_id, demande.id, datetime.now(UTC))
    assert _morceaux(dossier_id) == premiers, "a second run of the same job does nothing"


@pytest.mark.rule("REG-04", "ACC-31")
def test_only_the_holder_of_an_open_space_and_only_his_own() -> None:
    dossier_id, _ = dossier(1)
    autre, _ = dossier(2)
    demande = _demander(dossier_id)
    taches.fabriquer(dossier_id, demande.id, datetime.now(UTC))
    with pytest.raises(ExportRefuse):
        export.telecharger(titulaire(autre), demande.id, contexte=CONTEXTE)
    with pytest.raises(EspaceFerme):
        export.demander(professionnel(), contexte=CONTEXTE)
    with pytest.raises(EspaceFerme):
        export.telecharger(professionnel(), demande.id, contexte=CONTEXTE)
    ferme, _ = dossier(3, EtatProfil.CLOTURE)
    with pytest.raises(EspaceFerme):
        _demander(ferme)


@pytest.mark.rule("REG-02")
def test_memory_does_not_follow_the_size_of_the_record() -> None:
    dossier_id, ins = dossier()
    auteur = professionnel()
    gros = bytes(range(256)) * 4000
    for _ in range(4):
        alimenter(
            auteur, ins,
            lot(auteur, *(document(auteur=auteur, contenu=gros, mime="image/jpeg") for _ in range(10))),
            contexte=CONTEXTE,
        )  # fmt: skip
    demande = _demander(dossier_id)
    tracemalloc.start()
    taches.fabriquer(dossier_id, demande.id, datetime.now(UTC))
    _, sommet = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sum(map(len, _morceaux(dossier_id))) > 40_000_000
    assert sommet < 16_000_000
    _, flux = export.telecharger(titulaire(dossier_id), demande.id, contexte=CONTEXTE)
    assert len(ouvrir(b"".join(flux))) > 40


@pytest.mark.rule("REG-03")
def test_a_failure_is_tried_again_and_given_up_after_the_last_try(monkeypatch: pytest.MonkeyPatch) -> None:
    dossier_id, _ = dossier()
    demande = _demander(dossier_id)

    def tomber(*_: object) -> None:
        raise RuntimeError("no room")

    monkeypatch.setattr(taches, "fabriquer", tomber)
    for essai, etat in ((0, "demande"), (1, "echec")):
        contexte = SimpleNamespace(job=SimpleNamespace(attempts=essai))
        with pytest.raises(RuntimeError):
            taches.preparer.func(contexte, str(dossier_id), str(demande.id))
        with portee(dossier_id):
            assert Export.objects.get().etat == etat
    with portee(dossier_id):
        assert (
            Trace.objects.filter(
                action="export_pret", resultat="refus", motif="preparation_impossible"
            ).count()
            == 1
        )
    assert _demander(dossier_id).etat == "demande"


def test_what_a_dead_worker_was_doing_is_taken_up_again() -> None:
    repris: list[str] = []

    class Travaux:
        async def get_stalled_jobs(self, task_name: str) -> list[str]:
            return [task_name]

        async def retry_job(self, job: str) -> None:
            repris.append(job)

    contexte = SimpleNamespace(app=SimpleNamespace(job_manager=Travaux()))
    asyncio.run(taches.reprendre.func(contexte, 0))
    assert repris == ["export.preparer", "export.detruire"]
