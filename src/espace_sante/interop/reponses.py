"""HTTP answers of the FHIR door (FHR-08, FHR-13, FHR-14)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import orjson
from django.http import HttpResponse
from django.utils.http import http_date

from espace_sante.acces.dicah import Decision, EtatLettre
from espace_sante.interop.fhir.constats import SYSTEME_ERREUR, Constat, ressource_outcome
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.formats import CORPS
from espace_sante.interop.requete import base

_LIBELLES = {
    EtatLettre.TENUE: "tenue",
    EtatLettre.MANQUANTE: "manquante",
    EtatLettre.NON_EXAMINEE: "non examinée",
}
_NOMS = {"A": "Authentification", "D": "Dossier", "I": "Identité", "C": "Consentement", "H": "Habilitation"}
_DICAH = {
    "A": Erreur.DICAH_A,
    "D": Erreur.DICAH_D,
    "I": Erreur.DICAH_I,
    "C": Erreur.DICAH_C,
    "H": Erreur.DICAH_H,
}


def json(corps: bytes, statut: int = 200, *, public: bool = False) -> HttpResponse:
    """A FHIR resource; never kept by a cache unless it is public (FHR-14)."""
    reponse = HttpResponse(corps, content_type=CORPS, status=statut)
    if not public:
        reponse["Cache-Control"] = "no-store"
    return reponse


# What a client waits for when nothing tells how long: a needed service, the end of a lockout.
_REPRISES_S = {503: 5, 429: 3600}


def outcome(
    constats: Sequence[Constat], statut: int, requete: UUID | None = None, *, reprise_s: int | None = None
) -> HttpResponse:
    """An OperationOutcome with the findings; `reprise_s`: Retry-After, where it is known."""
    ressource = ressource_outcome(constats, base())
    if requete is not None:
        ressource["id"] = str(requete)
    reponse = json(orjson.dumps(ressource), statut)
    if reprise := reprise_s or _REPRISES_S.get(statut):
        reponse["Retry-After"] = str(reprise)
    if statut == 401:
        reponse["WWW-Authenticate"] = 'Bearer realm="fhir"'
    elif any(c.code == Erreur.PORTEE.code for c in constats):
        reponse["WWW-Authenticate"] = 'Bearer realm="fhir", error="insufficient_scope"'
    return reponse


def refus_dicah(decision: Decision) -> HttpResponse:
    """403 with the five letters in their order, each with its state (ACC-02, FHR-29)."""
    systeme = f"{base()}/{SYSTEME_ERREUR}"
    issues = []
    for lettre, etat in decision.lettres:
        manque = etat is EtatLettre.MANQUANTE
        erreur = _DICAH[lettre.value]
        issues.append(
            {
                "severity": "error" if manque else "information",
                "code": erreur.issue if manque else "informational",
                "details": {
                    "coding": [
                        {"system": systeme, "code": erreur.code},
                        {"system": f"{base()}/CodeSystem/etat-dicah", "code": etat.value},
                        *([{"system": systeme, "code": decision.code_de(lettre)}] if manque else []),
                    ],
                    "text": erreur.phrase if manque else f"{_NOMS[lettre.value]} : {_LIBELLES[etat]}.",
                },
            }
        )
    return json(orjson.dumps({"resourceType": "OperationOutcome", "issue": issues}), 403)


def etiqueter(reponse: HttpResponse, version: int, maj_le: datetime) -> HttpResponse:
    """ETag and Last-Modified of a resource (FHR-13)."""
    reponse["ETag"] = f'W/"{version}"'
    reponse["Last-Modified"] = http_date(maj_le.timestamp())
    return reponse


def searchset(
    total: int | None,
    liens: Iterable[tuple[str, str]],
    ressources: Iterable[tuple[str, bytes]],
    avertissements: Sequence[Constat] = (),
    inclus: Iterable[tuple[str, bytes]] = (),
) -> HttpResponse:
    """A searchset Bundle, by joining resources that are already JSON (FHR-22).

    `ressources` are (full URL, JSON), `inclus` too (FHR-27); warnings come as an OperationOutcome entry (FHR-21).
    """
    entrees = [
        b'{"fullUrl":%s,"resource":%s,"search":{"mode":"match"}}' % (orjson.dumps(url), brut)
        for url, brut in ressources
    ]
    entrees += [
        b'{"fullUrl":%s,"resource":%s,"search":{"mode":"include"}}' % (orjson.dumps(url), brut)
        for url, brut in inclus
    ]
    if avertissements:
        constats = orjson.dumps(ressource_outcome(avertissements, base()))
        entrees.append(b'{"resource":%s,"search":{"mode":"outcome"}}' % constats)
    lies = orjson.dumps([{"relation": relation, "url": url} for relation, url in liens])
    compte = b"" if total is None else b'"total":%d,' % total
    corps = b'{"resourceType":"Bundle","type":"searchset",%s"link":%s' % (compte, lies)
    if entrees:
        corps += b',"entry":[%s]' % b",".join(entrees)
    return json(corps + b"}")
