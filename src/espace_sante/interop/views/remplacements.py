"""A CDA that announces another replaced document than `relatesTo` does, once the record told which it is (FHR-104)."""

from __future__ import annotations

from espace_sante.acces.alimentation import DepotFait
from espace_sante.acces.remplacements import unique_ids_remplaces
from espace_sante.interop.fhir.cda import annonce_a_verifier
from espace_sante.interop.fhir.constats import Constat
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.lot import DocumentDuLot, LotLu
from espace_sante.interop.fhir.simplifie import DepotSimple


def ecarts(lu: LotLu | DepotSimple, fait: DepotFait) -> list[Constat]:
    """Warnings; relatesTo has won. Asks the record only when a document was named by an id of ours."""
    annonces = {
        d.id: (annonce, d.chemin if isinstance(d, DocumentDuLot) else "DocumentReference")
        for d in lu.a_ranger
        if (annonce := annonce_a_verifier(d.examen, d.lu.metadonnees))
    }
    if not annonces:
        return []
    return [
        Erreur.REMPLACEMENT_CDA.constat(f"{annonces[document][1]}.relatesTo", gravite="warning")
        for document, unique_id in unique_ids_remplaces(fait, annonces).items()
        if unique_id != annonces[document][0]
    ]
