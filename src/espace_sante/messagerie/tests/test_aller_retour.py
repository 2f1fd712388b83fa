"""A message that is written and read again: the same documents, headers that say what is inside (XDM-10 to XDM-15)."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path
from typing import Any
from uuid import uuid4
from xml.sax.saxutils import escape

import pikepdf
import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st

from espace_sante.documents.cda.tests.exemple import document, n1
from espace_sante.documents.xdm.modele import EntreeXdm, PatientXdm, XdmRefuse
from espace_sante.documents.xdm.tests.fabrique import metadonnees
from espace_sante.kernel.traits import Traits
from espace_sante.messagerie.composition import composer
from espace_sante.messagerie.erreurs import MessageRefuse
from espace_sante.messagerie.lecture import lire_message
from espace_sante.messagerie.lisible import pdf_lisible
from espace_sante.messagerie.modele import Correspondant
from espace_sante.messagerie.tests.fabrique import CDA, INS, REGLAGES, entree, envoi
from espace_sante.platform.pdf_a import pdf_en_pdf_a

_JOUR = date(2026, 3, 2)
_mots = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), min_size=1, max_size=40
).filter(lambda t: bool(t.strip()))


def _pdfs(octets: bytes) -> dict[str, bytes]:
    message: Any = message_from_bytes(octets, policy=SMTP)
    parties = message.iter_attachments()
    return {p.get_filename(): p.get_content() for p in parties if p.get_content_type() == "application/pdf"}


def _pdfa(contenu: bytes) -> str:
    with pikepdf.open(io.BytesIO(contenu)) as pdf, pdf.open_metadata() as donnees:
        return str(donnees.pdfa_status)


@pytest.mark.rule("XDM-10", "XDM-12", "XDM-13", "XDM-18")
@settings(deadline=None, max_examples=40)
@given(_mots, _mots, _mots, _mots, st.booleans(), st.booleans())
def test_what_is_written_is_read_again(
    libelle: str, nom: str, prenom: str, texte: str, qualifiee: bool, fin: bool
) -> None:
    patient = PatientXdm(INS, Traits(nom, prenom, "1979-03-28", "F"))
    autre = (EntreeXdm(uuid4(), "", metadonnees(b"%PDF-1.4 rien")), b"%PDF-1.4 rien")
    envoye = envoi(
        autre, patient=patient, libelle=libelle, texte=texte, ins_qualifiee=qualifiee, sans_reponse=fin
    )
    octets = composer(envoye)
    assert all(len(ligne) <= 998 for ligne in octets.split(b"\r\n"))
    assert b"\n" not in octets.replace(b"\r\n", b"")
    recu = lire_message(octets, REGLAGES)
    attendu = f"{libelle} {nom.upper()} {prenom.split(' ')[0]}"
    assert "".join(recu.sujet.split()) == "".join(f"{attendu}28/03/1979".split())
    assert (recu.version, recu.de) == ("1.0", "anne.morel@medecin.mssante.fr")
    assert recu.texte.split() == texte.split()
    assert recu.sans_reponse is fin
    assert recu.archive is not None
    assert [(d.contenu, d.entree.metadonnees) for d in recu.archive.documents] == [
        (autre[1], autre[0].metadonnees)
    ]
    # No CDA inside: nothing is said of one.
    assert set(recu.annonces) == {"X-MSS-NIL"} | ({"X-MSS-MES"} if fin else set())
    assert recu.ecarts == ()


@pytest.mark.rule("XDM-11", "XDM-12")
def test_a_cda_has_its_headers_and_its_readable_copy() -> None:
    octets = composer(envoi(entree(), entree(CDA.replace(b"DOC-1", b"DOC-2"))))
    recu = lire_message(octets, REGLAGES)
    assert recu.annonces == {"X-MSS-NIL": "ES-1", "X-MSS-CODECDA": "11490-0", "X-MSS-INS": "O"}
    assert recu.ecarts == ()
    copies = _pdfs(octets)
    (un, deux) = copies
    assert re.fullmatch(r"20240305_[A-Za-z0-9_-]+_PAT-TROIS_DOMINIQUE\.pdf", un)
    assert deux == un.replace(".pdf", "_2.pdf")
    assert [_pdfa(c) for c in copies.values()] == ["1B", "1B"]
    assert [p.nom for p in recu.pieces] == [un, deux]


@pytest.mark.rule("XDM-12")
@pytest.mark.parametrize(("qualifiee", "dit"), [(True, "O"), (False, "N")])
def test_the_state_of_the_identity_is_told(qualifiee: bool, dit: str) -> None:
    assert lire_message(composer(envoi(ins_qualifiee=qualifiee)), REGLAGES).annonces["X-MSS-INS"] == dit


@pytest.mark.rule("XDM-11")
def test_the_copy_of_a_level_1_is_the_file_inside() -> None:
    archive = typst.compile(b"Bonjour", format="pdf", pdf_standards="a-1b", pdf_tags=False)
    assert pdf_lisible(n1("application/pdf", archive), quand=_JOUR) == archive
    simple = typst.compile(b"Bonjour #rect(fill: rgb(255, 0, 0, 80))", format="pdf")
    tire = pdf_lisible(n1("application/pdf", simple), quand=_JOUR)
    assert tire is not None
    assert _pdfa(tire) == "1B"
    for media, contenu in (("text/plain", "Été\nàç".encode()), ("text/rtf", rb"{\rtf1 Bonjour}")):
        copie = pdf_lisible(n1(media, contenu), quand=_JOUR)
        assert copie is not None
        assert _pdfa(copie) == "1B"


@pytest.mark.rule("XDM-11")
@settings(deadline=None, max_examples=30)
@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), min_size=1, max_size=60))
def test_any_narrative_makes_a_page_for_the_archive(texte: str) -> None:
    copie = pdf_lisible(document(("Tout va bien.", escape(texte))), quand=_JOUR)
    assert copie is not None
    assert _pdfa(copie) == "1B"


@pytest.mark.rule("XDM-11")
def test_the_public_samples_are_all_readable(vectors: Path) -> None:
    for sample in sorted((vectors / "cda/samples").glob("*.xml")):
        copie = pdf_lisible(sample.read_bytes(), quand=_JOUR)
        assert copie is not None, sample.name
        assert _pdfa(copie) == "1B", sample.name


@pytest.mark.rule("XDM-11")
@pytest.mark.parametrize(
    "tableau",
    [
        '<tr><td colspan="9999">a</td><td>b</td></tr>',
        '<tr><td rowspan="3">a</td></tr><tr><td colspan="2">b</td><td>c</td></tr>',
        "<tr></tr>",
        "<tr>" + "<td>x</td>" * 200 + "</tr>",
        '<tr><td rowspan="2">a</td><td>b</td></tr><tr><td colspan="3">c</td></tr><tr><td>d</td></tr>',
    ],
)
def test_a_table_of_any_shape_is_laid_out(tableau: str) -> None:
    narratif = f"<table><tbody>{tableau}</tbody></table>"
    contenu = document(("<paragraph>Tout va bien.</paragraph>", narratif))
    copie = pdf_lisible(contenu, quand=_JOUR)
    assert copie is not None
    assert _pdfa(copie) == "1B"


@pytest.mark.rule("XDM-14")
def test_what_waits_for_its_announcement_never_goes_to_a_citizen() -> None:
    cache = entree(invisible_patient=True)
    with pytest.raises(XdmRefuse) as refus:
        composer(envoi(entree(), cache, vers_citoyen=True))
    assert refus.value.code == "xdm-invisible-patient"
    recu = lire_message(composer(envoi(cache)), REGLAGES, pour_citoyen=True)
    assert (recu.archive, recu.refus) == (None, "xdm-invisible-patient")


@pytest.mark.rule("XDM-15")
def test_what_is_masked_does_not_go_between_professionals() -> None:
    masque = entree(CDA.replace(b"DOC-1", b"DOC-3"), masque_ps=True)
    recu = lire_message(composer(envoi(entree(), masque)), REGLAGES)
    assert recu.archive is not None
    assert [d.entree.metadonnees.unique_id for d in recu.archive.documents] == [
        entree()[0].metadonnees.unique_id
    ]
    with pytest.raises(MessageRefuse) as refus:
        composer(envoi(masque))
    assert refus.value.code == "aucun_document"


@pytest.mark.rule("XDM-12")
@pytest.mark.parametrize("valeur", ["a\r\nBcc: x@y.fr", "a\nb", "a\rb", "a\x00", "a\u2028b"])
@pytest.mark.parametrize("champ", ["libelle", "nil", "identifiant", "nom_affiche"])
def test_no_value_adds_a_header(champ: str, valeur: str) -> None:
    with pytest.raises(MessageRefuse) as refus:
        composer(envoi(**{champ: valeur}))
    assert refus.value.code == "entete_invalide"
    with pytest.raises(MessageRefuse):
        Correspondant("a@b.fr", valeur)
    with pytest.raises(MessageRefuse):
        Correspondant(f"a@b.fr{valeur}")


@pytest.mark.rule("XDM-13")
def test_content_wins_over_headers() -> None:
    octets = composer(envoi())
    faux = octets.replace(b"X-MSS-CODECDA: 11490-0", b"X-MSS-CODECDA: 11502-2").replace(
        b"X-MSS-INS: O", b"X-MSS-INS: PEUT-ETRE"
    )
    recu = lire_message(faux, REGLAGES)
    assert recu.ecarts == ("X-MSS-CODECDA", "X-MSS-INS")
    assert recu.archive is not None
    assert recu.archive.documents[0].entree.metadonnees.type.code == "11490-0"


@pytest.mark.rule("XDM-11", "XDM-01")
def test_the_archive_is_that_of_the_standard() -> None:
    message: Any = message_from_bytes(composer(envoi()), policy=SMTP)
    (zip_,) = [p for p in message.iter_attachments() if p.get_content_type() == "application/zip"]
    assert zip_.get_filename() == "IHE_XDM.zip"
    with zipfile.ZipFile(io.BytesIO(zip_.get_content())) as archive:
        assert {"README.TXT", "INDEX.HTM", "IHE_XDM/SUBSET01/METADATA.XML"} <= set(archive.namelist())


@pytest.mark.rule("CDA-41")
@pytest.mark.parametrize("contenu", [b"", b"%PDF-1.4 rien", b"PK\x03\x04"])
def test_what_cannot_be_drawn_gives_nothing(contenu: bytes) -> None:
    assert pdf_en_pdf_a(contenu) is None
