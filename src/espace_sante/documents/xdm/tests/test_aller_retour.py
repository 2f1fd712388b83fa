"""What is written is read back: the same bytes, the same metadata."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from espace_sante.documents.metadonnees import Auteur, Code
from espace_sante.documents.xdm import vocabulaire
from espace_sante.documents.xdm.conteneur import Limites
from espace_sante.documents.xdm.lecture import Reglages, lire_archive
from espace_sante.documents.xdm.modele import EntreeXdm, XdmRefuse
from espace_sante.documents.xdm.regles import entre_professionnels, verifier_pour_citoyen
from espace_sante.documents.xdm.tests.fabrique import (
    INS,
    MEDECIN,
    PATIENT,
    archive,
    fichiers,
    metadonnees,
    soumission,
)

_TEXTE = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=30
) | st.sampled_from(["a^b&c|d~e\\f", "\\S\\", "<&>\"'", " é\u202e ", "ligne\nligne\t\r"])
_MOT = st.text("ABCabc019-_/^&\\", min_size=1, max_size=12)
_INSTANT = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)).map(
    lambda d: d.replace(microsecond=0)
)
_CODE = st.builds(
    Code,
    _MOT,
    st.sampled_from(["http://loinc.org", "urn:oid:1.2.250.1.71.4.2.4", "https://exemple.test/x"]),
    _TEXTE,
)
_STRUCTURE = {"structure_idnat": _TEXTE, "structure_nom": _TEXTE.filter(bool)}
_AUTEUR = st.one_of(
    st.builds(Auteur, st.sampled_from(["personne", "dispositif"]), _TEXTE, _TEXTE, _TEXTE,
              specialite=st.none() | _CODE, role=st.none() | _CODE, **_STRUCTURE),
    st.builds(Auteur, st.just("patient"), nom=_TEXTE, prenom=_TEXTE, specialite=st.none() | _CODE),
    st.builds(Auteur, st.just("organisation"), idnat=_TEXTE, **_STRUCTURE),
)  # fmt: skip
_AUTRES = st.fixed_dictionaries({
    "unique_id": st.sampled_from(["urn:oid:1.2.3^4a^b", "urn:oid:2.25.9"]) | st.builds(lambda: f"urn:uuid:{uuid4()}"),
    "type": _CODE, "classe": _CODE, "titre": _TEXTE, "langue": _MOT, "format": _CODE, "etablissement": _CODE,
    "cadre": _CODE, "creation": _INSTANT, "date": _INSTANT, "periode_debut": _INSTANT,
    "periode_fin": st.none() | _INSTANT, "confidentialite": st.sampled_from("NRV"), "masque_ps": st.booleans(),
    "invisible_patient": st.booleans(), "invisible_representants": st.booleans(),
    "auteurs": st.lists(_AUTEUR, min_size=1, max_size=3).map(tuple), "authentificateur": st.none() | _AUTEUR,
    "depositaire": st.none() | _AUTEUR, "evenements": st.lists(_CODE, max_size=3).map(tuple),
    "description": _TEXTE, "mime": st.sampled_from(["text/plain", "application/pdf", "image/png", "x/y"]),
    "remplace": st.sampled_from(["", "urn:oid:1.2.3^9", "urn:uuid:5b0f3f3e-7e61-5c53-9d0e-6f2c8ad54a11"]),
})  # fmt: skip
_CONTENU = st.binary(max_size=400) | st.integers(0, 60_000).map(lambda n: b"a" * n)


def lire(octets: bytes, **autres: object) -> object:
    return lire_archive(io.BytesIO(octets), Reglages(production=False, **autres))  # type: ignore[arg-type]


@pytest.mark.rule("XDM-18", "XDM-02", "CDA-31")
@settings(max_examples=60, deadline=None)
@given(
    lots=st.lists(st.tuples(_AUTRES, _CONTENU, st.sampled_from(["current", "superseded", "archived"])), max_size=4),
    titre=_TEXTE, auteur=_AUTEUR, designation=st.none() | _CODE,
)  # fmt: skip
def test_same_bytes_and_same_metadata(lots, titre, auteur, designation) -> None:  # type: ignore[no-untyped-def]
    envoyes = [
        (EntreeXdm(uuid4(), "", metadonnees(contenu, **autres), statut), contenu)
        for autres, contenu, statut in lots
        if contenu[:2] not in (b"PK", b"\x1f\x8b", b"BZ")
    ]
    lot = soumission(titre=titre, auteur=auteur, designation=designation)
    octets = archive(*envoyes, id=lot.id, titre=titre, auteur=auteur, designation=designation)
    lu = lire_archive(io.BytesIO(octets), Reglages(production=False, attendu=INS))
    assert lu.soumissions == (lot,)
    assert (lu.patient, lu.retenue, lu.ecartes) == (PATIENT if lots and envoyes else lu.patient, False, ())
    assert [(d.entree.id, d.entree.statut, d.contenu) for d in lu.documents] == [
        (e.id, e.statut, c) for e, c in envoyes
    ]
    for lue, (envoyee, _) in zip(lu.documents, envoyes, strict=True):
        assert lue.entree.metadonnees == envoyee.metadonnees


@pytest.mark.rule("XDM-01", "XDM-02")
def test_layout_short_capital_names_and_real_values() -> None:
    octets = archive(
        b"%PDF-1.4 un", (EntreeXdm(uuid4(), "", metadonnees(b"texte", mime="text/plain")), b"texte")
    )
    noms = set(fichiers(octets))
    assert noms == {
        "README.TXT", "INDEX.HTM", "IHE_XDM/SUBSET01/METADATA.XML", "IHE_XDM/SUBSET01/DOC00001.PDF",
        "IHE_XDM/SUBSET01/DOC00002.TXT",
    }  # fmt: skip
    for nom in noms:
        assert all(re.fullmatch(r"[A-Z0-9_]{1,8}(\.[A-Z0-9]{1,3})?", partie) for partie in nom.split("/"))
    racine = etree.fromstring(fichiers(octets)["IHE_XDM/SUBSET01/METADATA.XML"])
    assert racine.tag == f"{{{vocabulaire.LCM}}}SubmitObjectsRequest"
    rim = f"{{{vocabulaire.RIM}}}"
    assert len(racine.findall(f".//{rim}RegistryPackage")) == 1
    assert len(racine.findall(f".//{rim}ExtrinsicObject")) == 2
    (pdf, _) = racine.findall(f".//{rim}ExtrinsicObject")
    valeurs = {s.get("name"): s.findtext(f".//{rim}Value") for s in pdf.findall(f"{rim}Slot")}
    assert valeurs["URI"] == "DOC00001.PDF"
    assert valeurs["size"] == "11"
    assert valeurs["hash"] == metadonnees(b"%PDF-1.4 un").sha1.hex()
    assert valeurs["creationTime"] == "20260302093015"
    membres = [
        a for a in racine.iter(f"{rim}Association") if a.get("associationType") == vocabulaire.A_MEMBRE
    ]
    assert {a.get("targetObject") for a in membres} == {
        o.get("id") for o in racine.iter(f"{rim}ExtrinsicObject")
    }
    assert "MOREL" in fichiers(octets)["README.TXT"].decode()


@pytest.mark.rule("XDM-03")
def test_subsets_in_order_other_case_and_backslashes_are_found() -> None:
    un, deux = fichiers(archive(b"premier")), fichiers(archive(b"second"))
    melange = {"index.htm": b"<script>alert(1)</script>", "ReadMe.txt": b"x"}
    melange |= {n.replace("SUBSET01", "subset02").lower(): c for n, c in deux.items() if n.startswith("IHE")}
    melange |= {n.replace("/", "\\"): c for n, c in un.items() if n.startswith("IHE")}
    sortie = io.BytesIO()
    with zipfile.ZipFile(sortie, "w") as zip_:
        for nom, contenu in melange.items():
            info = zipfile.ZipInfo("x")
            info.filename = nom
            zip_.writestr(info, contenu)
    lu = lire_archive(io.BytesIO(sortie.getvalue()), Reglages(production=False))
    assert [d.contenu for d in lu.documents] == [b"premier", b"second"]


@pytest.mark.rule("XDM-08", "XDM-09")
def test_one_person_and_the_expected_one() -> None:
    from espace_sante.documents.xdm.modele import PatientXdm
    from espace_sante.documents.xdm.tests.fabrique import AUTRE_INS, refaire

    octets = archive(b"un")
    assert not lire_archive(io.BytesIO(octets), Reglages(production=False, attendu=INS)).retenue
    autre = lire_archive(io.BytesIO(octets), Reglages(production=False, attendu=AUTRE_INS))
    assert autre.retenue
    assert autre.documents[0].contenu == b"un"
    second = fichiers(archive(b"deux", patient=PatientXdm(AUTRE_INS)))
    deux = fichiers(octets) | {
        n.replace("SUBSET01", "SUBSET02"): c for n, c in second.items() if "SUBSET" in n
    }
    with pytest.raises(XdmRefuse) as refus:
        lire(refaire(deux))
    assert refus.value.code == "xdm-plusieurs-personnes"


@pytest.mark.rule("XDM-05")
def test_a_changed_document_is_refused_alone_and_says_why() -> None:
    from espace_sante.documents.xdm.tests.fabrique import refaire

    contenus = fichiers(archive(b"premier", b"second", b"tiers"))
    contenus["IHE_XDM/SUBSET01/DOC00001.PDF"] = b"premieR"
    contenus["IHE_XDM/SUBSET01/DOC00003.PDF"] = b"tiers de trop"
    lu = lire_archive(io.BytesIO(refaire(contenus)), Reglages(production=False))
    assert [(d.contenu, d.refuse, [c.code for c in d.constats]) for d in lu.documents] == [
        (None, True, ["xdm-empreinte"]), (b"second", False, []), (None, True, ["xdm-taille"]),
    ]  # fmt: skip


@pytest.mark.rule("XDM-07", "CDA-32")
def test_each_document_is_checked_like_a_deposit() -> None:
    mauvais = b'<ClinicalDocument xmlns="urn:hl7-org:v3"><title>x</title></ClinicalDocument>'
    piege = (
        b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><ClinicalDocument xmlns="urn:hl7-org:v3"/>'
    )
    format_ = Code(
        "urn:ihe:iti:xds-sd:pdf:2008", "http://ihe.net/fhir/ihe.formatcode.fhir/CodeSystem/formatcode"
    )
    entrees = [
        (EntreeXdm(uuid4(), "", metadonnees(c, mime="text/xml", format=format_)), c) for c in (mauvais, piege)
    ]
    lu = lire_archive(io.BytesIO(archive(*entrees, b"%PDF bon")), Reglages(production=False))
    assert [d.refuse for d in lu.documents] == [True, True, False]
    assert "cda-doctype" in {c.code for c in lu.documents[1].constats}


@pytest.mark.rule("XDM-14", "XDM-15")
def test_what_must_not_be_sent() -> None:
    cache, masque, ouvert = (
        metadonnees(b"1", invisible_patient=True), metadonnees(b"2", masque_ps=True), metadonnees(b"3"),
    )  # fmt: skip
    verifier_pour_citoyen([masque, ouvert])
    with pytest.raises(XdmRefuse) as refus:
        verifier_pour_citoyen([ouvert, cache])
    assert refus.value.code == "xdm-invisible-patient"
    assert entre_professionnels([cache, masque, ouvert]) == (cache, ouvert)


def test_times_down_to_what_is_known() -> None:
    assert vocabulaire.lire_dtm("2026") == datetime(2026, 1, 1, tzinfo=UTC)
    assert vocabulaire.lire_dtm("202603020930") == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    ailleurs = datetime(2026, 3, 2, 1, tzinfo=UTC).astimezone(tz=None) + timedelta(hours=1)
    assert vocabulaire.dtm(ailleurs) == "20260302020000"
    for faux in ("", "20261301", "2026-03-02", "202613", "2026030225"):
        with pytest.raises(ValueError):
            vocabulaire.lire_dtm(faux)
    assert Limites().entrees == 200
    assert MEDECIN.genre == "personne"
