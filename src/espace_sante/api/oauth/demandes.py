"""What the addresses of the authorization server take: a form, each parameter once, nothing in the address (OID-23)."""

from __future__ import annotations

from django.http import HttpRequest

from espace_sante.api.oauth.erreurs import RefusOAuth

_TAILLE_MAX = 20_000


def corps(request: HttpRequest) -> dict[str, str]:
    """The form's parameters. Raises RefusOAuth(`invalid_request`): addresses are kept by logs, bodies are not."""
    if request.META.get("QUERY_STRING"):
        raise RefusOAuth("invalid_request", "Les paramètres se donnent dans le corps, jamais dans l'adresse.")
    if request.content_type != "application/x-www-form-urlencoded":
        raise RefusOAuth("invalid_request", "Le corps doit être un formulaire (x-www-form-urlencoded).")
    if int(request.META.get("CONTENT_LENGTH") or 0) > _TAILLE_MAX:
        raise RefusOAuth("invalid_request", "Le corps est trop grand.", 413)
    if any(len(valeurs) > 1 for _, valeurs in request.POST.lists()):
        raise RefusOAuth("invalid_request", "Un paramètre est donné deux fois.")
    donnes = request.POST.dict()
    if any("\x00" in valeur for valeur in donnes.values()):
        raise RefusOAuth("invalid_request", "Un paramètre contient un caractère interdit.")
    return donnes
