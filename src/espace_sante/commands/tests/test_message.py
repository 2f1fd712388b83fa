"""`espace-sante message read`: what a message says, without a name in what is written (XDM-13, XDM-17)."""

from __future__ import annotations

from pathlib import Path

import pytest

from espace_sante.commands.__main__ import main
from espace_sante.documents.xdm.tests.fabrique import AUTRE_INS
from espace_sante.messagerie.composition import composer
from espace_sante.messagerie.tests.fabrique import INS, entree, envoi


@pytest.fixture
def fichier(tmp_path: Path) -> Path:
    chemin = tmp_path / "message.eml"
    chemin.write_bytes(composer(envoi(accuse=True)))
    return chemin


@pytest.mark.rule("XDM-12", "XDM-17")
def test_a_good_message_is_told_and_answered(fichier: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--ins", INS.matricule, "--oid", INS.oid, "--retour", "anne.morel@medecin.mssante.fr"]
    assert main(["message", "read", str(fichier), *options]) == 0
    dit = capsys.readouterr().out
    assert "Préfixe du sujet : XDM/1.0/DDM" in dit
    assert "X-MSS-CODECDA : 11490-0\n" in dit
    assert "type 11490-0" in dit
    assert "Réponse : processed\n  elle part" in dit
    for secret in (INS.matricule, "PAT-TROIS", "Dominique", "anne.morel", "Lettre"):
        assert secret.lower() not in dit.lower()


@pytest.mark.rule("XDM-09", "XDM-17")
def test_a_message_about_somebody_else(fichier: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["message", "read", str(fichier), "--ins", AUTRE_INS.matricule, "--oid", AUTRE_INS.oid]) == 1
    dit = capsys.readouterr().out
    assert "Archive retenue" in dit
    assert "processed/Error: 904^" in dit
    assert "ne part pas" in dit


@pytest.mark.rule("XDM-13", "XDM-14")
def test_headers_that_lie_and_an_archive_that_is_refused(
    fichier: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fichier.write_bytes(composer(envoi()).replace(b"X-MSS-INS: O", b"X-MSS-INS: X"))
    main(["message", "read", str(fichier)])
    assert "X-MSS-INS : X (démenti par le contenu)" in capsys.readouterr().out
    fichier.write_bytes(composer(envoi(entree(invisible_patient=True))))
    assert main(["message", "read", str(fichier), "--citoyen"]) == 1
    assert "Archive refusée : xdm-invisible-patient" in capsys.readouterr().out


def test_what_is_no_message_is_one_line(fichier: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fichier.write_bytes(b"Subject: a\x00b\r\n\r\n")
    assert main(["message", "read", str(fichier)]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert main(["message", "read", str(fichier.with_name("absent.eml"))]) == 1
