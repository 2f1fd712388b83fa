"""Shapes of errors: expected ones are typed and speak plain French without identity; pages say no more than they may."""

from __future__ import annotations

import ast
import re
import uuid

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory

from espace_sante.kernel.errors import EspaceSanteError
from tests.contrat.depot import modules, piece


def test_expected_errors_have_a_code_and_a_french_message() -> None:
    """`raise X("code_stable", "Phrase.")`: the code is a machine's, the sentence a person's."""
    fautes = []
    for module in modules():
        if piece(module) in {"interop", "simulateurs"}:
            continue  # standards have their own shapes (OperationOutcome, OAuth error)
        for noeud in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if not (
                isinstance(noeud, ast.Raise) and isinstance(noeud.exc, ast.Call) and len(noeud.exc.args) >= 2
            ):
                continue
            code, message = noeud.exc.args[:2]
            if isinstance(code, ast.Constant) and isinstance(code.value, str):
                if not re.fullmatch(r"[a-z][a-z0-9_-]*", code.value):
                    fautes.append(f"{module.name}:{noeud.lineno}: code {code.value!r}")
                if isinstance(message, ast.Constant) and not re.match(
                    r"[A-ZÀÉ«].*[.!?]$", str(message.value), re.S
                ):
                    fautes.append(f"{module.name}:{noeud.lineno}: {message.value!r}")
    assert not fautes


def test_details_are_not_part_of_the_text() -> None:
    erreur = EspaceSanteError("code", "Phrase.", matricule="180017500000995")
    assert str(erreur) in {"code", "Phrase.", "code: Phrase."}
    assert "180017500000995" not in repr(erreur)


@pytest.fixture
def requete(rf: RequestFactory) -> HttpRequest:
    from espace_sante.identite.contexte import Contexte

    demande = rf.get("/espace/documents/")
    demande.acteur = None
    demande.contexte = Contexte("web")
    demande.session = {}
    return demande


def test_forbidden_and_absent_are_the_same_page(requete: HttpRequest) -> None:
    from espace_sante.web import erreurs

    absent = erreurs.introuvable(requete, Exception("dossier 42"))
    interdit = erreurs.acces_refuse(requete, PermissionError("dossier 42"))
    assert absent.status_code == interdit.status_code == 404
    jeton = re.compile(rb'value="[A-Za-z0-9]{64}"|nonce="[^"]+"')
    assert jeton.sub(b"", absent.content) == jeton.sub(b"", interdit.content)
    assert b"42" not in re.sub(rb"<(?:link|script|svg|use)[^>]*>", b"", absent.content)


def test_error_pages_are_plain_french(requete: HttpRequest) -> None:
    from espace_sante.web import erreurs

    for page in (erreurs.introuvable, erreurs.requete_refusee, erreurs.csrf_refuse, erreurs.panne):
        reponse = page(requete)
        texte = reponse.content.decode()
        assert '<html lang="fr"' in texte
        assert not re.search(r"Traceback|Exception|Error\b|Django", texte)


@pytest.mark.django_db
def test_an_unknown_address_answers_a_page_with_its_request_id(client: Client) -> None:
    donne = str(uuid.uuid4())
    reponse = client.get("/nulle-part/", headers={"X-Request-Id": donne})
    assert reponse.status_code == 404
    assert reponse["X-Request-Id"] == donne
    assert (
        client.get("/nulle-part/", headers={"X-Request-Id": "pas un uuid <script>"})["X-Request-Id"] != donne
    )


@pytest.mark.django_db
def test_every_answer_carries_the_protections(client: Client) -> None:
    reponse = client.get("/nulle-part/")
    assert "default-src 'none'" in reponse["Content-Security-Policy"]
    assert reponse["X-Content-Type-Options"] == "nosniff"
    assert reponse["X-Frame-Options"] == "SAMEORIGIN"
    assert reponse["Referrer-Policy"] == "same-origin"
