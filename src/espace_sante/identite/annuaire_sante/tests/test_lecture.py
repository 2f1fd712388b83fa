"""Resources of the directory read as our own values: the published samples, and what nobody should send."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espace_sante.identite.annuaire_sante.formes import Identifiant
from espace_sante.identite.annuaire_sante.lecture import (
    lire_activite,
    lire_etablissement,
    lire_personne,
    rpps_de,
    structure_de,
    texte,
)

IDNAT = "urn:oid:1.2.250.1.71.4.2.1"
RPPS = "https://rpps.esante.gouv.fr"
STRUCTURE = "urn:oid:1.2.250.1.71.4.2.2"
LECTEURS = {
    "Practitioner": lire_personne,
    "PractitionerRole": lire_activite,
    "Organization": lire_etablissement,
}


def personne(**plus: Any) -> bytes:
    return json.dumps({
        "resourceType": "Practitioner", "id": "1", "active": True,
        "identifier": [{"system": RPPS, "value": "99000000001"}], "name": [{"family": "MOREL", "given": ["Anne"]}],
        **plus,
    }).encode()  # fmt: skip


@pytest.mark.rule("ANN-01", "ANN-04", "ANN-07")
def test_every_published_resource_is_read(vectors: Path) -> None:
    lus = {}
    for dossier in ("annuaire", "api-messagerie-securisee-sante"):
        for fichier in sorted((vectors / "fhir" / dossier).glob("*.json")):
            genre = fichier.name.partition("-")[0]
            if genre in LECTEURS and "elements" not in fichier.name:
                lus[fichier.stem] = LECTEURS[genre](fichier.read_bytes())
    assert len(lus) >= 18
    assert not [nom for nom, lu in lus.items() if lu is None]
    medecin, pharmacie = lus["Practitioner-334081DP"], lus["Organization-481677"]
    assert (medecin.rpps, medecin.nom, medecin.prenom, medecin.civilite) == (
        "10003461033", "Saucier", "Arthur", "M.",
    )  # fmt: skip
    assert (medecin.professions, medecin.actif) == (("TRE_G15/10",), True)
    assert (pharmacie.id, pharmacie.secteur) == ("1580008803", "SA33")
    assert lus["Organization-158480"].commune == "PARIS"
    assert lus["Organization-548812"].id == "410005531586003"
    role = lus["PractitionerRole-1578230DP"]
    assert (role.personne, role.structure, role.actif) == ("334081", "158480", True)


@pytest.mark.rule("ANN-06")
def test_what_is_no_professional_of_the_register_is_not_read_as_one(vectors: Path) -> None:
    """A Person has civil identity and no number; a circle's or a trace's own resources are of other registers."""
    fhir = vectors / "fhir"
    autres = [
        *(fhir / "annuaire").glob("Person-*.json"),
        *(fhir / "annuaire").glob("CapabilityStatement-*.json"),
        *(fhir / "cercle-de-soins").glob("*.json"),
        *(fhir / "tracabilite-evenements").glob("[DP]*.json"),
    ]
    assert len(autres) >= 11
    # Of the traces' own example we only know that nobody says she practises.
    (cite,) = [f for f in autres if f.name == "Practitioner-PractitionerExample.json"]
    lue = lire_personne(cite.read_bytes())
    assert lue is not None
    assert not lue.actif
    for fichier in (f for f in autres if f != cite):
        assert lire_personne(fichier.read_bytes()) is None, fichier.name
        assert lire_activite(fichier.read_bytes()) is None, fichier.name


@pytest.mark.rule("ANN-09")
def test_published_mailboxes_have_their_type_and_rank(vectors: Path) -> None:
    dossier = vectors / "fhir"
    nancy = lire_etablissement(
        (dossier / "annuaire/Organization-example-organization-nancy.json").read_bytes()
    )
    assert nancy is not None
    # The ordinary address of the management is no mailbox.
    assert [(b.adresse, b.genre, b.liste_rouge) for b in nancy.boites] == [
        ("exemple.address@address.mssante.fr", "ORG", False)
    ]
    lot = json.loads(
        (dossier / "api-messagerie-securisee-sante/Bundle-mss-bundle-bal-per-full.json").read_bytes()
    )
    lues = [lire_personne(json.dumps(e["resource"]).encode()) for e in lot["entry"]]
    assert [b.genre for p in lues if p for b in p.boites] == ["PER", "PER"]
    # A subset without a name is no person.
    partiel = (
        dossier / "api-messagerie-securisee-sante/Practitioner-mss-practitioner-bal-per-dupont-elements.json"
    )
    assert lire_personne(partiel.read_bytes()) is None


@pytest.mark.rule("ANN-07")
@pytest.mark.parametrize(
    ("identifiants", "lu"),
    [
        ([(RPPS, "99000000001")], "99000000001"),
        ([(IDNAT, "899000000001")], "99000000001"),
        ([(IDNAT, "899000000001"), (RPPS, "99000000001")], "99000000001"),
        ([(IDNAT, "899000000001"), (RPPS, "99000000002")], ""),
        ([(RPPS, "9900000000")], ""),
        ([("urn:oid:1.2.3", "99000000001")], ""),
    ],
)
def test_one_person_whatever_the_system(identifiants: list[tuple[str, str]], lu: str) -> None:
    assert rpps_de(Identifiant(s, v) for s, v in identifiants) == lu


@pytest.mark.rule("ANN-07")
@pytest.mark.parametrize(
    ("systeme", "valeur", "lu"),
    [
        (STRUCTURE, "1990000001", "1990000001"),
        ("https://finess.esante.gouv.fr", "990000001", "1990000001"),
        ("https://siret.insee.fr", "12345678901234", "312345678901234"),
        ("https://finess.esante.gouv.fr", "99", ""),
    ],
)
def test_one_structure_whatever_the_system(systeme: str, valeur: str, lu: str) -> None:
    assert structure_de([Identifiant(systeme, valeur)]) == lu


@pytest.mark.rule("ANN-06")
def test_nobody_is_active_by_omission() -> None:
    brut = json.loads(personne())
    del brut["active"]
    lue = lire_personne(json.dumps(brut).encode())
    assert lue is not None
    assert not lue.actif


@pytest.mark.rule("ANN-09")
def test_a_red_list_that_is_not_plainly_false_is_red() -> None:
    url = "https://interop.esante.gouv.fr/ig/fhir/annuaire/StructureDefinition/as-ext-mailbox-mss-metadata"

    def boite(
        *details: dict[str, Any], adresse: str = "a@b.mssante.example", rang: int = 1
    ) -> dict[str, Any]:
        return {
            "system": "email",
            "value": adresse,
            "rank": rang,
            "extension": [{"url": url, "extension": [*details]}],
        }

    lue = lire_personne(
        personne(
            telecom=[
                boite({"url": "listeRouge"}, adresse="x@b.mssante.example", rang=3),
                boite({"url": "listeRouge", "valueBoolean": True}, adresse="y@b.mssante.example", rang=2),
                boite(),
                boite(adresse="a@b.example\r\nBcc: z@b.example"),
            ]
        )
    )
    assert lue is not None
    assert [(b.adresse, b.liste_rouge) for b in lue.boites] == [
        ("a@b.mssante.example", False), ("y@b.mssante.example", True), ("x@b.mssante.example", True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "plus",
    [
        {"active": "oui"}, {"id": "../../etc"}, {"id": 3}, {"name": {"family": "X"}}, {"name": []}, {"identifier": None},
        {"name": [{"family": "\u0000\u202e"}]}, {"resourceType": "Patient"}, {"identifier": [{"value": "99000000001"}]},
    ],
)  # fmt: skip
def test_a_broken_person_is_left_out_and_raises_nothing(plus: dict[str, Any]) -> None:
    assert lire_personne(personne(**plus)) is None


def test_text_is_made_fit_to_be_shown() -> None:
    assert texte("a\u202eb\u0000c\n d", 9) == "ab c d"
    assert len(texte("x" * 5000, 100)) == 100


_VALEURS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text(max_size=10), v, max_size=3),
    max_leaves=6,
)


@given(
    st.sampled_from(sorted(LECTEURS)),
    st.dictionaries(
        st.sampled_from(
            ["id", "active", "identifier", "name", "telecom", "qualification", "practitioner", "code"]
        ),
        _VALEURS,
        max_size=6,
    ),
    st.binary(max_size=30),
)
def test_no_input_raises(genre: str, corps: dict[str, Any], brut: bytes) -> None:
    LECTEURS[genre](json.dumps({"resourceType": genre, **corps}).encode())
    LECTEURS[genre](brut)
