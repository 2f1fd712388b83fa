"""Reading ADT messages: what is strict, what is left alone (FHR-173)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espace_sante.acces.adt.message import MessageAdt, MessageRefuse, lire, lire_entete
from espace_sante.acces.tests.fabrique import ins
from espace_sante.kernel.ins import Ins


def message(
    numero: Ins | None = None,
    *,
    zfa: str | None = "ZFA|ACTIF|20240306111154|||||||INO|20240306111154|IC|20240306111154",
    type_: str = "ADT^A01^ADT_A01",
    pid3: str = "",
    statut: str = "VALI",
    medecin: str = "899000000001",
    emetteur: str = "CHU-X",
    encodage: str = "UNICODE UTF-8",
) -> str:
    qui = numero or ins(1)
    cx = (
        pid3
        or f"000003^^^CHU-X&000897406&N^PI~{qui.matricule}^^^ASIP-SANTE-INS-NIR&{qui.oid}&ISO^INS^^20101207"
    )
    lignes = [
        f"MSH|^~\\&|GAM|{emetteur}|DPI|{emetteur}|20240306111154||{type_}|3975|D|2.5^FRA^2.11|||||FRA|{encodage}|FR||2.11",
        "EVN||20240306111154||||20240306110000|",
        f"PID|1||{cx}||PAT-TROIS^DOMINIQUE^^^^^L||19790328|F{'|' * 24}{statut}|20240306111153||||||",
        f"PV1|1|I|||||{medecin}^Réault^Pierre^^^^^^ASIP-SANTE-PS&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS",
        *([zfa] if zfa is not None else []),
        "ZFD|||Y|N|INSI|20211201||",
    ]
    return "\r".join(lignes) + "\r"


def lu(texte: str) -> MessageAdt:
    return lire(texte.encode(), fictifs=True)


def code(texte: str | bytes) -> tuple[str, str]:
    with pytest.raises(MessageRefuse) as refus:
        lire(texte.encode() if isinstance(texte, str) else texte, fictifs=True)
    return refus.value.code, refus.value.acquittement


@pytest.mark.rule("FHR-173")
@pytest.mark.parametrize(
    ("fichier", "alimentation", "consultation"),
    [
        ("ConsentementConsultation_NonOppositionAlimentation", "INO", "IC"),
        ("NonConsentementConsultation_NonOppositionAlimentation", "INO", "INC"),
        ("NonConsentementConsultation_OppositionAlimentation", "IO", "INC"),
        ("NonRecueillieConsentementConsultation_NonOppositionAlimentation", "INO", "NA"),
        ("NonRecueillieConsentementConsultation_NonRecueillieOppositionAlimentation", "NA", "NA"),
    ],
)
def test_the_five_published_messages(
    vectors: Path, fichier: str, alimentation: str, consultation: str
) -> None:
    m = lire((vectors / "hl7v2" / f"{fichier}.er7").read_bytes(), fictifs=True)
    assert m.alimentation is not None
    assert m.consultation is not None
    assert (m.alimentation.valeur, m.consultation.valeur) == (alimentation, consultation)
    assert (m.alimentation.quand is None) == (alimentation == "NA")
    assert m.ins is not None
    assert (m.ins.matricule, m.ins.oid) == ("279035121518989", "1.2.250.1.213.1.4.10")
    assert (m.identite_validee, m.etat_dossier, m.entete.etablissement) == (True, "ACTIF", "CHU-X")
    assert m.medecin == "01234567897"


@pytest.mark.rule("FHR-173")
def test_fields_and_their_dates() -> None:
    m = lu(message(zfa="ZFA|ACTIF||||||||IO|20240306111154+0200|NA|"))
    assert m.alimentation is not None
    assert m.alimentation.quand is not None
    assert m.alimentation.quand.astimezone(UTC) == datetime(2024, 3, 6, 9, 11, 54, tzinfo=UTC)
    ete = lu(message(zfa="ZFA|ACTIF||||||||IO|202407061100")).alimentation
    assert ete is not None
    assert ete.quand is not None
    assert ete.quand.astimezone(UTC) == datetime(2024, 7, 6, 9, tzinfo=UTC), "Paris without an offset"
    assert lu(message(zfa=None)).sans_choix
    assert lu(message(zfa="ZFA|ACTIF|20240306")).sans_choix
    assert lu(message().replace("\r", "\r\n")).ins == ins(1)
    assert lu(message(medecin="")).medecin == ""
    assert not lu(message(statut="PROV")).identite_validee
    latin = message(encodage="8859/1").encode("latin-1")
    assert lire(latin, fictifs=True).ins == ins(1)


@pytest.mark.rule("FHR-173")
def test_a_message_is_refused_rather_than_guessed() -> None:
    assert code(b"") == ("illisible", "AR")
    assert code("MSH|^~\\&|") == ("illisible", "AR")
    assert code(message().replace("MSH|^~\\&", "MSH|^~\\#", 1)) == ("illisible", "AR")
    assert code(message(encodage="KLINGON")) == ("illisible", "AR")
    assert code(message().encode("latin-1")) == ("illisible", "AR")
    assert code(message().replace("ZFD", "zf")) == ("illisible", "AR")
    assert code(message().replace("ACTIF", "AC\x07TIF")) == ("illisible", "AR")
    assert code(message() + message().split("\r")[2] + "\r") == ("illisible", "AR")
    assert code(message(type_="ORU^R01")) == ("type_non_lu", "AR")
    for zfa in (
        "ZFA|||||||||OUI|20240306", "ZFA|||||||||io|20240306", "ZFA|||||||||IO|", "ZFA|||||||||IO|demain",
        "ZFA|||||||||IO|20241306", "ZFA|||||||||INO|20240306|IC|", "ZFA|||||||||INO|20240306|XX|20240306",
        "ZFA|||||||||IO|99990101", "ZFA|||||||||IO|00010101",
    ):  # fmt: skip
        assert code(message(zfa=zfa)) == ("zfa_invalide", "AE"), zfa
    for pid3 in (
        "000003^^^CHU-X&000897406&N^PI", "1790351215189^^^X&1.2.250.1.213.1.4.10&ISO^INS",
        f"{ins(1).matricule}^^^X&{ins(1).oid}&ISO^INS~{ins(2).matricule}^^^X&{ins(2).oid}&ISO^INS",
        f"{ins(1).matricule}^^^X&1.2.3&ISO^INS",
    ):  # fmt: skip
        assert code(message(pid3=pid3)) == ("patient_illisible", "AE"), pid3
    with pytest.raises(MessageRefuse):
        lire(message().encode(), fictifs=False)


@pytest.mark.rule("FHR-173")
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(brut: bytes) -> None:
    for essai in (brut, message().encode()[: len(brut)] + brut, message().encode().replace(b"CHU-X", brut)):
        lire_entete(essai)
        try:
            lire(essai, fictifs=True)
        except MessageRefuse:
            continue
