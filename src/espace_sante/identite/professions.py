"""Professions, know-how and roles of the national lists, loaded once (rules ANN-08, IDN-56)."""

from __future__ import annotations

import csv
from functools import lru_cache
from importlib.resources import files

from espace_sante.kernel.traits import plier

SYSTEMES_OID = {
    "TRE_G15": "1.2.250.1.71.1.2.7",
    "TRE_R94": "1.2.250.1.213.1.6.1.4",
    "TRE_R95": "1.2.250.1.213.1.6.1.109",
    "TRE_R85": "1.2.250.1.213.1.6.1.147",
}


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[tuple[str, str], str], dict[str, str]]:
    texte = files("espace_sante.identite").joinpath("data", "professions.csv").read_text(encoding="utf-8")
    professions: dict[tuple[str, str], str] = {}
    savoir_faire: dict[str, str] = {}
    for ligne in csv.DictReader(texte.splitlines()):
        if ligne["savoir_faire_code"]:
            savoir_faire.setdefault(ligne["savoir_faire_code"], ligne["label_fr"])
        else:
            professions.setdefault((ligne["profession_system"], ligne["profession_code"]), ligne["label_fr"])
    return professions, savoir_faire


def toutes() -> dict[str, str]:
    """Every profession, `TRE_G15/10` → French label, by label: what a search may choose from (ANN-10)."""
    dites = {f"{systeme}/{code}": libelle for (systeme, code), libelle in _tables()[0].items()}
    return dict(sorted(dites.items(), key=lambda paire: plier(paire[1])))


def existe(systeme: str, code: str) -> bool:
    return (systeme, code) in _tables()[0]


def libelle(systeme: str, code: str) -> str:
    """French label of a profession; its code when the list does not know it."""
    return _tables()[0].get((systeme, code), code)


def libelle_savoir_faire(code: str) -> str:
    return _tables()[1].get(code, "")
