"""Paired services at the FHIR door: both tokens, the documents of the holder who agreed (POR-17, FHR-152)."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from espace_sante.acces.alimentation import alimenter
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.tests.fabrique import CONTEXTE, document, dossier, lot, professionnel, titulaire
from espace_sante.acces.tests.fabrique_appairage import entetes, service_appaire
from espace_sante.documents.models import Document
from espace_sante.identite import jetons
from espace_sante.identite.models import Logiciel
from espace_sante.interop.fhir.identifiants import composer
from espace_sante.kernel.ids import uuid7
from espace_sante.kernel.ins import Ins
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.models import Trace

pytestmark = pytest.mark.django_db
RECHERCHE = "/fhir/DocumentReference"


def deposer(ins: Ins, titre: str = "Compte rendu", **autres: object) -> UUID:
    medecin = professionnel()
    doc = document(auteur=medecin, titre=titre, **autres)  # type: ignore[arg-type]
    alimenter(medecin, ins, lot(medecin, doc), contexte=CONTEXTE)
    return doc.id


def titres(reponse: Any) -> list[str]:
    assert reponse.status_code == 200, reponse.content
    entrees = json.loads(reponse.content).get("entry", [])
    return sorted(e["resource"]["content"][0]["attachment"]["title"] for e in entrees)


def code(reponse: Any) -> tuple[int, str]:
    return reponse.status_code, json.loads(reponse.content)["issue"][0]["details"]["coding"][0]["code"]


def appeler(jeton: str, identite: str, adresse: str = RECHERCHE, **params: str) -> Any:
    return Client().get(adresse, params, headers=entetes(jeton, identite))


@pytest.mark.rule("POR-17")
def test_a_service_searches_and_reads_what_its_holder_sees() -> None:
    dossier_id, ins = dossier()
    un = deposer(ins, "Visible")
    masque = deposer(ins, "Masqué aux professionnels", masque_ps=True)
    cache = deposer(ins, "Caché au titulaire", invisible_patient=True)
    _, jeton, identite = service_appaire(dossier_id, ["documents:lire"])
    patient = f"Patient/{dossier_id}"
    assert titres(appeler(jeton, identite, patient=patient)) == ["Masqué aux professionnels", "Visible"]
    trouve = appeler(jeton, identite, **{"patient.identifier": f"urn:oid:{ins.oid}|{ins.matricule}"})
    assert titres(trouve) == ["Masqué aux professionnels", "Visible"]
    for document_id, statut in ((un, 200), (masque, 200), (cache, 404)):
        fil = composer(dossier_id, document_id)
        assert appeler(jeton, identite, f"{RECHERCHE}/{fil}").status_code == statut
        assert appeler(jeton, identite, f"/fhir/Binary/{fil}").status_code == statut
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        from espace_sante.traces.queries import FiltreTraces

        lues = espace.historique(FiltreTraces(groupe="services")).elements
    assert {(t.acteur_nom, t.action) for t in lues} >= {
        ("Carnet de tension", "liste"), ("Carnet de tension", "lecture"), ("Carnet de tension", "telechargement"),
    }  # fmt: skip
    with portee(dossier_id):
        refus = Trace.objects.filter(dossier_id=dossier_id, resultat="refus", acteur_genre="service")
        assert refus.count() == 2


@pytest.mark.rule("POR-17", "DOC-46")
def test_a_replacement_that_waits_for_its_announcement_is_not_told() -> None:
    dossier_id, ins = dossier()
    ancien = deposer(ins, "Ancien")
    with portee(dossier_id):
        unique_id = Document.objects.get(dossier_id=dossier_id, id=ancien).unique_id
    deposer(ins, "Nouveau", remplace=unique_id, invisible_patient=True)
    _, jeton, identite = service_appaire(dossier_id, ["documents:lire"])
    reponse = appeler(jeton, identite, patient=f"Patient/{dossier_id}", status="current,superseded")
    (entree,) = json.loads(reponse.content)["entry"]
    assert (entree["resource"]["status"], "relatesTo" in entree["resource"]) == ("current", False)


@pytest.mark.rule("POR-17", "FHR-150", "FHR-152")
def test_without_that_consent_or_for_another_holder_nothing_is_read() -> None:
    dossier_id, ins = dossier()
    autre_id, autre = dossier(2)
    fil, autre_fil = composer(dossier_id, deposer(ins)), composer(autre_id, deposer(autre, "D’une autre"))
    _, sans, identite_sans = service_appaire(dossier_id, ["mesures.poids:lire"], client_id="sans-documents")
    _, jeton, identite = service_appaire(dossier_id, ["documents:lire"])
    _, _, identite_autre = service_appaire(autre_id, ["documents:lire"])
    _, jeton_tiers, identite_tiers = service_appaire(autre_id, ["documents:lire"], client_id="tiers")
    assert code(appeler(sans, identite_sans, patient=f"Patient/{dossier_id}")) == (403, "insufficient_scope")
    inconnu = composer(autre_id, uuid7())
    for adresse in (f"{RECHERCHE}/{autre_fil}", f"{RECHERCHE}/{inconnu}", f"/fhir/Binary/{autre_fil}"):
        assert code(appeler(jeton, identite, adresse)) == (403, "autre-titulaire")
    for patient in (f"Patient/{autre_id}", f"Patient/{uuid7()}"):
        assert code(appeler(jeton, identite, patient=patient)) == (403, "autre-titulaire")
    # The identity token of another holder, or of another service.
    for mauvais in (identite_autre, identite_tiers, identite_sans):
        assert code(appeler(jeton, mauvais, f"{RECHERCHE}/{fil}")) == (403, "autre-titulaire")
    assert code(appeler(jeton_tiers, identite, f"{RECHERCHE}/{fil}")) == (403, "autre-titulaire")


@pytest.mark.rule("FHR-152")
def test_each_token_is_checked_for_what_it_is() -> None:
    dossier_id, ins = dossier()
    fil = composer(dossier_id, deposer(ins))
    _, jeton, identite = service_appaire(dossier_id, ["documents:lire"])
    adresse = f"{RECHERCHE}/{fil}"
    for faux in ("", "x", identite[:-4] + "AAAA", jeton):
        assert code(appeler(jeton, faux, adresse)) == (400, "jeton-identite")
    assert code(Client().get(adresse, headers={"Authorization": f"Bearer {jeton}"})) == (
        400,
        "jeton-identite",
    )
    for faux in ("", "x", jeton[:-4] + "AAAA", identite):
        assert appeler(faux, identite, adresse).status_code == 401
    # The token of a professional does not become a service's by a header.
    Logiciel.objects.create(client_id="lps", nom="LPS")
    medecin = professionnel(client_id="lps", portees=frozenset({"ITI-67"}))
    assert code(appeler(jetons.emettre_jeton(medecin), identite, adresse)) == (403, "insufficient_scope")


@pytest.mark.rule("FHR-152", "OID-32", "OID-28")
def test_suspended_it_is_told_so_and_withdrawn_its_token_is_dead() -> None:
    from espace_sante.acces.appairages import accord

    dossier_id, ins = dossier()
    adresse = f"{RECHERCHE}/{composer(dossier_id, deposer(ins))}"
    acteur, jeton, identite = service_appaire(dossier_id, ["documents:lire"])
    assert appeler(jeton, identite, adresse).status_code == 200
    Logiciel.objects.filter(client_id=acteur.client_id).update(actif=False)
    for _ in range(2):  # remembered, then verified again
        assert code(appeler(jeton, identite, adresse)) == (403, "service-suspendu")
        jetons.oublier()
    Logiciel.objects.filter(client_id=acteur.client_id).update(actif=True)
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        (vu,) = accord.lister(espace)
        assert accord.retirer(espace, vu.id)
    assert appeler(jeton, identite, adresse).status_code == 401


def test_a_service_does_not_write_documents() -> None:
    dossier_id, _ = dossier()
    _, jeton, identite = service_appaire(dossier_id, ["documents:lire"])
    reponse = Client().post(
        RECHERCHE, b"{}", content_type="application/fhir+json", headers=entetes(jeton, identite)
    )
    assert reponse.status_code == 403
