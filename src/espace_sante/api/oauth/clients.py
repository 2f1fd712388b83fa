"""Who calls the token endpoint: a declared software, by its secret (rules IDN-61, OID-12, OID-31).

Mutual TLS (RFC 8705) replaces the secret in a later issue; until then tokens are not bound to a certificate.
"""

from __future__ import annotations

import base64
from urllib.parse import unquote_plus

from django.contrib.auth.hashers import check_password, make_password
from django.http import HttpRequest

from espace_sante.api.oauth.erreurs import RefusOAuth
from espace_sante.identite.models import Logiciel


def authentifier(request: HttpRequest, corps: dict[str, str]) -> Logiciel:
    """The calling software. Raises RefusOAuth(`invalid_client`), the same for every reason."""
    client_id, secret = _donnes(request, corps)
    client_id = client_id.replace("\x00", "\ufffd")  # the database takes no NUL: nobody has such a name
    logiciel = Logiciel.objects.select_related("structure").filter(client_id=client_id).first()
    if logiciel is None or not logiciel.secret_hache:
        make_password(secret)  # the same cost, so that time does not tell which clients exist
    elif check_password(secret, logiciel.secret_hache) and logiciel.actif:
        return logiciel
    raise RefusOAuth("invalid_client", "Ce logiciel n'est pas reconnu.", 401)


def _donnes(request: HttpRequest, corps: dict[str, str]) -> tuple[str, str]:
    genre, _, valeur = request.headers.get("Authorization", "").partition(" ")
    if not genre:
        return corps.get("client_id", ""), corps.get("client_secret", "")
    if "client_secret" in corps:
        raise RefusOAuth("invalid_request", "Le logiciel s'authentifie d'une seule façon.")
    try:
        brut = base64.b64decode(valeur, validate=True).decode() if genre.lower() == "basic" else ""
    except ValueError:
        brut = ""
    client_id, _, secret = brut.partition(":")
    return unquote_plus(client_id), unquote_plus(secret)
