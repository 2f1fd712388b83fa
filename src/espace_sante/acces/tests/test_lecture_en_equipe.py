"""Social professions and care roles read as members of a team with initial consent, and in no other way (ACC-74)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from espace_sante.acces import codes
from espace_sante.acces.consentement_confrere import recueillir_pour_confrere
from espace_sante.acces.consentements import recueillir_consentement
from espace_sante.acces.errors import AccesRefuse, CodeRefuse, ConsentementRefuse
from espace_sante.acces.models import Consentement, EquipeSoins, MembreEquipe
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.porte import open_dossier
from espace_sante.acces.tests.fabrique import CONTEXTE, professionnel
from espace_sante.acces.tests.scene import Scene, ouvrir_scene
from espace_sante.identite.acteurs import Acteur
from espace_sante.kernel.ids import uuid7
from espace_sante.platform.postgres.rls import portee

pytestmark = [pytest.mark.django_db, pytest.mark.rule("ACC-74")]


@pytest.fixture
def scene() -> Scene:
    return ouvrir_scene()


@pytest.fixture
def sociale() -> Acteur:
    return professionnel("99000000741", "41", "TRE_R94")


def _ouvre(acteur: Acteur, scene: Scene) -> str:
    try:
        with open_dossier(acteur, scene.dossier_id, contexte=CONTEXTE, identite_qualifiee=True):
            return ""
    except AccesRefuse as refus:
        return refus.code


def test_the_consent_of_a_team_opens(scene: Scene, sociale: Acteur) -> None:
    equipe = EquipeSoins.objects.create(id=uuid7(), nom="Équipe", structure_id=sociale.structure_id)
    MembreEquipe.objects.create(
        equipe=equipe, rpps=sociale.rpps, depuis=datetime.now(UTC) - timedelta(days=1)
    )
    assert _ouvre(sociale, scene) == "consentement_absent"
    recueillir_consentement(sociale, scene.dossier_id, contexte=CONTEXTE, equipe_id=equipe.id)
    assert _ouvre(sociale, scene) == ""


def test_a_consent_of_his_own_is_not_recorded_and_one_already_there_opens_nothing(
    scene: Scene, sociale: Acteur
) -> None:
    with pytest.raises(ConsentementRefuse, match="equipe_seule"):
        recueillir_consentement(sociale, scene.dossier_id, contexte=CONTEXTE)
    with pytest.raises(ConsentementRefuse, match="confrere_non_autorise"):
        recueillir_pour_confrere(scene.medecin, scene.dossier_id, sociale.rpps, contexte=CONTEXTE)
    with portee(scene.dossier_id):
        assert not Consentement.objects.filter(dossier_id=scene.dossier_id, rpps=sociale.rpps).exists()
        quand = datetime.now(UTC)
        Consentement.objects.create(
            dossier_id=scene.dossier_id, id=uuid7(), genre="ponctuel", rpps=sociale.rpps, recueilli_le=quand,
            expire_le=quand + timedelta(hours=1), recueilli_par=sociale.rpps, recueilli_par_nom=sociale.nom,
        )  # fmt: skip
    assert _ouvre(sociale, scene) == "consentement_absent"


def test_a_code_of_the_holder_is_refused_and_stays_whole(scene: Scene, sociale: Acteur) -> None:
    with ouvrir_mon_espace(scene.moi, contexte=CONTEXTE) as espace:
        chiffres, code = codes.creer(espace)
    with pytest.raises(CodeRefuse, match="code_refuse"):
        codes.utiliser(sociale, scene.dossier_id, chiffres, contexte=CONTEXTE)
    with ouvrir_mon_espace(scene.moi, contexte=CONTEXTE) as espace:
        assert [c.en_cours for c in codes.lister(espace) if c.id == code.id] == [True]
    assert _ouvre(sociale, scene) == "consentement_absent"
