"""The matrix through the pages: lines of errors, preview, four eyes, rollback, done by the worker (ACC-35 to ACC-41)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from espace_sante.acces import matrice as editions
from espace_sante.acces.matrice.tests.exploitation import droit_d_ajouter, proprietaire
from espace_sante.acces.matrice.tests.exploitation import matrice as csv
from espace_sante.acces.matrice.tests.exploitation import proposer as proposer_en_ligne
from espace_sante.acces.models import ActeOperateur, DemandeMatrice, Edition, Proposition, SuiteDemandeMatrice
from espace_sante.acces.operation.execution import executer
from espace_sante.acces.operation.tests.bureau import entrer, operateur
from espace_sante.identite.models import Operateur
from espace_sante.kernel.ids import uuid7

pytestmark = pytest.mark.django_db
ROLE = "gestionnaire_matrice"


@pytest.fixture(autouse=True)
def _travail_de_fond(db: None) -> Iterator[None]:
    """The worker's rights, given to the test's own transaction."""
    role = settings.DATABASES["default"]["USER"]
    with droit_d_ajouter(), proprietaire() as cx:
        cx.execute(f"GRANT INSERT ON acces_suitedemandematrice TO {role}")
        try:
            yield
        finally:
            cx.execute(f"REVOKE INSERT ON acces_suitedemandematrice FROM {role}")


@pytest.fixture
def anne() -> Client:
    return entrer(operateur(ROLE, courriel="anne@exemple.fr", nom="Anne Martin"))


@pytest.fixture
def paul() -> Client:
    return entrer(operateur(ROLE, courriel="paul@exemple.fr", nom="Paul Roux"))


def _envoyer(client: Client, texte: str, effet: str = "2026-01-01T08:00") -> Any:
    return client.post(
        "/operation/matrice/charger/",
        {"fichier": SimpleUploadedFile("m.csv", texte.encode()), "nom": "Annexe", "source": "JO", "effet": effet},
    )  # fmt: skip


def _faire(reponse: Any) -> SuiteDemandeMatrice:
    """What the worker makes of the demand that this answer leads to."""
    assert reponse.status_code == 302, reponse.content.decode()
    demande_id = UUID(reponse["Location"].rstrip("/").rsplit("/", 1)[-1])
    assert ProcrastinateJob.objects.filter(args__demande_id=str(demande_id)).count() == 1
    fait = executer(demande_id, base="default")
    assert fait is not None
    assert executer(demande_id, base="default") is None, "once"
    return fait


def _apercu(client: Client, numero: int) -> str:
    page = client.get(f"/operation/matrice/{numero}/").content.decode()
    trouve = re.search(r'name="apercu" value="([0-9a-f]{12})"', page)
    assert trouve, page
    return trouve[1]


@pytest.mark.rule("ACC-36")
def test_a_bad_file_is_refused_whole_with_its_lines(anne: Client) -> None:
    reponse = _envoyer(anne, csv("10 SYNTH O", "10 RIEN O", "99 SYNTH O", "10 SYNTH N"))
    page = reponse.content.decode()
    assert reponse.status_code == 400
    for ligne in ("Ligne 3", "Ligne 4", "Ligne 5"):
        assert ligne in page
    assert not DemandeMatrice.objects.exists() and not Proposition.objects.exclude(numero=1).exists()
    assert (
        anne.post("/operation/matrice/charger/", {"nom": "x", "effet": "2026-01-01T08:00"}).status_code == 400
    )
    assert _envoyer(anne, csv("10 SYNTH O"), effet="demain").status_code == 400
    assert _envoyer(anne, "\x00").status_code == 400
    assert not DemandeMatrice.objects.exists()


@pytest.mark.rule("ACC-35", "ACC-38", "ACC-39")
def test_two_people_load_look_and_approve(anne: Client, paul: Client) -> None:
    reponse = _envoyer(anne, csv("10 SYNTH O", "21 SYNTH N"))
    attente = anne.get(reponse["Location"]).content.decode()
    assert "En cours" in attente
    assert not Proposition.objects.exclude(numero=1).exists(), "the web process loads nothing itself"
    fait = _faire(reponse)
    assert (fait.edition, fait.refus) == (2, "") and fait.dossiers == 0
    page = paul.get("/operation/matrice/2/").content.decode()
    assert "cellules ouvertes" in page and "Anne Martin" in page and "dossiers touchés" in page
    assert Edition.objects.count() == 1
    fait = _faire(paul.post("/operation/matrice/2/", {"apercu": _apercu(paul, 2)}))
    assert fait.refus == ""
    edition = editions.en_vigueur()
    assert edition is not None and edition.numero == 2
    assert (edition.auteur, edition.approbateur) == (
        "Anne Martin <anne@exemple.fr>",
        "Paul Roux <paul@exemple.fr>",
    )
    assert paul.get("/operation/matrice/2/").status_code == 409
    assert "passée" in paul.get("/operation/matrice/").content.decode()


@pytest.mark.rule("ACC-39")
def test_one_person_is_refused_by_the_page_and_by_the_worker(anne: Client) -> None:
    _faire(_envoyer(anne, csv("10 SYNTH O")))
    page = anne.get("/operation/matrice/2/").content.decode()
    assert "Une autre personne doit" in page and 'name="apercu"' not in page
    from espace_sante.acces.matrice.editions import regarder

    code = regarder(2)[3]
    reponse = anne.post("/operation/matrice/2/", {"apercu": code})
    assert reponse.status_code == 409 and Edition.objects.count() == 1
    moi = Operateur.objects.get(courriel="anne@exemple.fr")
    assert ActeOperateur.objects.filter(
        operateur_id=moi.id, acte="matrice_approuver", refus="meme_personne"
    ).exists()
    # A web process that forgot to ask: the worker asks again.
    forgee = DemandeMatrice.objects.create(
        id=uuid7(), genre="approuver", operateur_id=moi.id, quand=datetime.now(UTC), edition=2, apercu=code
    )
    fait = executer(forgee.id, base="default")
    assert fait is not None and fait.refus == "meme_personne"
    assert Edition.objects.count() == 1


@pytest.mark.rule("ACC-39")
@pytest.mark.parametrize("nom", ["Anne Martin", "anne@exemple.fr", "ANNE MARTIN <anne@exemple.fr>"])
def test_a_name_typed_in_the_command_is_the_same_person(anne: Client, paul: Client, nom: str) -> None:
    numero = proposer_en_ligne(csv("10 SYNTH O"), auteur=nom).numero
    from espace_sante.acces.matrice.editions import regarder

    assert anne.post(f"/operation/matrice/{numero}/", {"apercu": regarder(numero)[3]}).status_code == 409
    assert _faire(paul.post(f"/operation/matrice/{numero}/", {"apercu": _apercu(paul, numero)})).refus == ""


@pytest.mark.rule("ACC-39")
def test_the_worker_believes_no_role_of_the_web_process(anne: Client) -> None:
    sans = operateur("support", courriel="sans@exemple.fr", nom="Sans Role")
    parti = operateur(ROLE, courriel="parti@exemple.fr", nom="Parti Loin")
    Operateur.objects.filter(id=parti.id).update(desactive_le=datetime.now(UTC))
    _faire(_envoyer(anne, csv("10 SYNTH O")))
    from espace_sante.acces.matrice.editions import regarder

    for qui in (sans.id, parti.id, uuid7()):
        forgee = DemandeMatrice.objects.create(
            id=uuid7(),
            genre="approuver",
            operateur_id=qui,
            quand=datetime.now(UTC),
            edition=2,
            apercu=regarder(2)[3],
        )
        fait = executer(forgee.id, base="default")
        assert fait is not None and fait.refus == "gestionnaire_inconnu"
    assert Edition.objects.count() == 1


@pytest.mark.rule("ACC-39")
def test_approving_needs_the_preview_that_was_seen(anne: Client, paul: Client) -> None:
    _faire(_envoyer(anne, csv("10 SYNTH O")))
    _faire(_envoyer(anne, csv("10 REMB O")))
    vieux = _apercu(paul, 2)
    _faire(paul.post("/operation/matrice/3/", {"apercu": _apercu(paul, 3)}))
    assert paul.post("/operation/matrice/2/", {"apercu": vieux}).status_code == 409
    assert paul.post("/operation/matrice/2/", {}).status_code == 409
    assert paul.get("/operation/matrice/99/").status_code == 404
    # What it touches was counted against another edition: it is asked again.
    assert "Compter les dossiers" in paul.get("/operation/matrice/2/").content.decode()
    _faire(paul.post("/operation/matrice/2/", {"compter": "oui"}))
    assert "dossiers touchés" in paul.get("/operation/matrice/2/").content.decode()


@pytest.mark.rule("ACC-40")
def test_going_back_is_a_new_edition(anne: Client, paul: Client) -> None:
    _faire(_envoyer(anne, csv("10 SYNTH O")))
    _faire(paul.post("/operation/matrice/2/", {"apercu": _apercu(paul, 2)}))
    fait = _faire(paul.post("/operation/matrice/retour/", {"edition": "1"}))
    assert fait.edition == 3
    _faire(anne.post("/operation/matrice/3/", {"apercu": _apercu(anne, 3)}))
    edition = editions.en_vigueur()
    assert edition is not None and edition.numero == 3
    assert set(editions.cases_de(3)) == set(editions.cases_de(1))
    for faux in ("", "x", "77"):
        assert paul.post("/operation/matrice/retour/", {"edition": faux}).status_code == 400
