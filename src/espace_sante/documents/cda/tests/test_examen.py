from pathlib import Path

import pytest

from espace_sante.documents.cda.entete import lire_entete, vers_metadonnees
from espace_sante.documents.cda.examen import examiner
from espace_sante.documents.cda.formats import MIME_SUFFIT
from espace_sante.documents.cda.lire import CdaInvalide, lire
from espace_sante.documents.cda.rendu import rendre
from espace_sante.documents.cda.tests.exemple import MAINTENANT, document, n1

_VIDE = b'<?xml version="1.0" encoding="UTF-8"?><ClinicalDocument xmlns="urn:hl7-org:v3"/>'


@pytest.fixture
def echantillons(vectors: Path) -> list[Path]:
    fichiers = sorted((vectors / "cda" / "samples").glob("*.xml"))
    assert len(fichiers) == 22
    return fichiers


@pytest.mark.rule("CDA-03", "CDA-10")
def test_every_published_sample_is_accepted(echantillons: list[Path], vectors: Path) -> None:
    for fichier in echantillons:
        examen = examiner(fichier.read_bytes(), production=False, schema=vectors / "cda" / "xsd")
        assert not examen.refuse, (fichier.name, examen.constats)
        assert (examen.schema_absent, examen.opaque) == ("", False)


@pytest.mark.rule("CDA-31")
def test_every_published_sample_gives_its_metadata(echantillons: list[Path]) -> None:
    formats = set()
    for fichier in echantillons:
        contenu = fichier.read_bytes()
        lues = vers_metadonnees(lire_entete(lire(contenu)), contenu)
        assert lues.taille == fichier.stat().st_size
        assert lues.format != MIME_SUFFIT, fichier.name
        assert lues.auteurs and lues.depositaire and lues.authentificateur
        formats.add(lues.format.code)
    assert {"urn:ihe:iti:xds-sd:pdf:2008", "urn:ihe:pcc:ips:2020", "urn:asip:ci-sis:hr:2019"} <= formats


@pytest.mark.rule("CDA-35", "CDA-36")
def test_every_published_sample_is_rendered(echantillons: list[Path]) -> None:
    for fichier in echantillons:
        html = rendre(lire(fichier.read_bytes()))
        assert "<script" not in html and "style=" not in html, fichier.name
        assert html.count("<h2>") == 1


@pytest.mark.rule("CDA-26", "CDA-27", "CDA-28", "CDA-20", "CDA-31")
def test_particulars_of_the_published_samples(vectors: Path) -> None:
    def codes(nom: str, production: bool = False) -> set[str]:
        contenu = (vectors / "cda" / "samples" / nom).read_bytes()
        return {c.code for c in examiner(contenu, production=production, schema=None).constats}

    assert codes("CSE-CS24_2025.01.xml") == {"ins-cle", "ins-oid-ignore"}
    assert codes("CSE-MDE_2023.01.xml") == {"ins-cle"}
    assert codes("eDISP-MED_2024.01.xml") == set()
    assert codes("VSM_1.4_2022.01.xml", production=True) == {"ins-fictif"}
    assert codes("eDISP-MED_2024.01.xml", production=True) == set()


@pytest.mark.rule("CDA-03")
def test_an_absent_schema_is_said() -> None:
    examen = examiner(document(), production=False, schema=None, maintenant=MAINTENANT)
    assert examen.constats == ()
    assert "ES_CDA_XSD" in examen.schema_absent


@pytest.mark.rule("CDA-07")
def test_errors_refuse_and_warnings_do_not() -> None:
    averti = examiner(document(("fr-FR", "en-GB")), production=False, schema=None, maintenant=MAINTENANT)
    assert [c.gravite for c in averti.constats] == ["warning"] and not averti.refuse
    faux = examiner(document(("fr-FR", "")), production=False, schema=None, maintenant=MAINTENANT)
    assert faux.refuse


@pytest.mark.rule("CDA-08")
def test_an_empty_document_without_format_is_opaque_outside_production() -> None:
    essai = examiner(_VIDE, production=False, schema=None)
    assert (essai.opaque, essai.refuse) == (True, False)
    reel = examiner(_VIDE, production=True, schema=None)
    assert (reel.opaque, reel.refuse) == (False, True)


@pytest.mark.rule("CDA-08")
def test_mime_type_sufficient_makes_warnings(vectors: Path) -> None:
    schema = vectors / "cda" / "xsd"
    examen = examiner(_VIDE, production=True, schema=schema, format_envoye=MIME_SUFFIT.code)
    assert not examen.refuse and not examen.opaque
    assert {"cda-schema", "cda-id", "ins-absent"} <= {c.code for c in examen.constats}
    autre = examiner(_VIDE, production=True, schema=schema, format_envoye="urn:ihe:iti:xds-sd:pdf:2008")
    assert autre.refuse


@pytest.mark.rule("CDA-08", "CDA-02")
def test_mime_type_sufficient_does_not_allow_dangerous_xml() -> None:
    with pytest.raises(CdaInvalide):
        examiner(b"<!DOCTYPE a>" + _VIDE[38:], production=False, schema=None, format_envoye=MIME_SUFFIT.code)


@pytest.mark.rule("CDA-08", "CDA-28")
def test_mime_type_sufficient_keeps_the_rules_of_identity() -> None:
    examen = examiner(
        document(), production=True, schema=None, format_envoye=MIME_SUFFIT.code, maintenant=MAINTENANT
    )
    assert [c.code for c in examen.constats if c.gravite == "error"] == ["ins-fictif"]


@pytest.mark.rule("CDA-05")
def test_the_body_of_level_n1_is_checked() -> None:
    examen = examiner(n1("application/pdf", b"x"), production=False, schema=None, maintenant=MAINTENANT)
    assert [c.code for c in examen.constats] == ["n1-contenu"]
