"""Tokens for the demonstration's people, without the browser: same directory checks, same issuer."""

from __future__ import annotations

from espace_sante.acces.appairages.essai import appairer
from espace_sante.identite.annuaire import (
    ProfessionnelRefuse,
    acteur_professionnel,
    acteur_structure,
    situations,
)
from espace_sante.identite.index import trouver_dossier
from espace_sante.identite.jetons import emettre_jeton
from espace_sante.identite.models import Structure
from espace_sante.identite.portees import ALIMENTATION, CONSULTATION, LPS_DEMONSTRATION
from espace_sante.kernel.identifiants import struct_idnat
from espace_sante.kernel.ins import OID_TEST, Ins


def _idnat(finess: str) -> str:
    return finess if finess.startswith("1") and len(finess) == 10 else struct_idnat(finess)


def pour_professionnel(rpps: str, finess: str | None = None) -> str:
    """A two-factor token. Raises ProfessionnelRefuse (unknown, inactive, or no such situation)."""
    choix = situations(rpps)
    if finess:
        choix = [s for s in choix if s.structure_id == _idnat(finess)]
        if not choix:
            raise ProfessionnelRefuse(
                "situation_inconnue", "Ce professionnel n'exerce pas dans cette structure."
            )
    return emettre_jeton(
        acteur_professionnel(choix[0], deux_facteurs=True, client_id=LPS_DEMONSTRATION, portees=CONSULTATION)
    )


def pour_structure(finess: str) -> str:
    """A token of a structure without a person: it feeds only (IDN-58)."""
    structure = Structure.objects.filter(id=_idnat(finess)).first()
    if structure is None:
        raise ProfessionnelRefuse("structure_inconnue", "Cette structure n'est pas dans l'annuaire.")
    return emettre_jeton(acteur_structure(structure, client_id=LPS_DEMONSTRATION, portees=ALIMENTATION))


def pour_service(client_id: str, matricule: str) -> dict[str, str]:
    """Both tokens of a paired service acting for a holder, who agrees to everything on the way (OID-28).

    Raises ProfessionnelRefuse (`dossier_inconnu`), EspaceSanteError (`service_inconnu`), EspaceFerme.
    """
    dossier_id = trouver_dossier(Ins.lire(matricule, OID_TEST, verifier_cle=False))
    if dossier_id is None:
        raise ProfessionnelRefuse("dossier_inconnu", "Personne n'a cet INS ici.")
    remise = appairer(client_id, dossier_id)
    return {
        "access_token": remise.acces,
        "id_token": remise.identite,
        "scope": " ".join(sorted(remise.portees)),
    }
