"""The lot of a holder's file, when somebody acts in his name (CDA-42)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from espace_sante.documents.cda.lire import NS, lire
from espace_sante.documents.cda.modele import IdentifiantHl7
from espace_sante.documents.cda.neuf import Organisation, Personne, Sujet
from espace_sante.documents.perso.examen import Fichier
from espace_sante.documents.perso.lot import Description, Service, lot_du_titulaire
from espace_sante.kernel.identifiants import OID_STRUCTURE
from espace_sante.kernel.ins import OID_TEST, Ins
from espace_sante.kernel.traits import Traits

QUAND = datetime(2026, 3, 2, 12, tzinfo=UTC)
ENFANT = Sujet(
    Ins("279035121518989", OID_TEST), Traits("PAT-TROIS", "Lou", "2014-03-28", "F"), "PAT-TROIS", "Lou"
)
PARENT = Personne(IdentifiantHl7(OID_TEST, "185037500001139"), "PAT-TROIS", "Claire")
SERVICE = Service(Organisation(IdentifiantHl7(OID_STRUCTURE, "1990000091"), "Espace santé"))


def _saisi_par(qui: Personne | None) -> list[str]:
    lot = lot_du_titulaire(
        UUID(int=1), ENFANT, Description("Ordonnance", date(2026, 3, 2), "DOCPAT02"), Fichier("text/plain", b"Bonjour"),
        SERVICE, quand=QUAND, saisi_par=qui,
    )  # fmt: skip
    (document,) = lot.documents
    # Whoever acts, the author that the record knows is the holder.
    assert [a.genre for a in document.metadonnees.auteurs] == ["patient"]
    operateurs = lire(document.contenu).racine.iter(f"{{{NS}}}dataEnterer")
    return [str(i.get("extension")) for o in operateurs for i in o.iter(f"{{{NS}}}id")]


@pytest.mark.rule("CDA-42")
def test_the_person_who_acted_is_in_the_header() -> None:
    assert _saisi_par(PARENT) == ["185037500001139"]
    assert _saisi_par(None) == []
