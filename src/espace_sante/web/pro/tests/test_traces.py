"""« Mes accès à ce dossier » and the whole history for the médecin traitant (AUD-08, ACC-59, ACC-60)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from espace_sante.acces.models import Blocage, Referent
from espace_sante.kernel.ids import uuid7
from espace_sante.platform.postgres.rls import portee
from espace_sante.web.pro.tests import atelier

pytestmark = pytest.mark.django_db


def _declarer(dossier_id: UUID, rpps: str) -> None:
    with portee(dossier_id):
        Referent.objects.create(
            dossier_id=dossier_id, id=uuid7(), role="medecin_traitant", rpps=rpps, nom="Dr Anne Morel",
            depuis=datetime.now(UTC) - timedelta(days=1), par="assurance_maladie",
        )  # fmt: skip


@pytest.mark.rule("AUD-08", "AUD-10")
def test_his_own_acts_are_told_to_him_and_never_those_of_others() -> None:
    moi, autre = (atelier.acteur(atelier.professionnel()[0]) for _ in range(2))
    dossier_id, numero = atelier.creer_dossier()
    document = atelier.deposer(dossier_id, moi, "11488-4", "Consultation du genou")
    navigateurs = [atelier.averti(a) for a in (moi, autre)]
    cles = [atelier.ouvrir(n, numero) for n in navigateurs]
    for navigateur, cle in zip(navigateurs, cles, strict=True):
        navigateur.get(f"/pro/patient/{cle}/documents/{document}/")
    texte = navigateurs[0].get(f"/pro/patient/{cles[0]}/acces/").content.decode()
    assert "<strong>Vous</strong>" in texte
    assert "Consultation du genou" in texte
    assert autre.nom not in texte.split("<h1>")[1]
    assert "Tous les accès" not in texte
    refus = navigateurs[0].get(f"/pro/patient/{cles[0]}/acces/tous/")
    assert refus.status_code == 403
    assert autre.nom not in refus.content.decode()
    assert str(dossier_id) not in texte
    assert numero not in texte


@pytest.mark.rule("ACC-59", "ACC-60")
def test_the_medecin_traitant_reads_all_in_sentences_until_he_is_blocked() -> None:
    traitant, autre = (atelier.acteur(atelier.professionnel()[0]) for _ in range(2))
    dossier_id, numero = atelier.creer_dossier()
    _declarer(dossier_id, traitant.rpps)
    autre_navigateur = atelier.averti(autre)
    atelier.ouvrir(autre_navigateur, numero)
    navigateur = atelier.averti(traitant)
    # No consent: the panel's page is enough.
    cle = atelier.confirmer(navigateur, numero)
    siens = navigateur.get(f"/pro/patient/{cle}/acces/").content.decode()
    assert "Tous les accès" in siens
    tous = navigateur.get(f"/pro/patient/{cle}/acces/tous/").content.decode()
    assert autre.nom.split()[-1] in tous
    assert "enregistré l’accord du patient" in tous
    assert "votre" not in tous.split('<section class="es-jour">')[1]
    assert navigateur.get(f"/pro/patient/{cle}/acces/tous/?groupe=services").status_code == 200
    demain = (datetime.now(UTC) + timedelta(days=3)).date()
    futur = navigateur.get(f"/pro/patient/{cle}/acces/tous/?du={demain}")
    assert futur.status_code == 422
    with portee(dossier_id):
        Blocage.objects.create(
            dossier_id=dossier_id, id=uuid7(), genre="professionnel", cle=traitant.rpps, nom="X",
            pose_le=datetime.now(UTC), pose_par="titulaire",
        )  # fmt: skip
    assert navigateur.get(f"/pro/patient/{cle}/acces/tous/").status_code == 403


@pytest.mark.rule("AUD-08")
def test_a_key_of_another_login_shows_nothing() -> None:
    moi, autre = (atelier.averti(atelier.acteur(atelier.professionnel()[0])) for _ in range(2))
    _, numero = atelier.creer_dossier()
    cle = atelier.ouvrir(moi, numero)
    for page in ("acces", "acces/tous"):
        assert autre.get(f"/pro/patient/{cle}/{page}/").status_code == 404
        assert moi.get(f"/pro/patient/{cle}/{page}/?avant=x&du=x").status_code in {403, 422}
