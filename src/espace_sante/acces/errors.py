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
    `alimentation_interdite`, `type_interdit`, `deposant_inconnu`, `auteur_manquant`, `unique_id_utilise`,
    `remplacement_inconnu`, `deja_remplace`, `non_auteur`, `document_non_conforme`,
    `antivirus_injoignable`, `traits_differents` (CDA-29). `existant` is the id of the same document when the
    very same deposit was already there.
    """

    def __init__(self, code: str, message: str, existant: UUID | None = None) -> None:
        super().__init__(code, message)
        self.existant = existant


class DocumentIntrouvable(EspaceSanteError):
    """No such document for this asker: absent, hidden or deleted look the same (rules FHR-120, DOC-43)."""

    def __init__(self) -> None:
        super().__init__("document_introuvable", "Ce document n'est pas disponible.")


class DocumentSupprime(DocumentIntrouvable):
    """The asker might read this document, were it not deleted (rules FHR-120, FHR-133); to all others it is not here."""


class TracesRefusees(EspaceSanteError):
    """This professional may not read these traces (AUD-08, ACC-60). Already traced.

    Codes `traces_reservees`, `professionnel_bloque`.
    """


class CercleRefuse(EspaceSanteError):
    """The circle of care is read by the holder and its members (FHR-166). Already traced. Code `cercle_reserve`."""


class ToutRefuse(EspaceSanteError):
    """Everything at once is for the holder, in his own record. Already traced. Code `reserve_au_titulaire`."""


class ModificationRefusee(EspaceSanteError):
    """A change of a stored document is refused, whole (rules FHR-126 to FHR-139). Already traced.

    Codes of `documents.regles_modification.refus`, and `version_perimee`, `plusieurs_documents`.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code, "Ce changement n'est pas possible.")


class ConsentementRefuse(EspaceSanteError):
    """A consent cannot be recorded. Traced, except for a record that nobody knows.

    Codes `consentement_interdit`, `equipe_inconnue`, `dossier_indisponible`, `professionnel_bloque`;
    `information_absente`, `equipe_interdite` (ACC-23); `equipe_seule` (ACC-74); for a colleague (ACC-13)
    `confrere_soi_meme`, `confrere_non_autorise`, `autorisation_absente`.
    """


class ControleRefuse(EspaceSanteError):
    """A choice of the holder, or of his administrateur, cannot be kept.

    Codes `inconnu`, `non_autorise`, `consentement_inconnu`, `reglage_inconnu`, `non_administrateur`, `soi_meme`.
    """


class CodeRefuse(EspaceSanteError):
    """An access code opens nothing (ACC-25, ACC-27).

    Codes `code_refuse`, `trop_d_essais`, `professionnel_inconnu`, `information_absente` (ACC-23).
    """


class UrgenceRefusee(EspaceSanteError):
    """An emergency is not declared as the law asks (EMG-01).

    Codes `motif_absent`, `motif_trop_long`, `faits_non_attestes`, `mode_inconnu`.
    """


class PartageRefuse(EspaceSanteError):
    """A document cannot be shared with this professional (ADR 0016).

    Codes `inconnu`, `profession_sans_partage`, `profession_sans_ce_type`, `professionnel_bloque`, `remplace`,
    `date_refusee`, `trop_de_partages`.
    """
