"""PATCH over HTTP: who may change what in a stored document, and what is left of it (FHR-124 to FHR-140)."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from espace_sante.acces import urgence
from espace_sante.acces.consentements import recueillir_consentement
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.tests.fabrique import CONTEXTE, professionnel
from espace_sante.acces.urgence import Declaration
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.models import Titulaire
from espace_sante.identite.portees import ALIMENTATION
from espace_sante.interop.fhir.document import IS_ARCHIVED
from espace_sante.interop.fhir.identifiants import composer
from espace_sante.interop.tests.atelier import Atelier, archiver, etiquette, mettre, refuse, statut
from espace_sante.interop.tests.lps import Lps, codes_refus, ressources
from espace_sante.kernel.codes import GenreActeur, ModeAcces, ModeAuthentification
from espace_sante.platform.postgres.rls import portee

pytestmark = pytest.mark.django_db


@pytest.fixture
def atelier(client: Client) -> Atelier:
    return Atelier(client)


@pytest.mark.rule("FHR-124", "FHR-112", "FHR-113", "FHR-127", "FHR-140", "DOC-07")
def test_masking_as_published_adds_a_label_and_makes_a_version(atelier: Atelier) -> None:
    fil = atelier.deposer()
    avant = json.loads(atelier.auteur.get(f"/fhir/DocumentReference/{fil}").content)
    reponse = atelier.patch(atelier.auteur, fil, mettre("MASQUE_PS"))
    assert reponse.status_code == 200, reponse.content
    apres = json.loads(reponse.content)
    assert [e["coding"][0]["code"] for e in apres["securityLabel"]] == ["MASQUE_PS", "N"]
    assert (reponse["ETag"], apres["meta"]["versionId"], apres["id"]) == ('W/"2"', "2", avant["id"])
    assert reponse["Cache-Control"] == "no-store"

    def entrees(r: dict[str, Any]) -> dict[str, str]:
        return {i["use"]: i["value"] for i in r["identifier"]}

    assert entrees(apres)["secondary"] == entrees(avant)["secondary"] == entrees(avant)["official"]
    assert entrees(apres)["official"] != entrees(avant)["official"]
    assert json.loads(atelier.auteur.get(f"/fhir/DocumentReference/{fil}").content) == apres
    # Any entryUUID ever given finds the version in force.
    for urn in set(entrees(apres).values()):
        assert ressources(atelier.auteur.chercher(atelier.scene.ins, identifier=urn)) == [apres]
    (trace,) = atelier.scene.traces("confidentialite")
    assert (trace.motif, trace.porte) == ("N>masque+N", "fhir")
    assert atelier.scene.genres() == ["document_modifie"]


@pytest.mark.rule("FHR-127")
def test_n_in_place_of_a_label_lifts_that_label_alone(atelier: Atelier) -> None:
    fil = atelier.deposer(masque_ps=True, invisible_patient=True)
    assert atelier.codes(fil) == ["M", "P", "N"]
    assert atelier.patch(atelier.auteur, fil, mettre("N", 0)).status_code == 200
    assert atelier.codes(fil) == ["P", "N"]


@pytest.mark.rule("FHR-124", "FHR-114")
def test_conditional_patch(atelier: Atelier) -> None:
    scene, doc = atelier.scene, atelier.scene.deposer()
    fil = composer(scene.dossier_id, doc.id)
    uid = f"urn:ietf:rfc:3986|{doc.metadonnees.unique_id}"
    seul = "?" + urlencode({"identifier": uid})
    patient = {"patient.identifier": f"{scene.ins.urn}|{scene.ins.matricule}"}
    assert atelier.patch(atelier.auteur, seul, mettre("MASQUE_PS")).status_code == 200
    avec = "?" + urlencode({"identifier": uid, **patient})
    assert atelier.patch(atelier.auteur, avec, mettre("N")).status_code == 200
    par_entree = "?" + urlencode({"identifier": f"urn:uuid:{doc.entree}", **patient})
    assert atelier.patch(atelier.auteur, par_entree, mettre("MASQUE_PS")).status_code == 200
    autre = scene.deposer().metadonnees.unique_id
    for requete in (
        "?" + urlencode({"identifier": "urn:oid:1.2.3.4"}),
        "?" + urlencode({"identifier": "urn:oid:1.2.3.4", **patient}),
    ):
        refuse(atelier.patch(atelier.auteur, requete, mettre("N")), 404, "introuvable")
    deux = "?" + urlencode({"identifier": f"{doc.metadonnees.unique_id},{autre}", **patient})
    refuse(atelier.patch(atelier.auteur, deux, mettre("N")), 412, "plusieurs-documents")
    for requete in ("", "?" + urlencode(patient), seul + "&status=current"):
        assert atelier.patch(atelier.auteur, requete or "?", mettre("N")).status_code == 400
    assert atelier.codes(fil) == ["M", "N"]


@pytest.mark.rule("FHR-126")
def test_another_element_is_405_and_nothing_changes(atelier: Atelier) -> None:
    fil = atelier.deposer()
    for chemin in (
        "/type",
        "/content/0/attachment/title",
        "/masterIdentifier/value",
        "/subject",
        "/extension/-",
    ):
        valeur = {"url": "urn:x", "valueBoolean": True}
        mele = [*mettre("MASQUE_PS"), {"op": "add", "path": chemin, "value": valeur}]
        refuse(atelier.patch(atelier.auteur, fil, mele), 405, "element-protege")
    assert (atelier.codes(fil), atelier.version(fil)) == (["N"], 1)


@pytest.mark.rule("FHR-125")
def test_forms(atelier: Atelier) -> None:
    fil = atelier.deposer()
    for media in ("text/plain", "application/merge-patch+json", "application/xml"):
        refuse(atelier.patch(atelier.auteur, fil, mettre("N"), media), 415, "format-de-patch-non-lu")
    for corps in (b" ", b"{", b"{}", b"[]", b"[1]", b'[{"op":"replace","path":"/status"}]',
                  b'[{"op":"x","path":"/status","value":1}]',
                  b'[{"op":"replace","op":"test","path":"/status","value":"current"}]', b"\xff"):  # fmt: skip
        refuse(atelier.patch(atelier.auteur, fil, corps), 400, "patch-illisible")
    faux = [{"op": "test", "path": "/status", "value": "superseded"}, *mettre("MASQUE_PS")]
    refuse(atelier.patch(atelier.auteur, fil, faux), 422, "patch-verification")
    vrai = [{"op": "test", "path": "/status", "value": "current"}, *mettre("MASQUE_PS")]
    assert atelier.patch(atelier.auteur, fil, vrai).status_code == 200
    assert atelier.codes(fil) == ["M", "N"]


@pytest.mark.rule("FHR-125", "FHR-137")
def test_the_two_other_forms(atelier: Atelier) -> None:
    fil = atelier.deposer()
    operation = {
        "name": "operation",
        "part": [
            {"name": "type", "valueCode": "add"},
            {"name": "path", "valueString": "DocumentReference"},
            {"name": "name", "valueString": "securityLabel"},
            {"name": "value", "valueCodeableConcept": etiquette("MASQUE_PS")},
        ],
    }
    parametres = {"resourceType": "Parameters", "parameter": [operation]}
    assert atelier.patch(atelier.auteur, fil, parametres, "application/fhir+json").status_code == 200
    assert atelier.codes(fil) == ["M", "N"]
    xml = (
        f'<diff xmlns:f="http://hl7.org/fhir"><remove sel="f:DocumentReference/f:securityLabel[1]"/>'
        f'<add sel="f:DocumentReference"><extension xmlns="http://hl7.org/fhir" url="{IS_ARCHIVED}">'
        f'<valueBoolean value="true"/></extension></add></diff>'
    )
    reponse = atelier.patch(atelier.auteur, fil, xml.encode(), "application/xml-patch+xml")
    assert reponse.status_code == 200, reponse.content
    assert atelier.codes(fil) == ["N"]
    assert json.loads(reponse.content)["extension"] == [{"url": IS_ARCHIVED, "valueBoolean": True}]
    assert atelier.version(fil) == 3


@pytest.mark.rule("FHR-13")
def test_if_match(atelier: Atelier) -> None:
    fil = atelier.deposer()
    for entete in ('W/"2"', "7", '"x"'):
        perime = atelier.patch(atelier.auteur, fil, mettre("MASQUE_PS"), **{"If-Match": entete})
        refuse(perime, 412, "version-perimee")
    for entete, code in (('W/"1"', "MASQUE_PS"), ('"2"', "N"), ("*", "MASQUE_PS")):
        assert atelier.patch(atelier.auteur, fil, mettre(code), **{"If-Match": entete}).status_code == 200
    assert atelier.version(fil) == 4


@pytest.mark.rule("FHR-129")
def test_the_mask_of_the_holder_is_his(atelier: Atelier) -> None:
    fil = atelier.deposer()
    with ouvrir_mon_espace(atelier.scene.moi, contexte=CONTEXTE) as espace:
        espace.masquer(uuid.UUID(fil[32:]))
    refuse(atelier.patch(atelier.auteur, fil, mettre("N")), 403, "masque-du-titulaire")
    assert atelier.codes(fil) == ["M", "N"]


@pytest.mark.rule("FHR-129")
def test_a_professional_masks_at_the_holder_s_wish_and_lifts_his_own(atelier: Atelier) -> None:
    fil = atelier.deposer()
    assert atelier.patch(atelier.confrere, fil, mettre("MASQUE_PS")).status_code == 200
    assert atelier.codes(fil) == ["M", "N"]
    assert atelier.confrere.get(f"/fhir/DocumentReference/{fil}").status_code == 404
    assert atelier.patch(atelier.confrere, fil, mettre("N")).status_code == 200
    assert atelier.codes(fil) == ["N"]


@pytest.mark.rule("FHR-129", "FHR-134", "FHR-110")
def test_who_may_not_read_learns_nothing(atelier: Atelier, client: Client) -> None:
    fil = atelier.deposer(masque_ps=True)
    refuse(atelier.patch(atelier.confrere, fil, mettre("N")), 404, "introuvable")
    inconnu = Lps(client, professionnel("99000000003", structure="1990000003"))
    for corps in (mettre("MASQUE_PS"), statut("entered-in-error"), archiver()):
        reponse = atelier.patch(inconnu, fil, corps)
        assert (reponse.status_code, codes_refus(reponse)) == (403, ["dicah-c"])
    sans_ins = atelier.patch(atelier.confrere, f"{uuid.uuid4().hex}{uuid.uuid4().hex}", mettre("N"))
    assert codes_refus(sans_ins) == ["dicah-d"]
    assert (atelier.codes(fil), atelier.version(fil)) == (["M", "N"], 1)
    assert {t.resultat for t in atelier.scene.traces("lecture")} == {"refus"}


@pytest.mark.rule("FHR-130", "FHR-131", "DOC-52")
def test_the_announcement_through_software(atelier: Atelier) -> None:
    fil = atelier.deposer(invisible_patient=True)
    assert atelier.scene.vus() == set()
    leve = [{"op": "remove", "path": "/securityLabel/0"}]
    assert atelier.patch(atelier.confrere, fil, leve).status_code == 200
    assert atelier.scene.vus() == {uuid.UUID(fil[32:])}
    assert atelier.scene.genres() == ["document_visible"]
    assert [t.motif for t in atelier.scene.traces("levee_annonce")] == ["patient+N>N"]
    refuse(atelier.patch(atelier.auteur, fil, mettre("INVISIBLE_PATIENT")), 422, "deja_visible")


@pytest.mark.rule("FHR-130", "EMG-16")
def test_who_may_not_read_in_ordinary_care_announces_nothing(atelier: Atelier, client: Client) -> None:
    depositaire = Lps(client, professionnel("99000000003", structure="1990000003"))
    fil = composer(
        atelier.scene.dossier_id, atelier.scene.deposer(depositaire.acteur, invisible_patient=True).id
    )
    leve = [{"op": "remove", "path": "/securityLabel/0"}]
    refuse(atelier.patch(depositaire, fil, leve), 403, "dicah-c")
    urgence.ouvrir(
        depositaire.acteur, atelier.scene.ins, ModeAcces.BRIS_DE_GLACE,
        Declaration("Personne inconsciente aux urgences", hors_d_etat=True, risque_immediat=True),
        contexte=CONTEXTE, identite_qualifiee=True,
    )  # fmt: skip
    en_urgence = replace(depositaire.acteur, finalite=ModeAcces.BRIS_DE_GLACE)
    refuse(atelier.patch(depositaire, fil, leve, acteur=en_urgence), 403, "annonce-requise")
    assert atelier.codes(fil) == ["P", "N"]
    # Who only reads in an emergency changes nothing at all.
    autre = atelier.deposer()
    refuse(atelier.patch(depositaire, autre, mettre("MASQUE_PS"), acteur=en_urgence), 403, "non-auteur")
    refuse(atelier.patch(depositaire, autre, archiver(), acteur=en_urgence), 403, "non-auteur")


@pytest.mark.rule("FHR-132")
def test_hidden_from_representatives_of_a_minor_only(atelier: Atelier) -> None:
    fil = atelier.deposer()
    refuse(atelier.patch(atelier.auteur, fil, mettre("INVISIBLE_REPRESENTANTS_LEGAUX")), 422, "pas-mineur")
    with portee(atelier.scene.dossier_id):
        Titulaire.objects.filter(dossier_id=atelier.scene.dossier_id).update(date_naissance="2015-03-02")
    assert atelier.patch(atelier.auteur, fil, mettre("INVISIBLE_REPRESENTANTS_LEGAUX")).status_code == 200
    assert atelier.codes(fil) == ["R", "N"]


@pytest.mark.rule("FHR-133", "FHR-120", "FHR-134", "FHR-135", "DOC-33")
def test_deletion(atelier: Atelier) -> None:
    fil = atelier.deposer()
    refuse(atelier.patch(atelier.confrere, fil, statut("entered-in-error")), 403, "non-auteur")
    reponse = atelier.patch(atelier.auteur, fil, statut("entered-in-error"))
    assert (reponse.status_code, json.loads(reponse.content)["status"]) == (200, "entered-in-error")
    for lps in (atelier.auteur, atelier.confrere):
        assert ressources(lps.chercher(atelier.scene.ins)) == []
        for genre in ("DocumentReference", "Binary"):
            refuse(lps.get(f"/fhir/{genre}/{fil}", Accept="*/*"), 410, "supprime")
        for corps in (statut("current"), mettre("MASQUE_PS"), archiver()):
            refuse(atelier.patch(lps, fil, corps), 410, "supprime")
    assert [t.motif for t in atelier.scene.traces("suppression")] == ["current>entered-in-error"]
    assert atelier.scene.genres() == ["document_supprime"]
    assert atelier.scene.vus() == set()


@pytest.mark.rule("FHR-120", "FHR-133")
def test_a_deleted_document_that_was_hidden_stays_unknown(atelier: Atelier) -> None:
    fil = atelier.deposer(masque_ps=True)
    assert atelier.patch(atelier.auteur, fil, statut("entered-in-error")).status_code == 200
    refuse(atelier.confrere.get(f"/fhir/DocumentReference/{fil}"), 404, "introuvable")
    refuse(atelier.patch(atelier.confrere, fil, statut("current")), 404, "introuvable")


@pytest.mark.rule("FHR-134")
def test_an_author_who_only_feeds_needs_no_authorisation(atelier: Atelier, client: Client) -> None:
    depositaire = Lps(client, professionnel("99000000003", structure="1990000003"))
    nourrit = replace(depositaire.acteur, portees=ALIMENTATION)
    fil = composer(atelier.scene.dossier_id, atelier.scene.deposer(depositaire.acteur).id)
    assert depositaire.get(f"/fhir/DocumentReference/{fil}").status_code == 403
    assert atelier.patch(depositaire, fil, archiver(), acteur=nourrit).status_code == 200
    assert atelier.patch(depositaire, fil, statut("entered-in-error"), acteur=nourrit).status_code == 200
    sans_portee = replace(depositaire.acteur, portees=frozenset({"ITI-67"}))
    refuse(atelier.patch(depositaire, fil, archiver(), acteur=sans_portee), 403, "insufficient_scope")


@pytest.mark.rule("FHR-133", "FHR-135", "FHR-136")
def test_statuses(atelier: Atelier) -> None:
    scene = atelier.scene
    ancien = scene.deposer()
    neuf = scene.deposer(remplace=ancien.metadonnees.unique_id)
    x, y = (composer(scene.dossier_id, d.id) for d in (ancien, neuf))
    refuse(atelier.patch(atelier.auteur, x, statut("current")), 422, "retour-impossible")
    meme = atelier.patch(atelier.auteur, y, statut("current"))
    assert (meme.status_code, meme["ETag"]) == (200, 'W/"1"')
    assert atelier.patch(atelier.auteur, y, statut("entered-in-error")).status_code == 200
    assert scene.ligne(ancien.id).statut == "superseded"
    z = atelier.deposer()
    assert atelier.patch(atelier.auteur, z, statut("superseded")).status_code == 200
    assert atelier.auteur.get(f"/fhir/Binary/{z}", Accept="*/*").status_code == 200
    assert [t.motif for t in scene.traces("perime")] == ["current>superseded"]
    refuse(atelier.patch(atelier.auteur, x, mettre("MASQUE_PS")), 422, "document-remplace")


@pytest.mark.rule("FHR-137", "FHR-138")
def test_the_archive_flag_in_every_spelling(atelier: Atelier) -> None:
    fil = atelier.deposer()
    extension = {"url": IS_ARCHIVED, "valueBoolean": True}
    etapes = [
        (archiver(), True),
        (archiver(valeur=False), False),
        ([{"op": "add", "path": "/extension/-", "value": extension}], True),
        ([{"op": "replace", "path": "/extension/0/valueBoolean", "value": False}], False),
        ([{"op": "add", "path": "/extension", "value": [extension]}], True),
        ([{"op": "remove", "path": "/extension/0"}], False),
    ]
    for rang, (corps, attendu) in enumerate(etapes):
        # An author or a professional with an authorisation, in turn.
        reponse = atelier.patch((atelier.auteur, atelier.confrere)[rang % 2], fil, corps)
        assert reponse.status_code == 200, (corps, reponse.content)
        assert ("extension" in json.loads(reponse.content)) is attendu
        assert (
            len(ressources(atelier.confrere.chercher(atelier.scene.ins, isArchived=str(attendu).lower())))
            == 1
        )
    for valeur in ("true", 1, None):
        refuse(atelier.patch(atelier.auteur, fil, archiver(valeur)), 422, "patch-inapplicable")


@pytest.mark.rule("FHR-139")
def test_a_structure_without_a_person_replaces(atelier: Atelier) -> None:
    labo = Acteur(
        GenreActeur.STRUCTURE, nom="Laboratoire", structure_id="1750000001", client_id="lps",
        mode_authentification=ModeAuthentification.INDIRECTE, portees=ALIMENTATION,
    )  # fmt: skip
    fil = composer(atelier.scene.dossier_id, atelier.scene.deposer(labo).id)
    for corps in (statut("entered-in-error"), mettre("MASQUE_PS"), archiver()):
        refuse(atelier.patch(atelier.auteur, fil, corps, acteur=labo), 403, "changement-par-remplacement")
    assert atelier.version(fil) == 1


@pytest.mark.rule("FHR-138", "EMG-13")
def test_an_emergency_changes_nothing(atelier: Atelier, client: Client) -> None:
    fil = atelier.deposer()
    pressee = replace(atelier.confrere.acteur, finalite=ModeAcces.BRIS_DE_GLACE)
    refus = atelier.patch(atelier.confrere, fil, archiver(), acteur=pressee)
    assert (refus.status_code, codes_refus(refus)) == (403, ["dicah-c"])
    assert atelier.version(fil) == 1


@pytest.mark.rule("FHR-20")
def test_what_is_given_back(atelier: Atelier) -> None:
    fil = atelier.deposer()
    minimal = atelier.patch(atelier.auteur, fil, mettre("MASQUE_PS"), Prefer="return=minimal")
    assert (minimal.status_code, minimal.content, minimal["ETag"]) == (200, b"", 'W/"2"')
    constat = atelier.patch(atelier.auteur, fil, mettre("N"), Prefer="return=OperationOutcome")
    assert json.loads(constat.content)["resourceType"] == "OperationOutcome"


@pytest.mark.rule("FHR-129")
def test_an_ended_authorisation_masks_no_more(atelier: Atelier, client: Client) -> None:
    fil = atelier.deposer()
    passant = Lps(client, professionnel("99000000004", structure="1990000004"))
    recueillir_consentement(passant.acteur, atelier.scene.ins, contexte=CONTEXTE)
    assert atelier.patch(passant, fil, mettre("MASQUE_PS")).status_code == 200
    with ouvrir_mon_espace(atelier.scene.moi, contexte=CONTEXTE) as espace:
        for accord in espace.consentements():
            espace.retirer_consentement(accord.id)
    assert codes_refus(atelier.patch(passant, fil, mettre("N"))) == ["dicah-c"]
    assert atelier.codes(fil) == ["M", "N"]
