"""A copy behind a password that the holder chooses as he takes it away (rule POR-13)."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from espace_sante.acces import export
from espace_sante.acces.errors import EspaceFerme
from espace_sante.acces.export import ExportRefuse
from espace_sante.acces.exportation import mot_de_passe
from espace_sante.acces.exportation.mot_de_passe import MotDePasseRefuse
from espace_sante.acces.mon_espace import MonEspace
from espace_sante.kernel.codes import GenreActeur
from espace_sante.platform.http import reservee
from espace_sante.web.espace.droits import fichier, nom_de_la_copie
from espace_sante.web.espace.ouverture import mon_espace, rendre


@reservee(GenreActeur.TITULAIRE)
@sensitive_post_parameters("secret")
@require_http_methods(["GET", "HEAD", "POST"])
def proteger_copie(request: HttpRequest, export_id: UUID, partie: int = 1) -> HttpResponseBase:
    """The password, then the file. It is neither kept nor written anywhere."""
    if not mot_de_passe.disponible():
        raise Http404
    if request.method != "POST":
        return _page(request)
    secret = request.POST.get("secret", "")
    try:
        # Judged before the copy is opened: a refusal costs no download.
        mot_de_passe.controler(secret)
        vu, morceaux = export.telecharger(
            request.acteur,  # type: ignore[attr-defined]
            export_id,
            contexte=request.contexte,  # type: ignore[attr-defined]
            partie=partie,
        )
    except MotDePasseRefuse as refus:
        return _page(request, erreur=refus.message)
    except (ExportRefuse, EspaceFerme):
        raise Http404 from None
    nom = nom_de_la_copie(vu, partie)
    return fichier(
        mot_de_passe.proteger(morceaux, nom, secret), "application/zip", nom.replace(".zip", "-protege.zip")
    )


@mon_espace
def _page(request: HttpRequest, espace: MonEspace, *, erreur: str = "") -> HttpResponse:
    contexte = {"erreur": erreur, "longueur": mot_de_passe.LONGUEUR_MIN}
    return rendre(
        request, espace, "espace/droits_secret.html", "plus", contexte, statut=422 if erreur else 200
    )
