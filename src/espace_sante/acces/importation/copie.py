"""A copy opened to be taken back: signature and every file checked first, then each again as it is read (POR-16).

A file that changes between the two readings is found too.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import IO, Any, Final

import orjson

from espace_sante.acces.exportation.construction import FORMAT, VERSION
from espace_sante.acces.exportation.noms import EMPREINTES, MANIFESTE
from espace_sante.acces.exportation.verification import ILLISIBLE, CopieAlteree, verifier_ouverte
from espace_sante.acces.importation.erreurs import RepriseRefusee
from espace_sante.documents.xdm.conteneur import borner_le_repertoire
from espace_sante.documents.xdm.modele import XdmRefuse

# Of one part: files, bytes of one file that is read whole.
ENTREES_MAX: Final = 60_000
FICHIER_MAX: Final = 64 * 1024 * 1024
_CHAMPS: Final = {"copie": str, "partie": int, "parties": int, "complete": bool}
_LIGNE_MAX: Final = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Copie:
    """Parts that belong together; `manifeste` is that of the last one."""

    manifeste: dict[str, Any]
    _places: dict[str, zipfile.ZipFile]
    _empreintes: dict[str, str]

    def noms(self) -> frozenset[str]:
        return frozenset(self._places)

    def lire(self, nom: str) -> bytes:
        """One file, as it was signed. Raises CopieAlteree."""
        with _ouvrir(self._places, nom) as fichier:
            taille = self._places[nom].getinfo(nom).file_size
            octets = fichier.read(taille) if taille <= FICHIER_MAX else b""
        if len(octets) != taille or hashlib.sha256(octets).hexdigest() != self._empreintes.get(nom):
            raise _modifie(nom)
        return octets

    def lignes(self, nom: str) -> Iterator[dict[str, Any]]:
        """Objects of a file of lines, one in memory at a time. Raises CopieAlteree, at its end at the latest."""
        condense = hashlib.sha256()
        with _ouvrir(self._places, nom) as fichier:
            while ligne := fichier.readline(_LIGNE_MAX):
                condense.update(ligne)
                try:
                    objet = orjson.loads(ligne)
                except orjson.JSONDecodeError:
                    raise _modifie(nom) from None
                yield objet
        if condense.hexdigest() != self._empreintes.get(nom):
            raise _modifie(nom)


@contextmanager
def ouvrir(parties: Sequence[IO[bytes]], cle: bytes) -> Iterator[Copie]:
    """The parts of one copy, signed with that key (PEM). Raises CopieAlteree, RepriseRefusee."""
    with ExitStack() as pile:
        ouvertes = []
        for partie in parties:
            try:
                borner_le_repertoire(partie, ENTREES_MAX, 1 << 40)
                zip_ = pile.enter_context(zipfile.ZipFile(partie))
            except (XdmRefuse, *ILLISIBLE):
                raise RepriseRefusee("copie_illisible", "Ce fichier n'est pas une copie entière.") from None
            empreintes = verifier_ouverte(zip_, cle)
            ouvertes.append((zip_, empreintes, _manifeste(zip_, empreintes)))
        yield _rassembler(ouvertes)


def _manifeste(zip_: zipfile.ZipFile, empreintes: dict[str, str]) -> dict[str, Any]:
    if MANIFESTE not in empreintes:
        raise RepriseRefusee("version_inconnue", "Cette copie n'a pas de manifeste : elle est trop ancienne.")
    try:
        manifeste: dict[str, Any] = orjson.loads(zip_.read(MANIFESTE))
        connue = (manifeste["format"], manifeste["version"]) == (FORMAT, VERSION) and all(
            isinstance(manifeste[nom], genre) for nom, genre in _CHAMPS.items()
        )
        listes = {f["chemin"]: f["sha256"] for f in manifeste["fichiers"]}
    except (KeyError, TypeError, ValueError):
        connue, manifeste, listes = False, {}, {}
    if not connue:
        raise RepriseRefusee("version_inconnue", "Cette copie n'est pas d'une forme connue ici.")
    if listes != {n: e for n, e in empreintes.items() if n != MANIFESTE}:
        raise CopieAlteree("fichier_modifie", f"{MANIFESTE} et {EMPREINTES} ne disent pas la même chose.")
    return manifeste


def _rassembler(ouvertes: list[tuple[zipfile.ZipFile, dict[str, str], dict[str, Any]]]) -> Copie:
    ouvertes = sorted(ouvertes, key=lambda o: o[2]["partie"])
    if len({m["copie"] for _, _, m in ouvertes}) != 1:
        raise RepriseRefusee("autre_copie", "Ces fichiers ne sont pas les parties d'une même copie.")
    places: dict[str, zipfile.ZipFile] = {}
    empreintes: dict[str, str] = {}
    for zip_, siennes, _ in ouvertes:
        places |= dict.fromkeys(siennes, zip_)
        empreintes |= siennes
    return Copie({**ouvertes[-1][2], "presentes": [m["partie"] for _, _, m in ouvertes]}, places, empreintes)


@contextmanager
def _ouvrir(places: dict[str, zipfile.ZipFile], nom: str) -> Iterator[IO[bytes]]:
    if nom not in places:
        raise CopieAlteree("fichier_absent", f"Il manque un fichier : {nom}.")
    try:
        with places[nom].open(nom) as fichier:
            yield io.BufferedReader(fichier)  # type: ignore[type-var]
    except ILLISIBLE as erreur:
        if isinstance(erreur, CopieAlteree | RepriseRefusee):
            raise
        raise _modifie(nom) from None


def _modifie(nom: str) -> CopieAlteree:
    return CopieAlteree("fichier_modifie", f"Un fichier a été modifié : {nom}.")
