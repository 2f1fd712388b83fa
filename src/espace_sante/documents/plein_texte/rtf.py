"""The text of a Rich Text Format file, formatting left out. Pure."""

from __future__ import annotations

import re
from typing import Final

_SIGNE: Final = re.compile(
    rb"\\u(-?\d{1,6}) ?|\\'([0-9a-fA-F]{2})|\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\([^a-zA-Z])|([{}])|([^\\{}\r\n]+)|[\r\n]+|\\"
)
# Groups that hold no text of the document.
_SANS_TEXTE: Final = frozenset(
    {b"fonttbl", b"colortbl", b"stylesheet", b"info", b"pict", b"object", b"header", b"footer", b"themedata",
     b"listtable", b"listoverridetable", b"generator", b"xmlnstbl", b"rsidtbl", b"datastore", b"latentstyles"}
)  # fmt: skip
_COUPURES: Final = {
    b"par": "\n",
    b"line": "\n",
    b"row": "\n",
    b"cell": " ",
    b"tab": " ",
    b"sect": "\n",
    b"page": "\n",
}
_SIGNES: Final = {
    b"rquote": "'",
    b"lquote": "'",
    b"ldblquote": "«",
    b"rdblquote": "»",
    b"endash": "-",
    b"emdash": "-",
}


def texte_rtf(contenu: bytes, *, maximum: int) -> str:
    """At most `maximum` characters; what is broken is read as far as it goes."""
    morceaux: list[str] = []
    longueur, muet, a_sauter = 0, 0, 0
    # For each open group: silent or not, and how many signs follow a Unicode one for older readers.
    pile: list[tuple[int, int]] = []
    repli = 1
    for signe in _SIGNE.finditer(contenu):
        unicode, octet, mot, valeur, symbole, accolade, brut = signe.groups()
        ajout = ""
        if accolade == b"{":
            pile.append((muet, repli))
        elif accolade == b"}":
            muet, repli = pile.pop() if pile else (0, 1)
            a_sauter = 0
        elif unicode is not None:
            code = int(unicode) % 65536
            ajout, a_sauter = chr(code) if not 0xD800 <= code < 0xE000 else " ", repli
        elif octet is not None:
            if a_sauter:
                a_sauter -= 1
            else:
                ajout = bytes.fromhex(octet.decode()).decode("cp1252", "replace")
        elif mot is not None:
            if mot in _SANS_TEXTE:
                muet = 1
            elif mot == b"uc":
                repli = min(int(valeur or b"1"), 16) if not (valeur or b"").startswith(b"-") else 1
            ajout = _COUPURES.get(mot) or _SIGNES.get(mot, "")
        elif symbole is not None:
            if symbole == b"*":
                muet = 1
            ajout = {b"~": " ", b"_": "-", b"\\": "\\", b"{": "{", b"}": "}"}.get(symbole, "")
        elif brut is not None:
            if a_sauter:
                brut, a_sauter = brut[a_sauter:], max(0, a_sauter - len(brut))
            ajout = brut.decode("cp1252", "replace")
        if ajout and not muet:
            morceaux.append(ajout)
            longueur += len(ajout)
            if longueur >= maximum:
                break
    return "".join(morceaux)[:maximum]
