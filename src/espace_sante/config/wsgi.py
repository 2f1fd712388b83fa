"""WSGI entry point, served by granian: pages go through Django's whole handler, calls of programs straight to theirs."""

import gc
import os
from collections.abc import Callable, Iterable
from typing import cast
from wsgiref.types import StartResponse, WSGIEnvironment

from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "espace_sante.config.settings")
_pages = get_wsgi_application()

from django.conf import settings  # noqa: E402 - after the setup
from django.core.handlers.exception import convert_exception_to_response  # noqa: E402
from django.core.handlers.wsgi import WSGIRequest  # noqa: E402
from django.db import connections  # noqa: E402
from django.utils.module_loading import import_string  # noqa: E402

from espace_sante.identite import jetons, revocations  # noqa: E402
from espace_sante.web import erreurs  # noqa: E402
from espace_sante.web.middleware.logiciels import VoieDesLogiciels, des_logiciels  # noqa: E402


def _chaine() -> Callable[[HttpRequest], HttpResponse]:
    """The settings' own middlewares, down to the one that answers for programs, without what is around each."""
    suite: Callable[[HttpRequest], HttpResponse] = erreurs.introuvable
    noms = list(settings.MIDDLEWARE)
    dernier = noms.index(f"{VoieDesLogiciels.__module__}.{VoieDesLogiciels.__name__}")
    for nom in reversed(noms[: dernier + 1]):
        suite = import_string(nom)(suite)
    return cast("Callable[[HttpRequest], HttpResponse]", convert_exception_to_response(suite))


_logiciels = _chaine()
# A token that was revoked dies in every process at once (OID-20).
revocations.ecouter(jetons.oublier)


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer one request."""
    if not des_logiciels(environ["PATH_INFO"]):
        return _pages(environ, start_response)
    reponse = _logiciels(WSGIRequest(environ))
    start_response(f"{reponse.status_code} {reponse.reason_phrase}", list(reponse.items()))
    # What Django does at the end of a request: a connection that failed is not kept for the next one.
    connections["default"].close_if_unusable_or_obsolete()
    return [reponse.content]


# What is loaded now stays until the end: collections have no need to walk it each time.
gc.collect()
gc.freeze()
