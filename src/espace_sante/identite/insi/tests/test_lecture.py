"""Reading what another machine sends: bad XML, answers that cannot be trusted (INS-07, INS-08)."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from espace_sante.identite.insi import enveloppe, reponses, schemas, xml
from espace_sante.identite.insi.enveloppe import RESULTAT, SOAP
from espace_sante.identite.insi.erreurs import DemandeRefusee, InsiIndisponible
from espace_sante.identite.insi.modeles import CodeCR, DemandeTraits, DemandeVitale
from espace_sante.kernel.ins import OID_TEST, cle

CR = "<CR><CodeCR>00</CodeCR><LibelleCR>OK</LibelleCR></CR>"
INS = (
    "<IdIndividu><NumIdentifiant>2790351215189</NumIdentifiant><Cle>89</Cle></IdIndividu>"
    f"<OID>{OID_TEST}</OID>"
)
TIQ = (
    "<TIQ><NomNaissance>X</NomNaissance><ListePrenom>Y</ListePrenom><Sexe>F</Sexe>"
    "<DateNaissance>1979-03-14</DateNaissance><LieuNaissance>51215</LieuNaissance></TIQ>"
)
BON = f"{CR}<INDIVIDU><INSACTIF>{INS}</INSACTIF>{TIQ}</INDIVIDU>"


def message(interieur: str) -> bytes:
    return (
        f'<s:Envelope xmlns:s="{SOAP}"><s:Body><RESULTAT xmlns="{RESULTAT}">{interieur}</RESULTAT></s:Body></s:Envelope>'
    ).encode()


@pytest.fixture(params=["tables", "schemas"])
def xsd(request: pytest.FixtureRequest) -> str:
    if request.param == "tables":
        return ""
    dossier: Path = request.getfixturevalue("vectors") / "insi"
    return str(dossier)


@pytest.mark.rule("INS-08")
def test_a_good_answer(xsd: str) -> None:
    reponse = reponses.lire(message(BON), xsd)
    assert reponse.code is CodeCR.TROUVEE
    assert reponse.individu is not None
    assert reponse.individu.ins.matricule == "2790351215189" + cle("2790351215189")
    # The key may be left out by the service: it is made again.
    assert reponses.lire(message(BON.replace("<Cle>89</Cle>", "")), xsd).individu == reponse.individu


@pytest.mark.rule("INS-07", "INS-02")
@pytest.mark.parametrize(
    ("avant", "apres"),
    [
        ("<Cle>89</Cle>", "<Cle>88</Cle>"),
        ("<Cle>89</Cle>", "<Cle>8</Cle>"),
        ("2790351215189", "279035121518"),
        (OID_TEST, "1.2.3"),
        ("<Sexe>F</Sexe>", "<Sexe>f</Sexe>"),
        ("<Sexe>F</Sexe>", "<Sexe>X</Sexe>"),
        ("<Sexe>F</Sexe>", ""),
        ("1979-03-14", "14/03/1979"),
        ("<NomNaissance>X</NomNaissance>", ""),
        ("<NomNaissance>X</NomNaissance>", f"<NomNaissance>{'X' * 101}</NomNaissance>"),
        ("<ListePrenom>Y</ListePrenom>", ""),
        ("51215", "Reims"),
        (TIQ, ""),
        (TIQ, TIQ + TIQ),
        (f"<INSACTIF>{INS}</INSACTIF>", ""),
        (f"<INSACTIF>{INS}</INSACTIF>{TIQ}", f"{TIQ}<INSACTIF>{INS}</INSACTIF>"),
        ("<LibelleCR>OK</LibelleCR>", ""),
        (CR, ""),
        ("</INDIVIDU>", "<Autre/></INDIVIDU>"),
        ("<INDIVIDU>", '<INDIVIDU a="b">'),
        ("<INDIVIDU>", "<INDIVIDU>texte"),
        (BON, CR),
        ("<CodeCR>00<", "<CodeCR>01<"),
        ("<CodeCR>00<", "<CodeCR>02<"),
    ],
)
def test_what_does_not_respect_the_schema_is_a_failure(xsd: str, avant: str, apres: str) -> None:
    assert avant in BON
    with pytest.raises(InsiIndisponible) as panne:
        reponses.lire(message(BON.replace(avant, apres, 1)), xsd)
    assert panne.value.trace == "reponse_invalide"


@pytest.mark.rule("INS-10", "INS-15", "INS-20")
@pytest.mark.parametrize(
    ("code", "trace"), [("99", "99"), ("279035121518989", "code_inconnu"), ("é", "code_inconnu")]
)
def test_another_code_is_recorded_unless_it_could_be_somebody_s(code: str, trace: str) -> None:
    with pytest.raises(InsiIndisponible) as panne:
        reponses.lire(message(f"<CR><CodeCR>{code}</CodeCR><LibelleCR>?</LibelleCR></CR>"))
    assert panne.value.trace == trace


BOMBE = '<!DOCTYPE x [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {n} "{f"&{p};" * 10}">' for p, n in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.rule("INS-07")
@pytest.mark.parametrize(
    "contenu",
    [
        f"{BOMBE}]><x>&i;</x>".encode(),
        b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]><x>&f;</x>',
        b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><x/>',
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'.encode("utf-16"),
        b'<?xml version="1.0" encoding="utf-7"?><x/>',
        b'<?xml version="1.0" encoding="latin-1"?><x>\xe9</x>',
        b"<x>" * 100_000,
        b"<x>&inconnue;</x>",
        b"<x",
        b"",
        b"\x00",
        b" " * (xml.TAILLE_MAX + 1),
    ],
    ids=["bomb", "external", "dtd", "utf-16", "utf-7", "latin-1", "deep", "entity", "cut", "empty", "nul", "big"],
)  # fmt: skip
def test_hostile_xml_is_refused_at_once(contenu: bytes) -> None:
    debut = time.monotonic()
    with pytest.raises(xml.XmlRefuse):
        xml.lire(contenu)
    with pytest.raises(InsiIndisponible):
        reponses.lire(contenu)
    assert time.monotonic() - debut < 1


@pytest.mark.rule("INS-07")
@given(st.binary(max_size=300))
def test_any_bytes_end_as_a_failure(contenu: bytes) -> None:
    with pytest.raises(InsiIndisponible):
        reponses.lire(contenu)


_bons = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Z")), min_size=1, max_size=30)


@pytest.mark.rule("INS-07", "INS-05")
@given(_bons, st.lists(_bons, min_size=1, max_size=4), st.sampled_from("MF"), st.dates(), st.booleans())
def test_every_request_respects_the_schema(
    vectors: Path, nom: str, prenoms: list[str], sexe: str, naissance: object, avec_lieu: bool
) -> None:
    try:
        demande = DemandeTraits(nom, tuple(prenoms), sexe, str(naissance), "99352" if avec_lieu else "")  # type: ignore[arg-type]
    except DemandeRefusee:
        return
    schemas.valider(enveloppe.corps(demande), str(vectors / "insi"))


@pytest.mark.rule("INS-07", "INS-06")
def test_card_requests_respect_the_schema(vectors: Path) -> None:
    demande = DemandeVitale("279035121518989", "279035121518989", "X", "1979-03-14", "1")
    corps = enveloppe.corps(demande)
    schemas.valider(corps, str(vectors / "insi"))
    assert [etree.QName(e).localname for e in corps.iter()][:4] == [
        "RECVITALE", "MatriculeIndividu", "NumIdentifiant", "Cle",
    ]  # fmt: skip
    for mauvais in ({}, {"individu": "123"}, {"individu": "27903512151898X"}):
        with pytest.raises(DemandeRefusee):
            DemandeVitale(**mauvais)


@pytest.mark.rule("INS-07")
def test_schemas_that_are_not_there(tmp_path: Path) -> None:
    assert schemas.schemas("") is None
    assert schemas.schemas(str(tmp_path)) is None
    assert schemas.schemas("/nulle/part") is None
