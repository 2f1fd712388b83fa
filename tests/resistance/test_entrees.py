"""Bad input through the real views: a typed refusal, a trace, and nothing stored (issue 2, bad input)."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client

from espace_sante.acces.tests.fabrique import professionnel
from espace_sante.documents.cda.tests.exemple import document as cda
from espace_sante.dossier.services import NouveauDossier, creer
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.models import Structure
from espace_sante.interop.client import depot_iti105, lot_iti65, metadonnees_de_cda
from espace_sante.interop.fhir.catalogue import toutes
from espace_sante.interop.tests.fabrique import PDF, SOURCE, metadonnees, octets
from espace_sante.interop.tests.lps import entetes, logiciel
from espace_sante.interop.views import depots
from espace_sante.kernel.codes import EtatProfil
from espace_sante.kernel.ids import uuid7
from espace_sante.kernel.ins import OID_TEST, Ins, cle
from espace_sante.kernel.traits import Traits
from tests.resistance.entrees import (
    CONTENUS,
    FHIR,
    INS,
    MEDIAS,
    METADONNEES,
    OBLIGATOIRES,
    STRUCTURE,
    Cas,
    Json,
    corps_cda,
    corps_valide,
    deux,
    fiche,
    oter,
    piece,
)
from tests.resistance.etat import relever

pytestmark = pytest.mark.django_db
PORTES = {"ITI-65": ("/fhir", 200), "ITI-105": ("/fhir/DocumentReference", 201)}
_CATALOGUE = {e.code for e in toutes()}


class Monde:
    """One open record, one that somebody else has, and a professional who may feed both."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.dossiers = [creer_dossier(INS)]
        Structure.objects.create(
            id="1990000001", nom="Centre de test", etablissement_code="SA01", cadre_code="AMBULATOIRE"
        )
        self.pro = logiciel(professionnel())

    def poster(
        self, porte: str, corps: Any, *, acteur: Acteur | None = None, media: str = FHIR, **plus: str
    ) -> Any:
        brut = corps if isinstance(corps, bytes) else octets(corps)
        adresse = PORTES[porte][0]
        return self.client.post(
            adresse, brut, content_type=media, headers=entetes(acteur or self.pro, **plus)
        )

    def accepter(self, porte: str, corps: Any, **plus: Any) -> str:
        """The stored document's id."""
        reponse = self.poster(porte, corps, **plus)
        assert reponse.status_code == PORTES[porte][1], reponse.content
        lu = json.loads(reponse.content)
        adresse = lu["id"] if porte == "ITI-105" else lu["entry"][1]["response"]["location"]
        return str(adresse).rpartition("/")[2]

    def refuser(
        self, porte: str, corps: Any, statut: int, code: str, *, trace: bool = True, **plus: Any
    ) -> Json:
        """Post what must be refused; checks the answer and that nothing but a trace was added."""
        avant = relever(self.dossiers)
        reponse = self.poster(porte, corps, **plus)
        outcome = refus_type(reponse, statut, code)
        apres = relever(self.dossiers)
        assert apres.range() == avant.range()
        if trace:
            assert apres.refus_traces == avant.refus_traces + 1
        return outcome


def refus_type(reponse: Any, statut: int, code: str) -> Json:
    """A typed OperationOutcome with that status and, among its errors, that code; every code is a known one."""
    assert reponse.status_code == statut, reponse.content[:1500]
    assert reponse["Content-Type"].startswith(FHIR)
    outcome: Json = json.loads(reponse.content)
    assert outcome["resourceType"] == "OperationOutcome"
    erreurs = [i for i in outcome["issue"] if i["severity"] == "error"]
    codes = []
    for issue in outcome["issue"]:
        codage = issue["details"]["coding"][0]
        assert codage["system"] == f"{settings.ES_BASE_URL}/fhir/CodeSystem/erreur-mes"
        assert codage["code"] in _CATALOGUE or codage["code"].startswith(("cda-", "ins-", "traits-"))
        assert issue["details"]["text"]
    codes = [i["details"]["coding"][0]["code"] for i in erreurs]
    assert code in codes, codes
    return outcome


def creer_dossier(ins: Ins, etat: EtatProfil = EtatProfil.ACTIVE) -> UUID:
    """A record whose traits are those of the example CDA."""
    identifiant = uuid7()
    creer(
        NouveauDossier(
            dossier_id=identifiant,
            ins=ins,
            traits=Traits("PAT-TROIS", "DOMINIQUE MARIE-LOUISE", "1979-03-28", "F", "51215"),
            etat=etat,
            etat_depuis=datetime.now(UTC),
        )
    )
    return identifiant


@pytest.fixture
def monde(client: Client) -> Monde:
    depots._enregistrement.cache_clear()
    return Monde(client)


def _nom(cas: Cas) -> str:
    return cas.nom


portes = pytest.mark.parametrize("porte", list(PORTES))


@portes
def test_the_bodies_that_are_broken_here_are_good_before(porte: str, monde: Monde) -> None:
    avant = relever(monde.dossiers)
    monde.accepter(porte, corps_valide(porte))
    monde.accepter(porte, corps_cda(porte, cda()))
    apres = relever(monde.dossiers)
    gagne = {t: n - avant.lignes[t] for t, n in apres.lignes.items() if n != avant.lignes[t]}
    tables = ("document", "contenu", "versiondocument", "registre", "lot")
    assert gagne == {**{f"documents_{t}": 2 for t in tables}, "traces d'actes": 2}
    assert apres.octets > avant.octets


@pytest.mark.rule("FHR-06", "FHR-07", "FHR-08", "FHR-61", "FHR-40", "FHR-93")
@portes
@pytest.mark.parametrize("cas", STRUCTURE, ids=_nom)
def test_what_is_not_well_formed(cas: Cas, porte: str, monde: Monde) -> None:
    monde.refuser(porte, cas.brut(corps_valide(porte)), cas.attendu(porte), cas.code)


@pytest.mark.rule("FHR-04", "FHR-08")
@portes
@pytest.mark.parametrize("cas", MEDIAS, ids=_nom)
def test_a_wrong_media_type(cas: Cas, porte: str, monde: Monde) -> None:
    corps = cas.brut(corps_valide(porte))
    monde.refuser(porte, corps, 415, cas.code, media=cas.media, trace=cas.trace, **dict(cas.entetes))


@pytest.mark.rule(
    "FHR-69", "FHR-71", "FHR-72", "FHR-75", "FHR-76", "FHR-78", "FHR-80", "FHR-83", "FHR-93", "FHR-95"
)
@portes
@pytest.mark.parametrize("cas", METADONNEES, ids=_nom)
def test_wrong_metadata(cas: Cas, porte: str, monde: Monde) -> None:
    if cas.nom == "source" and porte == "ITI-105":
        pytest.skip("the caller is always the source of a simplified deposit")
    monde.refuser(porte, cas.brut(corps_valide(porte)), cas.attendu(porte), cas.code)


@pytest.mark.rule("FHR-67", "FHR-69", "FHR-93", "FHR-61")
@pytest.mark.parametrize(("porte", "chemin"), [(p, c) for p, liste in OBLIGATOIRES.items() for c in liste])
def test_each_mandatory_element_missing(porte: str, chemin: str, monde: Monde) -> None:
    corps = corps_valide(porte)
    oter(corps, chemin)
    avant = relever(monde.dossiers)
    reponse = monde.poster(porte, corps)
    statuts = {400} if porte == "ITI-65" else {400, 422}
    assert reponse.status_code in statuts, reponse.content[:1500]
    codes = [
        i["details"]["coding"][0]["code"]
        for i in json.loads(reponse.content)["issue"]
        if i["severity"] == "error"
    ]
    assert codes
    refus_type(reponse, reponse.status_code, codes[0])
    apres = relever(monde.dossiers)
    assert (apres.range(), apres.refus_traces) == (avant.range(), avant.refus_traces + 1)


@pytest.mark.rule("FHR-78", "ACC-05", "FHR-33", "AUD-01")
@portes
@pytest.mark.parametrize(
    "etat", [e for e in EtatProfil if e not in (EtatProfil.ACTIVE, EtatProfil.CREE_AUTO)]
)
def test_a_record_that_is_not_open(etat: EtatProfil, porte: str, monde: Monde) -> None:
    base = "2790351215190"
    ins = Ins(base + cle(base), OID_TEST)
    monde.dossiers.append(creer_dossier(ins, etat))
    ferme = etat in (EtatProfil.CLOTURE, EtatProfil.SUSPENDU, EtatProfil.SUPPRIME)
    corps = lot_iti65(PDF, ins, SOURCE, metadonnees=metadonnees())
    if porte == "ITI-105":
        corps = depot_iti105(PDF, ins, metadonnees=metadonnees())
    if ferme:
        monde.refuser(porte, corps, 422, "dossier-inactif")
    else:
        # Opposed and never notified are told as unknown persons are (ACC-07).
        monde.refuser(porte, corps, 400, "patient-inconnu")


@pytest.mark.rule("CDA-02", "CDA-07", "CDA-23", "CDA-24", "FHR-87")
@portes
@pytest.mark.parametrize(("nom", "code", "abimer"), CONTENUS, ids=[n for n, _, _ in CONTENUS])
def test_a_cda_that_is_dangerous_or_of_somebody_else(
    nom: str, code: str, abimer: Any, porte: str, monde: Monde
) -> None:
    monde.refuser(porte, corps_cda(porte, abimer(cda())), 400 if porte == "ITI-65" else 422, code)


@pytest.mark.rule("FHR-61")
@pytest.mark.parametrize("faute", ["empreinte", "type", "contenu absent", "cda", "titre", "personne"])
def test_a_lot_half_valid(faute: str, monde: Monde) -> None:
    corps = deux({})
    seconde = corps["entry"][2]["resource"]
    code = {
        "empreinte": "empreinte-differente",
        "type": "type-inconnu",
        "contenu absent": "reference-non-resolue",
        "cda": "media-different",
        "titre": "element-obligatoire",
        "personne": "patients-differents",
    }[faute]
    if faute == "empreinte":
        seconde["content"][0]["attachment"]["hash"] = "AAAAAAAAAAAAAAAAAAAAAAAAAAA="
    elif faute == "type":
        seconde["type"]["coding"][0]["code"] = "00000-0"
    elif faute == "contenu absent":
        corps["entry"].pop()
    elif faute == "cda":
        seconde["content"][0]["attachment"]["contentType"] = "text/xml"
    elif faute == "titre":
        del seconde["content"][0]["attachment"]["title"]
    else:
        seconde["subject"] = {"reference": f"Patient?identifier={INS.urn}|190010100100126"}
    monde.refuser("ITI-65", corps, 400, code)


@pytest.mark.rule("FHR-79", "DOC-14")
@portes
def test_the_same_unique_id_twice(porte: str, monde: Monde) -> None:
    corps = corps_valide(porte)
    monde.accepter(porte, corps)
    if porte == "ITI-65":
        corps["entry"][0]["resource"]["identifier"][0]["value"] = "urn:oid:2.25.7"
    monde.refuser(porte, corps, 409, "duplicate")
    # Other bytes under the same number; the same number in another person's record.
    unique_id = fiche(corps)["masterIdentifier"]["value"]
    outcome = monde.refuser(
        porte, corps_valide(porte, PDF + b" autre", unique_id=unique_id), 409, "duplicate"
    )
    assert "diagnostics" not in outcome["issue"][0]
    base = "2790351215191"
    autre = Ins(base + cle(base), OID_TEST)
    monde.dossiers.append(creer_dossier(autre))
    m = metadonnees(unique_id=unique_id)
    ailleurs = (
        lot_iti65(PDF, autre, SOURCE, metadonnees=m)
        if porte == "ITI-65"
        else depot_iti105(PDF, autre, metadonnees=m)
    )
    outcome = monde.refuser(porte, ailleurs, 409, "duplicate")
    assert "diagnostics" not in outcome["issue"][0]


@pytest.mark.rule("FHR-79", "FHR-61")
def test_the_same_unique_id_twice_in_one_lot(monde: Monde) -> None:
    corps = deux({})
    corps["entry"][2]["resource"]["masterIdentifier"] = corps["entry"][1]["resource"]["masterIdentifier"]
    monde.refuser("ITI-65", corps, 409, "duplicate")


@pytest.mark.rule("FHR-101", "FHR-102", "DOC-31")
@portes
def test_replacing_what_is_somebody_else_s(porte: str, monde: Monde) -> None:
    ancien = monde.accepter("ITI-65", corps_valide("ITI-65"))
    lien = [{"code": "replaces", "target": {"reference": f"DocumentReference/{ancien}"}}]
    Structure.objects.create(
        id="1990000777", nom="Ailleurs", etablissement_code="SA01", cadre_code="AMBULATOIRE"
    )
    autre = logiciel(professionnel("99000000777", structure="1990000777"))
    corps = corps_valide(porte)
    fiche(corps)["relatesTo"] = lien
    if porte == "ITI-65":
        source = replace(SOURCE, idnat="899000000777", structure_idnat="1990000777")
        corps = lot_iti65(PDF, INS, source, metadonnees=metadonnees(), remplace=ancien)
    monde.refuser(porte, corps, 403, "remplacement-interdit", acteur=autre)
    # The document of another record is not there to be replaced, even for its own author.
    base = "2790351215192"
    ins = Ins(base + cle(base), OID_TEST)
    monde.dossiers.append(creer_dossier(ins))
    corps = (
        lot_iti65(PDF, ins, SOURCE, metadonnees=metadonnees(), remplace=ancien)
        if porte == "ITI-65"
        else {**depot_iti105(PDF, ins, metadonnees=metadonnees()), "relatesTo": lien}
    )
    monde.refuser(porte, corps, 400, "remplace-inconnu")


class _Flux(io.RawIOBase):
    """A body that counts what is read of it."""

    def __init__(self) -> None:
        self.lus = 0

    def read(self, n: int = -1) -> bytes:
        self.lus += n
        return b" " * max(n, 0)


@pytest.mark.rule("FHR-17")
@portes
def test_a_body_over_the_limit_is_refused_unread(porte: str, monde: Monde) -> None:
    flux = _Flux()
    annonce: Any = {"wsgi.input": flux, "CONTENT_LENGTH": "200000000", "CONTENT_TYPE": FHIR}
    avant = relever(monde.dossiers)
    reponse = monde.client.generic("POST", PORTES[porte][0], headers=entetes(monde.pro), **annonce)
    refus_type(reponse, 413, "requete-trop-grande")
    assert flux.lus == 0
    assert relever(monde.dossiers).range() == avant.range()


@pytest.mark.rule("FHR-17", "DOC-13")
@portes
def test_a_content_over_the_limit(porte: str, monde: Monde, settings: Any) -> None:
    settings.ES_FHIR_MAX_DOCUMENT = 1000
    contenu = PDF + b" " * 1000
    monde.refuser(porte, corps_valide(porte, contenu), 413, "trop-grand")


@pytest.mark.rule("FHR-07")
@portes
def test_a_body_that_does_not_say_what_it_is(porte: str, monde: Monde) -> None:
    corps = corps_valide(porte)
    brut = octets(corps).replace(f'"resourceType": "{corps["resourceType"]}", '.encode(), b"", 1)
    monde.refuser(porte, brut, 400, "ressource-inattendue")


@pytest.mark.rule("FHR-40")
@portes
def test_refusals_of_media_and_size_are_traced_too(porte: str, monde: Monde, settings: Any) -> None:
    monde.refuser(porte, corps_valide(porte), 415, "format-non-lu", media="text/plain")
    settings.ES_FHIR_MAX_REQUETE = 100
    monde.refuser(porte, corps_valide(porte), 413, "requete-trop-grande")


def test_metadata_of_the_example_are_those_of_its_header() -> None:
    assert metadonnees_de_cda(cda())[1] == INS
    assert piece(corps_cda("ITI-65", cda()))["size"] == len(cda())
