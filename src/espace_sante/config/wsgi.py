"""WSGI entry point, served by granian: pages go through Django's whole handler, calls of programs straight to theirs."""

import gc
import os
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "espace_sante.config.settings")
_pages = get_wsgi_application()

from django.core.handlers.wsgi import WSGIRequest  # noqa: E402 - after the settings
from django.db import connections  # noqa: E402

from espace_sante.api.metriques import Mesures  # noqa: E402
from espace_sante.web import erreurs  # noqa: E402
from espace_sante.web.middleware.contexte import ContexteDeRequete  # noqa: E402
from espace_sante.web.middleware.logiciels import VoieDesLogiciels, des_logiciels  # noqa: E402

# The same first middlewares as for pages, without the signals and wrappers around them (a tenth of a search).
_logiciels = ContexteDeRequete(Mesures(VoieDesLogiciels(erreurs.introuvable)))


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
