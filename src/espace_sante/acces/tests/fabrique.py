"""Small makers of people, records and lots for the tests of this room and of those above."""

from __future__ import annotations

import hashlib
import random
from datetime import UTC, datetime
from uuid import UUID

from espace_sante.documents.depot import DocumentADeposer, LotADeposer
from espace_sante.documents.metadonnees import Auteur, Code, Metadonnees
from espace_sante.documents.nomenclatures import SYSTEME_CLASSE, type_document
from espace_sante.dossier.services import NouveauDossier, creer
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.annuaire import acteur_professionnel
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.models import Professionnel, SituationExercice, Structure
from espace_sante.kernel.codes import EtatProfil, GenreActeur
from espace_sante.kernel.ids import uuid7
from espace_sante.kernel.ins import OID_TEST, Ins, cle
from espace_sante.kernel.traits import Traits

CONTEXTE = Contexte(porte="cli")


def ins(graine: int) -> Ins:
    """A valid test INS, different for each seed."""
    r = random.Random(graine)
    naissance = f"{r.choice('12')}{r.randrange(100):02d}{r.randrange(1, 13):02d}"
    base = f"{naissance}{r.randrange(1, 95):02d}{r.randrange(1, 990):03d}{r.randrange(1, 999):03d}"
    return Ins(base + cle(base), OID_TEST)


def dossier(graine: int = 1, etat: EtatProfil = EtatProfil.ACTIVE, **autres: object) -> tuple[UUID, Ins]:
    """A profile in that state, with a plain identity."""
    numero = ins(graine)
    identifiant = uuid7()
    creer(
        NouveauDossier(
            dossier_id=identifiant,
            ins=numero,
            traits=Traits("MARTIN", "Lou", "1978-03-02", "F", "14118"),
            etat=etat,
            etat_depuis=datetime.now(UTC),
            **autres,  # type: ignore[arg-type]
        )
    )
    return identifiant, numero


def titulaire(dossier_id: UUID) -> Acteur:
    return Acteur(genre=GenreActeur.TITULAIRE, nom="Lou MARTIN", dossier_id=dossier_id, deux_facteurs=True)


def professionnel(
    rpps: str = "99000000001",
    profession: str = "10",
    systeme: str = "TRE_G15",
    *,
    actif: bool = True,
    structure: str = "1990000001",
    base: str = "default",
    **autres: object,
) -> Acteur:
    """An active professional of the directory, logged in with two factors.

    `base`: "proprietaire" outside the test run, where the application's role may not write the directory.
    """
    lieu, _ = Structure.objects.using(base).get_or_create(
        id=structure, defaults={"nom": "Centre de test", "commune": "Caen"}
    )
    pro, _ = Professionnel.objects.using(base).get_or_create(
        rpps=rpps, defaults={"nom": "MOREL", "prenom": "Anne", "civilite": "Dr", "actif": actif}
    )
    situation, _ = SituationExercice.objects.using(base).get_or_create(
        id=f"{rpps}-{profession}",
        defaults={
            "professionnel": pro,
            "profession_systeme": systeme,
            "profession_code": profession,
            "structure": lieu,
        },
    )
    autres = {"deux_facteurs": True, **autres}
    return acteur_professionnel(situation, **autres)  # type: ignore[arg-type]


def document(
    type_code: str = "11488-4",
    *,
    auteur: Acteur | None = None,
    contenu: bytes = b"%PDF-1.4 compte rendu",
    titre: str = "Compte rendu de consultation",
    **autres: object,
) -> DocumentADeposer:
    type_ = type_document(type_code)
    assert type_ is not None
    quand = datetime.now(UTC)
    identifiant = uuid7()
    valeurs: dict[str, object] = {
        "unique_id": f"urn:uuid:{uuid7()}",
        "type": Code(type_.code, type_.systeme, type_.libelle),
        "classe": Code(type_.classe, SYSTEME_CLASSE),
        "titre": titre,
        "langue": "fr-FR",
        "format": Code(
            "urn:ihe:iti:xds:2017:mimeTypeSufficient",
            "http://ihe.net/fhir/ihe.formatcode.fhir/CodeSystem/formatcode",
        ),
        "mime": "application/pdf",
        "taille": len(contenu),
        "sha1": hashlib.sha1(contenu, usedforsecurity=False).digest(),
        "creation": quand,
        "date": quand,
        "periode_debut": quand,
        "etablissement": Code("SA01", "urn:oid:1.2.250.1.71.4.2.4"),
        "cadre": Code("ETABLISSEMENT", "urn:oid:1.2.250.1.213.1.1.4.9"),
        "auteurs": (source(auteur),),
        **autres,
    }
    return DocumentADeposer(identifiant, uuid7(), Metadonnees(**valeurs), contenu)  # type: ignore[arg-type]


def source(acteur: Acteur | None) -> Auteur:
    if acteur is None or not acteur.rpps:
        return Auteur("personne", idnat="899000000001", nom="MOREL", prenom="Anne")
    return Auteur(
        "personne",
        idnat=f"8{acteur.rpps}",
        nom="MOREL",
        prenom="Anne",
        structure_idnat=acteur.structure_id,
        structure_nom=acteur.structure_nom,
    )


def lot(acteur: Acteur, *documents: DocumentADeposer) -> LotADeposer:
    auteur = source(acteur)
    if acteur.genre is GenreActeur.STRUCTURE:
        auteur = Auteur(
            "organisation", structure_idnat=acteur.structure_id, structure_nom=acteur.structure_nom
        )
    return LotADeposer(
        id=uuid7(), unique_id=f"urn:uuid:{uuid7()}", source_id="urn:oid:1.2.3", date=datetime.now(UTC),
        titre="", auteur=auteur, designation=None, documents=documents,
    )  # fmt: skip
