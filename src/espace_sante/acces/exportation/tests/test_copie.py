"""What the holder takes away, and what never is in it."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import orjson
import pytest
import time_machine

from espace_sante.acces.alimentation import alimenter
from espace_sante.acces.exportation.construction import attend_une_annonce
from espace_sante.acces.exportation.contenu import ATTENTE
from espace_sante.acces.exportation.lisible import lisible
from espace_sante.acces.exportation.tests.lecture import copier, ouvrir
from espace_sante.acces.models import Blocage
from espace_sante.acces.tests.fabrique import CONTEXTE, document, dossier, lot, professionnel
from espace_sante.documents.queries import invisibles_du_titulaire
from espace_sante.identite.comptes import creer_compte
from espace_sante.kernel.ids import uuid7
from espace_sante.kernel.ins import Ins
from espace_sante.platform.postgres.rls import portee

pytestmark = pytest.mark.django_db


@pytest.fixture
def espace() -> tuple[UUID, Ins]:
    return dossier(7)


@pytest.mark.rule("REG-01", "REG-02")
def test_everything_is_there_in_its_own_form_and_readable_without_the_product(
    espace: tuple[UUID, Ins],
) -> None:
    dossier_id, ins = espace
    creer_compte(dossier_id, "lou.martin", "Un-mot-2-passe-solide", "lou@example.test")
    auteur = professionnel()
    recu = b"%PDF-1.4 \x00\xff contenu exact"
    vieux, neuf = (
        document(auteur=auteur, contenu=recu, titre="Radio"),
        document(auteur=auteur, mime="text/xml", contenu=b"<ClinicalDocument/>", titre="Bilan & <suite>"),
    )
    alimenter(auteur, ins, lot(auteur, vieux, neuf), contexte=CONTEXTE)
    suite = document(auteur=auteur, titre="Radio, version 2", remplace=str(vieux.id), contenu=b"%PDF-1.4 v2")
    alimenter(auteur, ins, lot(auteur, suite), contexte=CONTEXTE)

    with portee(dossier_id):
        Blocage.objects.create(
            dossier_id=dossier_id, id=uuid7(), genre="professionnel", cle="99000000002", nom="Dr Bloqué",
            pose_le=datetime.now(UTC), pose_par="titulaire",
        )  # fmt: skip

    fichiers = ouvrir(copier(dossier_id))

    assert "Dr Bloqué" in fichiers["compte/blocages.csv"].decode()
    originaux = {n: c for n, c in fichiers.items() if n.startswith("documents/")}
    assert sorted(originaux.values()) == sorted([recu, b"<ClinicalDocument/>", b"%PDF-1.4 v2"])
    assert {n.rpartition(".")[2] for n in originaux} == {"pdf", "xml"}
    bundle = orjson.loads(fichiers["fhir/dossier.json"])
    assert (bundle["resourceType"], bundle["type"]) == ("Bundle", "document")
    composition, patient, *_ = ressources = [e["resource"] for e in bundle["entry"]]
    references = [r for r in ressources if r["resourceType"] == "DocumentReference"]
    assert composition["resourceType"] == "Composition"
    assert patient["identifier"] == [{"system": f"urn:oid:{ins.oid}", "value": ins.matricule}]
    assert {r["content"][0]["attachment"]["url"][3:] for r in references} == set(originaux)
    assert sorted(r["status"] for r in references) == ["current", "current", "superseded"]
    page = fichiers["INDEX.html"].decode()
    assert all(f'href="{nom}"' in page for nom in originaux)
    assert "Bilan &amp; &lt;suite&gt;" in page
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")
    tableau = list(csv.DictReader(io.StringIO(fichiers["index.csv"].decode("utf-8-sig")), delimiter=";"))
    assert {ligne["fichier"] for ligne in tableau} == set(originaux)
    traces = orjson.loads(fichiers["traces/traces.json"])
    assert {"depot", "remplacement", "export_demande"} <= {t["action"] for t in traces}
    assert len(fichiers["traces/traces.csv"].decode().splitlines()) == len(traces) + 1
    preuves = orjson.loads(fichiers["traces/preuves.json"])
    assert (preuves["dossier"], preuves["en_attente"]) == (str(dossier_id), len(traces))
    compte = orjson.loads(fichiers["compte/compte.json"])
    assert compte["compte"] == {"identifiant": "lou.martin", "courriel": "lou@example.test"}
    assert b"argon2" not in fichiers["compte/compte.json"]
    assert "accords.csv" in " ".join(fichiers)
    assert "vide" in fichiers["messages/LISEZMOI.txt"].decode()


@pytest.mark.rule("REG-02")
def test_what_is_made_for_software_has_a_version_to_read(vectors: Path) -> None:
    """A level 3 becomes a page, a level 1 the file that it wraps; each beside its exact original."""
    cda = sorted((vectors / "cda").rglob("*.xml"))
    lus = {chemin: lisible(chemin.read_bytes(), "Titre") for chemin in cda}
    formes = {trouve[0] for trouve in lus.values() if trouve}
    assert {"html", "pdf"} <= formes
    for trouve in lus.values():
        if trouve and trouve[0] == "html":
            assert b"<script" not in trouve[1].lower()
            assert b"default-src 'none'" in trouve[1]
        elif trouve and trouve[0] == "pdf":
            assert trouve[1].startswith(b"%PDF")
    n3 = next(chemin for chemin, trouve in lus.items() if trouve and trouve[0] == "html")
    dossier_id, ins = dossier(9)
    auteur = professionnel()
    brut = n3.read_bytes()
    alimenter(
        auteur, ins, lot(auteur, document(auteur=auteur, contenu=brut, mime="text/xml")), contexte=CONTEXTE
    )
    fichiers = ouvrir(copier(dossier_id))
    (a_lire,) = [n for n in fichiers if n.startswith("lisible/")]
    assert f'href="{a_lire}"' in fichiers["INDEX.html"].decode()
    assert brut in fichiers.values()


@pytest.mark.rule("REG-05", "DOC-46", "AUD-09")
def test_nothing_of_what_waits_for_its_announcement_is_in_it(espace: tuple[UUID, Ins]) -> None:
    dossier_id, ins = espace
    auteur = professionnel()
    public = document(auteur=auteur, titre="Visible")
    secret = document(auteur=auteur, titre="Tumeur-secrete", contenu=b"%PDF secret", invisible_patient=True)
    alimenter(auteur, ins, lot(auteur, public, secret), contexte=CONTEXTE)
    cache = document(
        auteur=auteur,
        titre="Tumeur-secrete",
        contenu=b"%PDF s2",
        invisible_patient=True,
        remplace=str(public.id),
    )
    alimenter(auteur, ins, lot(auteur, cache), contexte=CONTEXTE)

    fichiers = ouvrir(copier(dossier_id))

    tout = b"\n".join([*fichiers.values(), *(n.encode() for n in fichiers)])
    for cachee in (
        b"Tumeur",
        b"tumeur",
        str(secret.id).encode(),
        str(cache.id).encode(),
        b"%PDF secret",
        b"%PDF s2",
    ):
        assert cachee not in tout
    bundle = orjson.loads(fichiers["fhir/dossier.json"])
    assert [
        e["resource"]["status"]
        for e in bundle["entry"]
        if e["resource"]["resourceType"] == "DocumentReference"
    ] == ["current"]
    assert ATTENTE not in fichiers["INDEX.html"].decode()


@pytest.mark.rule("REG-05")
def test_that_something_waits_is_said_past_the_fourteenth_day_only(espace: tuple[UUID, Ins]) -> None:
    dossier_id, ins = espace
    auteur = professionnel()
    alimenter(
        auteur,
        ins,
        lot(auteur, document(auteur=auteur, titre="Tumeur", invisible_patient=True)),
        contexte=CONTEXTE,
    )
    depot = datetime.now(UTC)
    with portee(dossier_id):
        caches = invisibles_du_titulaire(dossier_id)
        assert not attend_une_annonce(dossier_id, caches, depot + timedelta(days=14) - timedelta(minutes=1))
        assert attend_une_annonce(dossier_id, caches, depot + timedelta(days=14, minutes=1))
        assert not attend_une_annonce(dossier_id, (), depot + timedelta(days=60))
    with time_machine.travel(depot + timedelta(days=15)):
        fichiers = ouvrir(copier(dossier_id))
    assert ATTENTE in fichiers["INDEX.html"].decode()
    assert "Tumeur" not in fichiers["INDEX.html"].decode()


@pytest.mark.parametrize(
    "titre",
    [
        "../../etc/passwd",
        "C:\\Windows\\con",
        "",
        "\u202egnp.exe",
        "a" * 250,
        "<b>é à ç</b>",
        "=cmd|' /C calc'!A0",
        "con",
    ],
)
def test_an_odd_title_makes_a_harmless_file_name(espace: tuple[UUID, Ins], titre: str) -> None:
    dossier_id, ins = espace
    auteur = professionnel()
    depose = document(auteur=auteur, titre=titre, mime="text/html")
    alimenter(auteur, ins, lot(auteur, depose), contexte=CONTEXTE)
    fichiers = ouvrir(copier(dossier_id))
    (nom,) = [n for n in fichiers if n.startswith("documents/")]
    base = nom.removeprefix("documents/")
    assert set(base) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.")
    assert base.count(".") == 1
    assert base.endswith(".bin")
    assert len(base) < 100
    (ligne,) = csv.DictReader(io.StringIO(fichiers["index.csv"].decode("utf-8-sig")), delimiter=";")
    assert not ligne["titre"].startswith(("=", "+", "-", "@"))


@pytest.mark.rule("REG-06")
def test_openssl_and_sha256sum_check_it_without_the_product(espace: tuple[UUID, Ins], tmp_path: Path) -> None:
    if not (shutil.which("openssl") and shutil.which("sha256sum")):
        pytest.skip("openssl or sha256sum absent")
    dossier_id, ins = espace
    alimenter(professionnel(), ins, lot(professionnel(), document(auteur=professionnel())), contexte=CONTEXTE)
    for nom, contenu in ouvrir(copier(dossier_id)).items():
        (tmp_path / nom).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / nom).write_bytes(contenu)
    sommes = ["sha256sum", "--check", "--strict", "--quiet", "empreintes.sha256"]
    signature = [
        "openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "cle-publique.pem", "-rawin",
        "-in", "empreintes.sha256", "-sigfile", "empreintes.sha256.sig",
    ]  # fmt: skip
    for ligne in (sommes, signature):
        fait = subprocess.run(ligne, cwd=tmp_path, capture_output=True, check=False)
        assert fait.returncode == 0, fait.stderr
    (tmp_path / "empreintes.sha256").write_text("0" * 64 + "  INDEX.html\n")
    for ligne in (sommes, signature):
        assert subprocess.run(ligne, cwd=tmp_path, capture_output=True, check=False).returncode != 0
