"""What a publisher declares of a service that people pair with: purposes, kinds of data, OID (OID-28, CAT-23). Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from typing import Final

import msgspec

from espace_sante.identite.logiciels.erreurs import FicheRefusee

# What data may be exchanged for, and nothing else: no research, no advertising (CAT-23).
FINALITES: Final[dict[str, str]] = {
    "prevention": "Prévention",
    "diagnostic": "Diagnostic",
    "soins": "Soins",
    "suivi_social": "Suivi social et médico-social",
}
_OID: Final = re.compile(r"[0-2](\.(0|[1-9][0-9]{0,38})){2,}", re.ASCII)
_OID_MAX: Final = 64
_PRESENTATION_MAX: Final = 500
_TEXTE_MAX: Final = 300


class Finalite(msgspec.Struct, frozen=True):
    """One purpose: its code, what for in the words of the service, and the rights that it asks for."""

    code: str
    texte: str
    droits: tuple[str, ...]


class Declaration(msgspec.Struct, frozen=True):
    """What makes a program a service. `solution_oid`: the source of what it writes (FHR-148)."""

    solution_oid: str
    presentation: str
    finalites: tuple[Finalite, ...]

    @property
    def droits(self) -> frozenset[str]:
        return frozenset(d for f in self.finalites for d in f.droits)


def lire(donnees: Mapping[str, str], coches: Mapping[str, Sequence[str]], *, connus: Set[str]) -> Declaration:
    """The declaration that was typed; `coches`: rights ticked, by purpose. Raises FicheRefusee with every fault.

    `connus` are the rights that exist: the room above knows them.
    """
    fautes: dict[str, str] = {}
    oid = donnees.get("solution_oid", "").strip()
    if len(oid) > _OID_MAX or not _OID.fullmatch(oid):
        fautes["solution_oid"] = "Donnez l'OID de la solution, par exemple 1.2.250.1.999.1."
    presentation = _ligne(donnees.get("presentation", ""))
    if not 0 < len(presentation) <= _PRESENTATION_MAX:
        fautes["presentation"] = f"Présentez le service en {_PRESENTATION_MAX} caractères au plus."
    if not donnees.get("retours", "").split():
        fautes["retours"] = "Donnez au moins une adresse de retour."
    finalites = []
    for code in FINALITES:
        droits, texte = sorted(set(coches.get(code, ()))), _ligne(donnees.get(f"texte_{code}", ""))
        if not set(droits) <= connus:
            fautes[f"droits_{code}"] = "Choisissez dans la liste."
        elif droits and not 0 < len(texte) <= _TEXTE_MAX:
            fautes[f"texte_{code}"] = f"Dites pourquoi, en {_TEXTE_MAX} caractères au plus."
        elif texte and not droits:
            fautes[f"droits_{code}"] = "Cochez ce que le service demande pour cela."
        elif droits:
            finalites.append(Finalite(code, texte, tuple(droits)))
    if not finalites and not any(f.startswith(("droits_", "texte_")) for f in fautes):
        fautes["finalites"] = "Déclarez au moins une finalité, avec ce qu'elle demande."
    if fautes:
        raise FicheRefusee("fiche_invalide", "Corrigez les champs signalés.", champs=fautes)
    return Declaration(oid, presentation, tuple(finalites))


def _ligne(texte: str) -> str:
    return " ".join(texte.replace("\x00", "").split())
