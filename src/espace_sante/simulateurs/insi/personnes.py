"""Who the simulated INSi knows: the cases of INS-19, composed by hand, and the fictitious population.

All under the test domain. Nobody exists.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

import msgspec

from espace_sante.kernel.ins import OID_TEST, cle
from espace_sante.kernel.traits import plier

_FICHIER: Final = "insi.json"


class Historique(msgspec.Struct, frozen=True):
    """A former matricule, with its dates."""

    matricule: str
    debut: str = ""
    fin: str = ""
    type: str = "NIR"


class Personne(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody as the reference knows him; `matricule` has its 15 characters, `naissance` may hold 00."""

    matricule: str
    nom: str
    prenoms: str
    sexe: str
    naissance: str
    lieu: str = ""
    type: str = "NIR"
    anciens: tuple[Historique, ...] = ()
    # As on a card: the insured person's number and the rank of birth among those born on one day.
    ouvrant_droit: str = ""
    rang: str = "1"
    oid: str = OID_TEST


def _numero(treize: str) -> str:
    return treize + cle(treize)


_JUMEAUX = _numero("2850614118041")

CAS: Final = (
    # A plain case, whose key is that of the rulebook's example.
    Personne(matricule=_numero("2790351215189"), nom="ORDINAIRE", prenoms="CLAIRE LOUISE", sexe="F",
             naissance="1979-03-14", lieu="51215"),
    # A Corsican; and one born before the two départements.
    Personne(matricule=_numero("297022A020778"), nom="CORSICO", prenoms="ANTONIA", sexe="F",
             naissance="1997-02-26", lieu="2A020"),
    Personne(matricule=_numero("1600520033011"), nom="CORSICO", prenoms="MATTEO", sexe="M",
             naissance="1960-05-09", lieu="2B033"),
    # Born abroad: the country stands for the town; the day was never known.
    Personne(matricule=_numero("1652099352014"), nom="DALGÉRI", prenoms="KARIM", sexe="M",
             naissance="1965-00-00", lieu="99352"),
    # Twins: one day, one place, one name, one card.
    Personne(matricule=_numero("1120314118021"), nom="GÉMEAU", prenoms="ABEL LOUIS", sexe="M",
             naissance="2012-03-05", lieu="14118", ouvrant_droit=_JUMEAUX, rang="1"),
    Personne(matricule=_numero("1120314118022"), nom="GÉMEAU", prenoms="BASILE LOUIS", sexe="M",
             naissance="2012-03-05", lieu="14118", ouvrant_droit=_JUMEAUX, rang="2"),
    Personne(matricule=_JUMEAUX, nom="GÉMEAU", prenoms="ODETTE", sexe="F", naissance="1985-06-18", lieu="14118"),
    # Told apart by their other first names.
    Personne(matricule=_numero("1700175112101"), nom="MULTIPLE", prenoms="JEAN MARIE", sexe="M",
             naissance="1970-01-20", lieu="75112"),
    Personne(matricule=_numero("1700175112102"), nom="MULTIPLE", prenoms="JEAN LUC", sexe="M",
             naissance="1970-01-20", lieu="75112"),
    # Told apart by their birth place alone.
    Personne(matricule=_numero("2810469383051"), nom="PAREILLE", prenoms="SOPHIE ANNE", sexe="F",
             naissance="1981-04-02", lieu="69383"),
    Personne(matricule=_numero("2810435238052"), nom="PAREILLE", prenoms="SOPHIE ANNE", sexe="F",
             naissance="1981-04-02", lieu="35238"),
    # Told apart by nothing.
    Personne(matricule=_numero("2810469383061"), nom="IDENTIQUE", prenoms="ROSE", sexe="F",
             naissance="1981-04-03", lieu="69383"),
    Personne(matricule=_numero("2810469383062"), nom="IDENTIQUE", prenoms="ROSE", sexe="F",
             naissance="1981-04-03", lieu="69383"),
    # Two matricules before this one, the first a provisional number.
    Personne(matricule=_numero("2900699216033"), nom="PASSÉE", prenoms="LEILA", sexe="F", naissance="1990-06-11",
             lieu="99216", anciens=(Historique(_numero("2900699216930"), "2012-03-01", "2015-08-31"),
                                    Historique(_numero("7900699216001"), "2010-01-15", "2012-02-29", "NIA"))),
    # Still under a provisional number.
    Personne(matricule=_numero("8910399109007"), nom="ATTENTE", prenoms="YUKI", sexe="F", naissance="1991-03-21",
             lieu="99109", type="NIA"),
)  # fmt: skip


def ecrire(dossier: Path, personnes: Iterable[Personne]) -> None:
    """Write the population in `dossier` (ES_DATA/simulateurs), whole or not at all."""
    dossier.mkdir(parents=True, exist_ok=True, mode=0o700)
    provisoire = dossier / f"{_FICHIER}.{os.getpid()}.tmp"
    provisoire.write_bytes(msgspec.json.encode(list(personnes)))
    provisoire.replace(dossier / _FICHIER)


class Registre:
    """The persons, by name and by number."""

    def __init__(self, personnes: Iterable[Personne]) -> None:
        self._par_nom: dict[str, list[Personne]] = {}
        self._par_numero: dict[str, list[Personne]] = {}
        for p in personnes:
            self._par_nom.setdefault(plier(p.nom), []).append(p)
            for numero in {p.matricule, p.ouvrant_droit, *(a.matricule for a in p.anciens)} - {""}:
                self._par_numero.setdefault(numero[:13], []).append(p)

    def avec_traits(
        self, nom: str, prenoms: tuple[str, ...], sexe: str, naissance: str, lieu: str
    ) -> list[Personne]:
        """All who fit what was given; the parts of a date that are not known fit any."""
        voulus = [m for p in prenoms for m in plier(p).split()]
        return [
            p
            for p in self._par_nom.get(plier(nom), ())
            if plier(p.prenoms).split()[: len(voulus)] == voulus
            and (not sexe or p.sexe == sexe)
            and _memes_dates(p.naissance, naissance)
            and (not lieu or p.lieu == lieu.upper())
        ]

    def avec_carte(self, individu: str, assure: str, naissance: str, rang: str) -> list[Personne]:
        """By the person's own number; else those on the insured person's card, by date and rank of birth."""
        if individu:
            return [p for p in self._par_numero.get(individu, ()) if p.ouvrant_droit[:13] != individu]
        return [
            p
            for p in self._par_numero.get(assure, ())
            if (not naissance or _memes_dates(p.naissance, naissance)) and (not rang or p.rang == rang)
        ]


def registre(dossier: Path) -> Registre:
    """Read again when the file changes."""
    fichier = dossier / _FICHIER
    return _registre(fichier, fichier.stat().st_mtime_ns if fichier.exists() else 0)


@lru_cache(maxsize=2)
def _registre(fichier: Path, version: int) -> Registre:
    return Registre([*CAS, *(_lire(fichier) if version else ())])


def _lire(fichier: Path) -> Iterator[Personne]:
    yield from msgspec.json.decode(fichier.read_bytes(), type=list[Personne])


def _memes_dates(connue: str, donnee: str) -> bool:
    return all("00" in (x, y) or x == y for x, y in zip(connue.split("-"), donnee.split("-"), strict=False))
