from dataclasses import replace
from datetime import timedelta

import pytest

from espace_sante.documents.cda.comparaison import comparer_metadonnees, meme_unique_id
from espace_sante.documents.cda.entete import lire_entete, vers_metadonnees
from espace_sante.documents.cda.lire import lire
from espace_sante.documents.cda.tests.exemple import document
from espace_sante.documents.metadonnees import Auteur, Code

_CONTENU = document(('<confidentialityCode code="N"', '<confidentialityCode code="R"'))
_ENTETE = lire_entete(lire(_CONTENU))
_JUSTES = vers_metadonnees(_ENTETE, _CONTENU)
_HEURE = timedelta(hours=1)


@pytest.mark.rule("CDA-32")
def test_the_same_metadata_have_no_finding() -> None:
    assert comparer_metadonnees(_ENTETE, _JUSTES) == ()


@pytest.mark.rule("CDA-32", "CDA-14")
@pytest.mark.parametrize(
    ("changement", "code", "gravite"),
    [
        ({"unique_id": "urn:oid:1.2.3"}, "cda-id-different", "error"),
        ({"type": Code("11488-4", "http://loinc.org")}, "cda-type-different", "error"),
        ({"type": Code("11490-0", "urn:oid:1.2.3")}, "cda-type-different", "error"),
        ({"confidentialite": "N"}, "cda-confidentialite-abaissee", "error"),
        ({"titre": "Autre"}, "cda-titre-different", "warning"),
        ({"creation": _JUSTES.creation + _HEURE}, "cda-creation-different", "warning"),
        ({"periode_debut": _JUSTES.periode_debut + _HEURE}, "cda-periode-debut-different", "warning"),
        ({"periode_fin": None}, "cda-periode-fin-different", "warning"),
        (
            {"etablissement": Code("SA02", "urn:oid:1.2.250.1.71.4.2.4")},
            "cda-etablissement-different",
            "warning",
        ),
        ({"cadre": Code("HAD", "urn:oid:1.2.250.1.213.1.1.4.9")}, "cda-cadre-different", "warning"),
        ({"langue": "en-GB"}, "cda-langue-different", "warning"),
        ({"auteurs": (Auteur("personne", idnat="899700000009"),)}, "cda-auteurs-different", "warning"),
    ],
)
def test_one_difference_one_finding(changement: dict[str, object], code: str, gravite: str) -> None:
    (constat,) = comparer_metadonnees(_ENTETE, replace(_JUSTES, **changement))
    assert (constat.code, constat.gravite, constat.regle) == (code, gravite, "CDA-32")


@pytest.mark.rule("CDA-32")
def test_a_higher_confidentiality_is_allowed() -> None:
    assert comparer_metadonnees(_ENTETE, replace(_JUSTES, confidentialite="V")) == ()


@pytest.mark.rule("CDA-32")
def test_what_the_header_does_not_say_is_not_compared() -> None:
    vide = lire_entete(lire(b'<ClinicalDocument xmlns="urn:hl7-org:v3"/>'))
    assert comparer_metadonnees(vide, _JUSTES) == ()


@pytest.mark.rule("CDA-13")
def test_uuids_have_no_case() -> None:
    assert meme_unique_id(
        "urn:uuid:8D5E778C-E155-4685-95C6-5FF65A362964", "urn:uuid:8d5e778c-e155-4685-95c6-5ff65a362964"
    )
    assert not meme_unique_id("urn:oid:1.2.3^ABC", "urn:oid:1.2.3^abc")
