"""A copy that was touched is found out, whatever was touched."""

from __future__ import annotations

import contextlib
import io
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from espace_sante.acces.alimentation import alimenter
from espace_sante.acces.exportation.tests.lecture import copier, ouvrir
from espace_sante.acces.exportation.verification import CopieAlteree, verifier
from espace_sante.acces.tests.fabrique import CONTEXTE, document, dossier, lot, professionnel

pytestmark = pytest.mark.django_db
Fichiers = dict[str, bytes]


@pytest.fixture
def octets() -> bytes:
    dossier_id, ins = dossier()
    auteur = professionnel()
    alimenter(auteur, ins, lot(auteur, document(auteur=auteur)), contexte=CONTEXTE)
    return copier(dossier_id)


def _ecrire(chemin: Path, fichiers: Fichiers) -> Path:
    with zipfile.ZipFile(chemin, "w") as copie:
        for nom, contenu in fichiers.items():
            copie.writestr(nom, contenu)
    return chemin


def _modifie(f: Fichiers) -> Fichiers:
    return {**f, "INDEX.html": f["INDEX.html"] + b" "}


def _enleve(f: Fichiers) -> Fichiers:
    return {n: c for n, c in f.items() if n != "index.csv"}


def _ajoute(f: Fichiers) -> Fichiers:
    return {**f, "documents/faux.pdf": b"%PDF"}


def _liste(f: Fichiers) -> Fichiers:
    return {**f, "empreintes.sha256": f["empreintes.sha256"] + b"0" * 64 + b"  x\n"}


def _signature(f: Fichiers) -> Fichiers:
    return {**f, "empreintes.sha256.sig": bytes(64)}


def _cle(f: Fichiers) -> Fichiers:
    return {**f, "cle-publique.pem": b"rien"}


def _chemin(f: Fichiers) -> Fichiers:
    return {**f, "../../dehors": b"x"}


def _resigne(f: Fichiers) -> Fichiers:
    """Somebody else's key on somebody else's list."""
    sienne = Ed25519PrivateKey.generate()
    pem = sienne.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return {**f, "empreintes.sha256.sig": sienne.sign(f["empreintes.sha256"]), "cle-publique.pem": pem}


@pytest.mark.rule("REG-06")
def test_a_whole_copy_is_said_whole(octets: bytes, tmp_path: Path) -> None:
    (tmp_path / "copie.zip").write_bytes(octets)
    (tmp_path / "cle.pem").write_bytes(ouvrir(octets)["cle-publique.pem"])
    entiere = verifier(tmp_path / "copie.zip", (tmp_path / "cle.pem").read_bytes())
    assert entiere.fichiers == len(ouvrir(octets)) - 3
    assert entiere.cle in ouvrir(octets)["LISEZMOI.txt"].decode()


@pytest.mark.rule("REG-06")
@pytest.mark.parametrize(
    ("changer", "code"),
    [
        (_modifie, "fichier_modifie"),
        (_enleve, "fichier_absent"),
        (_ajoute, "fichier_en_trop"),
        (_liste, "signature_fausse"),
        (_signature, "signature_fausse"),
        (_cle, "signature_fausse"),
        (_chemin, "nom_interdit"),
        (_resigne, "cle_inattendue"),
    ],
    ids=lambda v: v if isinstance(v, str) else v.__name__,
)
def test_each_change_is_found(
    octets: bytes, tmp_path: Path, changer: Callable[[Fichiers], Fichiers], code: str
) -> None:
    fichiers = ouvrir(octets)
    chemin = _ecrire(tmp_path / "copie.zip", changer(fichiers))
    with pytest.raises(CopieAlteree) as refus:
        verifier(chemin, fichiers["cle-publique.pem"])
    assert refus.value.code == code


@pytest.mark.rule("REG-06")
def test_what_is_not_a_copy_is_refused_without_a_crash(octets: bytes, tmp_path: Path) -> None:
    for rang, contenu in enumerate((b"", b"PK", octets[: len(octets) // 2], b"\x00" * 100)):
        (tmp_path / f"{rang}.zip").write_bytes(contenu)
        with pytest.raises(CopieAlteree):
            verifier(tmp_path / f"{rang}.zip")
    hasard = random.Random(6)
    for _ in range(1500):
        abime = bytearray(octets)
        abime[hasard.randrange(len(abime))] ^= 1 << hasard.randrange(8)
        (tmp_path / "abime.zip").write_bytes(abime)
        # A date that nobody reads may change; nothing else than a typed refusal may come out.
        with contextlib.suppress(CopieAlteree):
            verifier(tmp_path / "abime.zip")
    vide = io.BytesIO()
    zipfile.ZipFile(vide, "w").close()
    (tmp_path / "vide.zip").write_bytes(vide.getvalue())
    with pytest.raises(CopieAlteree):
        verifier(tmp_path / "vide.zip")
