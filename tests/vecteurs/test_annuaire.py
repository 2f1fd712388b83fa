"""Published resources of the directory and of the mailboxes: what is read of each, or that it is no professional."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from espace_sante.identite.annuaire_sante.lecture import lire_activite, lire_etablissement, lire_personne

_LECTEURS: dict[str, Any] = {
    "Practitioner": lire_personne,
    "PractitionerRole": lire_activite,
    "Organization": lire_etablissement,
}
_A, _M = "fhir/annuaire", "fhir/api-messagerie-securisee-sante"
# What is read: number, name or place, mailboxes. None: of another register, or not enough to know who it is.
LUS: dict[str, tuple[str, str, int] | None] = {
    f"{_A}/CapabilityStatement-AsServerDPCapabilityStatement.json": None,
    f"{_A}/Organization-158480.json": ("1754567860", "CH EURE-SEINE", 0),
    f"{_A}/Organization-158480DP.json": ("1754567860", "CH EURE-SEINE", 0),
    f"{_A}/Organization-481677.json": ("1580008803", "PHARMACIE NOLOT", 1),
    f"{_A}/Organization-481677DP.json": ("1580008803", "PHARMACIE NOLOT", 0),
    f"{_A}/Organization-548812.json": ("410005531586003", "CABINET SAINT ANTOINE", 0),
    f"{_A}/Organization-548812DP.json": ("410005531586003", "CABINET SAINT ANTOINE", 0),
    f"{_A}/Organization-example-organization-fictive.json": ("1458174839", "Hôpital fictif", 0),
    f"{_A}/Organization-example-organization-nancy.json": (
        "1540002698",
        "CHRU NANCY - HOPITAUX DE BRABOIS",
        1,
    ),
    # Civil identities, without a number of the register.
    f"{_A}/Person-pp16dr-person.json": None,
    f"{_A}/Person-pp19dr-person.json": None,
    f"{_A}/Practitioner-334081.json": ("10003461033", "Saucier", 0),
    f"{_A}/Practitioner-334081DP.json": ("10003461033", "Saucier", 1),
    f"{_A}/Practitioner-3719500.json": ("10102727017", "CHATELIER", 1),
    f"{_A}/Practitioner-3719500DP.json": ("10102727017", "CHATELIER", 1),
    f"{_A}/PractitionerRole-1578230.json": ("334081", "158480", 0),
    f"{_A}/PractitionerRole-1578230DP.json": ("334081", "158480", 0),
    f"{_A}/PractitionerRole-1738459.json": ("334081", "548812", 0),
    f"{_A}/PractitionerRole-1738459DP.json": ("334081", "548812", 0),
    f"{_A}/PractitionerRole-5015602.json": ("3719500", "481677", 0),
    f"{_A}/PractitionerRole-5015602DP.json": ("3719500", "481677", 0),
    # Answers, not resources of the register; the people in them are those below.
    f"{_M}/Bundle-mss-bundle-bal-per-elements.json": None,
    f"{_M}/Bundle-mss-bundle-bal-per-full.json": None,
    f"{_M}/CapabilityStatement-AsMssServerCapabilityStatement.json": None,
    # Asked with _elements: a name alone tells nobody.
    f"{_M}/Practitioner-mss-practitioner-bal-per-dupont-elements.json": None,
    f"{_M}/Practitioner-mss-practitioner-bal-per-dupont.json": ("10003456789", "DUPONT", 1),
    f"{_M}/Practitioner-mss-practitioner-bal-per-martin-elements.json": None,
    f"{_M}/Practitioner-mss-practitioner-bal-per-martin.json": ("10007654321", "MARTIN", 1),
}


@pytest.mark.rule("ANN-01", "ANN-04", "ANN-06", "ANN-07", "ANN-09")
@pytest.mark.parametrize("nom", sorted(LUS))
def test_what_is_read_of_a_published_resource(vectors: Path, nom: str) -> None:
    contenu = (vectors / nom).read_bytes()
    lus = {genre: lecteur(contenu) for genre, lecteur in _LECTEURS.items()}
    attendu, genre = LUS[nom], Path(nom).name.partition("-")[0]
    # Read as what it is, or not at all.
    assert {g for g, lu in lus.items() if lu is not None} == ({genre} if attendu else set())
    if attendu is not None:
        assert _dit(lus[genre]) == attendu


def _dit(lu: Any) -> tuple[str, str, int]:
    numero = getattr(lu, "rpps", "") or getattr(lu, "id", "") or lu.personne
    return numero, getattr(lu, "nom", "") or lu.structure, len(lu.boites)
