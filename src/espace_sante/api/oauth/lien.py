"""`POST /oauth/lien`: a link that opens the portal on a patient, without his INS in it (rule OID-37)."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from espace_sante.api.oauth import demandes, traces
from espace_sante.api.oauth.erreurs import RefusOAuth, reponse
from espace_sante.api.oauth.urgence import lire_personne
from espace_sante.identite import liens
from espace_sante.identite.jetons import JetonInvalide, lire_jeton
from espace_sante.platform import certificats
from espace_sante.platform.http import par_jeton

_PORTEES = frozenset({"user/Patient.r", "system/Patient.r"})


@par_jeton
@csrf_exempt
@sensitive_post_parameters()
@require_POST
def lien(request: HttpRequest) -> HttpResponse:
    """201 with the address to open. With a person's token the link serves that professional alone.

    It proves nothing of a right: the portal asks the professional to log in, and the gate judges as always.
    """
    try:
        corps = demandes.corps(request)
        genre, _, jeton = request.headers.get("Authorization", "").partition(" ")
        if genre.lower() != "bearer":
            raise RefusOAuth("invalid_token", "Un jeton d'accès est nécessaire.", 401)
        try:
            acteur = lire_jeton(jeton.strip(), certificats.empreinte(request.META))
        except JetonInvalide as erreur:
            raise RefusOAuth("invalid_token", erreur.message, 401) from None
        if not acteur.portees & _PORTEES:
            raise RefusOAuth("insufficient_scope", "Le jeton ne permet pas cette opération.", 403)
        ins = lire_personne(corps.get("person_id", ""))
    except RefusOAuth as refus:
        return reponse(refus)
    mot = liens.creer(ins, rpps=acteur.rpps, client_id=acteur.client_id)
    traces.lien(request, acteur)
    adresse = f"{settings.ES_BASE_URL}/pro/lien/{mot}/"
    return JsonResponse(
        {"url": adresse, "expires_in": settings.ES_LIEN_MIN * 60},
        status=201,
        headers={"Cache-Control": "no-store", "Pragma": "no-cache"},
    )
