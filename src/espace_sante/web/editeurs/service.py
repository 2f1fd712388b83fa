"""Registering a service that people pair with: what it asks for, by purpose, is what they will be shown (OID-28, OID-31)."""

from __future__ import annotations

from typing import Any

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from espace_sante.acces.appairages import droits
from espace_sante.acces.appairages.droits import GENRES, TOUS, Droit, Sens
from espace_sante.acces.operation import logiciels
from espace_sante.acces.operation.logiciels import DemandeRefusee
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.logiciels import fiche, finalites
from espace_sante.identite.logiciels.erreurs import FicheRefusee
from espace_sante.identite.logiciels.fiche import Fiche
from espace_sante.identite.logiciels.finalites import FINALITES, Declaration
from espace_sante.platform.http import publique

CHAMPS = (
    "raison_sociale", "siret", "contact", "produit", "version", "certificats", "retours", "presentation", "solution_oid",
    *(f"texte_{code}" for code in FINALITES),
)  # fmt: skip
_CONNUS = frozenset(str(d) for d in TOUS)


@publique
@never_cache
@require_http_methods(["GET", "POST"])
def inscription(request: HttpRequest) -> HttpResponse:
    """The form, and what came of it. A form with faults keeps what was typed and says each of them."""
    if request.method == "GET":
        return _formulaire(request, {}, {})
    donnees = {c: request.POST.get(c, "") for c in CHAMPS}
    coches = {code: request.POST.getlist(f"droits_{code}") for code in FINALITES}
    contexte: Contexte = request.contexte  # type: ignore[attr-defined]
    try:
        lue = _lire(donnees, coches)
        remis = logiciels.demander(lue, contexte=contexte)
    except FicheRefusee as refus:
        return _formulaire(request, donnees, coches, fautes=refus.details["champs"], status=422)
    except DemandeRefusee as refus:
        return _formulaire(request, donnees, coches, message=refus.message, status=429)
    return render(
        request,
        "editeurs/recu.html",
        {
            "remis": remis,
            "fiche": lue,
            "portees": " ".join(["openid", *lue.portees]),
            "jeton": f"{settings.ES_MTLS_URL or settings.ES_BASE_URL}/oauth/token",
            "base": settings.ES_BASE_URL,
            "service": True,
        },
        status=201,
    )


def _lire(donnees: dict[str, str], coches: dict[str, list[str]]) -> Fiche:
    """The whole demand, or every fault of both parts. Raises FicheRefusee."""
    fautes: dict[str, str] = {}
    declaration: Declaration | None = None
    lue: Fiche | None = None
    try:
        declaration = finalites.lire(donnees, coches, connus=_CONNUS)
    except FicheRefusee as refus:
        fautes |= _champs(refus)
    try:
        lue = fiche.lire(donnees, [], production=not logiciels.approuvees_aussitot(), service=True)
    except FicheRefusee as refus:
        fautes |= _champs(refus)
    if declaration is None or lue is None:
        raise FicheRefusee("fiche_invalide", "Corrigez les champs signalés.", champs=fautes)
    demandes = [d for t in declaration.droits if (d := droits.lire(t))]
    return msgspec.structs.replace(lue, service=declaration, portees=tuple(sorted(droits.portees(demandes))))


def _champs(refus: FicheRefusee) -> dict[str, str]:
    champs = refus.details["champs"]
    return dict(champs) if isinstance(champs, dict) else {}


def _formulaire(
    request: HttpRequest,
    donnees: dict[str, str],
    coches: dict[str, list[str]],
    *,
    fautes: Any = None,
    message: str = "",
    status: int = 200,
) -> HttpResponse:
    fautes = fautes or {}
    contexte = {
        "d": donnees,
        "fautes": fautes,
        "message": message,
        "finalites": [
            {
                "code": code,
                "titre": titre,
                "texte": donnees.get(f"texte_{code}", ""),
                "erreur_texte": fautes.get(f"texte_{code}", ""),
                "erreur_droits": fautes.get(f"droits_{code}", ""),
                "ouvert": bool(coches.get(code) or donnees.get(f"texte_{code}")),
                "options": _options(coches.get(code, [])),
            }
            for code, titre in FINALITES.items()
        ],
        "aussitot": logiciels.approuvees_aussitot(),
    }
    return render(request, "editeurs/service.html", contexte, status=status)


def _options(coches: list[str]) -> list[dict[str, object]]:
    return [
        {
            "valeur": str(droit),
            "libelle": droits.libelle(droit),
            "detail": str(droit),
            "choisi": str(droit) in coches,
        }
        for genre in GENRES
        for sens in Sens
        if (droit := Droit(genre, sens)) in TOUS
    ]
