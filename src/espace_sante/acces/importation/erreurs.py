"""Why a copy is not taken back."""

from espace_sante.kernel.errors import EspaceSanteError


class RepriseRefusee(EspaceSanteError):
    """Nothing was stored.

    Codes `copie_illisible`, `copie_trop_grande`, `copie_partielle` (a choice of documents, or a part is missing),
    `version_inconnue`, `autre_copie` (parts of two copies), `dossier_present`, `document_present`,
    `donnees_incoherentes`, `autre_personne`. What is not as it was signed: CopieAlteree.
    """
