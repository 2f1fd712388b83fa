"""What a holder adds travels as a CDA of level 1 of his own (CDA-40, ADR 0017)."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import override_settings

from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.tests.fabrique import CONTEXTE, dossier, titulaire
from espace_sante.acces.tests.test_depot_titulaire import poser
from espace_sante.documents.cda.examen import examiner
from espace_sante.documents.cda.n1 import extraire_n1
from espace_sante.documents.perso.tests import exemples

pytestmark = pytest.mark.django_db


@pytest.mark.rule("CDA-40", "CDA-41", "CDA-42", "CDA-22")
@pytest.mark.parametrize(
    ("nom", "contenu", "media"),
    [
        ("a.pdf", exemples.pdf(), "application/pdf"),
        ("a.jpeg", exemples.image(), "image/jpeg"),
        ("a.tif", exemples.image("TIFF"), "image/tiff"),
        ("a.rtf", exemples.RTF, "text/rtf"),
        ("a.txt", exemples.TEXTE, "text/plain"),
    ],
)
@pytest.mark.parametrize("racine", ["", "1.2.250.1.999.7"])
def test_a_holders_file_is_wrapped_in_a_cda_of_his_own(
    nom: str, contenu: bytes, media: str, racine: str, vectors: Path
) -> None:
    dossier_id, numero = dossier()
    with override_settings(ES_SERVICE_OID=racine, ES_SERVICE_ID="1990000091", ES_SERVICE_NOM="Le service"):
        identifiant = poser(dossier_id, nom=nom, contenu=contenu)
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        vu, octets = espace.lire_contenu(identifiant)
    trouve = examiner(octets, production=False, schema=vectors / "cda" / "xsd")
    assert {c.code for c in trouve.constats} <= {"n1-pdf-a1"}
    e = trouve.entete
    assert vu.unique_id == e.unique_id
    assert e.unique_id.startswith(f"urn:oid:{racine}^" if racine else "urn:oid:2.25.")
    assert (e.ins, e.code and e.code.code, e.confidentialite and e.confidentialite.code) == (
        numero, "DOCPAT04", "N",
    )  # fmt: skip
    auteur, signataire = e.auteurs[0], e.authentificateur
    assert signataire is not None and auteur.auteur.genre == signataire.auteur.genre == "patient"
    assert [i.racine for i in auteur.identifiants] == [numero.oid], "the author is named by his INS (CDA-42)"
    assert e.depositaire and e.depositaire.structure_nom == "Le service"
    assert (e.etablissement and e.etablissement.code, vu.cadre_code) == ("EXP_PATIENT", "EXP_PATIENT")
    assert (e.media_n1, extraire_n1(trouve.cda.racine).contenu) == (media, contenu)
    assert vu.auteur_idnat == "", "his INS is in no column (INS-15)"


@pytest.mark.rule("CDA-40", "DOC-60")
@pytest.mark.parametrize(
    ("nom", "contenu", "mime"),
    [("a.png", exemples.image("PNG"), "image/png"), ("a.pdf", exemples.pdf_protege(), "application/pdf")],
)
def test_what_a_level_1_cannot_hold_is_kept_as_it_is(nom: str, contenu: bytes, mime: str) -> None:
    dossier_id, _ = dossier()
    identifiant = poser(dossier_id, nom=nom, contenu=contenu)
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        vu, octets = espace.lire_contenu(identifiant)
    assert (octets, vu.mime) == (contenu, mime)
