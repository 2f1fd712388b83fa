"""Messages that somebody made to do harm, or badly: refused, or read as far as they go (XDM-04, XDM-09, MSG-132)."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from espace_sante.documents.xdm.lecture import Reglages
from espace_sante.documents.xdm.tests.fabrique import AUTRE_INS
from espace_sante.messagerie import lecture, sujet
from espace_sante.messagerie.composition import composer
from espace_sante.messagerie.erreurs import MessageIllisible
from espace_sante.messagerie.lecture import lire_message
from espace_sante.messagerie.tests.fabrique import REGLAGES, envoi

BON = composer(envoi())


def _emboiter(niveaux: int) -> bytes:
    lignes, fin = [], []
    for n in range(niveaux):
        lignes.append(f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n")
        fin.append(f"\r\n--b{n}--\r\n")
    return ("".join(lignes) + "Content-Type: text/plain\r\n\r\nfond" + "".join(reversed(fin))).encode()


@pytest.mark.rule("XDM-13")
@pytest.mark.parametrize(
    ("brut", "raison"),
    [
        (BON.replace(b"Subject:", b"Sub\x00ject:"), "octet_nul"),
        (b"X-Long: " + b"a" * 2000 + b"\r\n" + BON, "entete"),
        (b"".join(b"X-N: %d\r\n" % n for n in range(600)) + BON, "entete"),
        (_emboiter(25), "parties"),
        (_emboiter(5000), "parties"),
        (
            b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 300 + b"--b--",
            "parties",
        ),
        (b"Content-Type: message/rfc822\r\n\r\n" * 3000, "parties"),
    ],
    ids=["nul", "long", "beaucoup", "profond", "tres-profond", "nombreux", "messages"],
)
def test_a_dangerous_form_is_refused_with_its_reason(brut: bytes, raison: str) -> None:
    with pytest.raises(MessageIllisible) as refus:
        lire_message(brut, REGLAGES)
    assert (refus.value.code, refus.value.details["raison"]) == ("message_dangereux", raison)


def test_a_message_too_big_is_refused_before_it_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lecture, "TAILLE_MAX", len(BON) - 1)
    with pytest.raises(MessageIllisible) as refus:
        lire_message(BON, REGLAGES)
    assert refus.value.code == "message_trop_gros"


@pytest.mark.rule("XDM-04")
@pytest.mark.parametrize("faux", [b"UEsDBA==", b"!!!!", b""])
def test_an_archive_that_is_refused_leaves_the_rest(faux: bytes) -> None:
    texte = BON.decode("ascii")
    debut = texte.index("\r\n\r\n", texte.index("IHE_XDM.zip")) + 4
    fin = texte.index("\r\n--", debut)
    recu = lire_message((texte[:debut] + faux.decode() + texte[fin:]).encode(), REGLAGES)
    assert recu.archive is None
    assert [p.media for p in recu.pieces] == ["application/pdf"]
    assert recu.texte.startswith("Bonjour")


@pytest.mark.rule("XDM-09")
def test_an_archive_of_another_person_is_held() -> None:
    recu = lire_message(BON, Reglages(production=False, attendu=AUTRE_INS))
    assert recu.archive is not None
    assert recu.archive.retenue


def test_a_message_inside_is_not_opened() -> None:
    brut = (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
        + BON
        + b"\r\n--b--"
    )
    recu = lire_message(brut, REGLAGES)
    assert (recu.archive, recu.pieces, recu.texte) == (None, (), "")


def test_names_of_files_are_only_names() -> None:
    faux = BON.replace(b'filename="20240305', b'filename="../../etc/<script>20240305')
    (piece,) = lire_message(faux, REGLAGES).pieces
    assert "/" not in piece.nom
    assert "<" not in piece.nom


@settings(deadline=None, max_examples=150)
@given(st.integers(0, len(BON) - 1), st.binary(max_size=12), st.integers(0, 60))
def test_any_damage_is_a_refusal_or_a_reading(place: int, mis: bytes, otes: int) -> None:
    with suppress(MessageIllisible):
        lire_message(BON[:place] + mis + BON[place + otes :], REGLAGES)


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_a_refusal_or_a_reading(brut: bytes) -> None:
    with suppress(MessageIllisible):
        lire_message(brut, REGLAGES)


@pytest.mark.parametrize(
    "entete",
    [
        "Content-Type: text/plain; charset=inconnu",
        "Content-Type: text/plain; charset*=x'y'z",
        "Content-Type: ; ;",
        "Content-Transfer-Encoding: uuencode",
        "Content-Transfer-Encoding: base64",
        "From: =?utf-8?q?=ff?= <@@>",
        "Subject: =?inconnu?b?////?=",
        "Content-Disposition: attachment; filename*=utf-8''%ff%00a",
        "Message-ID: <<<>>>",
    ],
)
def test_bad_codings_are_read_as_far_as_they_go(entete: str) -> None:
    recu = lire_message(f"{entete}\r\n\r\nété\r\n".encode("latin-1"), REGLAGES)
    assert recu.archive is None


@pytest.mark.rule("XDM-10")
@pytest.mark.parametrize(
    ("brut", "montre", "version"),
    [
        ("XDM/1.0/DDM+CR MARTIN Lou", "CR MARTIN Lou", "1.0"),
        ("XDM/1.0/DDM+  CR", "CR", "1.0"),
        ("XDM/2.1/DDM+CR", "CR", "2.1"),
        ("Re: XDM/1.0/DDM+CR", "Re: XDM/1.0/DDM+CR", ""),
        ("xdm/1.0/ddm+CR", "xdm/1.0/ddm+CR", ""),
        ("[FIN]", "[FIN]", ""),
        ("", "", ""),
    ],
)
def test_the_prefix_is_recognised_and_not_shown(brut: str, montre: str, version: str) -> None:
    assert sujet.lire(brut) == sujet.Sujet(montre, version)


def test_the_shared_messages_are_read(vectors: Path) -> None:
    for chemin in sorted((vectors / "mssante").glob("**/*.eml")):
        lire_message(chemin.read_bytes(), REGLAGES)
