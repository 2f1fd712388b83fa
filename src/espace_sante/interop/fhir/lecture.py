"""JSON bytes → structs, refusing what FHIR R4 does not know (FHR-06, FHR-07).

The common path is two C passes: msgspec decodes and checks names and types; a second pass on the
text without the base64 contents finds duplicate keys and empty values, which msgspec does not see.
Only a refused body is walked a third time, in Python, to list every finding (FHR-10).
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, Final, TypeVar

import msgspec

from espace_sante.interop.fhir import structs
from espace_sante.interop.fhir.constats import Constat, RefusFhir
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.structure import constats_de_structure

T = TypeVar("T")

# What is not a base64 content: objects cost far more memory than the text that holds them.
MAX_METADONNEES: Final = 2_000_000
_BOM: Final = b"\xef\xbb\xbf"
# Escaped control characters: FHIR admits tab, line feed and carriage return only (PostgreSQL no NUL).
_CONTROLE: Final = re.compile(rb"\\u00(?:0[0-8bBcCeEfF]|1)")
_BARRE: Final = ord("\\")
_BLANC: Final = re.compile(r"\s+")
_CLE_LISIBLE: Final = re.compile(r"[A-Za-z_]\w{0,63}", re.ASCII)


class _EnDouble(Exception):
    pass


class _Vide(Exception):
    pass


def _juger(paires: list[tuple[str, Any]]) -> bool:
    """Judges one object and gives a mere mark of it: no tree grows in memory."""
    if not paires:
        raise _Vide
    for _, valeur in paires:
        if valeur is None or valeur == "" or valeur == []:
            raise _Vide
    if len(dict(paires)) != len(paires):
        vues: set[str] = set()
        for cle, _ in paires:
            if cle in vues:
                raise _EnDouble(cle if _CLE_LISIBLE.fullmatch(cle) else "?")
            vues.add(cle)
    return True


_DECODEUR: Final = json.JSONDecoder(object_pairs_hook=_juger)


def _interdit(_: str) -> None:
    raise ValueError("NaN and Infinity are not JSON")


_DECODEUR_LENT: Final = json.JSONDecoder(parse_constant=_interdit)


def sans_contenus(corps: bytes) -> bytes:
    """The JSON text with each long `data` string shortened: it holds no key, and is most of the body."""
    morceaux: list[bytes] = []
    debut = 0
    while (cle := corps.find(b'"data"', debut)) >= 0:
        ouvre = corps.find(b'"', cle + 6)
        if ouvre < 0 or corps[cle + 6 : ouvre].strip() != b":":
            morceaux.append(corps[debut : cle + 6])
            debut = cle + 6
            continue
        ferme = corps.find(b'"', ouvre + 1)
        if ferme < 0 or corps.find(b"\\", ouvre, ferme) >= 0 or ferme - ouvre < 8:
            morceaux.append(corps[debut : ouvre + 1])
            debut = ouvre + 1
            continue
        morceaux.append(corps[debut : ouvre + 5])
        debut = ferme
    if not morceaux:
        return corps
    morceaux.append(corps[debut:])
    return b"".join(morceaux)


def lire(corps: bytes, decodeur: msgspec.json.Decoder[T], racine: str) -> T:
    """Decode and check the structure. Raises RefusFhir (400) with every finding."""
    if corps.startswith(_BOM):
        corps = corps[len(_BOM) :]
    ossature = sans_contenus(corps)
    if len(ossature) > MAX_METADONNEES:
        raise RefusFhir([Erreur.METADONNEES_TROP_GRANDES.constat(racine, maximum=MAX_METADONNEES)])
    try:
        ressource = decodeur.decode(corps)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError, ValueError):
        return _lire_lentement(corps, decodeur, racine)
    _verifier_texte(ossature, racine)
    return ressource


def _a_un_controle(corps: bytes) -> bool:
    for trouve in _CONTROLE.finditer(corps):
        debut = trouve.start()
        avant = debut
        while avant and corps[avant - 1] == _BARRE:
            avant -= 1
        # An even number of backslashes before means that this one is an escape, not an escaped backslash.
        if (debut - avant) % 2 == 0:
            return True
    return False


def _verifier_texte(corps: bytes, racine: str) -> None:
    if _a_un_controle(corps):
        raise RefusFhir([Erreur.CARACTERE_INTERDIT.constat(racine)])
    try:
        _DECODEUR.decode(corps.decode())
    except UnicodeDecodeError:
        raise RefusFhir([Erreur.UTF8_INVALIDE.constat(racine)]) from None
    except _EnDouble as e:
        raise RefusFhir([Erreur.CLE_EN_DOUBLE.constat(racine, cle=e.args[0])]) from None
    except _Vide:
        raise RefusFhir(_constats_lents(corps, racine) or [Erreur.VALEUR_VIDE.constat(racine)]) from None
    except RecursionError:
        raise RefusFhir([Erreur.TROP_PROFOND.constat(racine)]) from None
    except ValueError:
        raise RefusFhir([Erreur.JSON_ILLISIBLE.constat(racine)]) from None


def _objet(corps: bytes, racine: str) -> Any:
    try:
        return _DECODEUR_LENT.decode(corps.decode())
    except UnicodeDecodeError:
        raise RefusFhir([Erreur.UTF8_INVALIDE.constat(racine)]) from None
    except RecursionError:
        raise RefusFhir([Erreur.TROP_PROFOND.constat(racine)]) from None
    except ValueError:
        raise RefusFhir([Erreur.JSON_ILLISIBLE.constat(racine)]) from None


def _constats_lents(corps: bytes, racine: str) -> Sequence[Constat]:
    return constats_de_structure(_objet(corps, racine), _TYPES[racine], racine)


def _lire_lentement(corps: bytes, decodeur: msgspec.json.Decoder[T], racine: str) -> T:
    """What the fast path refused: base64 cut in lines is legal in FHIR and put straight, the rest is told."""
    objet = _objet(corps, racine)
    if _redresser_base64(objet):
        redresse = json.dumps(objet, ensure_ascii=False).encode("utf-8", "surrogatepass")
        try:
            ressource = decodeur.decode(redresse)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError, ValueError):
            pass
        else:
            _verifier_texte(sans_contenus(corps), racine)
            return ressource
    constats = constats_de_structure(objet, _TYPES[racine], racine)
    raise RefusFhir(constats or [Erreur.JSON_ILLISIBLE.constat(racine)])


def _redresser_base64(objet: Any) -> bool:
    """Take white space out of every `data` string; True when some was found."""
    change = False
    pile = [objet]
    while pile:
        courant = pile.pop()
        if isinstance(courant, dict):
            donnees = courant.get("data")
            if isinstance(donnees, str) and _BLANC.search(donnees):
                courant["data"] = _BLANC.sub("", donnees)
                change = True
            pile.extend(courant.values())
        elif isinstance(courant, list):
            pile.extend(courant)
    return change


def lire_bundle(corps: bytes) -> structs.Bundle:
    """A Bundle of ITI-65. Raises RefusFhir."""
    return lire(corps, structs.LIRE_BUNDLE, "Bundle")


def lire_document(corps: bytes) -> structs.DocumentReference:
    """A DocumentReference of ITI-105. Raises RefusFhir."""
    return lire(corps, structs.LIRE_DOCUMENT, "DocumentReference")


_TYPES: Final[dict[str, type]] = {
    "Bundle": structs.Bundle,
    "DocumentReference": structs.DocumentReference,
}
