"""The last step of a holder's login, whatever the way: the space must be open, then the session opens."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from espace_sante.acces.errors import EspaceFerme
from espace_sante.acces.mon_espace import ouvrir_mon_espace, tracer_connexion
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.sessions import ouvrir_session
from espace_sante.kernel.codes import GenreActeur
from espace_sante.web.connexion import attente, refus


def entrer(request: HttpRequest, dossier_id: UUID, suite: str, jeton_fc: str = "") -> HttpResponse:
    """Open the holder's session and trace it; one neutral page when the space is not active."""
    contexte: Contexte = request.contexte  # type: ignore[attr-defined]
    acteur = Acteur(genre=GenreActeur.TITULAIRE, dossier_id=dossier_id, deux_facteurs=True)
    try:
        with ouvrir_mon_espace(acteur, contexte=contexte) as espace:
            acteur = replace(acteur, nom=espace.titulaire.nom_complet)
    except EspaceFerme:
        request.session.flush()
        return refus.page(request, EspaceFerme("espace_ferme", "Cet espace n’est pas ouvert."), pro=False)
    tracer_connexion(acteur, contexte)
    ouvrir_session(request, acteur)
    if jeton_fc:
        attente.garder_fournisseur(request, "franceconnect", jeton_fc)
    return HttpResponseRedirect(suite or reverse("web:espace"))
