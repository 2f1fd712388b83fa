"""What INSi says of somebody against what we have (INS-11, IDN-18). Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from espace_sante.identite.insi.modeles import Individu
from espace_sante.kernel.traits import Traits, comparer, plier

_CHAMPS = ("nom_naissance", "prenoms", "date_naissance", "sexe", "lieu_naissance")


@dataclass(frozen=True, slots=True, repr=False)
class Ecart:
    """One trait that is not the same, side by side."""

    trait: str
    ici: str
    insi: str


def ecarts(ici: Traits, insi: Traits) -> tuple[Ecart, ...]:
    """Traits that are not equal after folding. A trait that we lacked, or a list of first names that is longer, counts:
    somebody looks at it before it is taken."""
    return tuple(
        Ecart(champ, getattr(ici, champ), getattr(insi, champ))
        for champ in _CHAMPS
        if _forme(ici, champ) != _forme(insi, champ)
    )


def _forme(traits: Traits, champ: str) -> str:
    """Folded; an unknown day is unknown whether it is left out or written 00 (INS-11)."""
    brut: str = getattr(traits, champ)
    return (brut + "-00-00")[:10] if champ == "date_naissance" and brut else plier(brut)


def empreinte(individu: Individu) -> str:
    """What stands for an answer that was shown: approving it approves nothing else."""
    t = individu.traits
    connus = (individu.ins.oid, individu.ins.matricule, *(getattr(t, c) for c in _CHAMPS))
    return hashlib.sha256("\x1f".join(connus).encode()).hexdigest()


def meme_personne_que_le_pivot(pivot: Traits, insi: Traits) -> bool:
    """Whether the one answer may be taken for the person whom FranceConnect vouches for: same sex, same birth date on
    the parts that both know (INS-12, OID-26)."""
    return not {"sexe", "date_naissance"} & set(comparer(pivot, insi))
