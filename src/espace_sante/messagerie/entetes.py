"""The headers by which MSSanté tells what a message carries (XDM-12), and what its content says of them (XDM-13). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

CODECDA: Final = "X-MSS-CODECDA"
INS: Final = "X-MSS-INS"
NIL: Final = "X-MSS-NIL"
MES: Final = "X-MSS-MES"
TOUS: Final = (CODECDA, INS, NIL, MES)
# The only value that means something; any other is ignored (MSG-40).
FIN: Final = "FIN"
_CODE: Final = re.compile("[^A-Za-z0-9._-]")


def de_l_envoi(
    codes_cda: Iterable[str], *, nil: str, ins_qualifiee: bool, sans_reponse: bool
) -> list[tuple[str, str]]:
    """The headers of a message to write; those of a CDA only when there is one. `codes_cda`: types, in order."""
    codes = list(dict.fromkeys(_CODE.sub("", code) for code in codes_cda))
    entetes = [(NIL, nil)]
    if codes:
        entetes += [(CODECDA, ",".join(codes)), (INS, "O" if ins_qualifiee else "N")]
    if sans_reponse:
        entetes.append((MES, FIN))
    return entetes


def ecarts(annonces: Mapping[str, str], codes_cda: Iterable[str], *, ins_lu: bool) -> tuple[str, ...]:
    """Names of the headers that the content contradicts: content wins, nothing is refused for them (XDM-13)."""
    reels = set(codes_cda)
    annonces_cda = {c.strip() for c in annonces.get(CODECDA, "").split(",") if c.strip()}
    trouves = []
    if annonces_cda != reels:
        trouves.append(CODECDA)
    ins = annonces.get(INS, "").strip()
    admis = ({"O", "N"} if ins_lu else {"N"}) if reels else {""}
    if ins not in admis:
        trouves.append(INS)
    return tuple(trouves)
