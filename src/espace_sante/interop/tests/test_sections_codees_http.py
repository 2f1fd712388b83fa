"""Coded sections of a level 3 go in and come out untouched; what only a model asks refuses nothing (CDA-06, CDA-09)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from xml.sax.saxutils import quoteattr

import orjson
import pytest
from django.conf import settings
from django.test import Client
from hypothesis import given
from hypothesis import settings as reglage
from hypothesis import strategies as st

from espace_sante.acces.consentements import recueillir_consentement
from espace_sante.acces.tests.fabrique import CONTEXTE, dossier, ins, professionnel
from espace_sante.documents.cda.examen import examiner
from espace_sante.documents.cda.tests.exemple import INS, avec_texte
from espace_sante.documents.metadonnees import Auteur
from espace_sante.interop.client import lot_iti65
from espace_sante.interop.tests.lps import FHIR, entetes, logiciel

# Not the template of this document, a code that no system has, a unit that does not exist, spaces that mean nothing.
ENTREES = """
  <entry  typeCode='DRIV'><observation classCode="OBS"   moodCode="EVN">
<templateId root="1.2.3.4.5"/><!-- gardé -->
<code code="INVENTE" codeSystem="2.9.9.9" displayName="Rien &amp; rien"/><statusCode code="completed"/>
<value xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="PQ" value="007.500" unit="zz"/>
</observation></entry>"""
_TEXTE = "<paragraph>Tout va bien.</paragraph>"


@pytest.mark.rule("CDA-06", "CDA-09")
@pytest.mark.django_db
def test_the_coded_part_is_stored_to_the_byte(client: Client) -> None:
    dossier_id, numero = dossier(111)
    pro = logiciel(professionnel())
    recueillir_consentement(pro, dossier_id, contexte=CONTEXTE)
    contenu = avec_texte(_TEXTE, ENTREES).replace(INS.encode(), numero.matricule.encode())
    for avant, apres in (
        (b"PAT-TROIS", b"MARTIN"),
        (b'"19790328"', b'"19780302"'),
        (b"8D5E778C", b"8D5E778D"),
    ):
        contenu = contenu.replace(avant, apres)
    contenu = (
        contenu[: contenu.index(b"<relatedDocument")] + contenu[contenu.index(b"</relatedDocument>") + 18 :]
    )
    source = Auteur("personne", idnat=f"8{pro.rpps}", structure_idnat=pro.structure_id)
    reponse = client.post(
        "/fhir", orjson.dumps(lot_iti65(contenu, numero, source)), content_type=FHIR, headers=entetes(pro)
    )
    assert reponse.status_code == 200, reponse.content.decode()[:1500]
    adresses = [e["response"]["location"] for e in json.loads(reponse.content)["entry"]]
    (binaire,) = [a for a in adresses if a.startswith("Binary/")]
    lu = client.get(f"/fhir/{binaire}".replace(settings.ES_BASE_URL, ""), headers=entetes(pro, Accept="*/*"))
    assert lu.content == contenu


@pytest.mark.rule("CDA-06")
@reglage(deadline=None, max_examples=60)
@given(
    st.text(
        st.characters(codec="utf-8", categories=("L", "N", "P"), exclude_characters="<>&"),
        min_size=1,
        max_size=20,
    ),
    st.sampled_from(["1.2.250.1.213.1.1.3.48", "2.16.840.1.113883.10.20.1.31", "2.9.9.9"]),
    st.sampled_from(["CD", "PQ", "ST", "TS"]),
)
def test_no_code_of_a_model_refuses_a_document(code: str, modele: str, genre: str) -> None:
    entree = (
        f'<entry><observation classCode="OBS" moodCode="EVN"><templateId root="{modele}"/>'
        f'<code code={quoteattr(code)} codeSystem="2.9.9.9"/><value xsi:type="{genre}"/></observation></entry>'
    )
    contenu = avec_texte(_TEXTE, entree)
    examen = examiner(contenu, production=False, schema=None, maintenant=datetime(2026, 3, 2, tzinfo=UTC))
    assert not examen.refuse
    assert ins(1).matricule.encode() not in contenu
