"""Who came, when, from where, for what: the history of accesses in sentences (rules AUD-05 to AUD-09)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from espace_sante.acces.mon_espace import MonEspace
from espace_sante.traces.queries import FiltreTraces
from espace_sante.web.espace.criteres import lire_plage, minuit
from espace_sante.web.espace.journal import par_jour
from espace_sante.web.espace.ouverture import mon_espace, rendre

GROUPES = {
    "": "Tout",
    "professionnels": "Professionnels",
    "moi": "Moi et mes proches",
    "services": "Services",
}
PAR_PAGE = 100
_RPPS = re.compile(r"[0-9]{11}")


class Choix(NamedTuple):
    """One value of `composants/selection.html`."""

    valeur: str
    libelle: str


@mon_espace
@require_safe
def historique(request: HttpRequest, espace: MonEspace) -> HttpResponse:
    groupe = request.GET.get("groupe", "")
    groupe = groupe if groupe in GROUPES else ""
    plage = lire_plage(request.GET.dict())
    avant = _uuid(request.GET.get("avant", ""))
    # One professional is chosen among professionals; the first page does not pay for their list.
    parmi = groupe == "professionnels"
    qui = request.GET.get("qui", "") if parmi else ""
    qui = qui if _RPPS.fullmatch(qui) else ""
    filtre = FiltreTraces(
        groupe=groupe,
        du=minuit(plage.du) if plage.du else None,
        au=minuit(plage.au + timedelta(days=1)) if plage.au else None,
        acteur_id=qui,
        avant=avant,
        limite=PAR_PAGE,
    )
    page = espace.historique(filtre)
    venus = espace.venus(filtre) if parmi else {}
    dates = {"du": plage.du and plage.du.isoformat(), "au": plage.au and plage.au.isoformat()}
    garde = {**dates, "qui": qui}
    return rendre(
        request, espace, "espace/historique.html", "historique",
        {
            "journees": par_jour(page.elements),
            "puces": [
                {"libelle": nom, "url": _adresse(groupe=code, **dates), "choisie": code == groupe, "nombre": None}
                for code, nom in GROUPES.items()
            ],
            "groupe": groupe,
            "plage": plage,
            "brut": {"du": request.GET.get("du", ""), "au": request.GET.get("au", "")},
            "suite": _adresse(groupe=groupe, avant=page.suite, **garde) if page.suite else "",
            "debut": _adresse(groupe=groupe, **garde) if avant else "",
            "qui": qui,
            "venus": [Choix("", "Tous"), *(Choix(rpps, nom) for rpps, nom in venus.items())] if venus or qui else [],
            "filtre_actif": bool(groupe or plage.du or plage.au or qui),
        },
        statut=200 if not plage.erreurs else 422,
    )  # fmt: skip


def _adresse(**champs: object) -> str:
    requete = urlencode({nom: str(valeur) for nom, valeur in champs.items() if valeur})
    return reverse("web:historique") + (f"?{requete}" if requete else "")


def _uuid(texte: str) -> UUID | None:
    try:
        return UUID(texte)
    except ValueError:
        return None
