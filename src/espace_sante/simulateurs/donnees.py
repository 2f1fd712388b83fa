"""What the identity simulators know: their own files, never the product's database.

The demonstration loader writes them with `ecrire`; the simulators read them again when they change.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

import msgspec


class Activite(msgspec.Struct, frozen=True, kw_only=True):
    """One place of activity, as Pro Santé Connect lists it in an exercice."""

    raison_sociale: str = ""
    finess: str = ""
    siret: str = ""
    mode: str = "S"
    secteur: str = ""
    role: str = ""
    code_postal: str = ""


class Exercice(msgspec.Struct, frozen=True, kw_only=True):
    """One professional exercice: profession, know-how, activities."""

    profession: str
    profession_oid: str = "1.2.250.1.71.1.2.7"
    categorie: str = "C"
    type_savoir_faire: str = ""
    savoir_faire: str = ""
    activites: tuple[Activite, ...] = ()


class Professionnel(msgspec.Struct, frozen=True, kw_only=True):
    """A fictitious bearer of a card, as the identity provider knows him."""

    rpps: str
    nom: str
    prenom: str
    civilite: str = ""
    description: str = ""
    regulation: bool = False
    exercices: tuple[Exercice, ...] = ()


class Pivot(msgspec.Struct, frozen=True, kw_only=True):
    """A fictitious FranceConnect identity: stable subject and pivot traits (rules OID-25, OID-26)."""

    sub: str
    given_name: str
    family_name: str
    birthdate: str
    gender: str
    birthplace: str = ""
    birthcountry: str = "99100"
    email: str = ""
    preferred_username: str = ""
    description: str = ""


class Client(msgspec.Struct, frozen=True, kw_only=True):
    """Another client of Pro Santé Connect than this product: a professional's software."""

    client_id: str
    secret: str
    retours: tuple[str, ...] = ()


_Fiche = TypeVar("_Fiche", Professionnel, Pivot, Client)
_lus: dict[tuple[Path, type], tuple[int, tuple[object, ...]]] = {}


def ecrire(
    dossier: Path,
    professionnels: Iterable[Professionnel],
    pivots: Iterable[Pivot],
    clients: Iterable[Client] = (),
) -> None:
    """Write the simulators' files in `dossier` (ES_DATA/simulateurs), each whole or not at all."""
    dossier.mkdir(parents=True, exist_ok=True, mode=0o700)
    for nom, fiches in (("annuaire", professionnels), ("pivots", pivots), ("clients", clients)):
        provisoire = dossier / f"{nom}.{os.getpid()}.tmp"
        provisoire.write_bytes(msgspec.json.format(msgspec.json.encode(list(fiches)), indent=1))
        provisoire.replace(dossier / f"{nom}.json")


def professionnels(dossier: Path) -> tuple[Professionnel, ...]:
    return _lire(dossier / "annuaire.json", Professionnel)


def pivots(dossier: Path) -> tuple[Pivot, ...]:
    return _lire(dossier / "pivots.json", Pivot)


def clients(dossier: Path) -> tuple[Client, ...]:
    return _lire(dossier / "clients.json", Client)


def _lire(fichier: Path, genre: type[_Fiche]) -> tuple[_Fiche, ...]:
    try:
        version = fichier.stat().st_mtime_ns
    except FileNotFoundError:
        return ()
    connu = _lus.get((fichier, genre))
    if connu is None or connu[0] != version:
        fiches = msgspec.json.decode(fichier.read_bytes(), type=tuple[genre, ...])  # type: ignore[valid-type]
        connu = _lus[(fichier, genre)] = (version, fiches)
    return connu[1]  # type: ignore[return-value]
