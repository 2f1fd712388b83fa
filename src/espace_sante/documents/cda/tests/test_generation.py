"""A CDA that we write passes our own checks and the schema, and says again what it was given."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from espace_sante.documents.cda.entete import lire_entete, vers_metadonnees
from espace_sante.documents.cda.examen import Examen, examiner
from espace_sante.documents.cda.formats import format_n1
from espace_sante.documents.cda.generation import document_n1, identifiant_de
from espace_sante.documents.cda.generation_elements import GenerationImpossible, propre
from espace_sante.documents.cda.lire import NS, lire
from espace_sante.documents.cda.modele import IdentifiantHl7
from espace_sante.documents.cda.n1 import extraire_n1
from espace_sante.documents.cda.neuf import (
    OID_CADRE,
    OID_ESPACE,
    OID_SECTEUR,
    Acte,
    Adresse,
    EnteteNeuf,
    Organisation,
    Personne,
    Sujet,
)
from espace_sante.documents.cda.tests.exemple import INS
from espace_sante.documents.metadonnees import Code
from espace_sante.documents.perso.tests import exemples
from espace_sante.kernel.identifiants import OID_PS, OID_STRUCTURE
from espace_sante.kernel.ins import OID_TEST, Ins
from espace_sante.kernel.traits import Traits

MAINTENANT = datetime(2026, 3, 3, 14, 5, 9, tzinfo=timezone(timedelta(hours=1)))
CABINET = Organisation(IdentifiantHl7(OID_STRUCTURE, "1990000001"), "Cabinet du Port")
MEDECIN = Personne(
    IdentifiantHl7(OID_PS, "899000000001"), "MOREL", "Anne", "MME", "DR",
    Code("G15_10/SM26", "urn:oid:1.2.250.1.213.1.1.4.5", "Médecin généraliste"), CABINET,
)  # fmt: skip
SUJET = Sujet(Ins(INS, OID_TEST), Traits("PAT-TROIS", "DOMINIQUE MARIE-LOUISE", "1979-03-28", "F", "51215"))
ENTETE = EnteteNeuf(
    identifiant=identifiant_de("urn:uuid:8d5e778c-e155-4685-95c6-5ff65a362964"),
    serie=identifiant_de("urn:oid:2.25.7"),
    type=Code("11488-4", "http://loinc.org", "CR ou fiche de consultation ou de visite"),
    titre="Consultation du 3 mars",
    moment=MAINTENANT,
    sujet=SUJET,
    auteur=MEDECIN,
    responsable=MEDECIN,
    gardien=CABINET,
    acte=Acte(
        debut=date(2026, 3, 2),
        etablissement=Code("SA08", f"urn:oid:{OID_SECTEUR}", "Cabinet de groupe"),
        cadre=Code("AMBULATOIRE", f"urn:oid:{OID_CADRE}", "Ambulatoire"),
        lieu=CABINET,
        executant=MEDECIN,
    ),
)
PATIENT = Personne(
    IdentifiantHl7(OID_TEST, INS), "DURAND", "Dominique",
    specialite=Code("EXP_PATIENT", f"urn:oid:{OID_ESPACE}", "Expression personnelle du patient"),
)  # fmt: skip
CORPS = {
    "application/pdf": exemples.pdf(),
    "text/plain": exemples.TEXTE,
    "text/rtf": exemples.RTF,
    "image/jpeg": exemples.image(),
    "image/tiff": exemples.image("TIFF"),
}


def examen(octets: bytes, schema: Path | None = None) -> Examen:
    return examiner(octets, production=False, schema=schema, maintenant=MAINTENANT.astimezone(UTC))


@pytest.mark.rule("CDA-03", "CDA-05", "CDA-41")
@pytest.mark.parametrize("media", sorted(CORPS))
def test_every_kind_of_file_gives_a_valid_document(media: str, vectors: Path) -> None:
    octets = document_n1(ENTETE, media, CORPS[media])
    trouve = examen(octets, vectors / "cda" / "xsd")
    assert trouve.schema_absent == ""
    # A PDF that is not PDF/A-1 is told, and nothing else (CDA-05).
    attendus = {"n1-pdf-a1"} if media == "application/pdf" else set()
    assert {c.code for c in trouve.constats} == attendus
    assert not trouve.refuse
    assert extraire_n1(trouve.cda.racine).contenu == CORPS[media], "not a byte of the file changes (CDA-43)"
    assert trouve.entete.format == format_n1(media)


@pytest.mark.rule("CDA-42")
def test_who_acts_for_the_holder_is_named_and_the_holder_stays_the_author(vectors: Path) -> None:
    aidante = Personne(
        IdentifiantHl7(OID_TEST, "185037500001139"), "MARTIN", "Claire",
        specialite=Code("REP_LEGAL", f"urn:oid:{OID_ESPACE}", "Représentant légal"),
    )  # fmt: skip
    entete = replace(ENTETE, auteur=PATIENT, responsable=PATIENT, saisi_par=aidante)
    trouve = examen(document_n1(entete, "text/plain", b"Bonjour"), vectors / "cda" / "xsd")
    assert trouve.constats == ()
    (operateur,) = trouve.cda.racine.iter(f"{{{NS}}}dataEnterer")
    (numero,) = operateur.iter(f"{{{NS}}}id")
    assert (numero.get("root"), numero.get("extension")) == (OID_TEST, "185037500001139")
    assert [e.text for e in operateur.iter(f"{{{NS}}}given", f"{{{NS}}}family")] == ["Claire", "MARTIN"]
    # Author and signatory are the holder, under his INS.
    (auteur,) = trouve.entete.auteurs
    assert [(i.racine, i.extension) for i in auteur.identifiants] == [(OID_TEST, INS)]
    assert trouve.entete.authentificateur is not None
    assert [(i.racine, i.extension) for i in trouve.entete.authentificateur.identifiants] == [(OID_TEST, INS)]
    seul = examen(document_n1(replace(entete, saisi_par=None), "text/plain", b"Bonjour"))
    assert not list(seul.cda.racine.iter(f"{{{NS}}}dataEnterer"))


@pytest.mark.rule("CDA-11", "CDA-13", "CDA-21", "CDA-22", "CDA-31", "CDA-42")
def test_a_full_header_is_valid_and_read_again(vectors: Path) -> None:
    adresse = Adresse("1", "quai aux Herbes", "99100", "Port-Amarante")
    hopital = replace(CABINET, adresse=adresse, telephone="0261910001")
    entete = replace(
        ENTETE, sujet=replace(SUJET, nom_utilise="DURAND", prenom_utilise="DOMI", adresse=adresse, telephone="0600"),
        auteur=PATIENT, responsable=PATIENT, gardien=hopital, medecin_traitant=replace(MEDECIN, organisation=hopital),
        remplace=identifiant_de("urn:oid:1.2.3^A-7"), version=2, confidentialite="R",
        acte=replace(ENTETE.acte, fin=MAINTENANT, code=Code("IMP", "urn:oid:2.16.840.1.113883.5.4", "Hospitalisation"),
                     executant=None, lieu=hopital),
    )  # fmt: skip
    octets = document_n1(entete, "text/plain", b"Bonjour")
    trouve = examen(octets, vectors / "cda" / "xsd")
    assert trouve.constats == ()
    lu = vers_metadonnees(trouve.entete, octets)
    assert lu.unique_id == "urn:uuid:8d5e778c-e155-4685-95c6-5ff65a362964"
    assert (lu.remplace, trouve.entete.version) == ("urn:oid:1.2.3^A-7", 2)
    assert (lu.type.code, lu.titre, lu.confidentialite, lu.langue) == (
        "11488-4",
        "Consultation du 3 mars",
        "R",
        "fr-FR",
    )
    assert (lu.creation, lu.periode_fin, lu.periode_debut.date()) == (
        MAINTENANT,
        MAINTENANT,
        date(2026, 3, 2),
    )
    assert [a.genre for a in lu.auteurs] == ["patient"]
    assert lu.auteurs[0].idnat == "", "the INS is nobody's author id outside the header (INS-15)"
    assert lu.auteurs[0].specialite and lu.auteurs[0].specialite.code == "EXP_PATIENT"
    assert lu.depositaire and lu.depositaire.structure_idnat == "1990000001"
    assert (lu.etablissement.code, lu.cadre.code) == ("SA08", "AMBULATOIRE")
    assert [e.code for e in lu.evenements] == ["IMP"]
    patient = trouve.entete.patient
    assert patient is not None
    assert (patient.nom_utilise, patient.prenom_utilise) == ("DURAND", "DOMI")


@pytest.mark.rule("CDA-20", "CDA-25")
@pytest.mark.parametrize("naissance", ["1979-03-28", "1979-03", "1979", "1979-00-00"])
@pytest.mark.parametrize("sexe", ["M", "F", "I"])
def test_partial_traits_stay_partial(naissance: str, sexe: str) -> None:
    traits = Traits("PAT-TROIS", "DOMINIQUE", naissance, sexe)  # type: ignore[arg-type]
    octets = document_n1(replace(ENTETE, sujet=replace(SUJET, traits=traits)), "text/plain", b"a")
    assert lire_entete(lire(octets)).traits == traits


_NOMS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), min_size=1, max_size=40).filter(
    lambda t: bool(t.split())
)


@pytest.mark.rule("CDA-19", "CDA-20", "CDA-31")
@settings(max_examples=80, deadline=None)
@given(nom=_NOMS, prenoms=_NOMS, auteur=_NOMS, titre=_NOMS, structure=_NOMS)
def test_names_with_any_character_come_back_as_they_were(
    nom: str, prenoms: str, auteur: str, titre: str, structure: str
) -> None:
    lieu = replace(CABINET, nom=structure)
    medecin = replace(MEDECIN, nom=auteur, prenom=prenoms, organisation=lieu)
    entete = replace(
        ENTETE, titre=titre, sujet=replace(SUJET, traits=replace(SUJET.traits, nom_naissance=nom, prenoms=prenoms)),
        auteur=medecin, responsable=medecin, gardien=lieu,
    )  # fmt: skip
    octets = document_n1(entete, "text/plain", b"a")
    trouve = examen(octets)
    assert trouve.constats == ()
    lu = vers_metadonnees(trouve.entete, octets)
    assert trouve.entete.traits is not None
    assert trouve.entete.traits.nom_naissance == propre(nom)
    assert trouve.entete.traits.prenoms == propre(prenoms)
    assert lu.titre == propre(titre)
    assert (lu.auteurs[0].nom, lu.auteurs[0].prenom) == (propre(auteur), propre(prenoms))
    assert lu.auteurs[0].structure_nom == propre(structure)
    assert lu.depositaire and lu.depositaire.structure_nom == propre(structure)


@pytest.mark.parametrize("mauvais", ["a\x00b", "a\x08b", "a\ufffeb", "a\ud800b"])
def test_what_xml_cannot_hold_is_refused_and_not_shown(mauvais: str) -> None:
    with pytest.raises(GenerationImpossible, match="caractere_interdit") as refus:
        document_n1(replace(ENTETE, titre=mauvais), "text/plain", b"a")
    assert "ab" not in str(refus.value)


@pytest.mark.rule("CDA-05")
def test_another_kind_of_file_is_not_wrapped() -> None:
    with pytest.raises(ValueError, match="media"):
        document_n1(ENTETE, "image/png", b"a")
