"""JSON bytes → structs, refusing what FHIR R4 does not know (FHR-06, FHR-07).

The common path is C alone: msgspec decodes and checks names and types; the text without its contents
goes once through orjson, to see whether a key is there twice or a value empty, which msgspec does not
tell. Only a suspect text is walked in Python, and only a refused one to list every finding (FHR-10).
"""

from __future__ import annotations

import binascii
import json
import re
import secrets
from collections.abc import Iterator, Sequence
from typing import Any, Final, TypeVar

import msgspec
import orjson

from espace_sante.interop.fhir import pieces as contenus
from espace_sante.interop.fhir import structs
from espace_sante.interop.fhir.constats import Constat, RefusFhir
from espace_sante.interop.fhir.elements import du_json, situer
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.pieces import Piece
from espace_sante.interop.fhir.structure import constats_de_structure

T = TypeVar("T", bound=msgspec.Struct)

# What is not a base64 content: objects cost far more memory than the text that holds them.
MAX_METADONNEES: Final = 2_000_000
# Above, no tree is made: the walk judges one object at a time.
_MAX_ARBRE: Final = 100_000
# Above, what is read must not keep the body in memory: raw parts are views of the text they were read in.
_MAX_DIRECT: Final = 1_000_000
_BOM: Final = b"\xef\xbb\xbf"
# Escaped control characters: FHIR admits tab, line feed and carriage return only (PostgreSQL no NUL).
_CONTROLE: Final = re.compile(rb"\\(?:u00(?:0[0-8bBcCeEfF]|1)|[bf])")
_BARRE: Final = ord("\\")
_GUILLEMET_ECHAPPE: Final = rb"\u0022"
_VIDES: Final = (b'""', b"[]", b"{}", b"null")
_CLE_LISIBLE: Final = re.compile(r"[A-Za-z_]\w{0,63}", re.ASCII)
# Stand-ins of a content: any base64, and what is none.
_BASE64: Final = b"AAAA"
_AUTRE: Final = b"?"
_ILLISIBLE: Final = (msgspec.DecodeError, RecursionError, UnicodeDecodeError, ValueError)


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
    """The JSON text with each content shortened: it holds no key, and is most of the body."""
    pieces = contenus.trouver(corps)
    return contenus.remplacer(corps, pieces, [_BASE64] * len(pieces)) if pieces else corps


def lire(corps: bytes, decodeur: msgspec.json.Decoder[Any], type_: type[T]) -> T:
    """Decode and check the structure. Raises RefusFhir (400) with every finding."""
    racine = type_.__name__
    if corps.startswith(_BOM):
        corps = corps[len(_BOM) :]
    pieces = contenus.trouver(corps)
    ossature = contenus.remplacer(corps, pieces, [_BASE64] * len(pieces)) if pieces else corps
    if len(ossature) > MAX_METADONNEES:
        raise RefusFhir([Erreur.METADONNEES_TROP_GRANDES.constat(racine, maximum=MAX_METADONNEES)])
    try:
        if len(corps) <= _MAX_DIRECT and all(p.droite for p in pieces):
            ressource = decodeur.decode(corps)
        else:
            ressource = _lire_a_part(corps, pieces, decodeur)
    except _ILLISIBLE:
        raise _refus(corps, pieces, type_, racine) from None
    if not isinstance(ressource, type_):
        raise _refus(corps, pieces, type_, racine)
    _verifier_texte(ossature, type_, racine)
    return ressource


def _lire_a_part(corps: bytes, pieces: Sequence[Piece], decodeur: msgspec.json.Decoder[Any]) -> Any:
    """Contents decoded apart and put in their places: base64 cut in lines or with escapes, large bodies.

    Meanwhile a mark that no client can guess stands for each. One that finds no place is inside a part
    kept raw (a photo, a foreign extension): it is left in the text, word for word, and all is done again.
    """
    alea = secrets.token_bytes(15)
    restent = {alea + rang.to_bytes(3): piece for rang, piece in enumerate(pieces)}
    while True:
        marques = [binascii.b2a_base64(marque, newline=False) for marque in restent]
        ressource = decodeur.decode(contenus.remplacer(corps, list(restent.values()), marques))
        places = [(porteur, piece) for porteur in _porteurs(ressource) if (piece := _piece(porteur, restent))]
        if len(places) == len(restent):
            for porteur, piece in places:
                porteur.data = contenus.decoder(corps, piece)
            return ressource
        restent = {m: p for m, p in restent.items() if any(p is piece for _, piece in places)}


def _piece(porteur: structs.Binary | structs.Attachment, restent: dict[bytes, Piece]) -> Piece | None:
    return restent.get(porteur.data) if isinstance(porteur.data, bytes) else None


def _porteurs(ressource: object) -> Iterator[structs.Binary | structs.Attachment]:
    """What may hold a content, in a resource that was read."""
    if isinstance(ressource, structs.Binary):
        yield ressource
    elif isinstance(ressource, structs.Bundle) and isinstance(ressource.entry, list):
        for entree in ressource.entry:
            yield from _porteurs(entree.resource)
    elif isinstance(ressource, structs.DocumentReference) and isinstance(ressource.content, list):
        yield from (c.attachment for c in ressource.content if isinstance(c.attachment, structs.Attachment))


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


def _verifier_texte(texte: bytes, type_: type, racine: str) -> None:
    if b"\\" in texte and _a_un_controle(texte):
        raise RefusFhir([Erreur.CARACTERE_INTERDIT.constat(racine)])
    if not _surement_bon(texte):
        _marcher(texte, type_, racine)


def _surement_bon(texte: bytes) -> bool:
    """True when no key is there twice and nothing is empty; False only says that it must be walked.

    Parsing keeps the last of two equal keys and drops the other: written again, the text has fewer
    quotation marks. Nothing else changes their number, save one written as an escape. In the compact
    text an empty value has one form; the same letters inside a text only cost a walk.
    """
    if len(texte) > _MAX_ARBRE or (b"\\" in texte and _GUILLEMET_ECHAPPE in texte):
        return False
    try:
        compact = orjson.dumps(orjson.loads(texte))
    except (ValueError, TypeError):  # unreadable, or deeper than orjson writes
        return False
    return compact.count(b'"') == texte.count(b'"') and not any(vide in compact for vide in _VIDES)


def _marcher(corps: bytes, type_: type, racine: str) -> None:
    """Judge each object of a suspect text. Raises RefusFhir."""
    try:
        _DECODEUR.decode(corps.decode())
    except UnicodeDecodeError:
        raise RefusFhir([Erreur.UTF8_INVALIDE.constat(racine)]) from None
    except _EnDouble as e:
        raise RefusFhir([Erreur.CLE_EN_DOUBLE.constat(racine, cle=e.args[0])]) from None
    except _Vide:
        objet = _objet(corps, racine)
        constats = situer(constats_de_structure(objet, type_, racine), du_json(objet))
        raise RefusFhir(constats or [Erreur.VALEUR_VIDE.constat(racine)]) from None
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


def _refus(corps: bytes, pieces: Sequence[Piece], type_: type, racine: str) -> RefusFhir:
    """Every finding on a text that msgspec refused. Its contents are only told apart: base64 or not."""
    lisibles = [p for p in pieces if contenus.lisible(corps, p)]
    textes = [_BASE64 if contenus.en_base64(corps, p) else _AUTRE for p in lisibles]
    objet = _objet(contenus.remplacer(corps, lisibles, textes), racine)
    constats: Sequence[Constat] = situer(constats_de_structure(objet, type_, racine), du_json(objet))
    return RefusFhir(constats or [Erreur.JSON_ILLISIBLE.constat(racine)])


def lire_bundle(corps: bytes) -> structs.Bundle:
    """A Bundle of ITI-65. Raises RefusFhir."""
    return lire(corps, structs.LIRE_BUNDLE, structs.Bundle)


def lire_document(corps: bytes) -> structs.DocumentReference:
    """A DocumentReference of ITI-105. Raises RefusFhir."""
    return lire(corps, structs.LIRE_DOCUMENT, structs.DocumentReference)
