from __future__ import annotations

import time
from functools import lru_cache
from pathlib import Path
from urllib.parse import parse_qsl

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from espace_sante.platform.http import par_jeton, publique
from espace_sante.simulateurs.annuaire_sante.ressources import FICHIER, Ressources
from espace_sante.simulateurs.annuaire_sante.serveur import Panne, ServeurAnnuaire

_lu: tuple[int, Ressources] | None = None  # date of the file, what it holds


def _ressources() -> Ressources:
    global _lu
    fichier = Path(settings.ES_DATA) / "simulateurs" / FICHIER
    try:
        version = fichier.stat().st_mtime_ns
    except FileNotFoundError:
        return {"Organization": [], "Practitioner": [], "PractitionerRole": []}
    if _lu is None or _lu[0] != version:
        _lu = version, msgspec.json.decode(fichier.read_bytes(), type=Ressources)
    return _lu[1]


@lru_cache(maxsize=1)
def serveur() -> ServeurAnnuaire:
    """The directory of this process."""
    return ServeurAnnuaire(_ressources, f"{settings.ES_BASE_URL}/simulateurs/annuaire/fhir/v2")


@par_jeton
@csrf_exempt
def fhir(request: HttpRequest, chemin: str) -> HttpResponse:
    """The directory's FHIR interface: search, read, PATCH; the key is asked for, any will do."""
    corps = request.body
    parametres = parse_qsl(request.META.get("QUERY_STRING", ""), keep_blank_values=True)
    if request.method == "POST":
        parametres += parse_qsl(corps.decode("utf-8", "replace"), keep_blank_values=True)
    entetes = {nom.lower(): valeur for nom, valeur in request.headers.items()}
    reponse = serveur().repondre(request.method or "GET", chemin, parametres, entetes, corps)
    time.sleep(2 * reponse.attente_s)
    return HttpResponse(reponse.corps, status=reponse.statut, headers=reponse.entetes)


@publique
@csrf_exempt
@require_POST
def panne(request: HttpRequest, genre: str) -> HttpResponse:
    """The next call meets this fault: to see what the product does then."""
    if genre not in set(Panne):
        return HttpResponseBadRequest(", ".join(Panne), content_type="text/plain; charset=utf-8")
    serveur().pannes.append(Panne(genre))
    return HttpResponse(status=204)
