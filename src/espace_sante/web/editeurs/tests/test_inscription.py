"""A publisher registers; the worker makes the program; in production an operator says yes first (OID-31 to OID-35)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from django.conf import settings as reglages
from django.test import Client
from tests.connexion.autorite import Autorite

from espace_sante.acces.matrice.tests.exploitation import proprietaire
from espace_sante.acces.operation import certificats
from espace_sante.acces.operation.execution_logiciels import executer
from espace_sante.acces.operation.tests.bureau import entrer, operateur
from espace_sante.identite.logiciels import gestion
from espace_sante.identite.logiciels.fiche import Dn
from espace_sante.identite.logiciels.gestion import LogicielRefuse
from espace_sante.identite.models import (
    CertificatLogiciel,
    DecisionLogiciel,
    DemandeLogiciel,
    Logiciel,
    Structure,
)
from espace_sante.identite.operateurs.roles import Role
from espace_sante.kernel.ids import uuid7
from espace_sante.platform.courriel import CourrielNonEnvoye

pytestmark = pytest.mark.django_db
AUTORITE = Autorite()
TABLES = (
    "identite_logiciel",
    "identite_certificatlogiciel",
    "identite_suitelogiciel",
    "identite_demandelogiciel",
)
BON: dict[str, Any] = {
    "raison_sociale": "Éditions d’essai", "siret": "73282932000074", "contact": "equipe@editeur.example",
    "produit": "Mon Logiciel Médical", "version": "2.1", "portees": ["ITI-65", "ITI-105"], "structure": "140000011",
    "retours": "https://editeur.example/retour\nhttp://127.0.0.1:8765/retour", "certificats": "CN=labo.example,C=FR",
    "etablissement": "SA07", "ins_qualifiee": "oui",
}  # fmt: skip


@pytest.fixture(autouse=True)
def installation(settings: Any) -> Iterator[None]:
    """The worker's rights, given to the test's own transaction; passwords cost nothing."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    role = reglages.DATABASES["default"]["USER"]
    Structure.objects.create(id="1140000011", nom="Labo", commune="Caen")
    with proprietaire() as cx:
        for table in TABLES:
            cx.execute(f"GRANT INSERT, UPDATE ON {table} TO {role}")
        try:
            yield
        finally:
            for table in TABLES:
                droits = "UPDATE" if table == "identite_demandelogiciel" else "INSERT, UPDATE"
                cx.execute(f"REVOKE {droits} ON {table} FROM {role}")


def _inscrire(**changes: Any) -> Any:
    return Client().post("/editeurs/", {**BON, **changes})


def _logiciel(**changes: Any) -> Logiciel:
    reponse = _inscrire(**changes)
    assert reponse.status_code == 201, reponse.content.decode()
    demande = DemandeLogiciel.objects.latest("quand")
    fait = executer(demande.id, base="default")
    assert fait is not None and fait.refus == "", fait
    assert executer(demande.id, base="default") is None, "once"
    return Logiciel.objects.get(client_id=demande.client_id)


def _jeton(client_id: str, secret: str) -> Any:
    corps = {
        "grant_type": "client_credentials", "scope": "ITI-65", "client_id": client_id, "client_secret": secret,
    }  # fmt: skip
    return Client().post("/oauth/token", urlencode(corps), content_type="application/x-www-form-urlencoded")


@pytest.mark.rule("OID-31")
def test_in_test_the_credentials_are_shown_once_and_work() -> None:
    reponse = _inscrire()
    page = reponse.content.decode()
    assert "no-store" in reponse["Cache-Control"]
    client_id, secret = re.findall(r"<dt>client_(?:id|secret)</dt><dd><code>([^<]+)</code>", page)
    demande = DemandeLogiciel.objects.get(client_id=client_id)
    assert secret not in demande.secret_hache and secret not in str(demande.fiche)
    assert _jeton(client_id, secret).status_code == 401, "the worker has not made it yet"
    assert executer(demande.id, base="default") is not None
    assert _jeton(client_id, secret).status_code == 200
    logiciel = Logiciel.objects.get(client_id=client_id)
    assert (logiciel.etat, logiciel.nom, logiciel.editeur) == (
        "test",
        "Mon Logiciel Médical",
        "Éditions d’essai",
    )
    assert logiciel.retours == BON["retours"].split()
    assert [c.dn for c in logiciel.certificats.all()] == ["CN=labo.example,C=FR"]
    assert demande.fiche["metadonnees"] == {"etablissement": "SA07"} and demande.fiche["ins_qualifiee"]


@pytest.mark.rule("OID-31", "OID-30")
@pytest.mark.parametrize(
    ("champ", "valeur"),
    [
        ("raison_sociale", ""), ("produit", "x" * 121), ("siret", "73282932000075"), ("siret", "123"),
        ("contact", "pas une adresse"), ("structure", "12"), ("portees", []), ("portees", ["ITI-999"]),
        ("portees", ["patient/Observation.rs"]), ("certificats", "pas un nom"),
        ("certificats", "CN=a\nCN=b\nCN=c"), ("certificats", "-----BEGIN CERTIFICATE-----\nrien\n-----END CERTIFICATE-----"),
        ("notifications", "https://a.example"), ("notifications", "*.example"),
        ("retours", "http://editeur.example/retour"), ("retours", "https://*.example/"), ("retours", "https://a.example/#x"),
        ("retours", "javascript:alert(1)"), ("retours", "https://u:p@a.example/"), ("retours", "//a.example"),
        ("retours", "https://[a/"), ("retours", "https://a.example:x/"), ("version", "1\x00"),
    ],
)  # fmt: skip
def test_each_fault_is_said_and_nothing_is_kept(champ: str, valeur: Any) -> None:
    reponse = _inscrire(**{champ: valeur})
    assert reponse.status_code == 422
    assert f'id="{champ}-erreur"' in reponse.content.decode()
    assert not DemandeLogiciel.objects.exists()


@pytest.mark.rule("OID-31", "OID-33")
def test_a_pasted_certificate_tells_its_name_and_its_end() -> None:
    porteur = AUTORITE.structure()
    logiciel = _logiciel(certificats=porteur.pem)
    certificat = logiciel.certificats.get()
    assert certificat.dn == porteur.dn
    assert certificat.expire_le == porteur.certificat.not_valid_after_utc


def test_nobody_floods_the_demands() -> None:
    maintenant = datetime.now(UTC)
    DemandeLogiciel.objects.bulk_create(
        DemandeLogiciel(id=uuid7(), quand=maintenant, client_id=f"c{n}", fiche={}) for n in range(20)
    )
    assert _inscrire().status_code == 429


def test_what_cannot_be_made_is_told_at_once_and_judged_again() -> None:
    assert 'id="structure-erreur"' in _inscrire(structure="990000018").content.decode()
    _inscrire()
    premiere = DemandeLogiciel.objects.get()
    _inscrire(produit="Autre")
    seconde = DemandeLogiciel.objects.exclude(id=premiere.id).get()
    suites = [executer(d.id, base="default") for d in (premiere, seconde)]
    assert [s.refus for s in suites if s] == ["", "dn_pris"], "two demands at once for the same certificate"
    assert not Logiciel.objects.filter(client_id=seconde.client_id).exists()
    assert 'id="certificats-erreur"' in _inscrire().content.decode()


@pytest.mark.rule("OID-31", "OID-34", "OID-35")
def test_in_production_an_operator_says_yes_first(settings: Any) -> None:
    settings.ES_INSTANCE = "production"
    assert _inscrire(certificats="").status_code == 422, "a certificate is needed"
    reponse = _inscrire(retours="https://editeur.example/retour")
    assert "client_secret" not in reponse.content.decode()
    demande = DemandeLogiciel.objects.get()
    # Forged, or run before anybody answered: the worker asks for the operator.
    vide = executer(demande.id, base="default")
    assert vide is not None and vide.refus == "non_approuvee"
    reponse = _inscrire(retours="https://editeur.example/retour", certificats="CN=autre")
    demande = DemandeLogiciel.objects.latest("quand")
    client = entrer(operateur(Role.SECURITE))
    adresse = f"/operation/logiciels/{demande.id}/"
    assert BON["raison_sociale"] in client.get("/operation/logiciels/").content.decode()
    assert client.post(adresse, {"reponse": "refus"}).status_code == 400, "a refusal says why"
    assert client.post(adresse, {"reponse": "accord"}).status_code == 302
    assert client.post(adresse, {"reponse": "accord"}).status_code == 400, "once"
    fait = executer(demande.id, base="default")
    assert fait is not None and fait.refus == ""
    logiciel = Logiciel.objects.get(client_id=demande.client_id)
    assert (logiciel.etape, logiciel.secret_hache) == ("test", ""), "not open before its conformance run"
    gestion.ouvrir_production(logiciel.client_id, datetime.now(UTC).date(), base="default")
    logiciel.refresh_from_db()
    assert logiciel.etat == "production" and logiciel.conforme_le


@pytest.mark.rule("OID-34")
def test_the_gate_of_conformance_is_a_setting(settings: Any) -> None:
    settings.ES_INSTANCE, settings.ES_CONFORMITE = "production", False
    _inscrire(retours="")
    demande = DemandeLogiciel.objects.get()
    o = operateur(Role.SECURITE)
    DecisionLogiciel.objects.create(
        demande_id=demande.id, operateur_id=o.id, quand=datetime.now(UTC), accord=True
    )
    executer(demande.id, base="default")
    assert Logiciel.objects.get(client_id=demande.client_id).etape == "production"


@pytest.mark.rule("OID-31")
@pytest.mark.parametrize("qui", ["nobody", "another role", "ended"])
def test_the_worker_believes_no_forged_answer(settings: Any, qui: str) -> None:
    settings.ES_INSTANCE = "production"
    _inscrire(retours="")
    demande = DemandeLogiciel.objects.get()
    o = operateur(Role.SUPPORT if qui == "another role" else Role.SECURITE)
    if qui == "ended":
        type(o).objects.filter(id=o.id).update(desactive_le=datetime.now(UTC))
    DecisionLogiciel.objects.create(
        demande_id=demande.id, operateur_id=UUID(int=5) if qui == "nobody" else o.id, quand=datetime.now(UTC),
        accord=True,
    )  # fmt: skip
    fait = executer(demande.id, base="default")
    assert fait is not None and fait.refus == "operateur_inconnu"
    assert not Logiciel.objects.filter(client_id=demande.client_id).exists()


@pytest.mark.rule("FHR-168")
def test_hosts_of_notifications_are_registered_then_changed() -> None:
    _inscrire(notifications="LPS.example\nlps.example:8443")
    executer(DemandeLogiciel.objects.get().id, base="default")
    logiciel = Logiciel.objects.get()
    assert logiciel.hotes_notification == ["lps.example", "lps.example:8443"]
    gestion.changer_hotes(logiciel.client_id, ["avis.example"], base="default")
    logiciel.refresh_from_db()
    assert logiciel.hotes_notification == ["avis.example"]
    with pytest.raises(LogicielRefuse):
        gestion.changer_hotes("inconnu", [], base="default")


@pytest.mark.rule("OID-33")
def test_two_names_at_most_and_each_is_one_program() -> None:
    logiciel = _logiciel()
    autre = _logiciel(certificats="CN=autre")
    with pytest.raises(LogicielRefuse) as refus:
        gestion.ajouter_certificat(autre.client_id, Dn("CN=labo.example,C=FR"), base="default")
    assert refus.value.code == "dn_pris"
    gestion.ajouter_certificat(logiciel.client_id, Dn("CN=labo-2027"), base="default")
    with pytest.raises(LogicielRefuse) as refus:
        gestion.ajouter_certificat(logiciel.client_id, Dn("CN=troisieme"), base="default")
    assert refus.value.code == "dn_en_trop"
    gestion.retirer_certificat(logiciel.client_id, "CN=labo.example,C=FR", base="default")
    gestion.ajouter_certificat(logiciel.client_id, Dn("CN=troisieme"), base="default")
    with pytest.raises(LogicielRefuse):
        gestion.retirer_certificat(logiciel.client_id, "CN=inconnu", base="default")


@pytest.mark.rule("OID-31", "OID-32")
def test_states_of_a_program() -> None:
    logiciel = _logiciel()
    etats = []
    for acte in (gestion.suspendre, gestion.reprendre, gestion.fermer):
        acte(logiciel.client_id, base="default")
        logiciel.refresh_from_db()
        etats.append(logiciel.etat)
    assert etats == ["suspendu", "test", "ferme"]
    assert not CertificatLogiciel.objects.filter(fin=None).exists()
    with pytest.raises(LogicielRefuse) as refus:
        gestion.reprendre(logiciel.client_id, base="default")
    assert refus.value.code == "logiciel_ferme"
    with pytest.raises(LogicielRefuse):
        gestion.suspendre("inconnu", base="default")


@pytest.mark.rule("OID-33")
def test_the_end_of_a_certificate_is_announced_60_30_and_7_days_ahead() -> None:
    logiciel = _logiciel(certificats="")
    fin = datetime(2027, 6, 1, 12, tzinfo=UTC)
    gestion.ajouter_certificat(logiciel.client_id, Dn("CN=fin", fin.isoformat()), base="default")
    recus: list[int] = []

    def passer(jours: float, *, panne: bool = False) -> None:
        def envoyer(a: str, sujet: str, texte: str) -> None:
            assert a == "equipe@editeur.example" and logiciel.client_id in texte
            if panne:
                raise CourrielNonEnvoye("courriel_non_envoye", "")
            recus.append(round(jours))

        certificats.annoncer(fin - timedelta(days=jours), base="default", envoyer=envoyer)

    for jours in (61, 59.9, 59, 45):
        passer(jours)
    passer(29, panne=True)
    for jours in (28, 20, 8, 6.5, 2, -1):
        passer(jours)
    assert recus == [60, 28, 6]
    gestion.ajouter_certificat(
        logiciel.client_id, Dn("CN=fin", (fin + timedelta(days=365)).isoformat()), base="default"
    )
    passer(5)
    assert recus == [60, 28, 6], "renewed: nothing to announce"
