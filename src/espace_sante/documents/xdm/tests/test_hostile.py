"""Archives made to harm: refused before anything is expanded, whole, with a code; never another error."""

from __future__ import annotations

import io
import random
import stat
import struct
import tracemalloc
import zipfile
import zlib
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from espace_sante.documents.xdm.conteneur import Limites
from espace_sante.documents.xdm.lecture import Reglages, lire_archive
from espace_sante.documents.xdm.modele import EntreeXdm, XdmRefuse
from espace_sante.documents.xdm.tests.fabrique import archive, fichiers, metadonnees, refaire

METADATA = "IHE_XDM/SUBSET01/METADATA.XML"
BASE = archive(b"premier document", b"second")


def refus(octets: bytes, limites: Limites | None = None) -> tuple[str, object]:
    with pytest.raises(XdmRefuse) as erreur:
        lire_archive(io.BytesIO(octets), Reglages(production=False, limites=limites or Limites()))
    return erreur.value.code, erreur.value.details.get("raison")


def avec(nom: str, contenu: bytes = b"x", **champs: object) -> bytes:
    """A good archive with one more entry."""
    sortie = io.BytesIO(archive(b"bon"))
    with zipfile.ZipFile(sortie, "a") as zip_:
        info = zipfile.ZipInfo("neutre")
        info.filename = nom
        for champ, valeur in champs.items():
            setattr(info, champ, valeur)
        zip_.writestr(info, contenu)
    return sortie.getvalue()


@pytest.mark.rule("XDM-06")
@pytest.mark.parametrize(
    ("nom", "raison"),
    [
        ("../dehors.pdf", "chemin"), ("IHE_XDM/../../x", "chemin"), ("/etc/passwd", "chemin"),
        ("..\\dehors", "chemin"), ("C:\\x.pdf", "chemin"), ("\\\\serveur\\x", "chemin"),
        ("autre.zip", "archive_emboitee"), ("A/B.TGZ", "archive_emboitee"), ("x.7z", "archive_emboitee"),
        ("ihe_xdm/subset01/metadata.xml", "nom_en_double"), ("IHE_XDM\\SUBSET01\\DOC00001.PDF", "nom_en_double"),
    ],
)  # fmt: skip
def test_names_that_lead_elsewhere(nom: str, raison: str) -> None:
    assert refus(avec(nom)) == ("xdm-dangereux", raison)


@pytest.mark.rule("XDM-06")
def test_links_devices_and_encrypted_entries() -> None:
    for genre in (stat.S_IFLNK, stat.S_IFIFO, stat.S_IFBLK):
        assert refus(avec("LIEN", b"/etc/passwd", external_attr=(genre | 0o777) << 16)) == (
            "xdm-dangereux",
            "lien",
        )
    octets = bytearray(archive(b"bon"))
    rang = octets.index(b"PK\x01\x02")
    octets[rang + 8] |= 1
    assert refus(bytes(octets)) == ("xdm-dangereux", "chiffree")


@pytest.mark.rule("XDM-06")
def test_bombs_are_seen_by_what_they_announce() -> None:
    assert refus(avec("BOMBE", b"\0" * 5_000_000, compress_type=zipfile.ZIP_DEFLATED)) == (
        "xdm-dangereux",
        "ratio",
    )
    beaucoup = {f"F{n:04d}": b"x" for n in range(201)}
    assert refus(refaire(beaucoup)) == ("xdm-dangereux", "trop_de_fichiers")
    petite = Limites(octets=1000)
    assert refus(archive(random.Random(1).randbytes(900)), petite)[1] == "trop_grande"
    assert refus(archive(b"a", b"b", b"c"), Limites(entrees=3))[1] == "trop_de_fichiers"
    lzma = refaire({METADATA: b"x"}, zipfile.ZIP_LZMA)
    assert refus(lzma) == ("xdm-dangereux", "compression")


@pytest.mark.rule("XDM-06")
def test_a_directory_longer_than_it_says_is_never_read() -> None:
    """What `zipfile` would load whole: a million entries behind a count of one, a 64-bit end record."""
    entree = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    repertoire = entree * 1_000_000
    fin = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(repertoire), 0, 0)
    tracemalloc.start()
    assert refus(repertoire + fin) == ("xdm-dangereux", "repertoire")
    assert tracemalloc.get_traced_memory()[1] < 70_000_000
    tracemalloc.stop()
    bon = archive(b"bon")
    rang = bon.rindex(b"PK\x05\x06")
    loc = struct.pack("<4sLQL", b"PK\x06\x07", 0, 0, 1)
    assert refus(bon[:rang] + loc + bon[rang:]) == ("xdm-dangereux", "repertoire")


@pytest.mark.rule("XDM-06")
def test_an_archive_in_an_archive_under_an_innocent_name() -> None:
    interieur = refaire({"x": b"x"})
    assert refus(archive(interieur)) == ("xdm-dangereux", "archive_emboitee")
    mime = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    word = (EntreeXdm(uuid4(), "", metadonnees(interieur, mime=mime)), interieur)
    assert (
        lire_archive(io.BytesIO(archive(word)), Reglages(production=False)).documents[0].contenu == interieur
    )


@pytest.mark.rule("XDM-04")
def test_without_readable_metadata_or_with_a_document_missing() -> None:
    bons = fichiers(archive(b"un", b"deux"))
    casses: list[dict[str, bytes]] = [
        {n: c for n, c in bons.items() if n != METADATA},
        bons | {METADATA: bons[METADATA][:-40]},
        bons | {METADATA: b""},
        bons | {METADATA: b"<html/>"},
        bons | {METADATA: b'<!DOCTYPE a [<!ENTITY b "c">]>' + bons[METADATA].partition(b"?>")[2]},
        bons | {METADATA: bons[METADATA].replace(b"RegistryPackage", b"Autre")},
        bons | {METADATA: bons[METADATA].replace(b"submissionTime", b"autre")},
        bons | {METADATA: bons[METADATA].replace(b"1.2.250.1.213.1.4.10", b"1.2.3")},
        {n: c for n, c in bons.items() if not n.endswith("DOC00002.PDF")},
        bons | {METADATA: bons[METADATA].replace(b"DOC00002.PDF", b"../../../DOC2.PDF")},
        bons | {METADATA: bons[METADATA].replace(b"DOC00002.PDF", b"")},
    ]
    for contenus in casses:
        assert refus(refaire(contenus))[0] == "xdm-illisible"
    for octets in (b"", b"PK", b"pas un zip" * 50, zlib.compress(b"x" * 100)):
        assert refus(octets)[0] == "xdm-illisible"


@pytest.mark.rule("XDM-05")
@pytest.mark.parametrize("nom", ["hash", "size", "creationTime", "languageCode", "uniqueId"])
def test_an_entry_without_one_of_its_metadata_is_left_out_and_told(nom: str) -> None:
    bons = fichiers(archive(b"un", b"deux"))
    avant, milieu, apres = bons[METADATA].partition(b"DOC00001.PDF")
    if nom == "uniqueId":
        casse = bons[METADATA].replace(b"2e82c1f6-a085-4c72-9da3-8640a32e42ab", b"0" * 8, 1)
    else:
        debut, separateur, fin = avant.rpartition(b"<rim:ExtrinsicObject")
        casse = debut + separateur + fin.replace(f'"{nom}"'.encode(), b'"x"') + milieu + apres
    lu = lire_archive(io.BytesIO(refaire(bons | {METADATA: casse})), Reglages(production=False))
    assert [d.contenu for d in lu.documents] == [b"deux"]
    assert [c.code for c in lu.ecartes] == ["xdm-metadonnees"]


@pytest.mark.rule("XDM-06")
@settings(max_examples=150, deadline=None)
@given(st.data())
def test_whatever_the_bytes_one_kind_of_error_or_documents_that_match(data: st.DataObject) -> None:
    octets = bytearray(BASE)
    for _ in range(data.draw(st.integers(1, 4))):
        geste = data.draw(st.sampled_from(["octet", "couper", "doubler", "inserer"]))
        rang = data.draw(st.integers(0, max(len(octets) - 1, 0)))
        if geste == "octet" and octets:
            octets[rang] = data.draw(st.integers(0, 255))
        elif geste == "couper":
            del octets[rang : rang + data.draw(st.integers(1, 60))]
        elif geste == "doubler":
            octets[rang:rang] = octets[rang : rang + 100]
        else:
            octets[rang:rang] = data.draw(st.binary(max_size=20))
    try:
        lu = lire_archive(io.BytesIO(bytes(octets)), Reglages(production=False))
    except XdmRefuse:
        return
    for document in lu.documents:
        assert document.contenu in (None, b"premier document", b"second")


@pytest.mark.rule("XDM-05", "XDM-07")
def test_published_cda_samples_survive_the_trip(vectors: Path) -> None:
    chemins = sorted((vectors / "cda").rglob("*.xml"), key=lambda c: c.stat().st_size)[:12]
    contenus = [c.read_bytes() for c in chemins]
    entrees = [(EntreeXdm(uuid4(), "", metadonnees(c, mime="text/xml")), c) for c in contenus]
    lu = lire_archive(io.BytesIO(archive(*entrees)), Reglages(production=False))
    assert [d.contenu for d in lu.documents] == contenus
