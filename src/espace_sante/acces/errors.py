"""Refusals of the gate. Their messages are the same whether a record is absent, closed or forbidden."""

from __future__ import annotations

from uuid import UUID

from espace_sante.acces.dicah import Decision
from espace_sante.kernel.errors import EspaceSanteError


class AccesRefuse(EspaceSanteError):
    """Reading is refused; `decision` holds the five letters (rule ACC-02). Already traced."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(decision.code, "L'accès à ce dossier n'est pas possible.")
        self.decision = decision


class EspaceFerme(EspaceSanteError):
    """The holder's space is not open to him. Codes `espace_non_active`, `espace_ferme`."""


class AlimentationRefusee(EspaceSanteError):
    """Feeding is refused (rules ACC-65, DOC-12, DOC-14, FHR-78 to FHR-80). Already traced.

    Codes `aucun_dossier`, `dossier_ferme`, `dossier_indisponible`, `ins_non_qualifiee`,
    `alimentation_interdite`, `deposant_inconnu`, `auteur_manquant`, `unique_id_utilise`,
    `remplacement_inconnu`, `deja_remplace`, `non_auteur`, `document_non_conforme`,
    `antivirus_injoignable`. `existant` is the id of the same document when the very same deposit was already there.
    """

    def __init__(self, code: str, message: str, existant: UUID | None = None) -> None:
        super().__init__(code, message)
        self.existant = existant


class DocumentIntrouvable(EspaceSanteError):
    """No such document for this asker: absent, hidden or deleted look the same (rules FHR-120, DOC-43)."""

    def __init__(self) -> None:
        super().__init__("document_introuvable", "Ce document n'est pas disponible.")


class ConsentementRefuse(EspaceSanteError):
    """A consent cannot be recorded. Codes `consentement_interdit`, `equipe_inconnue`, `dossier_indisponible`."""


class ControleRefuse(EspaceSanteError):
    """A choice of the holder cannot be kept. Codes `inconnu`, `non_autorise`, `consentement_inconnu`, `reglage_inconnu`."""


class CodeRefuse(EspaceSanteError):
    """An access code opens nothing (ACC-25, ACC-27). Codes `code_refuse`, `trop_d_essais`, `professionnel_inconnu`."""


class UrgenceRefusee(EspaceSanteError):
    """An emergency is not declared as the law asks (EMG-01).

    Codes `motif_absent`, `motif_trop_long`, `faits_non_attestes`, `mode_inconnu`.
    """
