"""The table of errors is whole, and says nothing that it should not."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from espace_sante.interop import fhir
from espace_sante.interop.fhir.catalogue import FAMILLES, toutes
from espace_sante.interop.fhir.constats import lever_si_refus, ressource_outcome
from espace_sante.interop.fhir.erreurs import Erreur, code_system
from espace_sante.interop.views.enveloppe import ALIMENTATION

_ISSUE_TYPES = frozenset(
    re.findall(
        r"\S+",
        """
        invalid structure required value invariant security login unknown expired forbidden suppressed
        processing not-supported duplicate multiple-matches not-found deleted too-long code-invalid extension
        too-costly business-rule conflict transient lock-error no-store exception timeout incomplete
        throttled informational
        """,
    )
)
_PAQUET = Path(fhir.__file__).resolve().parents[1]


@pytest.mark.rule("FHR-08")
def test_codes_are_unique_and_their_types_are_of_fhir() -> None:
    assert len({e.code for e in toutes()}) == len(list(toutes()))
    for erreur in toutes():
        assert erreur.issue in _ISSUE_TYPES, erreur.name
        assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{2,60}", erreur.code)
        assert erreur.statut in {
            200,
            400,
            401,
            403,
            404,
            405,
            406,
            411,
            409,
            410,
            412,
            413,
            415,
            416,
            422,
            429,
            500,
            503,
        }
        assert erreur.phrase.endswith(".")


@pytest.mark.rule("FHR-08")
def test_every_error_is_used_and_every_used_one_exists() -> None:
    sources = "\n".join(
        p.read_text(encoding="utf-8")
        for p in _PAQUET.rglob("*.py")
        if "tests" not in p.parts and not p.name.startswith("erreurs")
    )
    for famille in FAMILLES:
        employees = set(re.findall(rf"\b{famille.__name__}\.([A-Z_0-9]+)", sources))
        assert {e.name for e in famille} == employees, famille


@pytest.mark.rule("FHR-08")
def test_the_code_system_lists_them_all() -> None:
    ressource = json.loads(code_system("https://h/fhir", ((e.code, e.phrase) for e in toutes())))
    assert {c["code"] for c in ressource["concept"]} == {e.code for e in toutes()}
    assert ressource["url"] == "https://h/fhir/CodeSystem/erreur-mes"


def test_texts_are_filled() -> None:
    constat = Erreur.ELEMENT_OBLIGATOIRE.constat("Bundle.type", element="type")
    assert constat.texte == "L’élément type est obligatoire."
    for erreur in ALIMENTATION.values():
        assert "{" not in erreur.constat().texte


@pytest.mark.rule("FHR-10")
def test_refusals_come_before_warnings_and_are_bounded() -> None:
    avis = Erreur.CLASSE_TYPE.constat("a", gravite="warning")
    refus = Erreur.TYPE_INCONNU.constat("b")
    issues = ressource_outcome([avis, refus] * 80, "https://h/fhir")["issue"]
    assert len(issues) == 100
    assert [i["severity"] for i in issues[:80]] == ["error"] * 80
    lever_si_refus([avis])
