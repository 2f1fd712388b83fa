"""Hosts that a program may have told of new documents (FHR-168)."""

from __future__ import annotations

import pytest

from espace_sante.identite.logiciels.erreurs import FicheRefusee
from espace_sante.identite.logiciels.fiche import HOTES_MAX, lire_hotes


@pytest.mark.rule("FHR-168")
def test_hosts_are_kept_in_the_form_that_calls_are_compared_in() -> None:
    assert lire_hotes("LPS.example\nlps.example:443  avis.example:8443") == (
        "lps.example",
        "avis.example:8443",
    )
    assert lire_hotes("") == ()


@pytest.mark.rule("FHR-168")
@pytest.mark.parametrize(
    "texte",
    [
        "https://lps.example", "lps.example/avis", "*.example", "lps.example:x", "u@lps.example", "[::1]",
        " ".join(f"h{n}.example" for n in range(HOTES_MAX + 1)),
    ],
)  # fmt: skip
def test_anything_else_is_refused(texte: str) -> None:
    with pytest.raises(FicheRefusee):
        lire_hotes(texte)
