"""The WSDL of INSi and its three schemas: what we send and read is what they describe (INS-05 to INS-09, INS-19)."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree

from espace_sante.identite.insi import enveloppe, reponses, schemas
from espace_sante.identite.insi.erreurs import InsiIndisponible
from espace_sante.identite.insi.modeles import CodeCR, DemandeTraits
from espace_sante.identite.insi.tests.test_lecture import BON, CR, message

WSDL = "insi/DESIR_ICIR_EXP_1.5.0.wsdl"
FICHIERS = {WSDL, "insi/INSi_RECSANS_INS.xsd", "insi/INSi_RECVITALE_INS.xsd", "insi/INSi_RESULTAT_INS.xsd"}
_NS = {"w": "http://schemas.xmlsoap.org/wsdl/", "s": "http://schemas.xmlsoap.org/wsdl/soap12/"}
_TRAITS = DemandeTraits("MARTIN", ("CLAIRE", "LOUISE"), "F", "1979-03-14", "51215")


@pytest.mark.rule("INS-05", "INS-06")
def test_the_actions_and_messages_are_those_of_the_wsdl(vectors: Path) -> None:
    wsdl = etree.parse(vectors / WSDL).getroot()
    actions = set(wsdl.xpath("//s:operation/@soapAction", namespaces=_NS))
    assert {enveloppe.ACTION_TRAITS, enveloppe.ACTION_VITALE} == actions
    espaces = {valeur for element in wsdl.iter() for valeur in element.nsmap.values()}
    assert {enveloppe.SANS_VITALE, enveloppe.AVEC_VITALE, enveloppe.RESULTAT} <= espaces
    entetes = {nom.split(":")[1] for nom in wsdl.xpath("//w:part/@element", namespaces=_NS)}
    envoi = etree.fromstring(
        enveloppe.message(_TRAITS, _emetteur(), uuid.UUID(int=1), datetime(2026, 11, 22, tzinfo=UTC))
    )
    portes = {etree.QName(e).localname for e in envoi.iter() if isinstance(e.tag, str)}
    assert {"Security", "ContexteLPS", "MessageID", "ContexteBAM", "RECSANSVITALE"} <= portes & entetes
    assert etree.QName(envoi).namespace == enveloppe.SOAP


@pytest.mark.rule("INS-07")
@pytest.mark.parametrize("nom", sorted(FICHIERS - {WSDL}))
def test_each_schema_is_the_one_of_a_message_of_ours(vectors: Path, nom: str) -> None:
    schema = etree.XMLSchema(etree.parse(vectors / nom))
    (element,) = [balise for balise, fichier in schemas.FICHIERS.items() if fichier == Path(nom).name]
    espace, local = element[1:].split("}")
    assert etree.parse(vectors / nom).getroot().get("targetNamespace") == espace
    bons = {"RECSANSVITALE": _corps(), "RESULTAT": etree.fromstring(message(BON))[0][0]}
    if local in bons:
        assert schema.validate(bons[local])
        etree.SubElement(bons[local], "{urn:x}autre")
        assert not schema.validate(bons[local])


@pytest.mark.rule("INS-08")
def test_an_answer_that_the_schema_refuses_is_a_failure(vectors: Path) -> None:
    xsd = str(vectors / "insi")
    assert reponses.lire(message(BON), xsd).code is CodeCR.TROUVEE
    with pytest.raises(InsiIndisponible):
        reponses.lire(message(f"{CR}<Autre/>"), xsd)


def _corps() -> etree._Element:
    return enveloppe.corps(_TRAITS)


def _emetteur() -> enveloppe.Emetteur:
    return enveloppe.Emetteur("1990000091", "IDAM-1", "essai", "1", str(uuid.UUID(int=2)))
