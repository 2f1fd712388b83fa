"""Data stay where the law wants them, and nobody is called who was not declared."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from espace_sante.platform import hebergement, oidc
from espace_sante.platform.hebergement import LIEUX, Defaut, HebergementRefuse, HoteNonDeclare, examiner

FRANCE = dict.fromkeys(LIEUX, "FR")
PAQUET = Path(hebergement.__file__).resolve().parents[1]
# The only modules that may open a connection to somewhere else than the database.
QUI_APPELLE = {
    "commands/demo.py": "its own server, on this machine",
    "identite/annuaire_sante/client.py": "the Annuaire Santé",
    "identite/insi/client.py": "INSi",
    "platform/antivirus.py": "clamd, on this machine or the operator's",
    "platform/appel_sortant.py": "software that operations registered for notifications (FHR-168)",
    "platform/oidc.py": "identity providers",
}
_RESEAU = {"httpx", "requests", "urllib3", "aiohttp", "socket", "http.client", "urllib.request", "ftplib"}


@pytest.mark.rule("REG-15")
def test_each_place_must_be_declared_and_allowed_in_production() -> None:
    assert examiner(FRANCE, {"FR"}, production=True) == []
    for lieu in LIEUX:
        assert examiner({**FRANCE, lieu: ""}, {"FR"}, production=True) == [Defaut(lieu, "")]
        for production in (True, False):
            assert examiner({**FRANCE, lieu: "US"}, {"FR"}, production=production) == [Defaut(lieu, "US")]
    assert examiner({}, {"FR"}, production=False) == []
    assert len(examiner({}, {"FR"}, production=True)) == len(LIEUX) >= 4


@pytest.mark.rule("REG-15")
def test_the_refusal_is_one_clear_line_that_names_the_setting(settings: Any) -> None:
    settings.ES_INSTANCE = "production"
    settings.ES_PAYS_ADMIS, settings.ES_PAYS_HEBERGEMENT = (
        frozenset({"FR"}),
        {**FRANCE, "ES_PAYS_SAUVEGARDE": "US"},
    )
    with pytest.raises(HebergementRefuse) as refus:
        hebergement.exiger()
    assert refus.value.code == "pays_refuse"
    assert "ES_PAYS_SAUVEGARDE" in refus.value.message
    assert "sauvegardes" in refus.value.message
    assert "\n" not in refus.value.message
    settings.ES_PAYS_HEBERGEMENT = {**FRANCE, "ES_PAYS_COURRIEL": ""}
    with pytest.raises(HebergementRefuse) as refus:
        hebergement.exiger()
    assert (refus.value.code, "ES_PAYS_COURRIEL" in refus.value.message) == ("pays_non_declare", True)
    settings.ES_PAYS_HEBERGEMENT = FRANCE
    hebergement.exiger()


@pytest.mark.rule("REG-16")
def test_only_declared_hosts_are_called(settings: Any) -> None:
    settings.ES_PSC_ISSUER, settings.ES_FC_ISSUER = "https://psc.example/auth", "https://fc.example"
    settings.EMAIL_HOST, settings.ES_HOTES_SORTANTS = "relais.example", frozenset({"autre.example"})
    settings.ES_INSI = {**settings.ES_INSI, "url": "https://insi.example/lps"}
    settings.ES_ANNUAIRE_BASE = "https://annuaire.example/fhir/v2"
    assert hebergement.hotes_sortants() == {
        "psc.example", "fc.example", "insi.example", "annuaire.example", "relais.example", "autre.example",
    }  # fmt: skip
    hebergement.exiger_hote("https://autre.example/x")
    for adresse in (
        "https://ailleurs.example/",
        "https://psc.example.ailleurs.example/",
        "//psc",
        "psc.example",
    ):
        with pytest.raises(HoteNonDeclare):
            hebergement.exiger_hote(adresse)


@pytest.mark.rule("REG-16")
def test_the_client_of_identity_providers_stops_before_the_network(settings: Any) -> None:
    settings.ES_PSC_ISSUER, settings.ES_FC_ISSUER = "https://psc.example", "https://fc.example"
    with oidc._nouveau_client() as client, pytest.raises(HoteNonDeclare):
        client.get("https://ailleurs.example/")


@pytest.mark.rule("REG-16")
def test_no_other_module_can_call_out() -> None:
    """Maps, fonts, analytics, crash reports: whoever adds one has to come by here."""
    appellent = {
        str(module.relative_to(PAQUET))
        for module in PAQUET.rglob("*.py")
        if "tests" not in module.parts and "simulateurs" not in module.parts and _reseau(module)
    }
    assert appellent <= set(QUI_APPELLE) | {"platform/postgres/embarque.py"}


@pytest.mark.rule("REG-16")
def test_pages_call_no_third_party(settings: Any) -> None:
    """The policy of every page, and nothing in a template or a style that it would have to stop."""
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    permis = {"'self'", "'none'", "data:"}
    for nom, sources in directives.items():
        if nom != "form-action":
            assert set(sources) <= permis, nom
    for fichier in (*PAQUET.glob("web/templates/**/*.html"), *PAQUET.glob("web/static/**/*.css")):
        texte = fichier.read_text(encoding="utf-8")
        for appel in (
            'src="http',
            "src='http",
            'src="//',
            "url(http",
            "url(//",
            "@import",
            '<link rel="stylesheet" href="http',
        ):
            assert appel not in texte, fichier.name


def _reseau(module: Path) -> bool:
    for noeud in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        noms = (
            [a.name for a in noeud.names]
            if isinstance(noeud, ast.Import)
            else [noeud.module or ""]
            if isinstance(noeud, ast.ImportFrom)
            else []
        )
        if any(n == r or n.startswith(f"{r}.") for n in noms for r in _RESEAU):
            return True
    return False
