"""Who calls the authorization server: a declared software, by its certificate (rules IDN-61, OID-12, OID-31, OID-33).

Outside production a secret serves too, for who has no certificate yet: the quick start and the tests.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from urllib.parse import unquote_plus

from django.conf import settings
from django.http import HttpRequest

from espace_sante.api.oauth.erreurs import RefusOAuth
from espace_sante.identite.logiciels.secret import par_secret
from espace_sante.identite.models import Logiciel
from espace_sante.platform import certificats
from espace_sante.platform.certificats import Certificat, CertificatRefuse

SECRETS = ("client_secret_basic", "client_secret_post")
CERTIFICAT = "tls_client_auth"


@dataclass(frozen=True, slots=True)
class Appelant:
    """A software that proved who it is, and the certificate of the call: what is given is bound to it (OID-13)."""

    logiciel: Logiciel
    certificat: Certificat | None

    @property
    def empreinte(self) -> str:
        return self.certificat.empreinte if self.certificat else ""


def secrets_admis() -> bool:
    """Whether a shared secret proves anything here: never in production (OID-12)."""
    return str(settings.ES_INSTANCE) != "production"


def methodes() -> list[str]:
    """How software may authenticate on this installation, for discovery."""
    return [*([CERTIFICAT] if settings.ES_MTLS_URL else []), *(SECRETS if secrets_admis() else [])]


def authentifier(request: HttpRequest, corps: dict[str, str]) -> Appelant:
    """The calling software. Raises RefusOAuth(`invalid_client`), the same for every reason.

    A certificate decides alone when it is shown: a secret beside it makes up for nothing.
    """
    client_id, secret = _donnes(request, corps)
    client_id = client_id.replace("\x00", "\ufffd")  # the database takes no NUL: nobody has such a name
    try:
        certificat = certificats.presente(request.META)
    except CertificatRefuse:
        raise _inconnu() from None
    if certificat is not None:
        logiciel = _par_certificat(certificat)
        if logiciel is not None and client_id in {"", logiciel.client_id}:
            return Appelant(logiciel, certificat)
        raise _inconnu()
    if secrets_admis() and (logiciel := par_secret(client_id, secret)) is not None:
        return Appelant(logiciel, None)
    raise _inconnu()


def exiger_ouvert(logiciel: Logiciel) -> None:
    """In production, only what passed its conformance run gets tokens (OID-34). Raises RefusOAuth."""
    if str(settings.ES_INSTANCE) == "production" and logiciel.etape != "production":
        raise RefusOAuth(
            "unauthorized_client",
            "Ce logiciel n'est pas encore ouvert en production.",
            motif="conformite_absente",
        )


def _par_certificat(certificat: Certificat) -> Logiciel | None:
    """The active software of that distinguished name, among the two at most that it may have (OID-33)."""
    return (
        Logiciel.objects.select_related("structure")
        .filter(certificats__dn=certificat.dn, certificats__fin=None, actif=True)
        .first()
    )


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


def _inconnu() -> RefusOAuth:
    return RefusOAuth("invalid_client", "Ce logiciel n'est pas reconnu.", 401)
