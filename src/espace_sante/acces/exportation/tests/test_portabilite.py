"""The archive as other software reads it, in parts, by choice, with its limits (part H of the rulebook)."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import zipfile
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
import time_machine
from procrastinate.contrib.django.models import ProcrastinateJob

from espace_sante.acces import export
from espace_sante.acces.alimentation import alimenter
from espace_sante.acces.exportation import mot_de_passe, taches
from espace_sante.acces.exportation.choix import Choix
from espace_sante.acces.exportation.tests.lecture import copier, ouvrir
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.tests.fabrique import CONTEXTE, document, dossier, lot, professionnel, titulaire
from espace_sante.documents.xdm.lecture import Reglages, lire_archive
from espace_sante.dossier.models import Export
from espace_sante.kernel.ins import Ins
from espace_sante.notifications.models import Avis
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.models import Trace

pytestmark = pytest.mark.django_db


@pytest.fixture
def espace() -> tuple[UUID, Ins]:
    dossier_id, ins = dossier(31)
    auteur = professionnel()
    ancien = document(auteur=auteur, titre="Ancien", contenu=b"%PDF ancien")
    masque = document("11502-2", auteur=auteur, titre="Masqué", contenu=b"%PDF masque", masque_ps=True)
    alimenter(auteur, ins, lot(auteur, ancien, masque), contexte=CONTEXTE)
    suite = document(auteur=auteur, titre="Suite", contenu=b"%PDF suite", remplace=str(ancien.id))
    alimenter(auteur, ins, lot(auteur, suite), contexte=CONTEXTE)
    return dossier_id, ins


def _fabriquer(dossier_id: UUID, choix: Choix | None = None) -> export.ExportVu:
    demande = export.demander(titulaire(dossier_id), contexte=CONTEXTE, choix=choix)
    taches.fabriquer(dossier_id, demande.id, datetime.now(UTC))
    return demande


def _prendre(dossier_id: UUID, export_id: UUID, partie: int = 1) -> dict[str, bytes]:
    _, flux = export.telecharger(titulaire(dossier_id), export_id, contexte=CONTEXTE, partie=partie)
    return ouvrir(b"".join(flux))


@pytest.mark.rule("POR-01", "POR-04", "POR-10")
def test_one_zip_with_every_form_and_a_manifest_of_all(espace: tuple[UUID, Ins]) -> None:
    fichiers = ouvrir(copier(espace[0]))
    assert {
        "INDEX.html", "LISEZMOI.txt", "fhir/dossier.json", "IHE_XDM/SUBSET01/METADATA.XML", "traces/traces.csv",
        "traces/traces.json", "manifeste.json",
    } <= set(fichiers)  # fmt: skip
    manifeste = orjson.loads(fichiers["manifeste.json"])
    a_part = {"manifeste.json", "empreintes.sha256", "empreintes.sha256.sig", "cle-publique.pem"}
    assert {f["chemin"] for f in manifeste["fichiers"]} == set(fichiers) - a_part
    for f in manifeste["fichiers"]:
        octets = fichiers[f["chemin"]]
        assert (f["taille"], f["sha256"]) == (len(octets), hashlib.sha256(octets).hexdigest())
    assert (manifeste["partie"], manifeste["parties"], manifeste["complete"]) == (1, 1, True)
    with portee(espace[0]):
        actions = list(Trace.objects.values_list("action", flat=True))
    ecrites = {t["action"] for t in orjson.loads(fichiers["traces/traces.json"])}
    assert ecrites == set(actions) - {"export_pret", "export_telecharge"}


@pytest.mark.rule("POR-04", "POR-16", "XDM-02")
def test_any_xdm_reader_finds_each_document(espace: tuple[UUID, Ins]) -> None:
    octets = copier(espace[0])
    lu = lire_archive(io.BytesIO(octets), Reglages(production=False, attendu=espace[1]))
    assert not lu.retenue
    assert {(d.entree.metadonnees.titre, d.entree.statut, d.contenu) for d in lu.documents} == {
        ("Ancien", "superseded", b"%PDF ancien"), ("Masqué", "current", b"%PDF masque"),
        ("Suite", "current", b"%PDF suite"),
    }  # fmt: skip
    par_titre = {d.entree.metadonnees.titre: d.entree for d in lu.documents}
    assert par_titre["Masqué"].metadonnees.masque_ps
    assert par_titre["Suite"].metadonnees.remplace == f"urn:uuid:{par_titre['Ancien'].id}"
    assert par_titre["Suite"].metadonnees.auteurs[0].idnat == "899000000001"


def _references(noeud: Any) -> list[str]:
    if isinstance(noeud, dict):
        siennes = [noeud["reference"]] if isinstance(noeud.get("reference"), str) else []
        return siennes + [r for v in noeud.values() for r in _references(v)]
    return [r for v in noeud for r in _references(v)] if isinstance(noeud, list) else []


@pytest.mark.rule("POR-05", "POR-09")
def test_the_fhir_document_has_a_composition_and_references_nothing_outside(espace: tuple[UUID, Ins]) -> None:
    fichiers = ouvrir(copier(espace[0]))
    bundle = orjson.loads(fichiers["fhir/dossier.json"])
    assert bundle["type"] == "document"
    assert bundle["identifier"]["value"]
    ressources = [e["resource"] for e in bundle["entry"]]
    assert ressources[0]["resourceType"] == "Composition"
    connues = {e["fullUrl"] for e in bundle["entry"]}
    assert len(connues) == len(ressources)
    citees = _references(ressources)
    assert set(citees) <= connues
    documents = [r for r in ressources if r["resourceType"] == "DocumentReference"]
    assert {f"urn:uuid:{r['id']}" for r in documents} <= set(citees), "the Composition lists every document"
    for r in documents:
        piece = r["content"][0]["attachment"]
        assert len(fichiers[piece["url"].removeprefix("../")]) == piece["size"]
    assert sorted(r["status"] for r in documents) == ["current", "current", "superseded"]
    assert [len(r["securityLabel"]) for r in documents].count(2) == 1


@pytest.mark.rule("POR-07", "POR-09")
def test_the_index_opens_alone_and_says_what_is_marked(espace: tuple[UUID, Ins]) -> None:
    fichiers = ouvrir(copier(espace[0]))
    page = fichiers["INDEX.html"].decode()
    assert not re.search(r"<script|<link|<img|https?://", page)
    assert 'lang="fr"' in page
    assert page.count('scope="col"') == 5
    for lien in re.findall(r'href="([^"]+)"', page):
        assert lien in fichiers
    assert "Remplacé par une nouvelle version" in page
    assert "Masqué aux professionnels" in page
    assert "Analyses de biologie" in page
    lignes = {
        x["titre"]: x
        for x in csv.DictReader(io.StringIO(fichiers["index.csv"].decode("utf-8-sig")), delimiter=";")
    }
    assert (lignes["Ancien"]["remplacé"], lignes["Masqué"]["visible"]) == ("oui", "non")
    assert lignes["Suite"]["fichier"] in fichiers
    assert lignes["Suite"]["rubrique"] == "Comptes rendus"


@pytest.mark.rule("POR-08", "DOC-46")
def test_what_waits_for_its_announcement_leaves_no_hint_and_comes_once_lifted(
    espace: tuple[UUID, Ins],
) -> None:
    dossier_id, ins = espace
    auteur = professionnel("99000000077")
    sans = ouvrir(copier(dossier_id))
    lignes = [orjson.loads(x) for x in sans["reprise/documents_document.jsonl"].splitlines()]
    suite = next(x["ligne"] for x in lignes if x["ligne"]["titre"] == "Suite")
    with portee(dossier_id):
        Export.objects.update(etat="detruit")
    meme = professionnel()
    secrets = [
        document(auteur=auteur, titre="Tumeur-secrete", contenu=b"%PDF s1", invisible_patient=True),
        document(auteur=meme, titre="Tumeur-secrete", contenu=b"%PDF s2", invisible_patient=True, remplace=suite["id"]),
    ]  # fmt: skip
    alimenter(auteur, ins, lot(auteur, secrets[0]), contexte=CONTEXTE)
    alimenter(meme, ins, lot(meme, secrets[1]), contexte=CONTEXTE)
    avec = ouvrir(copier(dossier_id))
    tout = b"\n".join([*avec.values(), *(n.encode() for n in avec)])
    for hint in (b"umeur", str(secrets[0].id).encode(), str(secrets[1].id).encode(), b"99000000077"):
        assert hint not in tout
    for nom in ("documents_document", "documents_versiondocument", "documents_lot", "notifications_venue"):
        assert avec[f"reprise/{nom}.jsonl"] == sans[f"reprise/{nom}.jsonl"], nom
    with portee(dossier_id):
        from espace_sante.documents.models import Document

        Document.objects.filter(dossier_id=dossier_id).update(invisible_patient=False)
        Export.objects.update(etat="detruit")
    assert b"Tumeur-secrete" in ouvrir(copier(dossier_id))["INDEX.html"]


@pytest.mark.rule("POR-15")
def test_by_period_by_heading_or_one_by_one(espace: tuple[UUID, Ins]) -> None:
    dossier_id, ins = espace
    auteur = professionnel()
    vieux = datetime(2020, 5, 5, 22, 30, tzinfo=UTC)
    alimenter(
        auteur, ins,
        lot(auteur, document(auteur=auteur, titre="Vieux", contenu=b"%PDF v", creation=vieux, periode_debut=vieux)),
        contexte=CONTEXTE,
    )  # fmt: skip
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as e:
        from espace_sante.documents.filtre import Filtre

        ids = {v.titre: v.id for v in e.apercevoir(Filtre(limite=50)).values()}
    # 22 h 30 UTC is the next day in France.
    essais = [
        (Choix(au=date(2020, 5, 6)), {"Vieux"}), (Choix(au=date(2020, 5, 5)), set()),
        (Choix(du=date(2020, 5, 6), au=date(2020, 5, 6)), {"Vieux"}),
        (Choix(du=date(2021, 1, 1)), {"Ancien", "Masqué", "Suite"}), (Choix(rubriques=("biologie",)), {"Masqué"}),
        (Choix(documents=(ids["Suite"], ids["Vieux"])), {"Suite", "Vieux"}),
        (Choix(rubriques=("biologie",), documents=(ids["Suite"],)), set()),
    ]  # fmt: skip
    for choix, titres in essais:
        assert Choix.lire(choix.ecrire()) == choix
        assert not choix.complet
        demande = _fabriquer(dossier_id, choix)
        fichiers = _prendre(dossier_id, demande.id)
        tableau = csv.DictReader(io.StringIO(fichiers["index.csv"].decode("utf-8-sig")), delimiter=";")
        assert {x["titre"] for x in tableau} == titres
        assert not any(n.startswith(("compte/", "traces/", "reprise/")) for n in fichiers)
        assert orjson.loads(fichiers["manifeste.json"])["complete"] is False
        assert "seulement les documents que vous avez choisis" in fichiers["LISEZMOI.txt"].decode()
        bundle = orjson.loads(fichiers["fhir/dossier.json"])
        assert set(_references(bundle)) <= {e["fullUrl"] for e in bundle["entry"]}


@pytest.mark.rule("POR-12", "POR-14")
def test_five_downloads_each_told_then_it_is_erased(espace: tuple[UUID, Ins], settings: Any) -> None:
    dossier_id = espace[0]
    settings.ES_EXPORT_TELECHARGEMENTS = 2
    demande = _fabriquer(dossier_id)
    for _ in range(2):
        assert _prendre(dossier_id, demande.id)
    with pytest.raises(export.ExportRefuse) as refus:
        _prendre(dossier_id, demande.id)
    assert refus.value.code == "export_indisponible"
    with portee(dossier_id):
        assert Avis.objects.filter(genre="export_telecharge").count() == 2
        actions = list(Trace.objects.values_list("action", flat=True))
    assert [actions.count(a) for a in ("export_demande", "export_pret", "export_telecharge")] == [1, 1, 2]
    fins = ProcrastinateJob.objects.filter(task_name="export.detruire").order_by("scheduled_at")
    assert fins[0].scheduled_at < datetime.now(UTC) + timedelta(hours=7)
    taches.supprimer(dossier_id, demande.id)
    with portee(dossier_id):
        assert Trace.objects.filter(action="export_detruit").count() == 1


@pytest.mark.rule("POR-12")
def test_the_one_that_is_ready_serves_again_until_something_changes(espace: tuple[UUID, Ins]) -> None:
    dossier_id, ins = espace
    demande = _fabriquer(dossier_id)
    _prendre(dossier_id, demande.id)

    def redemander(choix: Choix | None = None) -> export.ExportVu:
        return export.demander(titulaire(dossier_id), contexte=CONTEXTE, choix=choix)

    assert (redemander().id, redemander().etat) == (demande.id, "pret")
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as e:
        from espace_sante.documents.filtre import Filtre

        e.lister(Filtre())
    assert redemander().id == demande.id, "his own reading changes nothing"
    autre = redemander(Choix(rubriques=("biologie",)))
    assert autre.id != demande.id
    taches.fabriquer(dossier_id, autre.id, datetime.now(UTC))
    auteur = professionnel()
    alimenter(auteur, ins, lot(auteur, document(auteur=auteur)), contexte=CONTEXTE)
    assert redemander().etat == "demande"
    with time_machine.travel(datetime.now(UTC) + timedelta(days=8)):
        assert redemander(Choix(rubriques=("biologie",))).id != autre.id


@pytest.mark.rule("POR-20")
def test_a_failure_is_told_and_leaves_no_archive(
    espace: tuple[UUID, Ins], caplog: pytest.LogCaptureFixture
) -> None:
    dossier_id = espace[0]
    demande = export.demander(titulaire(dossier_id), contexte=CONTEXTE)
    assert taches.REPRISE.max_attempts == 1
    taches.abandonner(dossier_id, demande.id)
    taches.abandonner(dossier_id, demande.id)
    with portee(dossier_id):
        assert Avis.objects.filter(genre="export_echec").count() == 1
    assert [r.levelname for r in caplog.records if r.message.startswith("copie abandonnée")] == ["ERROR"]


@pytest.mark.rule("POR-13")
def test_a_password_that_nobody_keeps() -> None:
    with pytest.raises(mot_de_passe.MotDePasseRefuse):
        mot_de_passe.proteger(iter([b"x"]), "copie.zip", "trop court")
    pyzipper = pytest.importorskip("pyzipper")
    secret = "une longue phrase à moi"
    clair = [b"PK-contenu " * 1000, b"suite " * 500]
    octets = b"".join(mot_de_passe.proteger(iter(clair), "copie.zip", secret))
    assert b"PK-contenu" not in octets
    with zipfile.ZipFile(io.BytesIO(octets)) as zip_:
        assert zip_.infolist()[0].flag_bits & 1
    with pyzipper.AESZipFile(io.BytesIO(octets)) as zip_:
        (info,) = zip_.infolist()
        assert (info.wz_aes_strength, info.filename) == (3, "copie.zip")
        assert zip_.read("copie.zip", pwd=secret.encode()) == b"".join(clair)
        with pytest.raises(RuntimeError):
            zip_.read("copie.zip", pwd=b"une autre phrase longue")
