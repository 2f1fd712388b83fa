"""What the portal offers to a social profession: the consent of its teams, or nothing (ACC-74)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from espace_sante.acces.models import EquipeSoins, MembreEquipe
from espace_sante.kernel.ids import uuid7
from espace_sante.web.pro.tests import atelier

pytestmark = [pytest.mark.django_db, pytest.mark.rule("ACC-74")]


def test_only_the_consent_of_a_team_is_offered() -> None:
    _, numero = atelier.creer_dossier()
    (situation,) = atelier.professionnel("41", systeme="TRE_R94")
    client = atelier.averti(atelier.acteur(situation))
    cle = atelier.confirmer(client, numero)
    page = client.get(f"/pro/patient/{cle}/").content.decode()
    assert "Le dossier ne peut pas être ouvert" in page
    assert "Enregistrer le consentement" not in page
    refus = atelier.consentir(client, cle)
    assert refus.status_code == 422
    assert "équipe de soins" in refus.content.decode()
    equipe = EquipeSoins.objects.create(id=uuid7(), nom="Autonomie", structure_id=situation.structure_id)
    MembreEquipe.objects.create(
        equipe=equipe, rpps=situation.professionnel_id, depuis=datetime.now(UTC) - timedelta(days=1)
    )
    page = client.get(f"/pro/patient/{cle}/").content.decode()
    assert "Autonomie" in page
    assert "Pour moi seul" not in page
    assert "Code donné par la personne" not in page
    assert atelier.consentir(client, cle, pour=str(equipe.id)).status_code == 302
    assert client.get(f"/pro/patient/{cle}/documents/").status_code == 200
