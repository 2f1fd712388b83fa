"""The holder's search of a professional, and what she does with whom she finds (ANN-10, ANN-11, ANN-05)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from espace_sante.acces.tests.fabrique import professionnel
from espace_sante.identite.models import BoiteMss, Professionnel, SourceAnnuaire, Structure
from espace_sante.kernel.traits import plier
from espace_sante.web.espace.tests.conftest import Personne

pytestmark = pytest.mark.django_db
RPPS = "99000000401"


@pytest.fixture
def trouvable() -> str:
    professionnel(RPPS, structure="1990000041")
    Professionnel.objects.filter(rpps=RPPS).update(
        nom="Le Hénaff", prenom="Tristan", recherche=plier("Le Hénaff Tristan")
    )
    Structure.objects.filter(id="1990000041").update(commune="Montcendré", commune_pliee=plier("Montcendré"))
    BoiteMss.objects.create(
        id=uuid4(), adresse="tristan@ville.mssante.example", rpps=RPPS, genre="PER", vu_le=datetime.now(UTC)
    )
    return reverse("web:chercher_professionnel")


@pytest.mark.rule("ANN-10")
def test_found_by_name_town_and_profession_without_any_mailbox(lou: Personne, trouvable: str) -> None:
    for question in (
        "nom=henaff", "nom=tristan+le+h", "nom=LE+HENAFF&ville=montcendre", "nom=henaff&profession=TRE_G15/10",
    ):  # fmt: skip
        page = lou.page(f"{trouvable}?{question}")
        assert "1 professionnel<" in page, question
        assert "Dr Tristan Le Hénaff" in page
        assert "mssante" not in page
    for question in ("nom=henaff&ville=paris", "nom=henaff&profession=TRE_G15/21", "nom=zzz"):
        assert "Aucun professionnel trouvé" in lou.page(f"{trouvable}?{question}")
    large = lou.client.get(f"{trouvable}?nom=h")
    assert (large.status_code, "au moins deux lettres" in large.content.decode()) == (422, True)


@pytest.mark.rule("ANN-10", "ANN-11")
def test_blocked_from_there_even_when_he_stopped(lou: Personne, trouvable: str) -> None:
    Professionnel.objects.filter(rpps=RPPS).update(actif=False)
    page = lou.page(f"{trouvable}?nom=henaff")
    assert "N’exerce plus" in page
    assert "Créer un code pour cette personne" not in page
    fait = lou.client.post(
        reverse("web:blocage"), {"genre": "professionnel", "cle": RPPS}, follow=True
    ).content.decode()
    assert "Dr Tristan Le Hénaff" in fait


@pytest.mark.rule("ANN-05")
def test_the_page_tells_the_date_of_a_late_directory(lou: Personne, trouvable: str) -> None:
    assert "Annuaire Santé du" not in lou.page(trouvable)
    ligne = SourceAnnuaire.objects.create(
        adresse="http://a/simulateurs/x", fictive=True, depuis=datetime.now(UTC), reussi_le=datetime.now(UTC)
    )
    assert "Annuaire Santé du" not in lou.page(trouvable)
    SourceAnnuaire.objects.filter(id=ligne.id).update(reussi_le=datetime.now(UTC) - timedelta(days=3))
    assert "Annuaire Santé du" in lou.page(trouvable)
