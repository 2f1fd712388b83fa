"""Reading by paired services: ITI-67 and ITI-68 on the documents of the holder who agreed (POR-17, FHR-152).

The views are those of professionals; who opens the record, and what is shown of it, is decided by the pairing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse

from espace_sante.interop.appairage import ENTETE, est_un_service, vue_service
from espace_sante.interop.views import lectures, recherches
from espace_sante.interop.views.enveloppe import Vue


def _partagee(programme: Vue, *portees: str, negocie: bool = True) -> Vue:
    """The view of programs, and the same for services: told by the identity token, which only they send.

    A call without it costs nothing more; refused, it may be that of a service that forgot it.
    """
    interieure: Callable[..., HttpResponse] = programme.__wrapped__  # type: ignore[attr-defined]
    service = vue_service(*portees, negocie=negocie)(interieure)

    @wraps(programme)
    def selon_le_jeton(requete: HttpRequest, *args: str, **kwargs: str) -> HttpResponse:
        if ENTETE in requete.headers:
            return service(requete, *args, **kwargs)
        reponse = programme(requete, *args, **kwargs)
        if reponse.status_code == 403 and est_un_service(requete):
            return service(requete, *args, **kwargs)
        return reponse

    return selon_le_jeton


documents = _partagee(recherches.documents, "patient/DocumentReference.s", "patient/DocumentReference.r")
document = _partagee(lectures.document, "patient/DocumentReference.r")
contenu = _partagee(lectures.contenu, "patient/Binary.r", negocie=False)
