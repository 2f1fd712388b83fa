"""Refusals about the habilitation matrix."""

from __future__ import annotations

from espace_sante.kernel.errors import EspaceSanteError


class MatriceInvalide(EspaceSanteError):
    """A matrix file is refused whole; `details["lignes"]` names the bad lines (rule ACC-36).

    Codes `matrice_invalide`, `matrice_trop_grande`.
    """


class EditionRefusee(EspaceSanteError):
    """An edition cannot be proposed or approved (rules ACC-38 to ACC-40).

    Codes `edition_inconnue`, `deja_approuvee`, `meme_personne`, `apercu_perime`, `personne_absente`,
    `gestionnaire_inconnu`, `systeme_inconnu`.
    """
