"""The publisher's kit is complete and of today's code: collection, samples, every code that can be answered."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from espace_sante.interop.fhir.catalogue import toutes
from espace_sante.interop.fhir.elements import codes as codes_des_elements
from espace_sante.interop.fhir.erreurs import Erreur, code_system
from tests.contrat import collection, editeurs, elements
from tests.contrat.depot import PAQUET, RACINE, modules
from tests.contrat.tables import FICHIERS

KIT = RACINE / "docs" / "interop"


@pytest.mark.parametrize("fichier", FICHIERS, ids=lambda f: f.name)
def test_what_publishers_import_is_that_of_the_code(fichier: Path) -> None:
    assert fichier.read_text(encoding="utf-8") == FICHIERS[fichier](), "run `make docs`"


def _requetes() -> list[dict[str, Any]]:
    lue = json.loads((KIT / "collection.json").read_text(encoding="utf-8"))
    assert lue["info"]["schema"].endswith("/v2.1.0/collection.json")
    return [item["request"] for dossier in lue["item"] for item in dossier["item"]]


def test_the_collection_has_every_address_for_programs_once() -> None:
    donnees = [
        (
            r["method"],
            r["url"]["raw"].split("?")[0].removeprefix("{{serveur}}/").replace("{{document}}", ":id"),
        )
        for r in _requetes()
    ]
    assert sorted(donnees) == sorted(set(collection.offres()))
    assert len(donnees) > 20
    # A body that is given belongs to an address that exists.
    assert set(collection._CORPS) <= set(collection.offres())


def test_its_bodies_are_readable_and_its_variables_declared() -> None:
    lue = json.loads((KIT / "collection.json").read_text(encoding="utf-8"))
    connues = {v["key"] for v in lue["variable"]} | {"unique_id"}
    employees = set(re.findall(r"\{\{([^$}]+)\}\}", json.dumps(lue["item"])))
    assert employees <= connues
    for requete in _requetes():
        corps = requete.get("body", {})
        if corps.get("mode") == "raw":
            assert json.loads(corps["raw"])


@pytest.mark.rule("FHR-08")
def test_every_code_of_the_door_is_in_its_public_list_and_on_its_page() -> None:
    publics = {
        c["code"] for c in json.loads(code_system("base", ((e.code, e.phrase) for e in toutes())))["concept"]
    }
    page = (KIT / "erreurs.md").read_text(encoding="utf-8")
    for erreur in toutes():
        assert erreur.code in publics
        assert f"| `{erreur.code}` | {erreur.statut} |" in page


@pytest.mark.rule("FHR-08", "CDA-07")
def test_every_finding_on_a_cda_is_on_its_page() -> None:
    """Also those that no reading of the code finds by its form: every text that looks like such a code."""
    page = (KIT / "erreurs-cda.md").read_text(encoding="utf-8")
    dits = set(re.findall(r"^\| `([^`]+)` \|", page, re.M))
    assert dits == set(editeurs.constats_cda())
    assert len(dits) > 50
    lus = set()
    for module in editeurs._CDA:
        for noeud in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(noeud, ast.Constant) and re.fullmatch(
                r"(?:cda|ins|traits)-[a-z-]*[a-z]", str(noeud.value)
            ):
                lus.add(noeud.value)
    # Classes of the rendered page share the prefix.
    styles = set(re.findall(r"\.(cda-[a-z-]+)", "".join(p.read_text() for p in PAQUET.rglob("*.css"))))
    assert lus - styles <= dits, sorted(lus - styles - dits)


def _leves(nom: str) -> set[str]:
    """Codes that the rooms under the doors raise with this class."""
    codes = set()
    for module in modules():
        for noeud in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if (
                isinstance(noeud, ast.Call)
                and ast.unparse(noeud.func).rpartition(".")[2] == nom
                and noeud.args
                and isinstance(noeud.args[0], ast.Constant)
            ):
                codes.add(str(noeud.args[0].value))
    return codes


@pytest.mark.rule("FHR-08")
def test_every_refusal_of_a_change_has_its_code() -> None:
    """A refusal that the door does not know would be told as a failure of the service."""
    from espace_sante.interop.views.enveloppe import ALIMENTATION, MODIFICATION

    regles = ast.parse((PAQUET / "documents" / "regles_modification.py").read_text(encoding="utf-8"))
    rendus = {
        str(mot.value)
        for noeud in ast.walk(regles)
        if isinstance(noeud, ast.Return) and noeud.value is not None
        for mot in ast.walk(noeud.value)
        if isinstance(mot, ast.Constant) and re.fullmatch(r"[a-z]+(?:_[a-z]+)+|remplace", str(mot.value))
    }
    assert len(rendus) > 4
    assert rendus | _leves("ModificationRefusee") <= set(MODIFICATION)
    assert _leves("AlimentationRefusee") <= {*ALIMENTATION, "document_non_conforme"}
    for codes in (ALIMENTATION, MODIFICATION):
        assert set(codes.values()) <= set(Erreur)


@pytest.mark.rule("OID-17", "FHR-08")
def test_every_refusal_of_a_token_is_on_its_page() -> None:
    page = (KIT / "erreurs-jetons.md").read_text(encoding="utf-8")
    dits = set(re.findall(r"^\| `([^`]+)` \|", page, re.M))
    assert _leves("RefusOAuth") <= dits
    # Those of RFC 6749 § 5.2, RFC 6750, RFC 8693, RFC 7009 and CIBA Core § 13; nothing of our own.
    assert dits <= {
        "invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type",
        "invalid_scope", "invalid_target", "access_denied", "temporarily_unavailable", "invalid_token",
        "insufficient_scope", "unsupported_token_type", "unknown_user_id", "invalid_binding_message",
    }  # fmt: skip


@pytest.mark.rule("FHR-67", "FHR-69", "FHR-62", "FHR-08")
@pytest.mark.parametrize("faites", [elements.absents, elements.faux], ids=["absent", "faux"])
def test_each_element_of_a_lot_has_a_finding_of_its_own(
    faites: Callable[[], dict[str, list[elements.Faute]]],
) -> None:
    """Missing or wrong, one by one: no two elements are answered the same, and every code is known."""
    trouves = faites()
    assert len(trouves) > 25
    connus = {e.code for e in Erreur}
    vus: dict[frozenset[elements.Faute], str] = {}
    for chemin, fautes in trouves.items():
        assert {code for code, _, _ in fautes} <= connus
        assert {element for _, _, element in fautes if element} <= {code for code, _ in codes_des_elements()}
        # It says where: the place named is the element, or what contains it or hangs on it.
        assert all(place.startswith("Bundle") for _, place, _ in fautes)
        assert vus.setdefault(frozenset(fautes), chemin) == chemin


def test_the_kit_is_reached_from_its_first_page() -> None:
    page = (KIT / "README.md").read_text(encoding="utf-8")
    for fichier in (*KIT.glob("*.md"), *KIT.glob("*.json"), *KIT.glob("client/*.py")):
        nom = str(fichier.relative_to(KIT))
        assert nom == "README.md" or f"({nom})" in page, nom
