"""The state of a profile for the operator's support: open or not, and nothing of what it holds (ACC-79)."""

from __future__ import annotations

from typing import Final

from espace_sante.acces.operation.actes import noter, role_pour
from espace_sante.acces.porte import resoudre
from espace_sante.acces.queries import portee_et_situation
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.operateurs.roles import Role
from espace_sante.kernel.codes import EtatProfil
from espace_sante.kernel.ins import Ins
from espace_sante.traces.ecriture import Acte, Action, tracer

MOTS: Final = {
    None: "Aucun espace ne répond à ce matricule.",
    EtatProfil.NON_NOTIFIE: "L’espace n’est pas créé : la personne n’a pas encore reçu sa notification.",
    EtatProfil.NOTIFIE: "L’espace n’est pas créé : la personne a reçu sa notification et peut s’opposer.",
    EtatProfil.OPPOSE: "L’espace n’est pas créé : la personne s’est opposée.",
    EtatProfil.CREE_AUTO: "L’espace est créé. La personne ne s’est pas encore connectée.",
    EtatProfil.ACTIVE: "L’espace est ouvert et activé.",
    EtatProfil.SUSPENDU: "L’espace est suspendu.",
    EtatProfil.CLOTURE: "L’espace est fermé.",
    EtatProfil.SUPPRIME: "L’espace est effacé.",
}


def etat(acteur: Acteur, ins: Ins, *, contexte: Contexte) -> EtatProfil | None:
    """None when there is no record. Traced in the record, for its holder to see. Raises RoleRequis."""
    role = role_pour(acteur, Role.SUPPORT)
    dossier_id = resoudre(ins)
    trouve = None
    if dossier_id is not None:
        with portee_et_situation(dossier_id, acteur) as vue:
            trouve = vue.etat
            if trouve is not None:
                tracer(dossier_id, acteur, contexte, Acte(Action.EXISTENCE))
    noter(acteur, contexte, "etat_du_profil", role)
    return trouve
