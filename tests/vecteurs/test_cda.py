"""Each public CDA sample and each file of its schema: read as this, found so, stored or refused.

The deposit of each, by both ways, is `tests/bout_en_bout/test_echantillons_cda.py`.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from espace_sante.documents.cda.entete import lire_entete, vers_metadonnees
from espace_sante.documents.cda.examen import examiner
from espace_sante.documents.cda.lire import lire
from espace_sante.documents.cda.rendu import rendre
from espace_sante.documents.cda.schema import SchemaAbsent, valider


class Attendu(NamedTuple):
    """Type, class, format; findings in test, and those that production adds; replaced document; acts."""

    type: str
    classe: str
    format: str
    constats: frozenset[str] = frozenset()
    production: frozenset[str] = frozenset({"ins-fictif"})
    remplace: str = ""
    actes: int = 1


_PDF = frozenset({"n1-pdf-a1"})
_ICI = "urn:ihe:iti:xds-sd:pdf:2008"
ECHANTILLONS = {
    "AVC-AUNV_2022.01.xml": Attendu("34133-9", "11", "urn:asip:ci-sis:aunv:2013"),
    # Level N1: a PDF that is not quite PDF/A-1, said and stored (CDA-05, CDA-37).
    "BIO-CR-BIO_2021.01_CDA-R2-Niveau-1.xml": Attendu("11502-2", "10", _ICI, _PDF),
    "BIO-CR-BIO_2024.01_TSH_1.xml": Attendu("11502-2", "10", "urn:ihe:lab:xd-lab:2008", actes=3),
    "BIO-TROD_2024.01_Angine.xml": Attendu("96173-0", "10", "urn:ans:ci-sis:trod:2024", frozenset({"cda-date-malformee"})),
    "CANCER-PPS_2022.01_feuille-de-style-externe.xml": Attendu("18776-5", "44", "urn:asip:ci-sis:pps-cancer:2017", actes=0),
    "CNAM-HR_2021.01.xml": Attendu("REMB", "60", "urn:asip:ci-sis:hr:2019", actes=0),
    "CSE-CS24_2025.01.xml": Attendu(
        "CERT_DECL", "52", "urn:asip:ci-sis:cse-cs24:2017", frozenset({"ins-cle", "ins-oid-ignore"})
    ),
    # Under the real number of the register: production has nothing to add.
    "CSE-MDE_2023.01.xml": Attendu(
        "29274-8", "10", "urn:ans:ci-sis:cse-mde:2023", frozenset({"ins-cle"}), frozenset()
    ),
    "DLU-EHPAD-DLU_2022.01.xml": Attendu("74207-2", "11", "urn:asip:ci-sis:dlu:2015"),
    "DOC_NON_STRUCTURE_CDA-R2-N1.xml": Attendu("11502-2", "10", _ICI, _PDF),
    "IMG_CR_IMG_2024.01.xml": Attendu(
        "18748-4", "31", "urn:ihe:rad:CDA:ImagingReportStructuredHeadings:2013",
        remplace="urn:uuid:90e1c8ec-f951-4b26-a305-a34848818dd6", actes=4,
    ),
    "IPS-FR_2024.01.xml": Attendu(
        "60591-5", "11", "urn:ihe:pcc:ips:2020", remplace="urn:uuid:8d5e778c-e155-4685-95c6-5ff65a362964", actes=0
    ),
    "LDL-EES_2022.01.xml": Attendu("18761-7", "11", "urn:asip:ci-sis:ldl-ees:2017"),
    "LDL-SES_2022.01.xml": Attendu("11490-0", "11", "urn:asip:ci-sis:ldl-ses:2017"),
    "OPH-BRE_2022.02.xml": Attendu(
        "78513-9", "10", "urn:ihe:eyecare:geneyeevalcn:2014",
        remplace="urn:oid:1.2.250.1.213.1.1.9^OPH-BRE_2021.01_20210827_00001_2",
    ),
    "SDM-MR_2024.01_patiente-enceinte.xml": Attendu("34133-9", "11", "urn:asip:ci-sis:sdm-mr:2017"),
    "TLM-CR_2022.01.xml": Attendu("85208-7", "10", _ICI, _PDF, actes=2),
    "VAC-NOTE_2023.01.xml": Attendu("87273-9", "10", "urn:asip:ci-sis:vac-note:2021"),
    "VAC_2023.01.xml": Attendu("11369-6", "11", "urn:asip:ci-sis:vac:2019"),
    "VSM_1.4_2022.01.xml": Attendu("SYNTH", "11", "urn:asip:ci-sis:vsm:2012"),
    "eDISP-MED_2024.01.xml": Attendu("60593-1", "43", "urn:ihe:pharm:dis:2010", production=frozenset()),
    "eP-MED-DM_2024.01_PosoStruct.xml": Attendu("57833-6", "42", "urn:ihe:pharm:pre:2010", actes=8),
}  # fmt: skip
# Read to check a document: the entry point and what it leads to.
_LUS = {
    "CDA_extended.xsd", "POCD_MT000040_extended_pharmacy.xsd", "dicom/DICOM.xsd", "general/NarrativeBlock.xsd",
    "general/datatypes-base.xsd", "general/datatypes.xsd", "general/infrastructureRoot.xsd", "general/voc.xsd",
    "ihelab/ihelab.xsd", "pharmacy/COCT_MT230100UV_ext_pharmacy.xsd", "sdtc/SDTC.xsd",
}  # fmt: skip
# Led to for the style sheets that may wrap a document: we read what is inside, a schema without them says the same.
_DES_FEUILLES = {"schema/XMLSchema.xsd", "schema/schema-for-xslt20.xsd", "schema/xml.xsd"}
# Published beside it; the parser loads no DTD.
_A_COTE = {"general/datatypes.dtd", "schema/XMLSchema.dtd"}
SCHEMAS = {f"cda/xsd/{nom}" for nom in _LUS | _DES_FEUILLES | _A_COTE}
_LIEN = re.compile(r'schemaLocation="((?!http)[^"]+\.xsd)"')


@pytest.mark.rule(
    "CDA-03", "CDA-05", "CDA-10", "CDA-14", "CDA-26", "CDA-28", "CDA-31", "CDA-34", "FHR-99", "FHR-104"
)
@pytest.mark.parametrize("nom", sorted(ECHANTILLONS))
def test_what_is_read_and_found_in_a_sample(vectors: Path, nom: str) -> None:
    attendu, contenu = ECHANTILLONS[nom], (vectors / "cda" / "samples" / nom).read_bytes()
    cda = lire(contenu)
    m = vers_metadonnees(lire_entete(cda), contenu)
    assert (m.type.code, m.classe.code, m.format.code) == attendu[:3]
    assert (m.remplace, len(m.evenements)) == (attendu.remplace, attendu.actes)
    xsd = vectors / "cda" / "xsd"
    en_test, en_production = (examiner(contenu, production=p, schema=xsd) for p in (False, True))
    assert {c.code for c in en_test.constats} == attendu.constats
    assert {c.code for c in en_production.constats} == attendu.constats | attendu.production
    # A fictitious number is what production refuses; nothing else refuses a sample.
    assert (en_test.refuse, en_production.refuse) == (False, "ins-fictif" in attendu.production)
    # Whatever style sheet it names, only ours makes the page.
    assert b"<?xml-stylesheet" in contenu
    html = rendre(cda)
    assert ".xsl" not in html and "<script" not in html


@pytest.mark.rule("CDA-03")
def test_the_schema_is_read_from_these_files_and_no_other(vectors: Path, tmp_path: Path) -> None:
    xsd = vectors / "cda" / "xsd"
    menes, a_lire = set(), ["CDA_extended.xsd"]
    while a_lire:
        nom = a_lire.pop()
        if nom in menes:
            continue
        menes.add(nom)
        texte = (xsd / nom).read_text(encoding="utf-8-sig", errors="replace")
        for lien in _LIEN.findall(re.sub(r"<!--.*?-->", "", texte, flags=re.S)):
            a_lire.append(((xsd / nom).parent / lien).resolve().relative_to(xsd.resolve()).as_posix())
    assert menes == _LUS | _DES_FEUILLES
    for nom in _LUS:
        (tmp_path / nom).parent.mkdir(exist_ok=True)
        shutil.copy(xsd / nom, tmp_path / nom)
    contenu = (vectors / "cda" / "samples" / "VSM_1.4_2022.01.xml").read_bytes()
    faux = contenu.replace(b"<title>", b"<zut/><title>", 1)
    assert valider(lire(contenu), tmp_path) == ()
    assert valider(lire(faux), tmp_path) == valider(lire(faux), xsd) != ()


@pytest.mark.rule("CDA-03")
@pytest.mark.parametrize("nom", sorted(_LUS))
def test_without_one_file_of_the_schema_nothing_is_said_to_be_checked(
    vectors: Path, tmp_path: Path, nom: str
) -> None:
    for autre in _LUS - {nom}:
        (tmp_path / autre).parent.mkdir(exist_ok=True)
        shutil.copy(vectors / "cda" / "xsd" / autre, tmp_path / autre)
    contenu = (vectors / "cda" / "samples" / "VSM_1.4_2022.01.xml").read_bytes()
    assert isinstance(valider(lire(contenu), tmp_path), SchemaAbsent)
