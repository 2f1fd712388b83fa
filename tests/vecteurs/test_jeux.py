"""Each published value set: where the product holds it, the same; where it does not, the samples use no other code."""

from __future__ import annotations

import csv
from importlib.resources import files
from pathlib import Path

import pytest
from lxml import etree

from espace_sante.interop.profils.table import jeux

# Held by the product, code for code: the checker's table, our lists, the measures.
_TENUS = {
    "JDV_J02_XdsHealthcareFacilityTypeCode_CISIS": "profils",
    "JDV_J04_XdsPracticeSettingCode_CISIS": "profils",
    "JDV_J07_XdsTypeCode_CISIS": "types",
    "JDV_J08_XdsConfidentialityCode_CISIS": "confidentialite",
    "JDV_J01_XdsAuthorSpecialty_CISIS": "professions",
    **{
        f"JDV_{nom}_ENS": "mesures"
        for nom in (
            "J145_MethodBodyWeight", "J146_MethodBodyHeight", "J147_MethodHeartrate", "J149_BodySiteBP",
            "J150_MethodBP", "J151_BodySiteBodyTemperature", "J152_MethodBodyTemperature", "J153_TypeDiabete",
            "J155_MethodGlucoseSanguin", "J156_MethodGlucoseInterstitiel", "J157_MomentGlucose",
            "J158_MethodStepsByDay", "J159_MethodPainSeverity", "J164_GlucoseNumberOfDays",
        )
    },
}  # fmt: skip
# Of the header of a CDA document: the samples have no code of another list there (CDA-19, CDA-20, CDA-22).
_ENTETES = {
    "JDV_J143_AdministrativeGender_CISIS": "//c:recordTarget//c:administrativeGenderCode/@code",
    "JDV_J142_TypeRencontre_CISIS": "//c:componentOf/c:encompassingEncounter/c:code/@code",
    "JDV_J140_EncounterParticipationType_CISIS": "//c:encounterParticipant/@typeCode",
    "JDV_J144_ParticipationType_CISIS": "/c:ClinicalDocument/c:participant/@typeCode",
    "JDV_J11_RelationPatient_CISIS": "//c:informant/c:relatedEntity/c:code/@code",
    "JDV_J47_FunctionCode_CISIS": "/c:ClinicalDocument//c:functionCode/@code",
    "JDV_J245_Civilite_CISIS": "//c:assignedPerson/c:name/c:prefix/text()",
    "JDV_J246_Titre_CISIS": "//c:assignedPerson/c:name/c:suffix/text()",
}
# Read, and no more: units and sites of measures that the product does not take, registers of establishments and of
# social care, which nothing here asks for.
_LUS_SEULEMENT = {
    f"JDV_{nom}"
    for nom in (
        "J100_FinessStatutJuridique_RASS", "J107_EnsembleSavoirFaire_RASS", "J113_Civilite_ENREG",
        "J141_RoleClass_CISIS", "J148_ReferenceRangeAppliesTo_CISIS", "J154_TypeGlucose_ENS",
        "J161_Lateralite_CISIS", "J163_GlucoseUnits_ENS", "J197_XdsTypesIdentifiantsReferenceId_CISIS",
        "J19_ModePriseEnCharge_ROR", "J231_XdsTypesIdentifiantsReferenceId_DMP", "J254_CategorieEtablissementESSMSPH",
        "J264_ModeEtCentreDePriseEnCharge_MDPH", "J281_StatutsRessourcesMS",
        "J282_TransportsLiesAuProjetIndividuel_SERAFIN", "J283_PrestationsIndirects_SERAFIN",
        "J284_PrestationsDirects_SERAFIN", "J285_Besoins_SERAFIN", "J30_TemporaliteAccueil_ROR",
        "J34_CategorieOrganisation_ROR", "J35_SpecialisationDePriseEnCharge_ROR", "J48_ProfessionNonPS_CISIS",
    )
}  # fmt: skip
_TOUS = {*_TENUS, *_ENTETES, *_LUS_SEULEMENT}
FICHIERS = {f"value-sets/{nom}.csv" for nom in _TOUS} | {"value-sets/INDEX.csv"}
_NS = {"c": "urn:hl7-org:v3"}
_PAQUET = files("espace_sante")


def _lire(vectors: Path, nom: str) -> list[dict[str, str]]:
    with (vectors / "value-sets" / f"{nom}.csv").open(encoding="utf-8-sig", newline="") as f:
        return list(csv.DictReader(f))


def _table(chemin: str) -> list[dict[str, str]]:
    return list(csv.DictReader((_PAQUET / chemin).read_text(encoding="utf-8").splitlines()))


def _tenus(ou: str, nom: str) -> set[tuple[str, str]]:
    """System and code of what the product holds of a set; a system of the checker is a URI, and left out."""
    if ou == "types":
        return {
            (t["code_system_oid"], t["type_code"])
            for t in _table("documents/data/type_codes.csv")
            if t["status"] == "official"
        }
    if ou == "confidentialite":
        return {
            (t["code_system_oid"], t["code"])
            for t in _table("documents/data/confidentiality_codes.csv")
            if t["in_JDV_J08"] == "yes"
        }
    if ou == "mesures":
        court = nom.removeprefix("JDV_").partition("_")[0]
        return {
            (t["systeme"], t["code"])
            for t in _table("profil_medical/data/jeux_de_valeurs.csv")
            if t["jeu"] == court
        }
    return {
        (t["author_specialty_oid"], t["author_specialty_code"])
        for t in _table("identite/data/professions.csv")
        if "JDV_J01" in t["source"]
    }


def test_the_index_counts_every_set(vectors: Path) -> None:
    annonces = {ligne["value_set"]: int(ligne["concepts"]) for ligne in _lire(vectors, "INDEX")}
    lus = {nom: _lire(vectors, nom) for nom in _TOUS}
    assert {nom: len(lignes) for nom, lignes in lus.items()} == annonces
    for nom, lignes in lus.items():
        codes = {(ligne["code_system_oid"], ligne["code"]) for ligne in lignes}
        assert len(codes) == len(lignes), nom
        assert all(systeme and code for systeme, code in codes), nom


@pytest.mark.rule("FHR-72", "FHR-74", "FHR-81", "FHR-144", "FHR-147", "CDA-14", "CDA-17", "ANN-13")
@pytest.mark.parametrize("nom", sorted(_TENUS))
def test_a_set_that_the_product_holds_is_the_published_one(vectors: Path, nom: str) -> None:
    publies = {(ligne["code_system_oid"], ligne["code"]) for ligne in _lire(vectors, nom)}
    if _TENUS[nom] == "profils":
        assert {code for _, code in jeux()[nom]} == {code for _, code in publies}
        return
    tenus = _tenus(_TENUS[nom], nom)
    assert publies <= tenus if nom.startswith("JDV_J01") else publies == tenus


@pytest.mark.rule("CDA-19", "CDA-20", "CDA-22")
@pytest.mark.parametrize("nom", sorted(_ENTETES))
def test_the_samples_use_no_code_of_another_list(vectors: Path, nom: str) -> None:
    codes = {ligne["code"] for ligne in _lire(vectors, nom)}
    trouves = {
        str(valeur).strip()
        for f in (vectors / "cda" / "samples").glob("*.xml")
        for valeur in etree.parse(f).xpath(_ENTETES[nom], namespaces=_NS)
    }
    assert trouves <= codes
    # No sample names who else took part in the stay.
    assert trouves or nom.startswith("JDV_J140")
