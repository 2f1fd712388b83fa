"""The subject of a message that carries documents: `XDM/1.0/DDM+<label> <NOM> <prénom> <birth date>` (XDM-10). Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from espace_sante.messagerie.modele import exiger_une_ligne

PREFIXE: Final = "XDM/1.0/DDM+"
VERSION: Final = "1.0"
_LONGUEUR_MAX: Final = 200
_FORME: Final = re.compile(r"\s*XDM/([0-9]+(?:\.[0-9]+)*)/DDM\+\s*(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Sujet:
    """What a subject says. `version`: of the prefix; empty when there is none."""

    texte: str
    version: str = ""


def ecrire(libelle: str, nom: str, prenom: str, naissance: str = "") -> str:
    """`naissance` is an ISO date; a partial one is left out. Raises MessageRefuse `entete_invalide`."""
    parties = [libelle[:_LONGUEUR_MAX].rstrip(), nom.upper(), prenom]
    if re.fullmatch(r"[0-9]{4}-(?!00)[0-9]{2}-(?!00)[0-9]{2}", naissance):
        parties.append("/".join(reversed(naissance.split("-"))))
    return exiger_une_ligne(PREFIXE + " ".join(p for p in parties if p))


def lire(brut: str) -> Sujet:
    """The subject that readers see, and the version of the prefix that they do not."""
    une_ligne = " ".join(brut.split())
    if forme := _FORME.fullmatch(une_ligne):
        return Sujet(forme[2].strip(), forme[1])
    return Sujet(une_ligne)
