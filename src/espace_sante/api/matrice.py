"""The matrix for programs: CSV and JSON, public, without any person's name (ACC-42, ACC-35).

`/matrice.csv` and `/matrice.json` are the edition in force; `/matrice/editions/<number>.csv` (or `.json`) never
change; `/matrice/editions.json` lists them. The CSV is the file that `espace-sante matrice import` takes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Final

import orjson
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from espace_sante.acces import matrice
from espace_sante.acces.matrice.fichier import ecrire
from espace_sante.acces.models import Edition
from espace_sante.documents import nomenclatures
from espace_sante.identite import professions
from espace_sante.platform.http import publique

FORMAT: Final = "espace-sante/matrice-habilitation/1"
_CSV, _JSON = "text/csv; charset=utf-8; header=present", "application/json"
# Asked again each time, and answered 304 when nothing changed: an edition rules from its minute (ACC-40).
_COURANTE: Final = "public, no-cache"
_FIGEE: Final = "public, max-age=31536000, immutable"


def _publier(corps: bytes, genre: str, cache: str, request: HttpRequest) -> HttpResponse:
    etag = f'"{hashlib.sha256(corps).hexdigest()[:32]}"'
    reponse = HttpResponse(corps, content_type=genre)
    reponse["ETag"] = etag
    reponse["Cache-Control"] = cache
    # Public data: any page may read it, and nothing of a login is sent with the request.
    reponse["Access-Control-Allow-Origin"] = "*"
    fait: HttpResponse = get_conditional_response(request, etag=etag, response=reponse)  # type: ignore[assignment]
    if fait.status_code == 304:
        fait["Cache-Control"] = cache
        fait["Access-Control-Allow-Origin"] = "*"
    return fait


def _vue(genre: str, rendre: Callable[[Edition], bytes]) -> Callable[..., HttpResponse]:
    @publique
    @require_safe
    def vue(request: HttpRequest, numero: int | None = None) -> HttpResponse:
        """The edition of that number, else the one in force; 404 when there is none."""
        edition = matrice.en_vigueur() if numero is None else matrice.par_numero(numero)
        if edition is None:
            raise Http404
        return _publier(rendre(edition), genre, _COURANTE if numero is None else _FIGEE, request)

    return vue


def _rendre_csv(edition: Edition) -> bytes:
    return _texte_csv(edition.numero, edition.approuvee_le)


def _rendre_json(edition: Edition) -> bytes:
    return _texte_json(edition.numero, edition.approuvee_le)


@lru_cache(maxsize=8)
def _texte_csv(numero: int, _approuvee_le: datetime) -> bytes:
    return ecrire(matrice.cases_de(numero)).encode()


@lru_cache(maxsize=8)
def _texte_json(numero: int, _approuvee_le: datetime) -> bytes:
    edition = matrice.par_numero(numero)
    assert edition is not None  # noqa: S101 - the caller has just read it
    return orjson.dumps(
        {
            "format": FORMAT,
            "edition": _decrire(edition),
            "types": [
                {"code": t.code, "systeme": t.systeme, "libelle": t.libelle, "classe": t.classe}
                for t in nomenclatures.types().values()
            ],
            "professions": [
                {
                    "systeme": groupe.systeme,
                    "code": groupe.profession,
                    "savoir_faire": groupe.savoir_faire or None,
                    "libelle": professions.libelle_savoir_faire(groupe.savoir_faire)
                    or professions.libelle(groupe.systeme, groupe.profession),
                    "active": groupe.systeme in edition.systemes,
                    "lisibles": matrice.ligne(numero, *groupe),
                }
                for groupe in matrice.groupes_de(numero)
            ],
        }
    )


def _decrire(edition: Edition) -> dict[str, object]:
    """An edition without the names of the two people: who they are is the operator's affair."""
    return {
        "numero": edition.numero,
        "nom": edition.nom,
        "source": edition.source,
        "date_effet": edition.date_effet.isoformat(),
        "officielle": edition.officielle,
        "avertissement": None if edition.officielle else "Exemple sans valeur légale.",
        "systemes_actifs": edition.systemes,
    }


matrice_csv = _vue(_CSV, _rendre_csv)
matrice_json = _vue(_JSON, _rendre_json)


@publique
@require_safe
def liste_editions(request: HttpRequest) -> HttpResponse:
    """Approved editions, those to come included, the last first."""
    courante = matrice.en_vigueur()
    toutes = [*reversed(matrice.a_venir()), *matrice.publiees()]
    corps = orjson.dumps(
        {
            "format": FORMAT,
            "en_vigueur": courante.numero if courante else None,
            "editions": [_decrire(e) for e in toutes],
        }
    )
    return _publier(corps, _JSON, _COURANTE, request)
