"""Runs: started by a publisher in test, observed in the traces of one test person, concluded once (rule OID-34)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings

from espace_sante.acces.conformite.regles import Constat, Etat, Fait, a_la_fin, juger, reussi
from espace_sante.acces.operation.logiciels import tracer_changement
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.index import hacher, trouver_dossier
from espace_sante.identite.models import IndexIns, Logiciel, ParcoursLogiciel
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.kernel.ids import uuid7
from espace_sante.kernel.ins import OID_TEST, Ins, InsInvalide
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.models import Trace

DUREE: Final = timedelta(hours=24)
PAR_JOUR: Final = 20
# A run is a handful of calls: a load test in the middle of it is not read whole.
_FAITS_MAX: Final = 2_000


class ParcoursRefuse(EspaceSanteError):
    """Codes `parcours_en_production`, `personne_inconnue`, `trop_de_parcours`, `logiciel_inconnu`."""


@dataclass(frozen=True, slots=True)
class ParcoursVu:
    """A run and what is known of its steps now; `conclu_le` once nothing more can change."""

    id: UUID
    client_id: str
    commence_le: datetime
    expire_le: datetime
    conclu_le: datetime | None
    reussi: bool
    constats: tuple[Constat, ...]


def offert() -> bool:
    """Runs are made where only fictitious people are."""
    return str(settings.ES_INSTANCE) != "production"


def commencer(client_id: str, matricule: str, *, contexte: Contexte) -> ParcoursVu:
    """Start a run on a test person; the former one of this software counts no more. Raises ParcoursRefuse."""
    if not offert():
        raise ParcoursRefuse("parcours_en_production", "Le parcours se fait sur le service d'essai.")
    if not Logiciel.objects.filter(client_id=client_id, actif=True).exists():
        raise ParcoursRefuse("logiciel_inconnu", "Ce logiciel ne peut pas commencer de parcours.")
    ins = _personne(matricule)
    maintenant = datetime.now(UTC)
    recents = ParcoursLogiciel.objects.filter(
        logiciel_id=client_id, commence_le__gt=maintenant - timedelta(days=1)
    ).count()
    if recents >= PAR_JOUR:
        raise ParcoursRefuse("trop_de_parcours", f"{PAR_JOUR} parcours par jour au plus. Recommencez demain.")
    parcours = ParcoursLogiciel.objects.create(
        id=uuid7(),
        logiciel_id=client_id,
        ins_hache=hacher(ins),
        commence_le=maintenant,
        expire_le=maintenant + DUREE,
    )
    tracer_changement("parcours_commence", client_id, contexte=contexte)
    return _vu(parcours, juger(()))


def dernier(client_id: str, *, contexte: Contexte | None = None) -> ParcoursVu | None:
    """The last run of a software, observed now; concluded, and traced, when every step was seen or time is over.

    Without `contexte` (an operator reads) nothing is written.
    """
    parcours = ParcoursLogiciel.objects.filter(logiciel_id=client_id).order_by("-commence_le", "-id").first()
    if parcours is None:
        return None
    if parcours.conclu_le is not None:
        return _vu(parcours, _relire(parcours.constats))
    maintenant = datetime.now(UTC)
    constats, fini = juger(_faits(parcours)), maintenant >= parcours.expire_le
    if fini:
        constats = a_la_fin(constats)
    if contexte is not None and (fini or reussi(constats)):
        _conclure(parcours, constats, maintenant, contexte)
    return _vu(parcours, constats)


def dernier_reussi(client_id: str) -> ParcoursVu | None:
    """The last run that passed, whatever came after."""
    parcours = (
        ParcoursLogiciel.objects.filter(logiciel_id=client_id, reussi=True).order_by("-commence_le").first()
    )
    return _vu(parcours, _relire(parcours.constats)) if parcours else None


def _personne(matricule: str) -> Ins:
    """A test person of this service, by a matricule. Raises ParcoursRefuse."""
    try:
        ins = Ins.lire("".join(matricule.split()), OID_TEST)
    except InsInvalide as faute:
        raise ParcoursRefuse("personne_inconnue", faute.message) from None
    if trouver_dossier(ins) is None:
        raise ParcoursRefuse("personne_inconnue", "Personne n'a cet INS sur ce service d'essai.")
    return ins


def _faits(parcours: ParcoursLogiciel) -> list[Fait]:
    """Calls of that software on that person during the run; nobody else's acts are read."""
    dossier_id = (
        IndexIns.objects.filter(ins_hache=bytes(parcours.ins_hache))
        .values_list("dossier_id", flat=True)
        .first()
    )
    if dossier_id is None:
        return []
    with portee(dossier_id):
        lignes = list(
            Trace.objects.filter(
                dossier_id=dossier_id, logiciel=parcours.logiciel_id, porte="fhir",
                quand__gte=parcours.commence_le, quand__lt=parcours.expire_le,
            )
            .order_by("quand", "id")
            .values_list("action", "resultat", "motif", "document_ids", "quand")[:_FAITS_MAX]
        )  # fmt: skip
    return [
        Fait(action, resultat, motif, tuple(ids), quand) for action, resultat, motif, ids, quand in lignes
    ]


def _conclure(
    parcours: ParcoursLogiciel, constats: tuple[Constat, ...], quand: datetime, contexte: Contexte
) -> None:
    parcours.conclu_le, parcours.reussi = quand, reussi(constats)
    parcours.constats = [
        {
            "etape": c.etape,
            "etat": c.etat.value,
            "quand": c.quand.isoformat() if c.quand else "",
            "motif": c.motif,
        }
        for c in constats
    ]
    ecrits = ParcoursLogiciel.objects.filter(id=parcours.id, conclu_le=None).update(
        conclu_le=quand, reussi=parcours.reussi, constats=parcours.constats
    )
    if ecrits:
        acte = "parcours_reussi" if parcours.reussi else "parcours_echoue"
        tracer_changement(acte, parcours.logiciel_id, contexte=contexte)


def _relire(bruts: list[dict[str, Any]]) -> tuple[Constat, ...]:
    return tuple(
        Constat(
            b["etape"],
            Etat(b["etat"]),
            datetime.fromisoformat(b["quand"]) if b["quand"] else None,
            b["motif"],
        )
        for b in bruts
    )


def _vu(parcours: ParcoursLogiciel, constats: tuple[Constat, ...]) -> ParcoursVu:
    return ParcoursVu(
        parcours.id, parcours.logiciel_id, parcours.commence_le, parcours.expire_le, parcours.conclu_le,
        parcours.reussi, constats,
    )  # fmt: skip
