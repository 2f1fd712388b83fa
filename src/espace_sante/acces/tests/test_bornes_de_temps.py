"""What has a beginning and an end counts from its first instant to just before its last, at the second.

Consents, teams, roles, emergency windows, shares, editions of the matrix: the SQL of the facts, and the row that the
matrix reads, against a naive reading of the same dates.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import time_machine

from espace_sante.acces import matrice
from espace_sante.acces.matrice.tests.exploitation import ANNE, PAUL, droit_d_ajouter
from espace_sante.acces.models import (
    Consentement,
    Edition,
    EquipeSoins,
    MembreEquipe,
    Partage,
    Proposition,
    Referent,
    Urgence,
)
from espace_sante.acces.queries import Situation, situation
from espace_sante.acces.tests.scene import Scene, ouvrir_scene
from espace_sante.kernel.ids import uuid7
from espace_sante.platform.postgres.rls import portee

pytestmark = pytest.mark.django_db
T = datetime(2027, 3, 2, 10, 0, 0, tzinfo=UTC)
SECONDE = timedelta(seconds=1)
# Just before, at, just after; and the smallest step that the database keeps.
ECARTS = (-SECONDE, -timedelta(microseconds=1), timedelta(0), timedelta(microseconds=1), SECONDE)


@pytest.fixture
def scene() -> Scene:
    scene = ouvrir_scene()
    with portee(scene.dossier_id):
        Consentement.objects.filter(dossier_id=scene.dossier_id).update(retire_le=datetime.now(UTC))
    return scene


def _vue(scene: Scene, quand: datetime = T) -> Situation:
    with time_machine.travel(quand, tick=False), portee(scene.dossier_id):
        return situation(scene.dossier_id, scene.medecin)


def _consentir(
    scene: Scene, expire_le: datetime, *, retire_le: datetime | None = None, equipe: UUID | None = None
) -> None:
    with portee(scene.dossier_id):
        Consentement.objects.create(
            dossier_id=scene.dossier_id, id=uuid7(), genre="equipe" if equipe else "ponctuel", equipe_id=equipe,
            rpps="" if equipe else scene.medecin.rpps, recueilli_le=T - timedelta(days=1), expire_le=expire_le,
            retire_le=retire_le, recueilli_par=scene.medecin.rpps, recueilli_par_nom="Anne",
        )  # fmt: skip


@pytest.mark.rule("ACC-16", "ACC-26")
@pytest.mark.parametrize("ecart", ECARTS)
def test_a_consent_ends_at_its_end(scene: Scene, ecart: timedelta) -> None:
    _consentir(scene, T)
    assert (_vue(scene, T + ecart).consentement == "valide") is (ecart < timedelta(0))
    assert _vue(scene, T + SECONDE).consentement == "expiree"


@pytest.mark.rule("ACC-15", "ACC-16")
def test_the_state_of_many_consents_is_that_of_a_naive_reading() -> None:
    hasard = random.Random(20)
    for graine in range(40):
        scene = ouvrir_scene(100 + graine)
        with portee(scene.dossier_id):
            Consentement.objects.filter(dossier_id=scene.dossier_id).update(retire_le=T)
        lignes = [
            (T + hasard.randint(-2, 2) * SECONDE, T if hasard.random() < 0.4 else None)
            for _ in range(hasard.randint(0, 4))
        ]
        for expire_le, retire_le in lignes:
            _consentir(scene, expire_le, retire_le=retire_le)
        gardes = [e for e, r in lignes if r is None]
        attendu = "inexistante" if not gardes else "valide" if max(gardes) > T else "expiree"
        assert _vue(scene).consentement == attendu, lignes


@pytest.mark.rule("ACC-20")
@pytest.mark.parametrize("champ", ["depuis", "jusqua"])
@pytest.mark.parametrize("ecart", ECARTS)
def test_a_member_counts_from_his_arrival_to_his_leaving(scene: Scene, champ: str, ecart: timedelta) -> None:
    equipe = EquipeSoins.objects.create(id=uuid7(), nom="Équipe", structure_id=scene.medecin.structure_id)
    dates = {"depuis": T - timedelta(days=9), "jusqua": None, champ: T}
    MembreEquipe.objects.create(equipe=equipe, rpps=scene.medecin.rpps, **dates)
    _consentir(scene, T + timedelta(days=9), equipe=equipe.id)
    membre = ecart >= timedelta(0) if champ == "depuis" else ecart < timedelta(0)
    assert (_vue(scene, T + ecart).consentement == "valide") is membre


@pytest.mark.rule("ACC-55", "ACC-57", "ACC-58")
@pytest.mark.parametrize("champ", ["depuis", "jusqua"])
@pytest.mark.parametrize("ecart", ECARTS)
def test_a_role_counts_from_its_first_instant_to_its_end(scene: Scene, champ: str, ecart: timedelta) -> None:
    dates = {"depuis": T - timedelta(days=9), "jusqua": None, champ: T}
    with portee(scene.dossier_id):
        Referent.objects.create(
            dossier_id=scene.dossier_id, id=uuid7(), role="medecin_traitant", rpps=scene.medecin.rpps, nom="Anne",
            par="assurance_maladie", **dates,
        )  # fmt: skip
    en_cours = ecart >= timedelta(0) if champ == "depuis" else ecart < timedelta(0)
    assert _vue(scene, T + ecart).roles == ({"medecin_traitant"} if en_cours else set())


@pytest.mark.rule("EMG-12")
@pytest.mark.parametrize("mode", ["bris_de_glace", "centre_15"])
@pytest.mark.parametrize("ecart", ECARTS)
def test_an_emergency_ends_at_its_end_and_counts_in_its_mode_alone(
    scene: Scene, mode: str, ecart: timedelta
) -> None:
    with portee(scene.dossier_id):
        Urgence.objects.create(
            dossier_id=scene.dossier_id, id=uuid7(), mode=mode, rpps=scene.medecin.rpps, nom="Anne", motif="essai",
            ouverte_le=T - timedelta(hours=2), expire_le=T,
        )  # fmt: skip
    assert _vue(scene, T + ecart).fenetres == ({mode} if ecart < timedelta(0) else set())


@pytest.mark.rule("EMG-12")
def test_an_emergency_closed_before_its_end_is_over(scene: Scene) -> None:
    with portee(scene.dossier_id):
        Urgence.objects.create(
            dossier_id=scene.dossier_id, id=uuid7(), mode="centre_15", rpps=scene.medecin.rpps, nom="Anne",
            motif="essai", ouverte_le=T - timedelta(hours=1), expire_le=T + timedelta(hours=1), fermee_le=T,
        )  # fmt: skip
    assert _vue(scene).fenetres == set()


@pytest.mark.rule("ACC-12")
@pytest.mark.parametrize("ecart", ECARTS)
def test_a_share_ends_at_its_end(scene: Scene, ecart: timedelta) -> None:
    piece = scene.deposer()
    with portee(scene.dossier_id):
        Partage.objects.create(
            dossier_id=scene.dossier_id, id=uuid7(), document_id=piece.id, rpps=scene.medecin.rpps, nom="Anne",
            cree_le=T - timedelta(days=1), expire_le=T,
        )  # fmt: skip
    assert _vue(scene, T + ecart).partages == ((piece.id,) if ecart < timedelta(0) else ())


@pytest.mark.rule("ACC-38", "ACC-40")
def test_the_edition_in_force_is_the_last_whose_date_is_past(scene: Scene) -> None:
    hasard = random.Random(40)
    premiere = matrice.en_vigueur(T)
    assert premiere is not None
    editions = {premiere.numero: premiere.date_effet}
    for rang in range(12):
        numero, effet = 100 + rang, T + hasard.randint(-3, 3) * SECONDE
        commun = {
            "numero": numero, "nom": f"Édition {numero}", "date_effet": effet, "chargee_le": T - timedelta(days=1),
            "systemes": ["TRE_G15"], "auteur": ANNE,
        }  # fmt: skip
        with droit_d_ajouter():
            Proposition.objects.create(**commun)
            Edition.objects.create(**commun, approuvee_le=T - timedelta(days=1), approbateur=PAUL)
        editions[numero] = effet
        for ecart in range(-4, 5):
            quand = T + ecart * SECONDE
            _, attendue = max((e, n) for n, e in editions.items() if e <= quand)
            lue = matrice.en_vigueur(quand)
            assert lue is not None
            assert lue.numero == attendue, (rang, ecart)
        assert _vue(scene).edition == max((e, n) for n, e in editions.items() if e <= T)[1]
