"""What the holder closed to professionals (REG-08), and his choice about automatic reading (REG-11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from espace_sante.acces.mon_espace import MonEspace
from espace_sante.dossier.models import AccordExtraction
from espace_sante.platform.postgres.direct import lire
from espace_sante.traces.ecriture import Acte, Action


@dataclass(frozen=True, slots=True)
class Restrictions:
    """How much he closed: documents that he sees and masked, people or structures blocked, sections, emergencies."""

    documents_masques: int
    blocages: int
    sections: int
    urgences: int

    @property
    def restreint(self) -> bool:
        """Whether a professional may miss something for his care (REG-09)."""
        return bool(self.documents_masques or self.blocages or self.sections or self.urgences)


def restrictions(espace: MonEspace) -> Restrictions:
    """Counted over what the holder himself may see (DOC-58)."""
    lignes = lire(
        "SELECT (SELECT count(*) FROM documents_document WHERE dossier_id = %(dossier)s AND masque_ps"
        " AND NOT invisible_patient AND statut = 'current'),"
        " (SELECT count(*) FROM acces_blocage WHERE dossier_id = %(dossier)s AND leve_le IS NULL),"
        " remboursements_masques::int + directives_masquees::int + antecedents_masques::int"
        " + masque_par_defaut::int, 2 - urgence_samu::int - urgence_bris_de_glace::int"
        " FROM dossier_dossier WHERE dossier_id = %(dossier)s",
        {"dossier": espace.dossier_id},
    )
    return Restrictions(*lignes[0])


def extraction_acceptee(espace: MonEspace) -> bool:
    """No, unless he said yes (REG-11)."""
    return AccordExtraction.objects.filter(dossier_id=espace.dossier_id, accorde=True).exists()


def choisir_extraction(espace: MonEspace, *, accorde: bool) -> None:
    """Give or withdraw the consent, at once. Idempotent, traced when it changes (REG-11)."""
    if extraction_acceptee(espace) == accorde:
        return
    AccordExtraction.objects.update_or_create(
        dossier_id=espace.dossier_id, defaults={"accorde": accorde, "depuis": datetime.now(UTC)}
    )
    action = Action.EXTRACTION_ACCORDEE if accorde else Action.EXTRACTION_RETIREE
    espace.consigner(Acte(action))
