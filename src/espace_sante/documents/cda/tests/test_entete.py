from datetime import UTC, datetime, timedelta
from hashlib import sha1

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espace_sante.documents.cda.entete import lire_entete, manquantes, vers_metadonnees
from espace_sante.documents.cda.formats import MIME_SUFFIT
from espace_sante.documents.cda.horodatage import date_de_naissance, lire_horodatage
from espace_sante.documents.cda.lire import CdaInvalide, lire
from espace_sante.documents.cda.modele import IdentifiantHl7
from espace_sante.documents.cda.tests.exemple import INS, document, entete, n1, sans
from espace_sante.kernel.ins import OID_TEST, Ins
from espace_sante.kernel.traits import Traits


@pytest.mark.rule("CDA-31")
def test_every_line_of_the_table() -> None:
    lu = entete()
    assert lu.unique_id == "urn:oid:1.2.250.1.999.1.1^DOC-1"
    assert lu.code is not None and (lu.code.code, lu.code.systeme) == ("11490-0", "http://loinc.org")
    assert (lu.titre, lu.langue, lu.version) == ("Lettre de liaison", "fr-FR", 2)
    assert lu.horodatage is not None
    assert lu.horodatage.instant == datetime(2024, 3, 5, 13, 5, tzinfo=UTC)
    assert lu.confidentialite is not None and lu.confidentialite.code == "N"
    assert lu.set_id == IdentifiantHl7("1.2.250.1.999.1.2")
    assert lu.ins == Ins(INS, OID_TEST)
    assert lu.ipp == IdentifiantHl7("1.2.250.1.999.9", "IPP-7")
    assert lu.traits == Traits("PAT-TROIS", "DOMINIQUE MARIE-LOUISE", "1979-03-28", "F", "51215")
    assert lu.patient is not None and lu.patient.nom_utilise == "DURAND"
    auteur = lu.auteurs[0].auteur
    assert (auteur.genre, auteur.idnat, auteur.affichage) == ("personne", "899700000001", "Anne MOREL")
    assert (auteur.structure_idnat, auteur.structure_nom) == ("1999999999", "Cabinet du Port")
    assert auteur.specialite is not None and auteur.specialite.code == "G15_10/SM26"
    assert auteur.role is not None and auteur.role.code == "PCP"
    assert lu.authentificateur is not None and lu.authentificateur.signature == "S"
    assert lu.depositaire is not None and lu.depositaire.structure_nom == "Hôpital du Port"
    assert lu.evenement is not None and lu.evenement.debut is not None and lu.evenement.fin is not None
    assert lu.evenement.cadre is not None and lu.evenement.cadre.code == "AMBULATOIRE"
    assert lu.etablissement is not None and lu.etablissement.systeme == "urn:oid:1.2.250.1.71.4.2.4"
    assert lu.ordres == (IdentifiantHl7("1.2.250.1.999.3", "ORD-9"),)
    assert lu.remplace == "urn:uuid:8d5e778c-e155-4685-95c6-5ff65a362964"
    assert (lu.niveau, lu.format.code) == ("N3", "urn:asip:ci-sis:ldl-ses:2017")


@pytest.mark.rule("CDA-31")
def test_metadata() -> None:
    contenu = document()
    lues = vers_metadonnees(lire_entete(lire(contenu)), contenu, masque_ps=True)
    assert lues.unique_id == "urn:oid:1.2.250.1.999.1.1^DOC-1"
    assert (lues.type.code, lues.classe.code) == ("11490-0", "11")
    assert (lues.mime, lues.taille, lues.sha1) == ("text/xml", len(contenu), sha1(contenu).digest())
    assert lues.creation == lues.date == datetime(2024, 3, 5, 13, 5, tzinfo=UTC)
    assert lues.periode_debut == datetime(2024, 3, 1, 7, 0, tzinfo=UTC)
    assert lues.periode_fin == datetime(2024, 3, 3, 23, 0, tzinfo=UTC)
    assert (lues.etablissement.code, lues.cadre.code) == ("SA01", "AMBULATOIRE")
    assert [e.code for e in lues.evenements] == ["IMP"]
    assert (lues.confidentialite, lues.masque_ps, lues.invisible_patient) == ("N", True, False)
    assert lues.remplace.startswith("urn:uuid:")
    assert lues.authentificateur is not None and lues.depositaire is not None


@pytest.mark.rule("CDA-31")
def test_a_given_date_of_indexing_is_kept() -> None:
    contenu, date = document(), datetime(2024, 5, 1, tzinfo=UTC)
    lues = vers_metadonnees(lire_entete(lire(contenu)), contenu, date=date)
    assert lues.date == date
    assert lues.creation < date


@pytest.mark.rule("CDA-31")
def test_what_cannot_be_deduced_is_named() -> None:
    lu = entete(
        sans("<title>Lettre", "</title>"), sans("<componentOf>", "</componentOf>"), sans("<id root", "/>")
    )
    with pytest.raises(CdaInvalide) as refus:
        vers_metadonnees(lu, b"")
    assert refus.value.code == "cda-metadonnees"
    assert refus.value.details["manquantes"] == ("unique_id", "titre", "etablissement") == manquantes(lu)


@pytest.mark.rule("CDA-13")
def test_unique_id_forms() -> None:
    assert IdentifiantHl7("1.2.3").urn == "urn:oid:1.2.3"
    assert IdentifiantHl7("1.2.3", "a^b").urn == "urn:oid:1.2.3^a^b"
    grand = IdentifiantHl7("8D5E778C-E155-4685-95C6-5FF65A362964").urn
    assert grand == IdentifiantHl7("8d5e778c-e155-4685-95c6-5ff65a362964").urn
    assert grand == "urn:uuid:8d5e778c-e155-4685-95c6-5ff65a362964"


@pytest.mark.rule("CDA-31")
def test_the_main_event_is_the_first_performed() -> None:
    autre = (
        "<documentationOf><serviceEvent><code code='X' codeSystem='1.2.3'/></serviceEvent></documentationOf>"
    )
    lu = entete(("<documentationOf>", f"{autre}<documentationOf>"))
    assert [e.code.code for e in lu.evenements if e.code] == ["X", "IMP"]
    assert lu.evenement == lu.evenements[1]
    assert entete(('typeCode="PRF"', 'typeCode="SPRF"')).evenement is not None


@pytest.mark.rule("CDA-20")
@pytest.mark.parametrize(
    ("given", "attendu"),
    [
        ("<given>RUTH ISABELLE</given><given qualifier='BR'>RUTH</given>", "RUTH ISABELLE"),
        ("<given qualifier='BR'>RUTH</given><given>ISABELLE</given>", "RUTH ISABELLE"),
        ("<given qualifier='BR'>RUTH</given>", "RUTH"),
        ("<given>RUTH</given><given>ISABELLE</given>", "RUTH ISABELLE"),
        ("<given qualifier='CL'>RUTH</given>", "RUTH"),
        ("<given>Marie-Louise Anne</given><given qualifier='BR'>MARIE LOUISE</given>", "Marie-Louise Anne"),
        ("", ""),
    ],
)
def test_first_names(given: str, attendu: str) -> None:
    vieux = '<given>DOMINIQUE MARIE-LOUISE</given>\n<given qualifier="BR">DOMINIQUE</given>'
    patient = entete((vieux, given)).patient
    assert patient is not None and patient.prenoms == attendu


@pytest.mark.rule("CDA-20")
def test_family_names() -> None:
    def noms(familles: str) -> tuple[str, str, bool]:
        patient = entete(
            ('<family qualifier="BR">PAT-TROIS</family>', familles),
            ('<family qualifier="CL">DURAND</family>', ""),
        ).patient
        assert patient is not None
        return patient.nom_naissance, patient.nom_utilise, patient.nom_naissance_qualifie

    assert noms("<family qualifier='BR'>A</family><family qualifier='SP'>B</family>") == ("A", "B", True)
    assert noms("<family>A</family>") == ("A", "", False)
    assert noms("<family qualifier='CL'>B</family><family qualifier='SP'>C</family>") == ("", "B", False)


@pytest.mark.rule("CDA-21")
def test_kinds_of_authors() -> None:
    personne = "<assignedPerson><name><given>Anne</given><family>MOREL</family></name></assignedPerson>"
    appareil = "<assignedAuthoringDevice><softwareName>Alim</softwareName></assignedAuthoringDevice>"
    assert entete((personne, appareil)).auteurs[0].auteur.genre == "dispositif"
    assert entete((personne, appareil)).auteurs[0].auteur.affichage == "Alim"
    assert entete((personne, "")).auteurs[0].auteur.genre == "organisation"
    titulaire = entete(
        (
            '<id root="1.2.250.1.71.4.2.1" extension="899700000001"/>',
            f'<id root="{OID_TEST}" extension="{INS}"/>',
        )
    )
    auteur = titulaire.auteurs[0].auteur
    assert (auteur.genre, auteur.idnat) == ("patient", "")


@pytest.mark.rule("INS-15")
def test_no_identity_in_what_a_log_may_show() -> None:
    assert INS not in repr(entete())
    assert "DURAND" not in repr(entete())


@pytest.mark.rule("CDA-31")
def test_formats() -> None:
    modele = '<templateId root="1.2.250.1.213.1.1.1.29" extension="2022.01"/>'
    assert entete((modele, "")).format == MIME_SUFFIT
    deux = '<templateId root="1.3.6.1.4.1.19376.1.3.3"/><templateId root="1.2.250.1.213.1.1.1.13"/>'
    assert entete((modele, deux)).format.code == "urn:asip:ci-sis:vsm:2012"
    attendus = {
        "application/pdf": "urn:ihe:iti:xds-sd:pdf:2008",
        "text/plain": "urn:ihe:iti:xds-sd:text:2008",
        "application/zip": MIME_SUFFIT.code,
    }
    for media, code in attendus.items():
        lu = lire_entete(lire(n1(media, b"x")))
        assert (lu.niveau, lu.media_n1, lu.format.code) == ("N1", media, code)


@pytest.mark.rule("CDA-16")
@pytest.mark.parametrize(
    ("valeur", "precision", "decalage", "instant"),
    [
        ("2024", "an", "absent", "2024-01-01T00:00:00+01:00"),
        ("202407", "mois", "absent", "2024-07-01T00:00:00+02:00"),
        ("20240706", "jour", "absent", "2024-07-06T00:00:00+02:00"),
        ("2024070610", "heure", "absent", "2024-07-06T10:00:00+02:00"),
        ("202407061030+0000", "heure", "present", "2024-07-06T10:30:00+00:00"),
        ("20240706103059.123-0430", "heure", "present", "2024-07-06T10:30:59.123000-04:30"),
        ("20240106113623+100", "heure", "malforme", "2024-01-06T11:36:23+01:00"),
        ("20240106113623Z", "heure", "present", "2024-01-06T11:36:23+00:00"),
    ],
)
def test_timestamps(valeur: str, precision: str, decalage: str, instant: str) -> None:
    lu = lire_horodatage(valeur)
    assert lu is not None
    assert (lu.precision, lu.decalage) == (precision, decalage)
    assert lu.instant == datetime.fromisoformat(instant)
    assert lu.instant.utcoffset() is not None


@pytest.mark.rule("CDA-16")
@pytest.mark.parametrize(
    "valeur", ["", "24", "20241301", "20240230", "2024-01-01", "20240101250000", "hier", "٢٠٢٤"]
)
def test_what_is_no_timestamp(valeur: str) -> None:
    assert lire_horodatage(valeur) is None


@given(st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)), st.integers(-14 * 60 - 59, 14 * 60 + 59))
def test_the_usual_writing_is_read_as_any_other(quand: datetime, minutes: int) -> None:
    signe, (heures, reste) = "-" if minutes < 0 else "+", divmod(abs(minutes), 60)
    usuel, decalage = f"{quand:%Y%m%d%H%M%S}", f"{signe}{heures:02d}{reste:02d}"
    assert lire_horodatage(usuel + decalage) == lire_horodatage(f"{usuel}.0{decalage}")


@pytest.mark.rule("IDN-11", "INS-11")
def test_partial_birth_dates_are_kept_as_received() -> None:
    attendus = {
        "1979": "1979",
        "197903": "1979-03",
        "19790300": "1979-03-00",
        "19790328103000": "1979-03-28",
        "x": "",
    }
    assert {valeur: date_de_naissance(valeur) for valeur in attendus} == attendus


def test_offsets_stay_in_bounds() -> None:
    lu = lire_horodatage("202401010000-9999")
    assert lu is not None
    assert abs(lu.instant.utcoffset() or timedelta()) <= timedelta(hours=14)
