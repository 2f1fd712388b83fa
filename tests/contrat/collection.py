"""What a publisher may import into his tool: every address for programs, with bodies made by the sample code.

`make docs` writes the collection (format v2.1) and the two sample bodies of `docs/interop/exemples`; a test holds them
equal to the code. An address that is new enters by itself, without a body; give it one in `_CORPS`.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import os
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import django
from django.apps import apps
from django.conf import settings

Json = dict[str, Any]
_SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
_METHODES = frozenset({"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE"})
_INS = "urn:oid:1.2.250.1.213.1.4.10|{{ins}}"
# Of the public samples; only its place counts.
_MATRICULE = "279035121518989"
_QUAND = datetime(2001, 2, 3, 4, 5, 6, tzinfo=UTC)
_FORMULAIRE = "application/x-www-form-urlencoded"
_FHIR, _PATCH = "application/fhir+json", "application/json-patch+json"
# One page that says what it is; its offsets are right.
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 80]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj\n"
    b"4 0 obj<</Length 44>>stream\nBT /F 18 Tf 20 30 Td (Document d'essai) Tj ET \nendstream endobj\n"
    b"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Root 1 0 R/Size 6>>\n%%EOF\n"
)


def preparer() -> None:
    """Settings and models, for what is asked to the resolver or imports a model; no database."""
    if not settings.configured:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.reglages")
    if not apps.ready:
        django.setup()


def iti_65() -> str:
    """A lot of one PDF, with `{{…}}` where each call differs."""
    from espace_sante.interop.client import lot_iti65

    return _modele(lot_iti65(PDF, _ins(), _auteur(), metadonnees=_metadonnees(), maintenant=_QUAND))


def iti_105() -> str:
    """The same document alone."""
    from espace_sante.interop.client import depot_iti105

    return _modele(depot_iti105(PDF, _ins(), metadonnees=_metadonnees()))


def collection() -> str:
    """Every address for programs under /fhir, /oauth and /.well-known."""
    preparer()
    dossiers: dict[str, list[Json]] = {}
    for methode, chemin in offres():
        groupe = "Jetons" if "oauth" in chemin or ".well-known" in chemin else _ressource(chemin)
        dossiers.setdefault(groupe, []).append(_requete(methode, chemin))
    variables = {
        "serveur": "http://localhost:8000", "jeton": "", "ins": "", "rpps": "", "structure": "", "document": "",
        "client_id": "lps-demonstration", "client_secret": "", "jeton_psc": "",
    }  # fmt: skip
    contenu = {
        "info": {
            "name": "Espace santé ouvert",
            "description": "Écrite par make docs d'après le code. Remplissez serveur, jeton, ins, rpps et structure.",
            "schema": _SCHEMA,
        },
        "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "{{jeton}}", "type": "string"}]},
        "variable": [{"key": cle, "value": valeur} for cle, valeur in variables.items()],
        "item": [{"name": nom, "item": items} for nom, items in dossiers.items()],
    }
    return json.dumps(contenu, ensure_ascii=False, indent=1) + "\n"


def offres() -> list[tuple[str, str]]:
    """(method, path) of each thing offered to programs, as the resolver has them; `:id` for a part that varies."""
    from tests.contrat.adresses import adresses

    trouvees = []
    for a in adresses():
        route = a.route
        if not route.startswith(("fhir", "oauth/", ".well-known/")) or a.nom.endswith(
            (":ailleurs", ":racine_barre")
        ):
            continue
        if route.startswith("fhir") and ".well-known" not in route:
            methodes = _methodes(a.vue)
        else:
            methodes = ("GET",) if ".well-known" in route else ("POST",)
        trouvees += [(m, _chemin(route)) for m in methodes if m != "HEAD"]
    return trouvees


def _methodes(vue: Callable[..., Any]) -> tuple[str, ...]:
    """Methods of a view made by `par_methode`, through its decorators."""
    while hasattr(vue, "__wrapped__"):
        vue = vue.__wrapped__
    vues = inspect.getclosurevars(vue).nonlocals.get("vues", {})
    assert vues and set(vues) <= _METHODES, vue
    return tuple(vues)


def _chemin(route: str) -> str:
    """The path of a route, `:id` for each part that varies."""
    return re.sub(r"<[^<>]*>", ":id", route)


def _ressource(chemin: str) -> str:
    morceaux = chemin.split("/")
    return morceaux[1] if len(morceaux) > 1 else "Lot (ITI-65)"


def _requete(methode: str, chemin: str) -> Json:
    defaut = (f"patient.identifier={_INS}", _FORMULAIRE, "") if chemin.endswith("/_search") else ("", "", "")
    corps, media, criteres = _CORPS.get((methode, chemin), defaut)
    texte = corps() if callable(corps) else corps
    adresse = "{{serveur}}/" + chemin.replace(":id", "{{document}}") + (f"?{criteres}" if criteres else "")
    entetes = {"Accept": _FHIR, "X-MES-Identite": "VALI"} if chemin.startswith("fhir") else {}
    if media:
        entetes["Content-Type"] = media
    requete: Json = {
        "method": methode,
        "header": [{"key": cle, "value": valeur} for cle, valeur in entetes.items()],
        "url": {"raw": adresse, "host": ["{{serveur}}"], "path": adresse.split("?")[0].split("/")[1:]},
    }
    if criteres:
        requete["url"]["query"] = [
            dict(zip(("key", "value"), c.split("=", 1), strict=True)) for c in criteres.split("&")
        ]
    if media == _FORMULAIRE:
        champs = [dict(zip(("key", "value"), c.split("=", 1), strict=True)) for c in texte.split("&")]
        requete["body"] = {"mode": "urlencoded", "urlencoded": champs}
        if chemin.startswith("oauth"):
            identifiants = {"username": "{{client_id}}", "password": "{{client_secret}}"}
            requete["auth"] = {
                "type": "basic",
                "basic": [{"key": c, "value": v, "type": "string"} for c, v in identifiants.items()],
            }
    elif texte:
        requete["body"] = {"mode": "raw", "raw": texte, "options": {"raw": {"language": "json"}}}
    return {"name": f"{methode} /{chemin}", "request": requete, "response": []}


def _ins() -> Any:
    from espace_sante.kernel.ins import OID_TEST, Ins

    return Ins(_MATRICULE, OID_TEST)


def _auteur() -> Any:
    from espace_sante.documents.metadonnees import Auteur

    return Auteur("personne", idnat="8{{rpps}}", structure_idnat="{{structure}}")


def _metadonnees() -> Any:
    from espace_sante.documents.metadonnees import Code, Metadonnees
    from espace_sante.documents.nomenclatures import SYSTEME_CLASSE

    return Metadonnees(
        unique_id="urn:uuid:{{$guid}}",
        type=Code("11488-4", "http://loinc.org"),
        classe=Code("10", SYSTEME_CLASSE),
        titre="Compte rendu d'essai",
        langue="fr-FR",
        format=Code(
            "urn:ihe:iti:xds:2017:mimeTypeSufficient",
            "http://ihe.net/fhir/ihe.formatcode.fhir/CodeSystem/formatcode",
        ),
        mime="application/pdf",
        taille=len(PDF),
        sha1=hashlib.sha1(PDF, usedforsecurity=False).digest(),
        creation=_QUAND,
        date=_QUAND,
        periode_debut=_QUAND,
        etablissement=Code("SA07", "urn:oid:1.2.250.1.71.4.2.4"),
        cadre=Code("AMBULATOIRE", "urn:oid:1.2.250.1.213.1.1.4.9"),
        auteurs=(_auteur(),),
    )


def _modele(corps: Json) -> str:
    """What changes from call to call becomes a variable; references inside one body get fixed names."""
    texte = json.dumps(corps, ensure_ascii=False, indent=1)
    for rang, url in enumerate(dict.fromkeys(re.findall(r"urn:uuid:[0-9a-f-]{36}", texte)), start=1):
        texte = texte.replace(url, f"urn:uuid:00000000-0000-4000-8000-{rang:012}")
    texte = re.sub(r"urn:oid:2\.25\.\d+", "urn:uuid:{{$guid}}", texte)
    return texte.replace(_QUAND.isoformat(), "{{$isoTimestamp}}").replace(_MATRICULE, "{{ins}}") + "\n"


def _consent() -> str:
    """An oral agreement told to the professional who sends it (TD0.3)."""
    systeme, _, matricule = _INS.partition("|")
    corps = {
        "resourceType": "Consent",
        "extension": [{"url": "urn:espace-sante-ouvert:mode-recueil", "valueCode": "oral"}],
        "status": "active",
        "scope": {
            "coding": [
                {"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"}
            ]
        },
        "patient": {"identifier": {"system": systeme, "value": matricule}},
        "provision": {
            "type": "permit",
            "actor": [
                {"reference": {"identifier": {"system": "urn:oid:1.2.250.1.71.4.2.1", "value": "8{{rpps}}"}}}
            ],
        },
    }
    return json.dumps(corps, ensure_ascii=False, indent=1)


def _patch(place: str, valeur: object) -> str:
    return json.dumps([{"op": "replace", "path": place, "value": valeur}], ensure_ascii=False, indent=1)


_ETIQUETTE = {
    "coding": [
        {
            "system": "https://mos.esante.gouv.fr/NOS/TRE_A07-StatutVisibiliteDocument/FHIR/"
            "TRE-A07-StatutVisibiliteDocument",
            "code": "MASQUE_PS",
        }
    ]
}
# (method, path) → body, its media type, criteria in the address.
_CORPS: dict[tuple[str, str], tuple[str | Callable[[], str], str, str]] = {
    ("POST", "oauth/token"): (
        "grant_type=urn:ietf:params:oauth:grant-type:token-exchange&subject_token={{jeton_psc}}"
        "&subject_token_type=urn:ietf:params:oauth:token-type:access_token"
        "&scope=ITI-65 ITI-67 ITI-68 ITI-105 user/Patient.r user/Consent.c",
        _FORMULAIRE,
        "",
    ),
    ("POST", "oauth/introspect"): ("token={{jeton}}", _FORMULAIRE, ""),
    ("POST", "oauth/revoke"): ("token={{jeton}}", _FORMULAIRE, ""),
    ("POST", "fhir"): (iti_65, _FHIR, ""),
    ("POST", "fhir/DocumentReference"): (iti_105, _FHIR, ""),
    ("POST", "fhir/DocumentReference/_search"): (
        f"patient.identifier={_INS}&status=current",
        _FORMULAIRE,
        "",
    ),
    ("POST", "fhir/Patient/_search"): (f"identifier={_INS}", _FORMULAIRE, ""),
    ("PATCH", "fhir/DocumentReference/:id"): (lambda: _patch("/securityLabel/0", _ETIQUETTE), _PATCH, ""),
    ("PATCH", "fhir/DocumentReference"): (
        lambda: _patch("/securityLabel/0", _ETIQUETTE),
        _PATCH,
        "identifier={{unique_id}}",
    ),
    ("POST", "fhir/Bundle/$validate"): (iti_65, _FHIR, ""),
    ("POST", "fhir/DocumentReference/$validate"): (iti_105, _FHIR, ""),
    ("POST", "fhir/Consent"): (_consent, _FHIR, ""),
    ("PATCH", "fhir/Consent/:id"): (lambda: _patch("/status", "inactive"), _PATCH, ""),
}
