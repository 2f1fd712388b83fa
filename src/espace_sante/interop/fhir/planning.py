"""Schedule → a schedule of the agenda; its PATCH; Slot out of what was cut from it (FHR-158). Pure.

The times come by the two extensions of the French profile: availability, and how long each kind of service takes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import orjson
from msgspec import UnsetType

from espace_sante.agenda.creneaux import INDISPONIBLE, LIBRE, Plage, PlanningRecu
from espace_sante.documents.metadonnees import Code
from espace_sante.interop.fhir.constats import RefusFhir
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.erreurs_agenda import ErreurAgenda
from espace_sante.interop.fhir.lecture import lire
from espace_sante.interop.fhir.rendez_vous import MAX_OCTETS
from espace_sante.interop.fhir.structs import Identifier, Reference
from espace_sante.interop.fhir.structs_agenda import LIRE_SCHEDULE, Schedule
from espace_sante.interop.fhir.valeurs import SYSTEME_URI, ecrire_date, lire_date, present

_CORE: Final = "https://hl7.fr/ig/fhir/core/StructureDefinition/"
DISPONIBILITE: Final = f"{_CORE}fr-core-schedule-availability-time"
DUREE: Final = f"{_CORE}fr-core-service-type-duration"
_UNITES: Final = {"min": timedelta(minutes=1), "h": timedelta(hours=1)}
_OPERATIONS_MAX: Final = 50
_RANG: Final = re.compile(r"0|[1-9]\d{0,3}", re.ASCII)
_IMMUABLES: Final = frozenset({"id", "meta", "resourceType"})


def lire_planning(corps: bytes) -> PlanningRecu:
    """Read a Schedule. Raises RefusFhir 400 (FHIR), 413, 422."""
    if len(corps) > MAX_OCTETS:
        raise RefusFhir([Erreur.REQUETE_TROP_GRANDE.constat("Schedule", maximum=MAX_OCTETS)])
    s = lire(corps, LIRE_SCHEDULE, Schedule)
    acteurs = tuple(a for r in ([] if isinstance(s.actor, UnsetType) else s.actor) for a in _acteurs(r))
    if not acteurs or any(len(a) > 200 for a in acteurs):
        raise _invalide("actor")
    plages, duree, prestations = _temps(s)
    premier = next(
        (i for i in ([] if isinstance(s.identifier, UnsetType) else s.identifier) if present(i.value)), None
    )
    identifiant = f"{present(premier.system)}|{present(premier.value)}" if premier else ""
    if len(identifiant) > 400:
        raise _invalide("identifier")
    return PlanningRecu(
        identifiant=identifiant,
        acteurs=acteurs,
        plages=plages,
        duree=duree,
        prestations=prestations,
        actif=s.active is not False,
        ressource=corps,
    )


def ressource(id_: UUID, version: int, maj_le: datetime, recue: bytes) -> bytes:
    """The Schedule as it came, under our id."""
    lue: dict[str, Any] = orjson.loads(recue)
    ancienne = lue.pop("meta", {})
    meta = {
        **(ancienne if isinstance(ancienne, dict) else {}),
        "versionId": str(version),
        "lastUpdated": ecrire_date(maj_le),
    }
    lue.pop("id", None)
    return orjson.dumps({"resourceType": lue.pop("resourceType"), "id": str(id_), "meta": meta, **lue})


def creneau(
    id_: UUID,
    planning_id: UUID,
    statut: str,
    bornes: tuple[datetime, datetime],
    prestations: list[list[str]],
    version: int,
    maj_le: datetime,
) -> bytes:
    """A Slot; never who took it."""
    codes = [
        {c: v for c, v in (("system", systeme), ("code", code), ("display", libelle)) if v}
        for systeme, code, libelle in prestations
    ]
    return orjson.dumps(
        {
            "resourceType": "Slot",
            "id": str(id_),
            "meta": {"versionId": str(version), "lastUpdated": ecrire_date(maj_le)},
            "identifier": [{"system": SYSTEME_URI, "value": f"urn:uuid:{id_}"}],
            **({"serviceType": [{"coding": codes}]} if codes else {}),
            "schedule": {"reference": f"Schedule/{planning_id}"},
            "status": statut,
            "start": ecrire_date(bornes[0]),
            "end": ecrire_date(bornes[1]),
        }
    )


def modifier(recue: bytes, operations: object) -> bytes:
    """The Schedule after a JSON Patch (RFC 6902: add, replace, remove, test). Raises RefusFhir 400, 422."""
    if not isinstance(operations, list) or not 0 < len(operations) <= _OPERATIONS_MAX:
        raise RefusFhir([Erreur.PATCH_ILLISIBLE.constat("Schedule")])
    lue = orjson.loads(recue)
    for operation in operations:
        _appliquer(lue, operation)
    try:
        return orjson.dumps(lue)
    except TypeError:  # what no JSON of FHIR holds: a lone surrogate, a number out of bounds, too deep
        raise _inapplicable() from None


def _appliquer(lue: dict[str, Any], operation: object) -> None:
    if not isinstance(operation, dict) or not isinstance(operation.get("path"), str):
        raise RefusFhir([Erreur.PATCH_ILLISIBLE.constat("Schedule")])
    geste, chemin = operation.get("op"), operation["path"]
    if geste not in ("add", "replace", "remove", "test") or (geste != "remove" and "value" not in operation):
        raise RefusFhir([Erreur.PATCH_ILLISIBLE.constat("Schedule")])
    morceaux = [m.replace("~1", "/").replace("~0", "~") for m in chemin.split("/")[1:]]
    if not chemin.startswith("/") or morceaux[0] in _IMMUABLES:
        raise _inapplicable()
    parent: Any = lue
    for morceau in morceaux[:-1]:
        parent = _enfant(parent, morceau)
    dernier = morceaux[-1]
    if geste == "add" and isinstance(parent, dict):
        parent[dernier] = operation["value"]
    elif geste == "add" and isinstance(parent, list):
        rang = len(parent) if dernier == "-" else _rang(dernier)
        if rang > len(parent):
            raise _inapplicable()
        parent.insert(rang, operation["value"])
    else:
        present_ = _enfant(parent, dernier)
        cle = dernier if isinstance(parent, dict) else _rang(dernier)
        if geste == "test":
            if present_ != operation["value"]:
                raise RefusFhir([Erreur.PATCH_VERIFICATION.constat("Schedule")])
        elif geste == "remove":
            del parent[cle]
        else:
            parent[cle] = operation["value"]


def _enfant(parent: Any, morceau: str) -> Any:
    try:
        return parent[morceau] if isinstance(parent, dict) else parent[_rang(morceau)]
    except (KeyError, IndexError, TypeError):
        raise _inapplicable() from None


def _rang(texte: str) -> int:
    if not _RANG.fullmatch(texte):
        raise _inapplicable()
    return int(texte)


def _inapplicable() -> RefusFhir:
    return RefusFhir([Erreur.PATCH_INAPPLICABLE.constat("Schedule")])


def _invalide(element: str) -> RefusFhir:
    return RefusFhir([ErreurAgenda.PLANNING_INVALIDE.constat(f"Schedule.{element}")])


def _acteurs(r: Reference) -> Iterator[str]:
    if present(r.reference):
        yield present(r.reference)
    if isinstance(r.identifier, Identifier) and present(r.identifier.value):
        yield f"{present(r.identifier.system)}|{present(r.identifier.value)}"


def _temps(s: Schedule) -> tuple[tuple[Plage, ...], timedelta | None, tuple[Code, ...]]:
    """Availabilities, the length of a slot, the services that it is for."""
    plages: list[Plage] = []
    duree: timedelta | None = None
    prestations: list[Code] = []
    for brute in [] if isinstance(s.extension, UnsetType) else s.extension:
        lue = orjson.loads(bytes(brute))
        url = lue.get("url") if isinstance(lue, dict) else None
        if url == DISPONIBILITE:
            plages.append(_plage(_champs(lue)))
        elif url == DUREE:
            champs = _champs(lue)
            duree = _duree(champs.get("duration", {}).get("valueDuration"))
            prestations += _prestations(champs.get("serviceType", {}).get("valueCodeableConcept"))
    return tuple(plages), duree, tuple(prestations)


def _prestations(concept: object) -> list[Code]:
    codages = concept.get("coding") if isinstance(concept, dict) else None
    return [
        Code(str(c.get("code", "")), str(c.get("system", "")), str(c.get("display", "")))
        for c in (codages if isinstance(codages, list) else [])
        if isinstance(c, dict)
    ]


def _champs(lue: dict[str, Any]) -> dict[str, dict[str, Any]]:
    dedans = lue.get("extension")
    return {str(e.get("url")): e for e in (dedans if isinstance(dedans, list) else []) if isinstance(e, dict)}


def _plage(champs: dict[str, dict[str, Any]]) -> Plage:
    bornes = []
    for nom in ("start", "end"):
        lu = lire_date(str(champs.get(nom, {}).get("valueDateTime", "")))
        if isinstance(lu, Erreur):
            raise _invalide("extension")
        bornes.append(lu)
    if bornes[1] <= bornes[0]:
        raise _invalide("extension")
    genre = champs.get("type", {}).get("valueCoding")
    libre = not isinstance(genre, dict) or genre.get("code") == "free"
    return Plage(bornes[0], bornes[1], LIBRE if libre else INDISPONIBLE)


def _duree(lue: object) -> timedelta:
    unite = _UNITES.get(str(lue.get("code"))) if isinstance(lue, dict) else None
    valeur = lue.get("value") if isinstance(lue, dict) else None
    if unite is None or not isinstance(valeur, int | float) or not 0 < valeur <= 1440:
        raise _invalide("extension")
    duree = valeur * unite
    if duree < timedelta(minutes=1):
        raise _invalide("extension")
    return duree
