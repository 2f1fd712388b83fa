"""The command `operators`: accounts made, ended, given back on another's word (ACC-39, HLP-21)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings

from espace_sante.acces.matrice.tests.exploitation import proprietaire
from espace_sante.commands import __main__, doctor, operators
from espace_sante.identite.models import FacteursOperateur, Operateur
from espace_sante.identite.operateurs import gestion
from espace_sante.identite.operateurs.gestion import OperateurRefuse

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _en_place(monkeypatch: Any) -> Iterator[None]:
    """The owner's rights, inside the test's own transaction."""
    monkeypatch.setattr(operators, "installer", lambda *_: None)
    monkeypatch.setattr(gestion, "PROPRIETAIRE", "default")
    for fonction in (gestion.creer, gestion.desactiver, gestion.reinitialiser, gestion.trouver):
        monkeypatch.setitem(fonction.__kwdefaults__, "base", "default")
    role = settings.DATABASES["default"]["USER"]
    with proprietaire() as cx:
        cx.execute(f"GRANT INSERT, UPDATE ON identite_operateur TO {role}")
        try:
            yield
        finally:
            cx.execute(f"REVOKE INSERT, UPDATE ON identite_operateur FROM {role}")


def _lancer(*arguments: str) -> int:
    return __main__.main(["operators", *arguments])


def _ajouter(courriel: str, role: str = "gestionnaire_matrice", nom: str = "Anne Martin") -> int:
    return _lancer("add", courriel, "--nom", nom, "--role", role)


@pytest.mark.rule("HLP-21")
def test_add_gives_a_provisional_password_once(capsys: Any) -> None:
    assert _ajouter("Anne@Exemple.FR") == 0
    sortie = capsys.readouterr().out
    trouve = re.search(r"provisoire (\S+)", sortie)
    assert trouve
    o = Operateur.objects.get(courriel="anne@exemple.fr")
    facteurs = FacteursOperateur.objects.get(operateur=o)
    assert (
        trouve[1] not in facteurs.mot_de_passe and facteurs.totp_scelle is None and facteurs.provisoire_jusqua
    )
    assert _ajouter("anne@exemple.fr") == 1, "once"
    for courriel, role, nom in (
        ("anne", "support", "X Y"), ("b@exemple.fr", "chef", "X Y"), ("c@exemple.fr", "support", "<b>"),
    ):  # fmt: skip
        assert _ajouter(courriel, role, nom) == 1
    assert Operateur.objects.count() == 1


@pytest.mark.rule("HLP-21")
def test_only_another_active_operator_gives_the_factors_back(capsys: Any) -> None:
    _ajouter("anne@exemple.fr")
    _ajouter("paul@exemple.fr", nom="Paul Roux")
    avant = FacteursOperateur.objects.get(operateur__courriel="anne@exemple.fr").mot_de_passe
    assert _lancer("reset", "anne@exemple.fr", "--par", "anne@exemple.fr") == 1
    assert _lancer("reset", "anne@exemple.fr", "--par", "personne@exemple.fr") == 1
    assert FacteursOperateur.objects.get(operateur__courriel="anne@exemple.fr").mot_de_passe == avant
    assert _lancer("reset", "anne@exemple.fr", "--par", "paul@exemple.fr") == 0
    assert FacteursOperateur.objects.get(operateur__courriel="anne@exemple.fr").mot_de_passe != avant
    assert _lancer("disable", "paul@exemple.fr") == 0
    assert _lancer("reset", "anne@exemple.fr", "--par", "paul@exemple.fr") == 1, (
        "ended: no word of his counts"
    )
    with pytest.raises(OperateurRefuse):
        gestion.trouver("paul@exemple.fr")
    capsys.readouterr()
    assert _lancer("list") == 0
    liste = capsys.readouterr().out
    assert re.search(r"paul@exemple.fr +fermé", liste) and re.search(r"anne@exemple.fr +à enrôler", liste)


@pytest.mark.rule("ACC-39")
def test_doctor_wants_two_managers_of_the_matrix(monkeypatch: Any) -> None:
    monkeypatch.setattr(settings, "ES_GESTIONNAIRES_MATRICE", ())
    assert doctor._gestionnaires() == "", "nobody yet, and not in production"
    _ajouter("anne@exemple.fr")
    assert "deux gestionnaires" in doctor._gestionnaires()
    monkeypatch.setattr(settings, "ES_GESTIONNAIRES_MATRICE", ("Anne Martin",))
    assert "deux gestionnaires" in doctor._gestionnaires(), "the same person twice"
    _ajouter("paul@exemple.fr", nom="Paul Roux")
    assert doctor._gestionnaires() == ""
