"""A publisher's conformance run through the pages, his software really calling (OID-34)."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.conf import settings as reglages
from django.contrib.auth.hashers import make_password
from django.test import Client

from espace_sante.acces.exportation import signature
from espace_sante.acces.matrice.tests.exploitation import proprietaire
from espace_sante.acces.operation.execution_logiciels import executer
from espace_sante.acces.operation.tests.bureau import entrer, operateur
from espace_sante.acces.tests.fabrique import source
from espace_sante.identite.models import DemandeLogiciel, Logiciel, ParcoursLogiciel
from espace_sante.identite.operateurs.roles import Role
from espace_sante.identite.portees import ALIMENTATION, CONSULTATION
from espace_sante.interop.tests.atelier import Atelier, mettre, statut
from espace_sante.interop.tests.fabrique import bundle, octets
from espace_sante.interop.tests.lps import FHIR, entetes, ressources
from espace_sante.kernel.ids import uuid7
from espace_sante.web.editeurs.tests.test_inscription import BON, installation  # noqa: F401

pytestmark = pytest.mark.django_db
SECRET = "un-secret-d-essai-assez-long"
PAGE = "/editeurs/conformite/"


@pytest.fixture
def atelier(client: Client) -> Atelier:
    """A test person, her doctor, and the publisher's program in the doctor's hands."""
    un = Atelier(client)
    Logiciel.objects.filter(client_id="lps").update(
        secret_hache=make_password(SECRET), nom="Mon LPS", version="2", siret="73282932000074"
    )
    un.auteur.acteur = replace(un.auteur.acteur, portees=CONSULTATION | ALIMENTATION)
    return un


def _editeur(client_id: str = "lps", secret: str = SECRET) -> Client:
    navigateur = Client()
    reponse = navigateur.post(PAGE, {"client_id": client_id, "client_secret": secret})
    assert reponse.status_code == 302, reponse.content.decode()
    return navigateur


def _commencer(editeur: Client, matricule: str) -> Any:
    return editeur.post(f"{PAGE}commencer/", {"ins": matricule})


def _etats(page: str) -> dict[str, str]:
    """What the page says of each step."""
    morceaux = re.findall(r'id="etape-(\w+)">(.*?)</li>', page, re.S)
    return {
        c: next((m for m in ("Vu", "Échec", "En attente") if f"{m}</span>" in bloc), "")
        for c, bloc in morceaux
    }


def _lire(editeur: Client) -> str:
    reponse = editeur.get(PAGE)
    assert reponse.status_code == 200 and "no-store" in reponse["Cache-Control"]
    return str(reponse.content.decode())


def _parcourir(atelier: Atelier) -> None:
    """What a good program does, the refusals included."""
    lps, scene = atelier.auteur, atelier.scene
    qui = source(lps.acteur)
    premier = bundle(ins=scene.ins, source=qui, auteurs=(qui,))
    lieu = (
        lps.deposer(premier)["entry"][1]["response"]["location"].split("DocumentReference/")[1].split("/")[0]
    )
    double = lps.client.post("/fhir", octets(_neuf(premier)), content_type=FHIR, headers=entetes(lps.acteur))
    assert double.status_code == 409, double.content
    second = bundle(b"%PDF-1.4 corrige", ins=scene.ins, source=qui, auteurs=(qui,), remplace=lieu)
    fiche = second["entry"][1]["resource"]
    fiche["relatesTo"] = [{"code": "replaces", "target": {"reference": f"DocumentReference/{lieu}"}}]
    lps.deposer(second)
    (vu,) = ressources(lps.chercher(scene.ins, status="current"))
    adresse = vu["content"][0]["attachment"]["url"]
    assert lps.get(adresse).status_code == 200
    assert atelier.patch(lps, vu["id"], mettre("MASQUE_PS")).status_code == 200
    assert atelier.patch(lps, vu["id"], statut("entered-in-error")).status_code == 200
    assert lps.get(adresse).status_code == 410
    sans = {c: v for c, v in entetes(lps.acteur).items() if c != "X-MES-Identite"}
    criteres = urlencode({"patient.identifier": f"{scene.ins.urn}|{scene.ins.matricule}"})
    refuse = lps.client.post(
        "/fhir/DocumentReference/_search",
        criteres,
        content_type="application/x-www-form-urlencoded",
        headers=sans,
    )
    assert refuse.status_code == 403


def _neuf(lot: dict[str, Any]) -> dict[str, Any]:
    """The same document in another lot: not a repeated call, a second deposit."""
    autre: dict[str, Any] = json.loads(json.dumps(lot))
    return autre


@pytest.mark.rule("OID-34")
def test_a_program_that_does_everything_passes_and_its_publisher_takes_the_proof_away(
    atelier: Atelier,
) -> None:
    editeur = _editeur()
    assert set(_etats(_lire(editeur)).values()) == {""}, "not started: what will be asked"
    assert _commencer(editeur, atelier.scene.ins.matricule).status_code == 302
    assert set(_etats(_lire(editeur)).values()) == {"En attente"}
    _parcourir(atelier)
    page = _lire(editeur)
    assert set(_etats(page).values()) == {"Vu"}, page
    assert "Parcours réussi" in page and "Votre attestation" in page
    parcours = ParcoursLogiciel.objects.get()
    assert parcours.reussi and parcours.conclu_le and len(parcours.constats) == 9
    assert atelier.scene.ins.matricule not in str(parcours.__dict__)
    # Concluded for good: what the program does next changes nothing.
    with time_machine.travel(datetime.now(UTC) + timedelta(days=2)):
        assert set(_etats(_lire(_editeur())).values()) == {"Vu"}


@pytest.mark.rule("OID-34")
def test_only_this_program_on_this_person_since_the_start_counts(atelier: Atelier) -> None:
    editeur = _editeur()
    _parcourir(atelier)
    _commencer(editeur, atelier.scene.ins.matricule)
    assert set(_etats(_lire(editeur)).values()) == {"En attente"}, "calls before the start"
    Logiciel.objects.create(client_id="autre", nom="Autre", secret_hache=make_password(SECRET))
    celui_d_un_autre = atelier.auteur.acteur
    atelier.auteur.acteur = replace(celui_d_un_autre, client_id="autre")
    _parcourir(atelier)
    assert set(_etats(_lire(editeur)).values()) == {"En attente"}, "calls of another program"
    atelier.auteur.acteur = celui_d_un_autre
    # Another publisher sees his own software, never this run.
    assert set(_etats(_lire(_editeur("autre"))).values()) == {""}


@pytest.mark.rule("OID-34")
def test_a_run_that_misses_something_says_what(atelier: Atelier) -> None:
    editeur = _editeur()
    _commencer(editeur, atelier.scene.ins.matricule)
    qui = source(atelier.auteur.acteur)
    atelier.auteur.deposer(bundle(ins=atelier.scene.ins, source=qui, auteurs=(qui,)))
    ancien = atelier.deposer()
    assert atelier.patch(atelier.auteur, ancien, mettre("MASQUE_PS")).status_code == 200
    page = _lire(editeur)
    assert (_etats(page)["depot"], _etats(page)["masquage"], _etats(page)["lecture"]) == (
        "Vu",
        "Échec",
        "En attente",
    )
    assert "qui ne vient pas de ce parcours" in page and "Parcours en cours" in page
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=25)):
        page = _lire(_editeur())
        assert _etats(page)["lecture"] == "Échec" and "pas vu cet appel" in page and "non réussi" in page
        assert "Votre attestation" not in page
        assert not ParcoursLogiciel.objects.get().reussi
        assert _commencer(_editeur(), atelier.scene.ins.matricule).status_code == 302, "and starts again"


@pytest.mark.rule("OID-34", "OID-12")
def test_who_has_not_the_secret_sees_nothing(atelier: Atelier) -> None:
    for client_id, secret in (("lps", "faux"), ("personne", SECRET), ("lps", ""), ("l\x00ps", SECRET)):
        reponse = Client().post(PAGE, {"client_id": client_id, "client_secret": secret})
        assert reponse.status_code == 422 and "étape" not in reponse.content.decode()
    nu = Client()
    assert "client_secret" in nu.get(PAGE).content.decode()
    assert _commencer(nu, atelier.scene.ins.matricule).status_code == 302
    editeur = _editeur()
    assert editeur.post(f"{PAGE}quitter/").status_code == 302
    _commencer(editeur, atelier.scene.ins.matricule)
    assert not ParcoursLogiciel.objects.exists()
    # Suspended meanwhile: the session is worth nothing.
    editeur = _editeur()
    Logiciel.objects.filter(client_id="lps").update(actif=False)
    assert "client_secret" in editeur.get(PAGE).content.decode()


@pytest.mark.rule("OID-34")
@pytest.mark.parametrize("ins", ["", "123", "279035121518900", "abc", "1\x00", "9" * 15, "x" * 500])
def test_a_run_needs_a_person_of_the_test_service(atelier: Atelier, ins: str) -> None:
    reponse = _commencer(_editeur(), ins)
    assert reponse.status_code == 422 and 'id="ins-erreur"' in reponse.content.decode()
    assert not ParcoursLogiciel.objects.exists()


def test_twenty_runs_a_day(atelier: Atelier) -> None:
    editeur = _editeur()
    for _ in range(20):
        assert _commencer(editeur, atelier.scene.ins.matricule).status_code == 302
    assert _commencer(editeur, atelier.scene.ins.matricule).status_code == 429


@pytest.mark.rule("OID-34", "OID-31")
def test_production_opens_on_the_attestation_of_a_known_test_service(
    atelier: Atelier, settings: Any, tmp_path: Path
) -> None:
    editeur = _editeur()
    _commencer(editeur, atelier.scene.ins.matricule)
    _parcourir(atelier)
    (texte,) = re.findall(r"<textarea[^>]*>([^<]+)</textarea>", _lire(editeur))
    cle = tmp_path / "essai.pem"
    cle.write_bytes(Client().get(f"{PAGE}cle.pem").content)
    assert cle.read_bytes() == signature.cle_publique()
    settings.ES_INSTANCE, settings.ES_CONFORMITE_CLE = "production", str(cle)
    assert "service d’essai" in Client().get(PAGE).content.decode()
    bon = {**BON, "produit": "Mon LPS", "retours": "", "attestation": texte}
    reponse = Client().post("/editeurs/", {**bon, "produit": "Autre"})
    assert reponse.status_code == 422 and 'id="attestation-erreur"' in reponse.content.decode()
    assert Client().post("/editeurs/", bon).status_code == 201
    demande = DemandeLogiciel.objects.get()
    operation = entrer(operateur(Role.SECURITE))
    adresse = f"/operation/logiciels/{demande.id}/"
    assert "Réussi le" in operation.get(adresse).content.decode()
    assert operation.post(adresse, {"reponse": "accord"}).status_code == 302
    with proprietaire() as cx:  # rows of the tests above took the worker's rights back
        cx.execute(f"GRANT INSERT, UPDATE ON identite_logiciel TO {reglages.DATABASES['default']['USER']}")
    fait = executer(demande.id, base="default")
    assert fait is not None and fait.refus == ""
    ouvert = Logiciel.objects.get(client_id=demande.client_id)
    assert (ouvert.etape, ouvert.conforme_le) == ("production", datetime.now(UTC).date())


@pytest.mark.rule("OID-34")
def test_an_operator_of_the_test_service_reads_where_a_program_is(atelier: Atelier) -> None:
    demande = DemandeLogiciel.objects.create(
        id=uuid7(), quand=datetime.now(UTC), client_id="lps",
        fiche={"raison_sociale": "E", "siret": "1", "produit": "Mon LPS", "version": "2", "contact": "a@b.fr"},
    )  # fmt: skip
    operation = entrer(operateur(Role.SECURITE))
    adresse = f"/operation/logiciels/{demande.id}/"
    assert "Pas commencé" in operation.get(adresse).content.decode()
    editeur = _editeur()
    _commencer(editeur, atelier.scene.ins.matricule)
    page = operation.get(adresse).content.decode()
    assert "0 étapes sur 9" in page and "Il manque" in page
    assert ParcoursLogiciel.objects.get().conclu_le is None, "an operator who reads concludes nothing"
    _parcourir(atelier)
    _lire(editeur)
    assert "Réussi le" in operation.get(adresse).content.decode()
