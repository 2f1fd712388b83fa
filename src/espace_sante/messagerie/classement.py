"""The holder files the documents of a message that he has as a file: his own act, in one step (XDM-16, MSG-74, MSG-75).

What is wrong in the archive is left out and told; what his record holds already is not stored twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.conf import settings

from espace_sante.acces.importation.archive import Classement, classer
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.documents.xdm.lecture import Reglages
from espace_sante.documents.xdm.modele import ArchiveXdm
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.messagerie.erreurs import MessageIllisible, MessageRefuse
from espace_sante.messagerie.lecture import lire_message
from espace_sante.traces.ecriture import Acte, Action, Resultat

_REFUS: Final = {
    "": "Ce message ne contient pas d’archive de documents de santé (IHE_XDM.zip).",
    "xdm-invisible-patient": "Un professionnel doit d’abord vous annoncer un de ces documents. Parlez-en à votre médecin.",
    "xdm-plusieurs-personnes": "Cette archive contient des documents de plusieurs personnes.",
}
_ILLISIBLE: Final = "L’archive de ce message n’est pas lisible ou n’est pas sûre."


@dataclass(frozen=True, slots=True)
class Rangement:
    """What became of a message; `refuses`: documents of it that were not in good order."""

    classement: Classement
    refuses: int


def ranger_le_message(acteur: Acteur, brut: bytes, *, contexte: Contexte) -> Rangement:
    """File every document of the message that may be. Each refusal stores nothing and is traced.

    Raises MessageIllisible, MessageRefuse `archive_refusee`, and what `acces.importation.archive.classer` raises.
    """
    with ouvrir_mon_espace(acteur, contexte=contexte) as espace:
        moi = espace.titulaire.ins
    reglages = Reglages(
        production=settings.ES_INSTANCE == "production", attendu=moi, schema=settings.ES_CDA_XSD or None
    )
    try:
        archive = _archive(brut, reglages)
    except (MessageIllisible, MessageRefuse) as refus:
        with ouvrir_mon_espace(acteur, contexte=contexte) as espace:
            espace.consigner(Acte(Action.DEPOT, Resultat.REFUS, motif=refus.code))
        raise
    bons = [d.entree.id for d in archive.documents if not d.refuse]
    refuses = len(archive.documents) - len(bons) + len(archive.ecartes)
    return Rangement(classer(acteur, archive, bons, contexte=contexte), refuses)


def _archive(brut: bytes, reglages: Reglages) -> ArchiveXdm:
    recu = lire_message(brut, reglages, pour_citoyen=True)
    if recu.archive is None:
        raise MessageRefuse("archive_refusee", _REFUS.get(recu.refus, _ILLISIBLE))
    return recu.archive
