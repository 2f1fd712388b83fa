"""The commands `clients` and `keys`: every change of a program is made as owner, and traced (OID-22, OID-31 to OID-35)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as reglages
from tests.connexion.autorite import Autorite

from espace_sante.acces.matrice.tests.exploitation import proprietaire
from espace_sante.acces.operation import logiciels
from espace_sante.commands import __main__, clients, keys
from espace_sante.identite import cles_jetons
from espace_sante.identite.logiciels import gestion
from espace_sante.identite.models import CertificatLogiciel, Logiciel

pytestmark = pytest.mark.django_db
TABLES = ("identite_logiciel", "identite_certificatlogiciel")


@pytest.fixture
def traces(monkeypatch: Any) -> list[str]:
    """Reasons of the traces that were written."""
    ecrites: list[str] = []
    reelle = logiciels.tracer_hors_dossier

    def noter(acteur: Any, contexte: Any, acte: Any) -> None:
        reelle(acteur, contexte, acte)
        ecrites.append(f"{acteur.genre.value} {acte.action.value} {acte.motif}")

    monkeypatch.setattr(logiciels, "tracer_hors_dossier", noter)
    return ecrites


@pytest.fixture(autouse=True)
def _en_place(monkeypatch: Any) -> Iterator[None]:
    """The owner's rights, inside the test's own transaction."""
    for module in (clients, keys):
        monkeypatch.setattr(module, "installer", lambda *_: None)
    for nom in ("suspendre", "reprendre", "fermer", "ouvrir_production", "nouveau_secret", "ajouter_certificat",
                "retirer_certificat", "trouver"):  # fmt: skip
        monkeypatch.setitem(getattr(gestion, nom).__kwdefaults__, "base", "default")
    Logiciel.objects.create(client_id="labo", nom="Labo")
    role = reglages.DATABASES["default"]["USER"]
    with proprietaire() as cx:
        for table in TABLES:
            cx.execute(f"GRANT INSERT, UPDATE ON {table} TO {role}")
        try:
            yield
        finally:
            for table in TABLES:
                cx.execute(f"REVOKE INSERT, UPDATE ON {table} FROM {role}")


def _lancer(*arguments: str) -> int:
    return __main__.main(["clients", *arguments])


def _etat() -> str:
    return Logiciel.objects.get(client_id="labo").etat


@pytest.mark.rule("OID-32", "OID-35")
def test_each_change_is_made_and_traced(traces: list[str], capsys: Any) -> None:
    assert _lancer("suspend", "labo") == 0 and _etat() == "suspendu"
    assert _lancer("resume", "labo") == 0 and _etat() == "test"
    assert _lancer("close", "labo") == 0 and _etat() == "ferme"
    assert traces == [f"operateur logiciel {acte} labo" for acte in ("suspend", "resume", "close")]
    assert _lancer("suspend", "inconnu") == 1
    assert "Aucun logiciel" in capsys.readouterr().err
    assert len(traces) == 3


@pytest.mark.rule("OID-34")
def test_production_asks_for_the_day_of_the_conformance_run(traces: list[str], settings: Any) -> None:
    assert _lancer("production", "labo") == 1 and _etat() == "test"
    assert _lancer("production", "labo", "--conforme-le", "2026-11-20") == 0 and _etat() == "production"
    settings.ES_CONFORMITE = False
    assert _lancer("production", "labo") == 0


@pytest.mark.rule("OID-33", "OID-35")
def test_certificates_are_changed_without_a_stop(traces: list[str], tmp_path: Path, capsys: Any) -> None:
    porteur = Autorite().structure()
    fichier, _ = porteur.ecrire(tmp_path, "labo")
    assert _lancer("add-certificate", "labo", "--pem", fichier) == 0
    assert _lancer("add-certificate", "labo", "--dn", "CN=nouveau,C=FR") == 0
    assert _lancer("add-certificate", "labo", "--dn", "CN=troisieme") == 1
    assert _lancer("add-certificate", "labo", "--dn", "rien") == 1
    assert _lancer("remove-certificate", "labo", "--dn", porteur.dn) == 0
    assert list(CertificatLogiciel.objects.filter(fin=None).values_list("dn", flat=True)) == [
        "CN=nouveau,C=FR"
    ]
    capsys.readouterr()
    assert _lancer("list") == 0
    sortie = capsys.readouterr().out
    assert "CN=nouveau,C=FR" in sortie and porteur.dn not in sortie
    assert len(traces) == 3


@pytest.mark.rule("OID-12")
def test_a_secret_is_given_outside_production_only(traces: list[str], settings: Any, capsys: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    assert _lancer("new-secret", "labo") == 0
    secret = capsys.readouterr().out.split()[-1]
    garde = Logiciel.objects.get(client_id="labo").secret_hache
    assert garde and secret not in garde
    settings.ES_INSTANCE = "production"
    assert _lancer("new-secret", "labo") == 1


@pytest.mark.rule("OID-22")
def test_keys_turn(settings: Any, tmp_path: Path, capsys: Any) -> None:
    settings.ES_DATA = tmp_path
    assert __main__.main(["keys", "list"]) == 0
    assert capsys.readouterr().out.count("signe") == 1
    assert __main__.main(["keys", "rotate"]) == 0
    sortie = capsys.readouterr().out
    assert "signe" in sortie and "à venir" in sortie
    assert __main__.main(["keys", "rotate", "--now"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1
    assert len(cles_jetons.publiques()) == 1
