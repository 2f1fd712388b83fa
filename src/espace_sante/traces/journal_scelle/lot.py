"""The proof bundle of a holder's history, and its verification offline: this module, the bundle and a public key.

JSON: `format`, `cle` (public key, to be compared with the one that the operator publishes), `dossier`, `en_attente`
(traces too recent for the last head) and `journaux`: for each log shard its `tete` (signed note), its `entrees`
(rank, kind, hash, values of the columns or null when destroyed) and the `noeuds` that prove them all at once.
No Django, no database.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.traces.journal_scelle.arbre import OCTETS, verifier_coherence
from espace_sante.traces.journal_scelle.encodage import SOURCES
from espace_sante.traces.journal_scelle.note import ClePublique, NoteIllisible, Tete
from espace_sante.traces.journal_scelle.preuves import racine_depuis

FORMAT = "espace-sante/preuves/1"


class LotFaux(EspaceSanteError):
    """A bundle that does not prove what it says; the message names the first bad entry."""


@dataclass(frozen=True, slots=True)
class Prouve:
    """What a bundle proves."""

    entrees: int
    effacees: int
    en_attente: int
    tetes: tuple[Tete, ...]


def verifier(octets: bytes, cle: ClePublique, temoin: Iterable[str] | None = None) -> Prouve:
    """Verify a bundle against a public key, and its heads against the notes of a witness when given.

    Raises LotFaux, NoteIllisible.
    """
    try:
        lot = orjson.loads(octets)
        if lot["format"] != FORMAT:
            raise LotFaux("format_inconnu", "Ce fichier n'est pas un historique exporté avec ses preuves.")
        faits = [_journal(journal, cle, lot["dossier"]) for journal in lot["journaux"]]
        en_attente = int(lot["en_attente"])
    except LotFaux:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError):
        raise LotFaux("lot_illisible", "Ce fichier de preuves n'est pas lisible en entier.") from None
    tetes = tuple(tete for tete, _, _ in faits)
    if temoin is not None:
        _comparer_au_temoin(tetes, cle, temoin)
    return Prouve(sum(n for _, n, _ in faits), sum(e for _, _, e in faits), en_attente, tetes)


def _journal(journal: Mapping[str, Any], cle: ClePublique, dossier: str) -> tuple[Tete, int, int]:
    tete = cle.ouvrir(journal["tete"])
    rangs: list[int] = []
    empreintes: list[bytes] = []
    effacees = 0
    for rang, genre, empreinte, valeurs in journal["entrees"]:
        attendue = base64.b64decode(empreinte, validate=True)
        if valeurs is None:
            effacees += 1
        elif _empreinte(genre, valeurs, dossier, rang) != attendue:
            raise _faux(rang, "son contenu a été changé")
        if type(rang) is not int or (rangs and rang <= rangs[-1]):
            raise _faux(rang, "elle n'est pas à sa place")
        if not 0 <= rang < tete.taille or len(attendue) != OCTETS:
            raise _faux(rang, "elle n'est pas dans l'arbre de la tête signée")
        rangs.append(rang)
        empreintes.append(attendue)
    noeuds = {}
    for nom, texte in journal["noeuds"].items():
        hauteur, indice = nom.split("/")
        noeuds[int(hauteur), int(indice)] = base64.b64decode(texte, validate=True)
    try:
        racine = racine_depuis(rangs, empreintes, tete.taille, noeuds)
    except KeyError as manque:
        hauteur, indice = manque.args[0]
        raise _faux(indice << hauteur, "elle manque, ou la preuve de ce qui la remplace") from None
    if racine != tete.racine:
        premier = rangs[0] if rangs else 0
        raise _faux(premier, "cette entrée ou une suivante n'est pas celle que prouve la tête signée")
    for lien in journal.get("coherence", ()):
        _coherence(lien, tete, cle)
    return tete, len(rangs), effacees


def _empreinte(genre: str, valeurs: Sequence[Any], dossier: str, rang: int) -> bytes:
    source = SOURCES[genre]
    if valeurs[source.noms.index("dossier_id")] != dossier:
        raise _faux(rang, "elle appartient à un autre dossier")
    return source.empreinte(valeurs)


def _coherence(lien: Mapping[str, Any], tete: Tete, cle: ClePublique) -> None:
    """An older head that the holder kept: the tree of today continues it."""
    ancienne = cle.ouvrir(lien["tete"])
    preuve = [base64.b64decode(p, validate=True) for p in lien["preuve"]]
    if ancienne.origine != tete.origine or not verifier_coherence(
        ancienne.taille, tete.taille, preuve, ancienne.racine, tete.racine
    ):
        raise _faux(ancienne.taille - 1, "l'arbre d'aujourd'hui ne prolonge pas celui de la tête ancienne")


def _comparer_au_temoin(tetes: Sequence[Tete], cle: ClePublique, temoin: Iterable[str]) -> None:
    attendues = {(t.origine, t.taille): t for t in tetes}
    for note in temoin:
        try:
            vue = cle.ouvrir(note)
        except NoteIllisible:
            continue
        tete = attendues.get((vue.origine, vue.taille))
        if tete is not None and vue.racine != tete.racine:
            raise LotFaux("tete_resignee", f"Le témoin connaît un autre arbre à la taille {vue.taille}.")
        attendues.pop((vue.origine, vue.taille), None)
    if attendues:
        raise LotFaux("tete_inconnue", "La tête signée de ce fichier n'a jamais été remise au témoin.")


def _faux(rang: object, texte: str) -> LotFaux:
    return LotFaux("entree_fausse", f"Entrée de rang {rang} : {texte}.", rang=rang)
