"""A small valid CDA for tests, and single changes to it."""

import base64
from datetime import UTC, datetime

from espace_sante.documents.cda.entete import lire_entete
from espace_sante.documents.cda.lire import lire
from espace_sante.documents.cda.modele import EnteteCda

INS = "279035121518989"
MAINTENANT = datetime(2024, 6, 1, 12, 0, tzinfo=UTC)

_PERSONNE = """<id root="1.2.250.1.71.4.2.1" extension="899700000001"/>
<code code="G15_10/SM26" displayName="Médecin généraliste" codeSystem="1.2.250.1.213.1.1.4.5"/>
<assignedPerson><name><given>Anne</given><family>MOREL</family></name></assignedPerson>
<representedOrganization><id root="1.2.250.1.71.4.2.2" extension="1999999999"/><name>Cabinet du Port</name>
<standardIndustryClassCode code="AMBULATOIRE" displayName="Ambulatoire" codeSystem="1.2.250.1.213.1.1.4.9"/>
</representedOrganization>"""
_TEXTE = "<text><paragraph>Tout va bien.</paragraph></text>"
CORPS_N3 = f"""<component><structuredBody><component><section>
<code code="34117-2" codeSystem="2.16.840.1.113883.6.1" displayName="Historique"/>
<title>Conclusion</title>{_TEXTE}</section></component></structuredBody></component>"""

DOCUMENT = f"""<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<realmCode code="FR"/>
<typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
<templateId root="2.16.840.1.113883.2.8.2.1"/>
<templateId root="1.2.250.1.213.1.1.1.1"/>
<templateId root="1.2.250.1.213.1.1.1.29" extension="2022.01"/>
<id root="1.2.250.1.999.1.1" extension="DOC-1"/>
<code code="11490-0" displayName="Lettre de liaison" codeSystem="2.16.840.1.113883.6.1"/>
<title>Lettre de liaison</title>
<effectiveTime value="20240305140500+0100"/>
<confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25"/>
<languageCode code="fr-FR"/>
<setId root="1.2.250.1.999.1.2"/>
<versionNumber value="2"/>
<recordTarget><patientRole>
<id root="1.2.250.1.213.1.4.10" extension="{INS}"/>
<id root="1.2.250.1.999.9" extension="IPP-7"/>
<patient><name><family qualifier="BR">PAT-TROIS</family><given>DOMINIQUE MARIE-LOUISE</given>
<given qualifier="BR">DOMINIQUE</given><family qualifier="CL">DURAND</family></name>
<administrativeGenderCode code="F" codeSystem="2.16.840.1.113883.5.1"/>
<birthTime value="19790328"/>
<birthplace><place><addr><county>51215</county></addr></place></birthplace></patient>
</patientRole></recordTarget>
<author><functionCode code="PCP" codeSystem="2.16.840.1.113883.5.88"/><time value="20240305140000+0100"/>
<assignedAuthor>{_PERSONNE}</assignedAuthor></author>
<custodian><assignedCustodian><representedCustodianOrganization>
<id root="1.2.250.1.71.4.2.2" extension="1999999998"/><name>Hôpital du Port</name>
</representedCustodianOrganization></assignedCustodian></custodian>
<legalAuthenticator><time value="20240305140100+0100"/><signatureCode code="S"/>
<assignedEntity>{_PERSONNE}</assignedEntity></legalAuthenticator>
<inFulfillmentOf><order><id root="1.2.250.1.999.3" extension="ORD-9"/></order></inFulfillmentOf>
<documentationOf><serviceEvent><code code="IMP" displayName="Hospitalisation" codeSystem="2.16.840.1.113883.5.4"/>
<effectiveTime><low value="20240301080000+0100"/><high value="20240304"/></effectiveTime>
<performer typeCode="PRF"><assignedEntity>{_PERSONNE}</assignedEntity></performer>
</serviceEvent></documentationOf>
<relatedDocument typeCode="RPLC"><parentDocument><id root="8D5E778C-E155-4685-95C6-5FF65A362964"/>
<versionNumber value="1"/></parentDocument></relatedDocument>
<componentOf><encompassingEncounter><effectiveTime><low value="20240301"/></effectiveTime>
<location><healthCareFacility><code code="SA01" displayName="Etablissement public de santé"
 codeSystem="1.2.250.1.71.4.2.4"/></healthCareFacility></location></encompassingEncounter></componentOf>
{CORPS_N3}
</ClinicalDocument>
"""


def document(*changements: tuple[str, str]) -> bytes:
    """The document with each text replaced once; a text that is not there is a mistake of the test."""
    texte = DOCUMENT
    for ancien, nouveau in changements:
        assert ancien in texte, ancien
        texte = texte.replace(ancien, nouveau, 1)
    return texte.encode()


def entete(*changements: tuple[str, str]) -> EnteteCda:
    return lire_entete(lire(document(*changements)))


def avec_texte(narratif: str, suite: str = "") -> bytes:
    """The document with another narrative block, and entries after it."""
    return document((_TEXTE, f"<text>{narratif}</text>{suite}"))


def n1(media: str, contenu: bytes, representation: str = "B64") -> bytes:
    code = base64.b64encode(contenu).decode()
    corps = (
        f'<component><nonXMLBody><text mediaType="{media}" representation="{representation}">{code}</text>'
        "</nonXMLBody></component>"
    )
    return document((CORPS_N3, corps))


def entre(texte: str, debut: str, fin: str) -> str:
    """The part of a text from `debut` to `fin`, both included: to take an element away."""
    depart = texte.index(debut)
    return texte[depart : texte.index(fin, depart) + len(fin)]


def sans(debut: str, fin: str) -> tuple[str, str]:
    """A change that takes away an element."""
    return entre(DOCUMENT, debut, fin), ""
