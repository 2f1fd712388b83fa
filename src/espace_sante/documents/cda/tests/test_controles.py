from dataclasses import replace
from datetime import timedelta

import pytest

from espace_sante.documents.cda.constats import Constat, attenuer, refuse
from espace_sante.documents.cda.controles import controler_entete
from espace_sante.documents.cda.tests.exemple import DOCUMENT, INS, MAINTENANT, entete, entre, sans

_ID_INS = f'<id root="1.2.250.1.213.1.4.10" extension="{INS}"/>'
_AUTEUR = entre(DOCUMENT, "<author>", "</author>")
_PRENOMS = entre(DOCUMENT, "<given>DOMINIQUE MARIE-LOUISE", '"BR">DOMINIQUE</given>')
_PS = '<id root="1.2.250.1.71.4.2.1" extension="899700000001"/>'


def _constats(*changements: tuple[str, str], production: bool = False) -> dict[str, Constat]:
    trouves = controler_entete(entete(*changements), production=production, maintenant=MAINTENANT)
    return {c.code: c for c in trouves}


def test_a_good_header_has_no_finding() -> None:
    assert _constats() == {}


# One change each, the code of the one finding that it must make, and its weight.
_MUTATIONS = [
    ("CDA-04", "cda-corps", "error", sans("<component><structuredBody>", "</structuredBody></component>")),
    ("CDA-04", "cda-corps", "error", ("</ClinicalDocument>", "<component><nonXMLBody/></component></ClinicalDocument>")),
    ("CDA-11", "cda-realm", "error", ('<realmCode code="FR"/>', '<realmCode code="BE"/>')),
    ("CDA-11", "cda-realm", "error", ('<realmCode code="FR"/>', "")),
    ("CDA-11", "cda-type-id", "error", ("POCD_HD000040", "POCD_HD000041")),
    ("CDA-12", "cda-modele", "error", ('<templateId root="1.2.250.1.213.1.1.1.1"/>', "")),
    ("CDA-13", "cda-id", "error", ('<id root="1.2.250.1.999.1.1" extension="DOC-1"/>', "")),
    ("CDA-13", "cda-id", "error", ("1.2.250.1.999.1.1", "pas-un-oid")),
    ("CDA-13", "cda-id", "error", ("1.2.250.1.999.1.1", "1.2." + "1" * 61)),
    ("CDA-13", "cda-id", "error", ("DOC-1", "D" * 111)),
    ("CDA-14", "cda-type", "error", ('code="11490-0"', 'code="00000-0"')),
    ("CDA-14", "cda-type", "error", ('codeSystem="2.16.840.1.113883.6.1"/>\n<title>', 'codeSystem="1.2.3"/>\n<title>')),
    ("CDA-15", "cda-titre", "error", ("<title>Lettre de liaison</title>", "<title> </title>")),
    ("CDA-15", "cda-langue", "error", ('<languageCode code="fr-FR"/>', "")),
    ("CDA-15", "cda-langue-autre", "warning", ("fr-FR", "en-GB")),
    ("CDA-16", "cda-date", "error", ("20240305140500+0100", "202403")),
    ("CDA-16", "cda-date", "error", ("20240305140500+0100", "20240231")),
    ("CDA-16", "cda-date-decalage", "warning", ("20240305140500+0100", "20240305140500")),
    ("CDA-16", "cda-date-future", "error", ("20240305140500+0100", "20240601140501+0200")),
    ("CDA-16", "cda-date-malformee", "warning", ("20240305140100+0100", "20240305140100+100")),
    ("CDA-17", "cda-confidentialite", "error", ('<confidentialityCode code="N"', '<confidentialityCode code="U"')),
    ("CDA-17", "cda-confidentialite", "error", ("2.16.840.1.113883.5.25", "2.16.840.1.113883.5.26")),
    ("CDA-18", "cda-set-id", "error", ('<setId root="1.2.250.1.999.1.2"/>', "")),
    ("CDA-18", "cda-version", "error", ('<versionNumber value="2"/>', "")),
    ("CDA-18", "cda-version-remplacee", "warning", ('<versionNumber value="2"/>', '<versionNumber value="1"/>')),
    ("CDA-20", "cda-nom-naissance", "warning", ('<family qualifier="BR">', "<family>")),
    ("CDA-21", "cda-auteur", "error", (_AUTEUR, "")),
    ("CDA-21", "cda-auteur", "error", (_AUTEUR, _AUTEUR.replace('<time value="20240305140000+0100"/>', ""))),
    ("CDA-21", "cda-auteur", "error", (_AUTEUR, _AUTEUR.replace(_PS, ""))),
    ("CDA-21", "cda-auteur", "error", (_AUTEUR, _AUTEUR.replace("1.2.250.1.71.4.2.1", "1.2.3.4"))),
    ("CDA-22", "cda-depositaire", "error", ('<id root="1.2.250.1.71.4.2.2" extension="1999999998"/>', "")),
    ("CDA-22", "cda-depositaire", "error", ("<name>Hôpital du Port</name>", "")),
    ("CDA-22", "cda-responsable", "error", sans("<legalAuthenticator>", "</legalAuthenticator>")),
    ("CDA-22", "cda-responsable", "error", ('<time value="20240305140100+0100"/>', "")),
    ("CDA-22", "cda-responsable", "error", ('<signatureCode code="S"/>', '<signatureCode code="X"/>')),
    ("CDA-22", "cda-evenement", "error", sans("<documentationOf>", "</documentationOf>")),
    ("CDA-22", "cda-evenement-date", "error", ('<low value="20240301080000+0100"/>', "")),
    ("CDA-22", "cda-etablissement", "error", sans("<componentOf>", "</componentOf>")),
    ("CDA-24", "ins-absent", "error", (_ID_INS, "")),
    ("CDA-24", "ins-format", "error", (INS, INS[:13])),
    ("CDA-25", "ins-incomplet", "error", (_PRENOMS, "")),
    ("CDA-26", "ins-cle", "warning", (INS, "279035121518988")),
    ("CDA-27", "ins-oid", "error", ("1.2.250.1.213.1.4.10", "1.2.250.1.213.1.4.13")),
    ("CDA-27", "ins-oid-ignore", "warning", (_ID_INS, _ID_INS + _ID_INS.replace("4.10", "4.13"))),
    ("CDA-31", "cda-format-inconnu", "warning", ('<templateId root="1.2.250.1.213.1.1.1.29" extension="2022.01"/>', "")),
]  # fmt: skip


@pytest.mark.rule(*sorted({regle for regle, *_ in _MUTATIONS}))
@pytest.mark.parametrize(("regle", "code", "gravite", "changement"), _MUTATIONS)
def test_one_fault_one_finding(regle: str, code: str, gravite: str, changement: tuple[str, str]) -> None:
    trouves = _constats(changement)
    assert set(trouves) == {code}
    assert (trouves[code].regle, trouves[code].gravite) == (regle, gravite)
    assert trouves[code].chemin.startswith("/ClinicalDocument")
    assert trouves[code].texte.endswith(".")
    assert INS not in str(trouves[code])


@pytest.mark.rule("CDA-12")
def test_the_template_of_hl7_france_may_be_absent() -> None:
    assert _constats(('<templateId root="2.16.840.1.113883.2.8.2.1"/>', "")) == {}


@pytest.mark.rule("CDA-13")
def test_good_identifiers_of_documents() -> None:
    assert _constats(("1.2.250.1.999.1.1", "8D5E778C-E155-4685-95C6-5FF65A362964")) == {}
    assert _constats(("1.2.250.1.999.1.1", "1.2." + "1" * 60), (' extension="DOC-1"', "")) == {}


@pytest.mark.rule("CDA-16")
def test_five_minutes_ahead_are_allowed() -> None:
    a_cinq_minutes = MAINTENANT + timedelta(minutes=5)
    assert _constats(("20240305140500+0100", a_cinq_minutes.strftime("%Y%m%d%H%M%S+0000"))) == {}
    assert _constats(("20240305140500+0100", "20240305")) == {}


@pytest.mark.rule("CDA-17")
@pytest.mark.parametrize("code", ["N", "R", "V"])
def test_confidentiality_codes(code: str) -> None:
    assert _constats(('<confidentialityCode code="N"', f'<confidentialityCode code="{code}"')) == {}


@pytest.mark.rule("CDA-19")
def test_exactly_one_patient() -> None:
    cible = entre(DOCUMENT, "<recordTarget>", "</recordTarget>")
    assert set(_constats((cible, cible + cible))) == {"cda-patient", "ins-absent"}
    assert set(_constats((cible, ""))) == {"cda-patient", "ins-absent"}


@pytest.mark.rule("CDA-19", "CDA-25")
@pytest.mark.parametrize(
    ("changement", "code"),
    [
        (sans("<name><family", "</name>"), "cda-patient-nom"),
        (sans("<administrativeGenderCode", "/>"), "cda-patient-sexe"),
        (('<birthTime value="19790328"/>', ""), "cda-patient-naissance"),
    ],
)
def test_a_missing_trait_is_told_twice(changement: tuple[str, str], code: str) -> None:
    trouves = _constats(changement)
    assert set(trouves) == {code, "ins-incomplet"}
    assert all(c.gravite == "error" for c in trouves.values())


@pytest.mark.rule("CDA-20", "CDA-25")
def test_a_used_name_is_no_birth_name() -> None:
    for qualite in ("CL", "SP"):
        trouves = _constats(('<family qualifier="BR">', f'<family qualifier="{qualite}">'))
        assert trouves["cda-nom-naissance"].gravite == "warning"
        assert trouves["ins-incomplet"].gravite == "error"


@pytest.mark.rule("CDA-21")
@pytest.mark.parametrize(
    "auteur",
    [
        _AUTEUR.replace("1.2.250.1.71.4.2.1", "1.2.250.1.213.1.4.10").replace("899700000001", INS),
        _AUTEUR.replace("1.2.250.1.71.4.2.1", "1.2.3.4").replace(
            entre(_AUTEUR, "<assignedPerson>", "</assignedPerson>"), "<assignedAuthoringDevice/>"
        ),
        _AUTEUR.replace(_PS, "") + _AUTEUR,
    ],
)
def test_a_holder_a_device_or_a_second_author_is_enough(auteur: str) -> None:
    assert _constats((_AUTEUR, auteur)) == {}


@pytest.mark.rule("CDA-28")
@pytest.mark.parametrize("oid", ["1.2.250.1.213.1.4.10", "1.2.250.1.213.1.4.11"])
def test_fictitious_ins_are_refused_in_production_only(oid: str) -> None:
    changement = ("1.2.250.1.213.1.4.10", oid)
    assert _constats(changement, production=True)["ins-fictif"].gravite == "error"
    assert _constats(changement) == {}


@pytest.mark.rule("CDA-28")
@pytest.mark.parametrize("oid", ["1.2.250.1.213.1.4.8", "1.2.250.1.213.1.4.9"])
def test_real_oids_are_accepted_everywhere(oid: str) -> None:
    for production in (True, False):
        assert _constats(("1.2.250.1.213.1.4.10", oid), production=production) == {}


@pytest.mark.rule("CDA-26")
def test_the_ins_with_a_right_key_is_preferred() -> None:
    faux = _ID_INS.replace(INS, "279035121518988").replace("4.10", "4.11")
    lu = entete((_ID_INS, faux + _ID_INS))
    assert lu.ins is not None and lu.ins.matricule == INS


@pytest.mark.rule("CDA-08")
def test_mime_type_sufficient_softens_b1_and_b2_only() -> None:
    modele = Constat("x", "error", "/", "Texte.")
    adoucis = {f"CDA-{n:02d}" for n in range(3, 23)} | {"CDA-24"}
    for n in range(1, 44):
        regle = f"CDA-{n:02d}"
        (apres,) = attenuer([replace(modele, regle=regle)])
        assert apres.gravite == ("warning" if regle in adoucis else "error"), regle
        assert refuse([apres]) == (regle not in adoucis)
