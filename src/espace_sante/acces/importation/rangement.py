"""Documents that a holder takes from elsewhere, put in his record as one deposit of his own (POR-18, XDM-16)."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

from espace_sante.acces.mon_espace import MonEspace
from espace_sante.documents import ecriture
from espace_sante.documents.depot import DocumentADeposer, LotADeposer
from espace_sante.documents.metadonnees import Auteur
from espace_sante.documents.perso.lot import EXP_PATIENT
from espace_sante.dossier.models import Dossier
from espace_sante.kernel.ids import uuid7
from espace_sante.platform.crypto import CleDossier
from espace_sante.traces.ecriture import Acte, Action


def ranger(espace: MonEspace, documents: tuple[DocumentADeposer, ...], *, titre: str, motif: str) -> None:
    """Store them in the space that is open, each with its trace; `motif` says where they come from."""
    moi = Auteur("patient", nom=espace.acteur.nom, specialite=EXP_PATIENT)
    lot = LotADeposer(
        id=uuid7(), unique_id=f"urn:uuid:{uuid4()}", source_id=f"urn:uuid:{espace.dossier_id}",
        date=datetime.now(UTC), titre=titre, auteur=moi, designation=None, documents=documents,
    )  # fmt: skip
    dossier = Dossier.objects.get(dossier_id=espace.dossier_id)
    cle = CleDossier.ouvrir(bytes(dossier.cle_scellee or b""), espace.dossier_id.bytes)
    deposant = ecriture.Deposant(espace.acteur.genre.value)
    ecriture.ranger(espace.dossier_id, lot, deposant, cle, masquer=dossier.masque_par_defaut)
    for document in documents:
        m = document.metadonnees
        espace.consigner(
            Acte(
                Action.DEPOT,
                motif=motif,
                document_ids=(document.id,),
                document_type=m.type.code,
                document_titre=m.titre[:255],
            )
        )
