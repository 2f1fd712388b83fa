"""A link from another portal or software: the portal opens, on the person when the word still serves (OID-37)."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from espace_sante.identite import liens
from espace_sante.kernel.ins import Ins
from espace_sante.web.pro.gardes import RequetePro, professionnel

_CLE = "pro_lien"


@professionnel
@require_GET
def lien(request: RequetePro, mot: str) -> HttpResponse:
    """Keep the word through the steps before the portal (situation, warning); it is used when the portal opens."""
    request.session[_CLE] = mot[:64]
    return HttpResponseRedirect(reverse("web:pro"))


def personne_du_lien(request: RequetePro) -> Ins | None:
    """The person of the link that was followed, once; None for a word wrong, used or over, and without link."""
    mot = request.session.pop(_CLE, "")
    return liens.utiliser(mot, rpps=request.acteur.rpps) if mot else None
