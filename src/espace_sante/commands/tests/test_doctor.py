"""`doctor` names each fault and says what to do; a sound installation has none."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings as reglages

from espace_sante.commands import doctor


@contextmanager
def _serveur(*reponses: bytes) -> Iterator[int]:
    """Says the first answer at once, then one for each thing it is told; its port."""
    ecoute = socket.create_server(("127.0.0.1", 0))

    def servir() -> None:
        prise, _ = ecoute.accept()
        with prise:
            prise.settimeout(5)
            for rang, reponse in enumerate(reponses):
                if rang and not prise.recv(4096):
                    return
                prise.sendall(reponse)

    fil = threading.Thread(target=servir, daemon=True)
    fil.start()
    try:
        yield int(ecoute.getsockname()[1])
    finally:
        ecoute.close()
        fil.join(5)


def _port_muet() -> int:
    with socket.create_server(("127.0.0.1", 0)) as libre:
        return int(libre.getsockname()[1])


@pytest.mark.rule("DOC-18")
def test_no_antivirus_is_told_with_what_to_do(settings: Any) -> None:
    settings.ES_CLAMD = ""
    assert "ES_CLAMD" in doctor._antivirus()
    assert doctor._antivirus_repond() == ""
    settings.ES_CLAMD = f"127.0.0.1:{_port_muet()}"
    assert doctor._antivirus() == ""
    assert "ne répond pas" in doctor._antivirus_repond()


@pytest.mark.django_db
@pytest.mark.rule("ACC-39")
@pytest.mark.parametrize(
    ("instance", "noms", "manque"),
    [
        ("production", (), True), ("production", ("Anne Morel",), True), ("production", ("Anne Morel", "ANNE  MOREL"), True),
        ("production", ("Anne Morel", "Bruno Petit"), False), ("demonstration", (), False),
        ("demonstration", ("Anne Morel",), True),
    ],
)  # fmt: skip
def test_two_managers_of_the_matrix(
    instance: str, noms: tuple[str, ...], manque: bool, settings: Any
) -> None:
    settings.ES_INSTANCE, settings.ES_GESTIONNAIRES_MATRICE = instance, noms
    assert bool(doctor._gestionnaires()) is manque
    assert not manque or "ES_GESTIONNAIRES_MATRICE" in doctor._gestionnaires()


@pytest.mark.django_db(databases=["default", "proprietaire"])
@pytest.mark.rule("AUD-13", "REG-18")
@pytest.mark.parametrize("attribut", ["SUPERUSER", "BYPASSRLS"])
def test_an_owner_with_too_many_rights(attribut: str) -> None:
    assert doctor._proprietaire() == ""
    base = reglages.DATABASES["proprietaire"]
    maitre = psycopg.connect(
        host=base["HOST"], port=base["PORT"], user="es_super", dbname="postgres", autocommit=True
    )
    with maitre as cx:
        cx.execute(f"ALTER ROLE {base['USER']} {attribut}")
        try:
            assert f"ALTER ROLE {base['USER']} NOSUPERUSER NOBYPASSRLS" in doctor._proprietaire()
        finally:
            cx.execute(f"ALTER ROLE {base['USER']} NO{attribut}")


def test_outgoing_mail_is_asked(settings: Any) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1"
    settings.EMAIL_PORT = _port_muet()
    assert f"127.0.0.1:{settings.EMAIL_PORT}" in doctor._courriel()
    assert "ES_SMTP_HOTE" in doctor._courriel()
    with _serveur(b"220 bonjour\r\n", b"250 salut\r\n", b"221 fin\r\n") as port:
        settings.EMAIL_PORT = port
        assert doctor._courriel() == ""


@pytest.mark.rule("INS-14", "INS-07")
def test_insi_is_missed(settings: Any, tmp_path: Path, vectors: Path) -> None:
    settings.ES_LOCAL = False
    insi = {**settings.ES_INSI, "url": "", "certificat": "", "cle": "", "autorites": "", "xsd": ""}
    certificat = tmp_path / "insi.pem"

    def dit(**change: str) -> str:
        settings.ES_INSI = {**insi, **change}
        return doctor._insi()

    assert "ES_INSI_URL" in dit()
    adresse = {"url": "https://insi.example/lps"}
    assert "ES_INSI_IDAM" in dit(**adresse)
    assert "ES_INSI_CERTIFICAT" in dit(**adresse, certificat=str(certificat))
    certificat.touch()
    settings.ES_INSI_EMETTEUR = {**settings.ES_INSI_EMETTEUR, "idam": "X"}
    for sans in ("", str(tmp_path)):
        assert "ES_INSI_XSD" in dit(**adresse, certificat=str(certificat), xsd=sans)
    assert dit(**adresse, certificat=str(certificat), xsd=str(vectors / "insi")) == ""


@pytest.mark.rule("CDA-03")
def test_the_schema_is_missed(settings: Any, tmp_path: Path) -> None:
    for absent in ("", str(tmp_path / "nulle-part.xsd"), str(tmp_path)):
        settings.ES_CDA_XSD = absent
        assert "ES_CDA_XSD" in doctor._schema_cda()
    (tmp_path / "CDA_extended.xsd").touch()
    settings.ES_CDA_XSD = str(tmp_path / "CDA_extended.xsd")
    assert doctor._schema_cda() == ""


@pytest.mark.rule("REG-18")
def test_keys_that_others_may_read_or_replace(settings: Any, tmp_path: Path) -> None:
    cles = tmp_path / "cles"
    cles.mkdir(mode=0o700)
    settings.ES_DATA = tmp_path
    for nom in ("ES_MASTER_KEY_FILE", "ES_JOURNAL_CLE", "ES_CLE_EXPORTS_FILE"):
        fichier = cles / nom
        fichier.touch(mode=0o600)
        setattr(settings, nom, str(fichier))
        assert doctor._secrets() == ""
        fichier.chmod(0o640)
        assert f"chmod 600 {fichier}" in doctor._secrets()
        fichier.chmod(0o600)
    autre = cles / "oubliee.key"
    autre.touch()
    autre.chmod(0o604)
    assert f"chmod 600 {autre}" in doctor._secrets()
    autre.unlink()
    cles.chmod(0o720)
    assert f"chmod go-w {cles}" in doctor._secrets()


def test_the_exit_code_tells_what_must_be_mended(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, "installer", lambda *_, **__: None)

    def panne() -> str:
        raise RuntimeError("secret")

    for controles, code, mot in (
        ((("a", lambda: "", True),), 0, "bien"),
        ((("a", lambda: "faites ceci", False),), 0, "à savoir"),
        ((("a", lambda: "faites ceci", True), ("b", lambda: "", True)), 1, "À RÉPARER"),
        ((("a", panne, True),), 1, "RuntimeError"),
    ):
        monkeypatch.setattr(doctor, "CONTROLES", controles)
        assert doctor.executer(type("O", (), {"data": None})()) == code  # type: ignore[arg-type]
        dit = capsys.readouterr().out
        assert mot in dit
        assert "secret" not in dit
