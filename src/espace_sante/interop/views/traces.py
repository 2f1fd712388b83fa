"""ITI-81: the traces of a record, for its holder, its médecin traitant, each professional's own (FHR-160 to 165)."""

from __future__ import annotations

import hashlib
import time
from dataclasses import replace
from functools import lru_cache
from urllib.parse import urlencode
from uuid import UUID

import orjson
from django.conf import settings
from django.http import HttpResponse

from espace_sante.acces.errors import EspaceFerme, TracesRefusees
from espace_sante.acces.lecture_traces import Etendue, lire_les_miennes, lire_traces
from espace_sante.acces.porte import Cible, resoudre
from espace_sante.interop import reponses
from espace_sante.interop.fhir import trace_curseur
from espace_sante.interop.fhir.constats import RefusFhir, ressource_outcome
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.identifiants import decomposer
from espace_sante.interop.fhir.trace import bundle, ressource
from espace_sante.interop.fhir.trace_curseur import Reprise
from espace_sante.interop.fhir.trace_recherche import DemandeTraces, lire_recherche
from espace_sante.interop.requete import Appel, base, lire_parametres
from espace_sante.interop.views.enveloppe import vue_fhir
from espace_sante.kernel.codes import GenreActeur
from espace_sante.traces.queries import FiltreTraces, PageTraces

_PORTEES = ("ITI-81", "user/AuditEvent.s", "patient/AuditEvent.s")
_CURSEUR = "_curseur"
_PAR_COMPTE = 100


@vue_fhir(*_PORTEES)
def chercher(appel: Appel) -> HttpResponse:
    """GET [base]/AuditEvent?… and POST [base]/AuditEvent/_search."""
    parametres = lire_parametres(appel.requete)
    texte = next((valeur for nom, valeur in parametres if nom == _CURSEUR), "")
    if texte:
        reprise = trace_curseur.ouvrir(
            texte, cle=_cle(), appelant=_appelant(appel), maintenant=int(time.time())
        )
        demande = DemandeTraces(ins=None, dossier_id=reprise.dossier_id, filtre=reprise.filtre)
        lien = f"?{urlencode({_CURSEUR: texte})}"
    else:
        demande = lire_recherche(
            parametres,
            base=base(),
            fictifs=settings.ES_INSTANCE != "production",
            strict=appel.strict,
            titulaire=_titulaire(appel),
        )
        lien = f"?{urlencode(demande.utilises)}" if demande.utilises else ""
    return _repondre(appel, demande, lien, suite=bool(texte))


@vue_fhir("ITI-81", "user/AuditEvent.r", "patient/AuditEvent.r")
def lire(appel: Appel, fil: str) -> HttpResponse:
    """GET [base]/AuditEvent/<id>."""
    lu = decomposer(fil)
    if lu is None:
        raise RefusFhir([Erreur.INTROUVABLE.constat()])
    filtre = FiltreTraces(trace_id=lu[1], limite=1)
    dossier_id, page = _page(appel, DemandeTraces(ins=None, dossier_id=lu[0], filtre=filtre))
    if not page.elements:
        raise RefusFhir([Erreur.INTROUVABLE.constat()])
    trace = page.elements[0]
    return reponses.json(orjson.dumps(ressource(dossier_id, trace, base(), service=settings.ES_SERVICE_NOM)))


@vue_fhir(*_PORTEES, "ITI-20")
def ajouter(appel: Appel) -> HttpResponse:
    """POST [base]/AuditEvent (ITI-20): this product's own components write traces, nobody else (FHR-164)."""
    raise RefusFhir([Erreur.TRACES_RESERVEES.constat()])


def _repondre(appel: Appel, demande: DemandeTraces, lien: str, *, suite: bool) -> HttpResponse:
    adresse = f"{base()}/AuditEvent"
    if demande.filtre.limite == 0:
        return _json(
            [], [{"relation": "self", "url": adresse + lien}], demande, total=_compter(appel, demande)
        )
    dossier_id, page = _page(appel, demande)
    liens = [{"relation": "self", "url": adresse + lien}]
    if page.suite or demande.filtre.avant:
        premiere = replace(demande.filtre, avant=None)
        liens.append({"relation": "first", "url": _lien(appel, adresse, dossier_id, premiere)})
    if page.suite:
        suivante = replace(demande.filtre, avant=page.suite)
        liens.append({"relation": "next", "url": _lien(appel, adresse, dossier_id, suivante)})
    ressources = [ressource(dossier_id, t, base(), service=settings.ES_SERVICE_NOM) for t in page.elements]
    # The whole result is here, or its number is not known.
    total = None if page.suite or suite else len(ressources)
    return _json(ressources, liens, demande, total=total)


def _json(
    ressources: list[dict[str, object]],
    liens: list[dict[str, str]],
    demande: DemandeTraces,
    *,
    total: int | None,
) -> HttpResponse:
    avis = ressource_outcome(demande.avertissements, base()) if demande.avertissements else None
    return reponses.json(orjson.dumps(bundle(ressources, liens, base(), total=total, outcome=avis)))


def _page(appel: Appel, demande: DemandeTraces) -> tuple[UUID, PageTraces]:
    """The record and the page. Raises RefusFhir, AccesRefuse; every refusal is traced by the gate."""
    filtre = replace(demande.filtre, limite=max(demande.filtre.limite, 1))
    try:
        if _titulaire(appel):
            cible = _cible(demande)
            dossier_id, page = lire_les_miennes(appel.acteur, cible, filtre, contexte=appel.contexte)
        else:
            dossier_id, page = _celles_d_un_autre(appel, demande, filtre)
    except TracesRefusees:
        raise RefusFhir([Erreur.TRACES_RESERVEES.constat()]) from None
    except EspaceFerme:
        raise RefusFhir([Erreur.DICAH_D.constat()]) from None
    return dossier_id, PageTraces([], None) if demande.vide else page


def _celles_d_un_autre(appel: Appel, demande: DemandeTraces, filtre: FiltreTraces) -> tuple[UUID, PageTraces]:
    """A professional names whose acts: his own, somebody else's (the médecin traitant's right), or says nothing."""
    cible = _cible(demande)
    if cible is None:
        raise RefusFhir([Erreur.CRITERE_PATIENT.constat("http.patient")])
    etendue = None
    if filtre.acteur_id:
        siens = bool(appel.acteur.rpps) and filtre.acteur_id == appel.acteur.rpps
        etendue = Etendue.SIENS if siens else Etendue.TOUS
    lu = lire_traces(
        appel.acteur, cible, etendue, filtre,
        contexte=appel.contexte, mode=appel.mode, identite_qualifiee=appel.identite_qualifiee,
    )  # fmt: skip
    return lu.titulaire.dossier_id, lu.page


def _cible(demande: DemandeTraces) -> Cible | None:
    """The record. An INS and an id that differ name nobody."""
    if (
        demande.ins is not None
        and demande.dossier_id is not None
        and resoudre(demande.ins) != demande.dossier_id
    ):
        return UUID(int=0)
    return demande.ins or demande.dossier_id


def _compter(appel: Appel, demande: DemandeTraces) -> int:
    """`_count=0`: only the number (FHR-23), a page in memory at a time."""
    filtre, total = replace(demande.filtre, limite=_PAR_COMPTE), 0
    while True:
        _, page = _page(appel, replace(demande, filtre=filtre))
        total += len(page.elements)
        if page.suite is None:
            return total
        filtre = replace(filtre, avant=page.suite)


def _titulaire(appel: Appel) -> bool:
    return appel.acteur.genre is GenreActeur.TITULAIRE


def _lien(appel: Appel, adresse: str, dossier_id: UUID, filtre: FiltreTraces) -> str:
    scelle = trace_curseur.sceller(
        Reprise(dossier_id, filtre), cle=_cle(), appelant=_appelant(appel), maintenant=int(time.time())
    )
    return f"{adresse}?{urlencode({_CURSEUR: scelle})}"


@lru_cache(maxsize=1)
def _cle() -> bytes:
    return hashlib.sha256(b"espace-sante/curseur-traces/" + settings.SECRET_KEY.encode()).digest()


def _appelant(appel: Appel) -> str:
    """Who may use the cursor again: the same person through the same software (FHR-24)."""
    return f"{appel.acteur.client_id}|{appel.acteur.identifiant}|{appel.acteur.structure_id}"
