"""$validate: what the profile checker finds in a resource, before a publisher deposits it (ADR 0022)."""

from __future__ import annotations

import json
from typing import Any, Final

import orjson
from django.http import HttpResponse

from espace_sante.interop import reponses
from espace_sante.interop.fhir.constats import RefusFhir, ressource_outcome
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.lecture import MAX_METADONNEES
from espace_sante.interop.profils.regles import RegleProfil, decrire
from espace_sante.interop.profils.verification import conforme, profils_suivis, verifier
from espace_sante.interop.requete import Appel, base, lire_corps
from espace_sante.interop.views.enveloppe import vue_fhir

_BOM: Final = b"\xef\xbb\xbf"


@vue_fhir("ITI-65", "ITI-105", "patient/Observation.c")
def valider(appel: Appel, type_: str) -> HttpResponse:
    """POST [base]/<type>/$validate: always 200 with an OperationOutcome; nothing is stored, no record is touched.

    The body is the resource, or a Parameters with `resource` and `profile`; `?profile=` names one too.
    """
    ressource, profils = _demande(_lire(lire_corps(appel.requete)))
    profils += appel.requete.GET.getlist("profile")
    nom = ressource.get("resourceType") if isinstance(ressource, dict) else None
    if nom != type_:
        trouve = decrire(nom) if isinstance(nom, str) else "autre chose"
        constats = [
            RegleProfil.RESSOURCE.constat(
                type_, "Resource#resourceType", element="resourceType", attendu=type_, trouve=trouve
            )
        ]
    else:
        constats = verifier(ressource, profils)
    if not any(c.refuse for c in constats):
        constats.append(conforme(profils_suivis(ressource, profils), type_))
    return reponses.json(orjson.dumps(ressource_outcome(constats, base())))


def _demande(corps: Any) -> tuple[Any, list[str]]:
    """The resource, and the profiles that it is asked to follow."""
    if not isinstance(corps, dict) or corps.get("resourceType") != "Parameters":
        return corps, []
    parametres = corps.get("parameter")
    lus = [p for p in parametres if isinstance(p, dict)] if isinstance(parametres, list) else []
    ressource = next((p.get("resource") for p in lus if p.get("name") == "resource"), None)
    profils = [p.get("valueUri") or p.get("valueCanonical") for p in lus if p.get("name") == "profile"]
    return ressource, [p for p in profils if isinstance(p, str)]


def _lire(corps: bytes) -> Any:
    """The body parsed. Raises RefusFhir: too large for a tool that keeps the whole tree, unreadable, a key twice."""
    if len(corps) > MAX_METADONNEES:
        raise RefusFhir([Erreur.REQUETE_TROP_GRANDE.constat(maximum=MAX_METADONNEES)])
    try:
        return json.loads(
            corps.removeprefix(_BOM).decode(), object_pairs_hook=_sans_double, parse_constant=_sans_constante
        )
    except UnicodeDecodeError:
        raise RefusFhir([Erreur.UTF8_INVALIDE.constat()]) from None
    except RecursionError:
        raise RefusFhir([Erreur.TROP_PROFOND.constat()]) from None
    except ValueError:
        raise RefusFhir([Erreur.JSON_ILLISIBLE.constat()]) from None


def _sans_double(paires: list[tuple[str, Any]]) -> dict[str, Any]:
    objet = dict(paires)
    if len(objet) != len(paires):
        raise RefusFhir([Erreur.CLE_EN_DOUBLE.constat(cle="?")])
    return objet


def _sans_constante(_texte: str) -> None:
    raise ValueError("NaN and Infinity are not JSON")
