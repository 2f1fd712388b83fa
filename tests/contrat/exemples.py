"""One plausible lot of one document, for tests that need a record with something in it."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from uuid import uuid4

from espace_sante.documents.depot import DocumentADeposer, LotADeposer
from espace_sante.documents.metadonnees import Auteur, Code, Metadonnees
from espace_sante.kernel.ids import uuid7

CONTENU = b"%PDF-1.7 exemple"


def lot(structure_idnat: str) -> LotADeposer:
    """A biology report of that structure, with fresh identifiers."""
    quand = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    auteur = Auteur(
        "personne", idnat="810000000001", nom="Morel", prenom="Anne", structure_idnat=structure_idnat,
        structure_nom="Laboratoire",
    )  # fmt: skip
    metadonnees = Metadonnees(
        unique_id=f"urn:uuid:{uuid4()}",
        type=Code("11502-2", "http://loinc.org", "CR d'examens biologiques"),
        classe=Code("10", "urn:oid:1.2.250.1.213.1.1.4.1", "Compte rendu"),
        titre="Analyse de sang",
        langue="fr-FR",
        format=Code("urn:ihe:iti:xds-sd:pdf:2008", "urn:oid:1.3.6.1.4.1.19376.1.2.3"),
        mime="text/xml",
        taille=len(CONTENU),
        sha1=hashlib.sha1(CONTENU, usedforsecurity=False).digest(),
        creation=quand,
        date=quand,
        periode_debut=quand,
        etablissement=Code("SA25", "urn:oid:1.2.250.1.71.4.2.4"),
        cadre=Code("AMBULATOIRE", "urn:oid:1.2.250.1.213.1.1.4.9"),
        auteurs=(auteur,),
    )
    return LotADeposer(
        id=uuid7(),
        unique_id=f"urn:uuid:{uuid4()}",
        source_id="urn:oid:1.2.250.1.999",
        date=quand,
        titre="",
        auteur=auteur,
        designation=None,
        documents=(DocumentADeposer(id=uuid7(), entree=uuid4(), metadonnees=metadonnees, contenu=CONTENU),),
    )
