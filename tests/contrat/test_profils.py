"""The tables of the profile checker say what the published definitions say, seen from two other sides."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from espace_sante.interop.profils.compilation import Compilateur
from espace_sante.interop.profils.table import SANS_LIMITE, Element, TypeAdmis, definitions, jeux
from tests.contrat import profils

_R4_XML = profils.PAQUET / "interop" / "fhir" / "xml" / "elements_r4.txt"
_COMMUNS = {"id", "meta", "implicitRules", "language", "text", "contained", "extension", "modifierExtension"}


def _dits(nom: str, morceaux: list[str]) -> list[Element]:
    """What our table says of an element, from R4 to the profile, through the types."""
    couches = Compilateur()._couches(nom)
    for rang, morceau in enumerate(morceaux):
        cle, _, tranche = morceau.partition(":")
        element = [c.enfants[cle] for c in couches if cle in c.enfants]
        if tranche:
            element += [e.tranches[tranche] for e in element if tranche in e.tranches]
        if rang + 1 == len(morceaux):
            return element
        types = next((e.types for e in reversed(element) if e.types), (TypeAdmis(""),))
        profil = types[0].profil if types[0].profil in definitions() else types[0].nom
        de_type = Compilateur()._couches(profil) if profil in definitions() else []
        couches = [*de_type, *element]
    return []


@pytest.mark.rule("FHR-67", "FHR-69", "FHR-71", "FHR-85", "FHR-93")
def test_each_element_of_the_published_profiles(vectors: Path) -> None:
    """Cardinality, fixed or pattern value and required set of every element of the nine snapshots."""
    compares = 0
    fautes = []
    for nom, definition in profils.charger_pdsm(vectors).items():
        for element in definition["snapshot"]["element"]:
            chemin = element["id"].partition(".")[2]
            dernier = chemin.rpartition(".")[2]
            if not chemin or dernier in ("id", "extension", "modifierExtension") or "link" in chemin:
                continue
            compares += 1
            couches = _dits(nom, chemin.split("."))
            if not couches:
                fautes.append((nom, chemin, "absent"))
                continue
            fautes += [(nom, chemin, *ecart) for ecart in _ecarts(element, couches, tranche=":" in dernier)]
    assert not fautes
    assert compares > 400


def _ecarts(element: dict[str, Any], couches: list[Element], *, tranche: bool) -> list[tuple[object, ...]]:
    # How many of a slice is said of the slice alone.
    propres = [c for c in couches if (":" in c.chemin.rpartition(".")[2]) == tranche] or couches
    minimum = next((c.min for c in reversed(propres) if c.min is not None), 0)
    maximum = next((c.max for c in reversed(propres) if c.max is not None), SANS_LIMITE)
    publie_max = SANS_LIMITE if element["max"] == "*" else int(element["max"])
    ecarts: list[tuple[object, ...]] = []
    if (minimum, maximum) != (element["min"], publie_max):
        ecarts.append(("min max", minimum, maximum, element["min"], publie_max))
    publiee = profils._valeur(element)
    if publiee and publiee[1:] not in {
        profils.json.dumps(c.valeur.attendu, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        for c in couches
        if c.valeur
    }:
        ecarts.append(("valeur", publiee))
    jeu = profils._jeu(element)
    if jeu and jeu != next((c.jeu for c in reversed(couches) if c.jeu), ""):
        ecarts.append(("jeu", jeu))
    return ecarts


def test_r4_is_the_same_as_in_another_package() -> None:
    """Elements and types against the table of the XML door, made from another package (`fhir` 4.12.0)."""
    autres: dict[str, dict[str, str]] = {}
    for ligne in _R4_XML.read_text(encoding="utf-8").splitlines():
        if (lue := re.match(r"([\w.]+)<\w* ?(.*)$", ligne)) and not ligne.startswith("#"):
            autres[lue[1]] = dict(e.lstrip("@").rsplit(":", 1) for e in lue[2].split())
    compares = 0
    for nom, definition in definitions().items():
        if definition.base:
            continue
        for pere, enfants in _peres(nom, definition.racine):
            assert pere in autres, pere
            notres = {
                f"{e}*" if x.max != 1 else e: {t.nom for t in x.types}
                for e, x in enfants.items()
                if e not in _COMMUNS
            }
            leurs = {e: t for e, t in autres[pere].items() if e not in _COMMUNS}
            assert set(notres) == set(leurs), pere
            compares += len(notres)
            for element, types in notres.items():
                plats = {
                    t for t in types if not t.startswith("#") and t != "BackboneElement" and t != "Element"
                }
                assert plats <= set(leurs[element].split("|")), (pere, element)
    assert compares > 700


def _peres(nom: str, element: Element) -> list[tuple[str, dict[str, Element]]]:
    trouves = [(nom, element.enfants)]
    for cle, enfant in element.enfants.items():
        if enfant.enfants:
            trouves += _peres(f"{nom}.{cle}", enfant)
    return trouves


def test_each_value_set_that_is_named_is_there() -> None:
    def nommes(element: Element) -> set[str]:
        dessous = [*element.enfants.values(), *element.tranches.values()]
        return {element.jeu.removeprefix("?")} | {j for e in dessous for j in nommes(e)}

    tous = {j for d in definitions().values() for j in nommes(d.racine)} - {""}
    assert tous == set(jeux())


def test_national_sets_are_those_published(vectors: Path) -> None:
    for nom in ("JDV_J07_XdsTypeCode_CISIS", "JDV_J08_XdsConfidentialityCode_CISIS"):
        publies = profils._nationaux(vectors / "value-sets" / f"{nom}.csv")
        assert {code for _, code in jeux()[nom]} == set(publies)
