"""Two fictitious operators of a demonstration, with their second factor already linked."""

from __future__ import annotations

import secrets

from espace_sante.identite.models import Operateur
from espace_sante.identite.operateurs import gestion
from espace_sante.identite.operateurs.roles import Role

_OPERATEURS = (
    (
        "camille.operation@espace-sante.example",
        "Camille Roche",
        (Role.SUPPORT, Role.GESTIONNAIRE_MATRICE, Role.DELEGUE_PROTECTION_DONNEES),
    ),
    (
        "dominique.operation@espace-sante.example",
        "Dominique Faure",
        (Role.GESTIONNAIRE_MATRICE, Role.MEDECIN_CONTROLE, Role.SECURITE),
    ),
)


def operateurs() -> list[dict[str, object]]:
    """Make them, or give them new factors; their accounts, as the demonstration shows them."""
    comptes: list[dict[str, object]] = []
    for courriel, nom, roles in _OPERATEURS:
        if not Operateur.objects.using(gestion.PROPRIETAIRE).filter(courriel=courriel).exists():
            gestion.creer(courriel, nom, roles)
        mot_de_passe = f"Demo-{secrets.token_hex(4)}-9"
        comptes.append(
            {
                "courriel": courriel,
                "nom": nom,
                "roles": [r.value for r in roles],
                "mot_de_passe": mot_de_passe,
                "totp": gestion.enroler_d_office(courriel, mot_de_passe),
            }
        )
    return comptes
