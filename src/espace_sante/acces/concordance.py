"""What a document says of its patient against the record that it comes to: every door ends here (CDA-29).

Both sides are read already: the header by the door, the record's traits by the query that opens it. Nothing is written
on the record's identity (CDA-30).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.conf import settings

from espace_sante.acces.errors import AlimentationRefusee
from espace_sante.documents.cda.identite import comparer_traits
from espace_sante.documents.depot import DocumentADeposer
from espace_sante.kernel.traits import Traits
from espace_sante.platform.journal import Evenement, consigner

# Of the trace of a deposit: stored, under a name that is not quite the holder's. The quality event of CDA-29.
MOTIF_NOMS: Final = "noms_differents"
MESSAGE: Final = "La date de naissance, le sexe ou le nom du document ne correspond pas au dossier."


def concorder(documents: Sequence[DocumentADeposer], du_dossier: Traits | None) -> tuple[UUID, ...]:
    """Documents to store although their names differ. Raises AlimentationRefusee `traits_differents`.

    A document whose header names nobody, or that has none, is not compared: what it lacks was judged at the door.
    """
    if du_dossier is None:
        return ()
    noms_refusent = settings.ES_INS_TRAITS == "refuse"
    differents = []
    for document in documents:
        constats = comparer_traits(document.traits, du_dossier, noms_refusent=noms_refusent)
        if any(c.gravite == "error" for c in constats):
            raise AlimentationRefusee("traits_differents", MESSAGE)
        if constats:
            differents.append(document.id)
    if differents:
        consigner(Evenement.ERREUR, code=MOTIF_NOMS, nombre=len(differents))
    return tuple(differents)
