"""Contents inside a JSON text: every legal writing of base64 is read, without a copy of the whole (FHR-07, FHR-17)."""

from __future__ import annotations

import base64
import json
import random
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espace_sante.interop.fhir import lecture, pieces
from espace_sante.interop.fhir.lecture import lire_bundle, lire_document
from espace_sante.interop.tests.fabrique import (
    REGLES,
    bundle,
    constats,
    fiche,
    lire_lot,
    octets,
    refus,
    simple,
)

_GROS = b"%PDF-1.4 " + random.Random(1).randbytes(3_000_000)


def _ecrire(texte: str, maniere: str) -> str:
    """The same base64 text as other encoders write it in JSON."""
    if maniere == "lignes":
        return "\\r\\n".join(texte[i : i + 76] for i in range(0, len(texte), 76)) + "\\n"
    if maniere == "espaces":
        return " " + " ".join(texte[i : i + 100] for i in range(0, len(texte), 100))
    return {"php": texte.replace("/", "\\/"), "dotnet": texte.replace("+", "\\u002B")}.get(maniere, texte)


@pytest.mark.rule("FHR-07")
@pytest.mark.parametrize("maniere", ["droite", "lignes", "espaces", "php", "dotnet"])
@pytest.mark.parametrize("contenu", [b"%PDF-1.4 compte rendu \xfb\xff\xbe", _GROS], ids=["petit", "gros"])
def test_every_legal_writing_gives_the_same_bytes(maniere: str, contenu: bytes) -> None:
    droite = base64.b64encode(contenu).decode()
    corps = octets(bundle(contenu)).replace(droite.encode(), _ecrire(droite, maniere).encode())
    assert lire_lot(corps, REGLES).documents[0].contenu == contenu
    corps = octets(simple(contenu)).replace(droite.encode(), _ecrire(droite, maniere).encode())
    assert lire_document(corps).content[0].attachment.data == contenu  # type: ignore[union-attr, index]


@pytest.mark.rule("FHR-05", "FHR-86")
def test_what_is_kept_raw_stays_word_for_word() -> None:
    """Contents elsewhere than in Binary are not ours to read: a photo, the data of an extension."""
    lot = bundle(_GROS)
    photo = {"data": "AAAA BBBB CCCC "}
    fiche(lot)["contained"][0]["photo"] = [photo]
    fiche(lot)["extension"] = [{"url": "https://exemple.fr/e", "valueSampledData": {"data": "E 1 2 3 U"}}]
    lu = lire_bundle(octets(lot))
    ressource = lu.entry[1].resource  # type: ignore[index]
    assert json.loads(bytes(ressource.contained[0]))["photo"] == [photo]  # type: ignore[union-attr, index]
    assert b"E 1 2 3 U" in bytes(ressource.extension[0])  # type: ignore[union-attr, index]
    assert lu.entry[2].resource.data == _GROS  # type: ignore[union-attr, index]


@pytest.mark.rule("FHR-07", "FHR-08")
@pytest.mark.parametrize(
    ("donnees", "code"),
    [
        ("AAAA AA", "base64-invalide"),
        ("AAA= AAAA", "base64-invalide"),
        ("AAAA\\u00e9AAA ", "base64-invalide"),
        ("AAAA\\ud800AAA ", "base64-invalide"),
        ("AAAA\\u00a0AAAA", "base64-invalide"),
        ("AAAA AAA\nA", "json-illisible"),
        ("AAAAAAAA\\qAAA ", "json-illisible"),
        ("AAAAAAAA AAAA\\", "json-illisible"),
    ],
)
def test_what_is_not_base64_is_told_so(donnees: str, code: str) -> None:
    lot = bundle()
    texte = octets(lot).replace(lot["entry"][2]["resource"]["data"].encode(), donnees.encode())
    assert [c for c, _ in constats(refus(lambda: lire_bundle(texte)))] == [code]


@pytest.mark.rule("FHR-07")
def test_raw_data_that_is_no_utf8_is_refused() -> None:
    lot = bundle()
    fiche(lot)["contained"][0]["photo"] = [{"data": "REMPLACER"}]
    corps = octets(lot).replace(b"REMPLACER", b"\xff" * 9)
    assert constats(refus(lambda: lire_bundle(corps))) == [("utf8-invalide", "Bundle")]


@pytest.mark.rule("FHR-17")
@pytest.mark.parametrize("maniere", ["droite", "lignes", "espaces"])
@pytest.mark.parametrize("faute", [b"", b"!"], ids=["bonne", "mauvaise"])
def test_a_large_body_costs_its_contents_and_little_more(maniere: str, faute: bytes) -> None:
    contenu = _GROS * 4
    droite = base64.b64encode(contenu).decode()
    corps = octets(bundle(contenu)).replace(droite.encode(), faute + _ecrire(droite, maniere).encode())
    tracemalloc.start()
    try:
        if faute:
            refus(lambda: lire_bundle(corps))
        else:
            lire_bundle(corps)
        sommet = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    # Decoded, as it grows, and bits of 256 kB; never a copy of the text.
    assert sommet < 1.5 * len(contenu)


@pytest.mark.rule("FHR-17")
def test_a_large_body_is_not_kept_by_what_was_read_in_it() -> None:
    tracemalloc.start()
    try:
        contenu = _GROS * 2
        lu = lire_bundle(octets(bundle(contenu)))
        del contenu
        assert tracemalloc.get_traced_memory()[0] < 1.5 * 2 * len(_GROS)
        assert lu.type == "transaction"
    finally:
        tracemalloc.stop()


@given(st.lists(st.sampled_from(["AAAA", "/+8=", "AA", "=", " ", "\\n", "\\/", "\\u002b", "é", "!"])))
def test_decoding_by_bits_is_decoding_at_once(morceaux: list[str]) -> None:
    texte = json.dumps({"data": "".join(morceaux)}).encode() if "é" in morceaux else None
    corps = texte or b'{"data":"%s"}' % "".join(morceaux).encode()
    for piece in pieces.trouver(corps):
        clair = json.loads(corps)["data"].translate({ord(c): None for c in " \t\r\n"})
        try:
            attendu = base64.b64decode(clair, validate=True) if len(clair) % 4 == 0 else None
        except ValueError:
            attendu = None
        try:
            obtenu = pieces.decoder(corps, piece)
        except ValueError:
            obtenu = None
        assert obtenu == attendu or (obtenu is None and "=" in clair.rstrip("="))


@given(st.integers(0, 30), st.integers(1, 40))
def test_an_escape_is_never_cut_in_two(decalage: int, pas: int) -> None:
    donnees = b"A" * decalage + rb"\u002b\n\/\u002F" * 20
    corps = b'{"data":"%s"}' % donnees
    (piece,) = pieces.trouver(corps)
    with pytest.MonkeyPatch.context() as ici:
        ici.setattr(pieces, "_PAS", pas + len(rb"\u002b"))
        bouts = list(pieces._bouts(corps, piece))
    assert b"".join(bouts) == donnees
    for bout in bouts:
        json.loads(b'"%s"' % bout)


@pytest.mark.rule("FHR-07")
@given(
    st.recursive(
        st.none() | st.sampled_from(["", "a", '"', "[]", "{}", "null", "\\", "é"]) | st.integers(),
        lambda c: st.lists(c) | st.dictionaries(st.sampled_from(["a", "b", '"']), c),
    )
)
def test_what_is_surely_good_is_good(objet: object) -> None:
    """No empty value nor equal keys where the quick check says so."""

    def bon(valeur: object) -> bool:
        if valeur is None or valeur in ("", [], {}):
            return False
        if isinstance(valeur, dict):
            return all(bon(v) for v in valeur.values())
        return all(bon(v) for v in valeur) if isinstance(valeur, list) else True

    texte = json.dumps({"racine": objet}).encode()
    assert not lecture._surement_bon(texte) or bon(objet)
    assert not lecture._surement_bon(texte[:-1] + b', "racine": 1}')
