"""Archives for the tests: made by us, or by hand to be wrong in one way."""

from __future__ import annotations

import hashlib
import io
import zipfile
from datetime import UTC, datetime
from uuid import uuid4

from espace_sante.documents.cda.formats import MIME_SUFFIT
from espace_sante.documents.metadonnees import Auteur, Code, Metadonnees
from espace_sante.documents.xdm.ecriture import EcritureXdm
from espace_sante.documents.xdm.modele import EntreeXdm, PatientXdm, SoumissionXdm
from espace_sante.kernel.ins import OID_TEST, Ins, cle
from espace_sante.kernel.traits import Traits

INS = Ins("2780341185011" + cle("2780341185011"), OID_TEST)
AUTRE_INS = Ins("1850375000011" + cle("1850375000011"), OID_TEST)
QUAND = datetime(2026, 3, 2, 9, 30, 15, tzinfo=UTC)
MEDECIN = Auteur(
    "personne", "899000000001", "MOREL", "Anne", "1990000001", "Centre de test",
    Code("G15_10/SM26", "urn:oid:1.2.250.1.213.1.1.4.5", "Médecine générale"),
)  # fmt: skip
PATIENT = PatientXdm(INS, Traits("MARTIN", "Lou", "1978-03-02", "F", "14118"))


def soumission(**autres: object) -> SoumissionXdm:
    valeurs: dict[str, object] = {
        "id": uuid4(), "unique_id": "urn:oid:1.2.3.4^55", "source_id": "urn:oid:1.2.3", "date": QUAND,
        "titre": "Sortie d’hôpital", "auteur": MEDECIN,
    }  # fmt: skip
    return SoumissionXdm(**{**valeurs, **autres})  # type: ignore[arg-type]


def metadonnees(contenu: bytes, **autres: object) -> Metadonnees:
    valeurs: dict[str, object] = {
        "unique_id": f"urn:uuid:{uuid4()}",
        "type": Code("11488-4", "http://loinc.org", "Compte rendu de consultation"),
        "classe": Code(
            "10", "https://mos.esante.gouv.fr/NOS/TRE_A03-ClasseDocument/FHIR/TRE-A03-ClasseDocument"
        ),
        "titre": "Compte rendu",
        "langue": "fr-FR",
        "format": MIME_SUFFIT,
        "mime": "application/pdf",
        "taille": len(contenu),
        "sha1": hashlib.sha1(contenu, usedforsecurity=False).digest(),
        "creation": QUAND,
        "date": QUAND,
        "periode_debut": QUAND,
        "etablissement": Code("SA01", "urn:oid:1.2.250.1.71.4.2.4", "Établissement public"),
        "cadre": Code("ETABLISSEMENT", "urn:oid:1.2.250.1.213.1.1.4.9"),
        "auteurs": (MEDECIN,),
    }
    return Metadonnees(**{**valeurs, **autres})  # type: ignore[arg-type]


def archive(
    *contenus: bytes | tuple[EntreeXdm, bytes], patient: PatientXdm = PATIENT, **autres: object
) -> bytes:
    sortie = io.BytesIO()
    xdm = EcritureXdm(sortie, patient, soumission(**autres), quand=QUAND)
    for c in contenus:
        entree, contenu = c if isinstance(c, tuple) else (EntreeXdm(uuid4(), "", metadonnees(c)), c)
        xdm.ajouter(entree, contenu)
    xdm.finir()
    return sortie.getvalue()


def fichiers(octets: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(octets)) as zip_:
        return {nom: zip_.read(nom) for nom in zip_.namelist()}


def refaire(contenus: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    sortie = io.BytesIO()
    with zipfile.ZipFile(sortie, "w", compression) as zip_:
        for nom, contenu in contenus.items():
            zip_.writestr(nom, contenu)
    return sortie.getvalue()
