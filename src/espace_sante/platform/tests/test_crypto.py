from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espace_sante.kernel.ids import uuid7
from espace_sante.platform.crypto import CleDossier, ScelleRompu


@pytest.mark.rule("REG-18")
@given(st.binary(max_size=5000))
def test_sealed_bytes_open_for_their_document_only(clair: bytes) -> None:
    dossier, document = uuid7().bytes, uuid7().bytes
    cle, enveloppe = CleDossier.nouvelle(dossier)
    scelle = cle.sceller(clair, document)
    assert clair not in scelle or len(clair) < 4
    assert CleDossier.ouvrir(enveloppe, dossier).desceller(scelle, document) == clair
    with pytest.raises(ScelleRompu):
        cle.desceller(scelle, uuid7().bytes)
    with pytest.raises(ScelleRompu):
        CleDossier.ouvrir(enveloppe, uuid7().bytes)
    autre, _ = CleDossier.nouvelle(dossier)
    with pytest.raises(ScelleRompu):
        autre.desceller(scelle, document)
    for rang in (0, len(scelle) // 2, len(scelle) - 1):
        altere = bytearray(scelle)
        altere[rang] ^= 1
        with pytest.raises(ScelleRompu):
            cle.desceller(bytes(altere), document)
    with pytest.raises(ScelleRompu):
        cle.desceller(scelle[:10], document)


def test_two_seals_of_the_same_bytes_differ() -> None:
    cle, _ = CleDossier.nouvelle(b"d" * 16)
    assert cle.sceller(b"x", b"i") != cle.sceller(b"x", b"i")
