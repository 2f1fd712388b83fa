"""A record leaves one copy of the product and enters another, whole; or nothing of it does."""

from __future__ import annotations

import tracemalloc
import zipfile
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import connection

from espace_sante.acces.exportation import signature
from espace_sante.acces.exportation.verification import CopieAlteree
from espace_sante.acces.importation.copie import Copie
from espace_sante.acces.importation.dossier import Reprise, reprendre
from espace_sante.acces.importation.erreurs import RepriseRefusee
from espace_sante.acces.importation.tests.jumeau import SECRET, exporter, partir, photographier, remplir
from espace_sante.acces.tests.fabrique import CONTEXTE
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.models import IndexIns
from espace_sante.kernel.codes import GenreActeur
from espace_sante.platform.postgres.rls import TABLES_DE_DOSSIER, portee
from espace_sante.traces.models import Trace

pytestmark = pytest.mark.django_db
OPERATEUR = Acteur(GenreActeur.OPERATEUR, nom="moi")


def importer(chemins: list[Path], cle: bytes) -> Reprise:
    return reprendre(chemins, cle, acteur=OPERATEUR, contexte=CONTEXTE)


def vide(dossier_id: UUID) -> bool:
    with portee(dossier_id), connection.cursor() as c:
        for table in sorted(TABLES_DE_DOSSIER):
            c.execute(f"SELECT count(*) FROM {table}")
            if c.fetchone() != (0,):
                return False
        c.execute("SELECT count(*) FROM documents_registre WHERE dossier_id = %s", [dossier_id])
        return c.fetchone() == (0,) and not IndexIns.objects.filter(dossier_id=dossier_id).exists()


def egaux(avant: dict[str, object], apres: dict[str, object]) -> None:
    """All that was is there, equal; the history has a little more: the copy itself, this taking up, our looking."""
    nouveaux = {"traces_trace", "notifications_avis"}
    for nom, lignes in avant.items():
        if nom not in nouveaux:
            assert apres[nom] == lignes, nom
    for nom in nouveaux:
        connus = {ligne["id"]: ligne for ligne in apres[nom]}  # type: ignore[attr-defined]
        # What came after the archive was made is not in it.
        manquent = [x for x in avant[nom] if x["id"] not in connus]  # type: ignore[attr-defined]
        assert {x.get("action", x.get("genre")) for x in manquent} <= {
            "export_pret", "export_telecharge", "historique", "liste", "lecture", "telechargement",
        }  # fmt: skip
        assert all(connus[x["id"]] == x for x in avant[nom] if x["id"] in connus)  # type: ignore[attr-defined]


def sans_secret(chemins: list[Path]) -> bool:
    """No file of the copy, nor its name, tells of what the holder may not see yet."""
    for chemin in chemins:
        with zipfile.ZipFile(chemin) as zip_:
            textes = [SECRET.encode() not in zip_.read(n) and SECRET not in n for n in zip_.namelist()]
            # Bytes are written in hexadecimal there.
            lignes = [zip_.read(n) for n in zip_.namelist() if n.startswith("reprise/")]
            if not all(textes) or any(SECRET.encode().hex().encode() in x for x in lignes):
                return False
    return True


def classeurs(photo: dict[str, Any]) -> list[dict[str, Any]]:
    return [x for x in photo["documents_lot"] if x["genre"] == "folder"]


@pytest.mark.rule("POR-16", "POR-04", "POR-09", "POR-10", "XDM-18")
def test_a_record_is_equal_in_an_empty_copy(tmp_path: Path) -> None:
    dossier_id, chemins, avant, cle = partir(30, tmp_path)
    assert sans_secret(chemins)
    assert len(classeurs(avant)) == 1
    assert [len(x["items"]) for x in avant["documents_lot"]].count(1) == 1, "a set with a link"
    assert vide(dossier_id)
    fait = importer(chemins, cle)
    assert (fait.dossier_id, fait.documents) == (dossier_id, 30)
    apres = photographier(dossier_id)
    assert len(apres["octets"]) == 30
    egaux(avant, apres)
    with portee(dossier_id):
        assert fait.actes > 10
        assert Trace.objects.filter(action="reprise", acteur_genre="operateur").count() == 1


@pytest.mark.rule("POR-08", "POR-16", "FHR-85")
def test_folders_leave_and_come_back_without_a_word_on_what_is_hidden(tmp_path: Path) -> None:
    dossier_id, chemins, avant, cle = partir(60, tmp_path)
    assert sans_secret(chemins)
    par_titre = {x["titre"]: x for x in classeurs(avant)}
    # Two whole, one that also holds a hidden document; one of hidden documents alone is not there.
    assert set(par_titre) == {"Classeur 3", "Classeur 9", "Classeur"}
    assert [len(x["items"]) for x in par_titre.values()] == [2, 2, 2]
    assert [bool(x["representation"]) for x in par_titre.values()].count(False) == 1
    with zipfile.ZipFile(chemins[-1]) as zip_:
        bundle = orjson.loads(zip_.read("fhir/dossier.json"))
    listes = {
        r["resource"]["id"]: r["resource"] for r in bundle["entry"] if r["resource"]["resourceType"] == "List"
    }
    for x in par_titre.values():
        cites = [e["item"]["reference"] for e in listes[x["id"]]["entry"]]
        assert cites == [f"urn:uuid:{i}" for i in x["items"]]
    importer(chemins, cle)
    apres = photographier(dossier_id)
    egaux(avant, apres)
    assert classeurs(apres) == classeurs(avant)
    with portee(dossier_id), connection.cursor() as c:
        c.execute(
            "SELECT count(*) FROM documents_lot l, unnest(items) i WHERE i NOT IN (SELECT id FROM documents_document)"
        )
        assert c.fetchone() == (0,)


@pytest.mark.rule("POR-16")
def test_a_kind_of_rows_that_is_not_known_here_is_not_lost_in_silence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dossier_id, chemins, _, cle = partir(5, tmp_path)
    vrai = Copie.noms
    monkeypatch.setattr(Copie, "noms", lambda self: vrai(self) | {"reprise/table_future.jsonl"})
    with pytest.raises(RepriseRefusee) as refus:
        importer(chemins, cle)
    assert refus.value.code == "version_inconnue"
    assert vide(dossier_id)


@pytest.mark.rule("POR-04")
def test_numbered_parts_each_usable_alone_and_taken_up_together(tmp_path: Path, settings: Any) -> None:
    settings.ES_EXPORT_PARTIE_OCTETS = 120_000
    dossier_id, chemins, avant, cle = partir(20, tmp_path)
    assert len(chemins) > 2
    for rang, chemin in enumerate(chemins, 1):
        with zipfile.ZipFile(chemin) as zip_:
            noms = set(zip_.namelist())
            assert {
                "INDEX.html",
                "LISEZMOI.txt",
                "fhir/dossier.json",
                "IHE_XDM/SUBSET01/METADATA.XML",
            } <= noms
            assert ("compte/compte.json" in noms) == (rang == len(chemins))
            assert f"Partie {rang} sur {len(chemins)}" in zip_.read("LISEZMOI.txt").decode()
    for parties in (chemins[:-1], chemins[1:], [*chemins, chemins[0]]):
        with pytest.raises(RepriseRefusee) as refus:
            importer(parties, cle)
        assert refus.value.code == "copie_partielle"
    assert vide(dossier_id)
    assert importer(list(reversed(chemins)), cle).documents == 20
    egaux(avant, photographier(dossier_id))


@pytest.mark.rule("POR-16")
def test_never_over_a_record_that_is_there(tmp_path: Path) -> None:
    dossier_id = remplir(5)
    chemins = exporter(dossier_id, tmp_path)
    photo = photographier(dossier_id)
    with pytest.raises(RepriseRefusee) as refus:
        importer(chemins, signature.cle_publique())
    assert refus.value.code == "dossier_present"
    apres = photographier(dossier_id)
    assert apres["documents_document"] == photo["documents_document"]


@pytest.mark.rule("POR-16", "POR-20")
def test_whatever_does_not_match_is_refused_and_nothing_is_stored(tmp_path: Path) -> None:
    dossier_id, (chemin,), _, cle = partir(6, tmp_path)
    with zipfile.ZipFile(chemin) as zip_:
        bons = {n: zip_.read(n) for n in zip_.namelist()}
    un_document = next(n for n in bons if n.startswith("documents/"))
    lignes = "reprise/documents_document.jsonl"

    def refuse(fichiers: dict[str, bytes], cle_: bytes = cle) -> str:
        autre = tmp_path / "autre.zip"
        with zipfile.ZipFile(autre, "w") as zip_:
            for nom, contenu in fichiers.items():
                zip_.writestr(nom, contenu)
        with pytest.raises((RepriseRefusee, CopieAlteree)) as refus:
            importer([autre], cle_)
        assert vide(dossier_id)
        return refus.value.code

    autre_cle = (
        Ed25519PrivateKey.generate()
        .public_key()
        .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    assert refuse(bons, autre_cle) == "cle_inattendue"
    assert refuse(bons, b"rien") == "signature_fausse"
    assert refuse(bons | {un_document: b"autre"}) == "fichier_modifie"
    assert (
        refuse(bons | {lignes: bons[lignes].replace(b'"masque_ps":true', b'"masque_ps":false')})
        == "fichier_modifie"
    )
    assert refuse({n: c for n, c in bons.items() if n != un_document}) == "fichier_absent"
    assert refuse(bons | {"documents/en-plus.pdf": b"x"}) == "fichier_en_trop"
    assert refuse(bons | {"empreintes.sha256": b"0" * (17 << 20)}) == "copie_illisible"
    assert refuse({"x": b"y"}) in {"copie_illisible", "fichier_absent"}


@pytest.mark.rule("POR-16")
def test_a_copy_that_is_signed_and_contradicts_itself_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other installation may be wrong, or of another version: its signature is no reason to store half of it."""
    dossier_id, chemins, _, cle = partir(6, tmp_path)
    vraies = Copie.lignes
    gestes = {
        "documents_document": [
            ("version_inconnue", lambda x: {**x, "ligne": {**x["ligne"], "colonne_future": 1}}),
            ("donnees_incoherentes", lambda x: {**x, "ligne": {**x["ligne"], "taille": 1}}),
            ("donnees_incoherentes", lambda x: {**x, "ligne": {**x["ligne"], "invisible_patient": True}}),
            ("donnees_incoherentes", lambda x: {**x, "ligne": {**x["ligne"], "creation": "jamais"}}),
            ("version_inconnue", lambda x: {**x, "ligne": {**x["ligne"], "dossier_id": str(dossier_id)}}),
            ("document_present", lambda x: {**x, "ligne": {**x["ligne"], "unique_id": "urn:uuid:meme"}}),
            ("fichier_absent", lambda x: {**x, "fichier": "../../etc/passwd"}),
        ],
        "traces_trace": [("donnees_incoherentes", lambda x: {**x, "quand": None})],
    }
    for table, essais in gestes.items():
        for code, geste in essais:

            def fausses(self: Copie, nom: str, table: str = table, geste: object = geste) -> object:
                for objet in vraies(self, nom):
                    yield geste(objet) if table in nom else objet  # type: ignore[operator]

            monkeypatch.setattr(Copie, "lignes", fausses)
            with pytest.raises((RepriseRefusee, CopieAlteree)) as refus:
                importer(chemins, cle)
            assert refus.value.code == code
            assert vide(dossier_id)
    monkeypatch.undo()
    assert importer(chemins, cle).documents == 6


@pytest.mark.rule("POR-16", "POR-04")
def test_memory_does_not_follow_the_size(tmp_path: Path) -> None:
    from espace_sante.acces.alimentation import alimenter
    from espace_sante.acces.tests.fabrique import document, lot, professionnel

    gros = bytes(range(256)) * 4000

    def grossir(dossier_id: UUID) -> None:
        auteur = professionnel()
        for _ in range(20):
            alimenter(
                auteur, dossier_id, lot(auteur, document(auteur=auteur, contenu=gros, mime="image/jpeg")),
                contexte=CONTEXTE,
            )  # fmt: skip

    _, chemins, _, cle = partir(5, tmp_path, grossir)
    assert chemins[0].stat().st_size > 20_000_000
    tracemalloc.start()
    assert importer(chemins, cle).documents == 25
    assert tracemalloc.get_traced_memory()[1] < 16_000_000
    tracemalloc.stop()
