"""What is refused to a holder who adds or tidies documents. Nothing is stored; each refusal has its code."""

from __future__ import annotations

from espace_sante.kernel.errors import EspaceSanteError


class DepotRefuse(EspaceSanteError):
    """A deposit made in a page is refused, a holder's or a professional's (rules DOC-18, DOC-22 to DOC-28).

    Codes: `format_refuse`, `fichier_vide`, `contenu_different`, `fichier_trop_gros`, `image_trop_lourde`,
    `image_illisible`, `image_demesuree`, `trop_de_photos`, `contenu_actif`, `fichier_joint`, `fichier_double`,
    `pdf_illisible`, `rtf_actif`, `fichier_infecte`, `antivirus_injoignable`, `titre_manquant`, `titre_trop_long`,
    `titre_invalide`, `date_manquante`, `date_future`, `date_invalide`, `rubrique_manquante`, `type_refuse`,
    `quota_documents`, `quota_volume`, `directives_majeurs`; of a professional: `pdf_protege`, `type_manquant`,
    `remplacement_inconnu`, `responsable_inconnu`, `depot_introuvable`, `depot_incomplet`.
    """


class RangementRefuse(EspaceSanteError):
    """A folder or a move is refused (rules DOC-53, DOC-54).

    Codes: `nom_manquant`, `nom_trop_long`, `nom_invalide`, `dossier_existant`, `dossier_introuvable`,
    `trop_de_dossiers`.
    """
