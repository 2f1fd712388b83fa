"""Heads are C2SP checkpoints in signed notes; the witness file only grows, and survives a cut write."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from espace_sante.traces.journal_scelle import temoin
from espace_sante.traces.journal_scelle.arbre import VIDE
from espace_sante.traces.journal_scelle.note import CleJournal, ClePublique, NoteIllisible, Tete, decouper

CLE = CleJournal("essai.example/traces", bytes(range(32)))
TETE = Tete("essai.example/traces/2", 12, VIDE, datetime(2026, 3, 3, 9, tzinfo=UTC))


@pytest.mark.rule("AUD-14")
def test_form_of_a_note() -> None:
    note = CLE.signer(TETE)
    texte, signature = note.split("\n\n")
    assert texte.split("\n") == [
        "essai.example/traces/2",
        "12",
        base64.b64encode(VIDE).decode(),
        "quand 2026-03-03T09:00:00Z",
    ]
    assert signature.startswith("— essai.example/traces/2 ")
    octets = base64.b64decode(signature.split(" ")[2])
    assert len(octets) == 4 + 64
    assert CLE.publique.ouvrir(note) == TETE


def test_a_public_key_is_read_as_it_is_written() -> None:
    assert ClePublique.lire(str(CLE.publique)) == CLE.publique


@pytest.mark.parametrize(
    "change",
    [
        lambda n: n.replace("\n12\n", "\n13\n"),
        lambda n: n.replace("2026-03", "2025-03"),
        lambda n: n.replace("traces/2", "traces/3"),
        lambda n: n[:-20] + "A" * 18 + n[-2:],
        lambda n: n.replace("— ", "- "),
        lambda n: "",
    ],
)
def test_a_changed_note_is_refused(change) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(NoteIllisible):
        CLE.publique.ouvrir(change(CLE.signer(TETE)))


def test_another_key_or_another_log_is_refused() -> None:
    autre = CleJournal("essai.example/traces", bytes(32))
    with pytest.raises(NoteIllisible):
        CLE.publique.ouvrir(autre.signer(TETE))
    with pytest.raises(NoteIllisible):
        CLE.publique.ouvrir(CLE.signer(replace(TETE, origine="ailleurs/2")))
    with pytest.raises(NoteIllisible):
        ClePublique.lire(str(CLE.publique)[:-4] + "AAA=")
    with pytest.raises(NoteIllisible):
        CleJournal("x", b"court")


@pytest.mark.rule("AUD-14")
def test_the_witness_only_grows_and_passes_over_a_cut_write(tmp_path: Path) -> None:
    fichier = tmp_path / "temoin" / "tetes.txt"
    notes = [CLE.signer(replace(TETE, taille=i)) for i in range(40)]
    temoin.ajouter(fichier, notes[:20])
    avant = fichier.read_bytes()
    with fichier.open("ab") as f:
        f.write(notes[20].encode()[:50])
    temoin.ajouter(fichier, notes[21:])
    assert fichier.read_bytes().startswith(avant)
    assert list(temoin.lire(fichier)) == notes[:20] + notes[21:]
    assert temoin.dernieres(fichier) == {TETE.origine: replace(TETE, taille=39)}
    assert temoin.dernieres(tmp_path / "absent") == {}


def test_notes_are_found_across_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fichier = tmp_path / "tetes.txt"
    notes = [CLE.signer(replace(TETE, taille=i)) for i in range(30)]
    temoin.ajouter(fichier, notes)
    monkeypatch.setattr(temoin, "_MORCEAU", 397)
    assert list(temoin.lire(fichier)) == notes
    assert decouper("rien")[0] == []
