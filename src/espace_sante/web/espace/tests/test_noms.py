"""Names inside sentences: « donné à l’équipe de soins », never « donné à Équipe »."""

from __future__ import annotations

import pytest

from espace_sante.acces.consentements import equipes, recueillir_consentement
from espace_sante.acces.models import EquipeSoins, MembreEquipe
from espace_sante.acces.tests.fabrique import CONTEXTE
from espace_sante.kernel.ids import uuid7
from espace_sante.web.espace.noms import a, beneficiaire
from espace_sante.web.espace.tests.conftest import Personne


@pytest.mark.rule("ACC-12", "ACC-22")
@pytest.mark.parametrize(
    ("nom", "en_equipe", "dit"),
    [
        ("Équipe de soins — Les Glycines", True, "à l’équipe de soins (Les Glycines)"),
        ("Équipe de soins primaires des Vignes", True, "à l’équipe de soins primaires des Vignes"),
        ("équipe mobile", True, "à l’équipe mobile"),
        ("Réseau Diabète Sud", True, "à l’équipe «\u00a0Réseau Diabète Sud\u00a0»"),
        ("", True, "à une équipe de soins"),
        ("Dr Anne Morel", False, "au Dr Anne Morel"),
        ("Mme Lucie Petit", False, "à Mme Lucie Petit"),
        ("", False, "à un professionnel de santé"),
    ],
)
def test_a_consent_is_given_to_somebody_in_french(nom: str, en_equipe: bool, dit: str) -> None:
    assert a(beneficiaire(nom, en_equipe=en_equipe)) == dit


@pytest.mark.django_db
@pytest.mark.rule("ACC-12")
def test_the_pages_of_consents_read_as_french(lou: Personne) -> None:
    equipe = EquipeSoins.objects.create(
        id=uuid7(), nom="Équipe de soins — Les Glycines", structure_id=lou.medecin.structure_id
    )
    MembreEquipe.objects.create(equipe=equipe, rpps=lou.medecin.rpps, depuis="2020-01-01T00:00Z")
    assert equipe.id in equipes(lou.medecin)
    recueillir_consentement(lou.medecin, lou.ins, contexte=CONTEXTE, equipe_id=equipe.id)
    recueillir_consentement(lou.medecin, lou.ins, contexte=CONTEXTE)
    accueil, plus = lou.page("/espace/"), lou.page("/espace/plus/")
    assert "L’accord donné à l’équipe de soins (Les Glycines) prend fin" in accueil
    assert "L’accord donné au Dr Anne MOREL prend fin" in accueil
    assert "donné à l’équipe de soins (Les Glycines)" in plus
    assert "de vive voix par le Dr Anne MOREL, aujourd’hui à " in plus
    for page in (accueil, plus):
        assert "à Équipe" not in page
        assert "à Dr " not in page
        assert "par Dr " not in page
