"""The caught messages, newest first; text only, nothing of them is interpreted."""

from __future__ import annotations

import email
import email.policy
from dataclasses import dataclass
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from espace_sante.platform.http import publique
from espace_sante.simulateurs.openid.fournisseur import racine

_MAX = 50


@dataclass(frozen=True, slots=True)
class Courriel:
    """One caught message."""

    destinataire: str
    sujet: str
    date: str
    texte: str


@publique
@require_GET
def liste(request: HttpRequest) -> HttpResponse:
    """The mail catcher's page; `?pour=` keeps one recipient."""
    pour = request.GET.get("pour", "")
    courriels = []
    for fichier in sorted((racine() / "courriels").glob("*.eml"), reverse=True):
        lu = _lire(fichier)
        if pour.lower() in lu.destinataire.lower():
            courriels.append(lu)
        if len(courriels) >= _MAX:
            break
    return render(request, "simulateurs/courriels.html", {"courriels": courriels, "pour": pour})


def _lire(fichier: Path) -> Courriel:
    message = email.message_from_bytes(fichier.read_bytes(), policy=email.policy.default)
    corps = message.get_body(("plain",))
    try:
        texte = str(corps.get_content()) if corps else ""
    except (LookupError, UnicodeError):
        texte = ""
    return Courriel(
        destinataire=str(message.get("To", "")),
        sujet=str(message.get("Subject", "")),
        date=str(message.get("Date", "")),
        texte=texte or "(message sans texte lisible)",
    )
