"""Subscription: made, read, changed, ended by the software of a professional (FHR-168)."""

from __future__ import annotations

import re
from typing import Final
from uuid import UUID

import orjson
from django.conf import settings
from django.http import HttpResponse

from espace_sante.acces.abonnements import gestion
from espace_sante.acces.abonnements.demande import PAR_DOSSIER, AbonnementRefuse
from espace_sante.acces.abonnements.gestion import AbonnementVu
from espace_sante.acces.constats import noter_refus
from espace_sante.interop import reponses
from espace_sante.interop.fhir.abonnement import Lue, constats_de, lire_abonnement, ressource
from espace_sante.interop.fhir.constats import RefusFhir
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.erreurs_abonnements import ErreurAbonnement
from espace_sante.interop.fhir.identifiants import composer, decomposer
from espace_sante.interop.requete import Appel, base, lire_corps
from espace_sante.interop.views.enveloppe import vue_fhir
from espace_sante.traces.ecriture import Action

_VERSION: Final = re.compile(r'(?:W/)?"(\d{1,9})"', re.ASCII)


@vue_fhir("user/Subscription.c")
def creer(appel: Appel) -> HttpResponse:
    """POST [base]/Subscription: 201, or the gate's refusal."""
    lue = _lire_corps(appel)
    try:
        vu = gestion.creer(
            appel.acteur,
            lue.ins,
            lue.souhait,
            contexte=appel.contexte,
            identite_qualifiee=appel.identite_qualifiee,
        )
    except AbonnementRefuse as refus:
        raise _refus(appel, refus) from None
    reponse = _reponse(vu, 201)
    reponse["Location"] = f"{base()}/Subscription/{composer(vu.dossier_id, vu.id)}/_history/{vu.version}"
    return reponse


@vue_fhir("user/Subscription.r")
def lire(appel: Appel, fil: str) -> HttpResponse:
    """GET [base]/Subscription/<id>: his own, whose right is judged again."""
    dossier_id, abonnement_id = _ids(fil)
    try:
        return _reponse(gestion.lire(appel.acteur, dossier_id, abonnement_id, contexte=appel.contexte), 200)
    except AbonnementRefuse:
        raise RefusFhir([Erreur.INTROUVABLE.constat()]) from None


@vue_fhir("user/Subscription.u")
def changer(appel: Appel, fil: str) -> HttpResponse:
    """PUT [base]/Subscription/<id>: his own; nothing is created so."""
    dossier_id, abonnement_id = _ids(fil)
    lue = _lire_corps(appel)
    if lue.id != fil:
        raise RefusFhir([ErreurAbonnement.IDENTIFIANT.constat("Subscription.id")])
    try:
        vu = gestion.changer(
            appel.acteur, dossier_id, abonnement_id, lue.ins, lue.souhait, contexte=appel.contexte,
            identite_qualifiee=appel.identite_qualifiee, version=_version(appel),
        )  # fmt: skip
    except AbonnementRefuse as refus:
        raise _refus(appel, refus) from None
    return _reponse(vu, 200)


@vue_fhir("user/Subscription.d")
def supprimer(appel: Appel, fil: str) -> HttpResponse:
    """DELETE [base]/Subscription/<id>: 204, or 404 for what is not his."""
    try:
        gestion.supprimer(appel.acteur, *_ids(fil), contexte=appel.contexte)
    except AbonnementRefuse:
        raise RefusFhir([Erreur.INTROUVABLE.constat()]) from None
    return HttpResponse(status=204)


def _lire_corps(appel: Appel) -> Lue:
    try:
        return lire_abonnement(lire_corps(appel.requete), fictifs=settings.ES_INSTANCE != "production")
    except RefusFhir as refus:
        motif = next((c.code for c in refus.constats if c.refuse), "")
        noter_refus(appel.acteur, Action.ABONNEMENT, motif[:40], contexte=appel.contexte)
        raise


def _refus(appel: Appel, refus: AbonnementRefuse) -> RefusFhir:
    noter_refus(appel.acteur, Action.ABONNEMENT, refus.code, contexte=appel.contexte)
    return RefusFhir(constats_de(refus.code, settings.ES_ABONNEMENTS_JOURS, PAR_DOSSIER))


def _ids(fil: str) -> tuple[UUID, UUID]:
    ids = decomposer(fil)
    if ids is None:
        raise RefusFhir([Erreur.INTROUVABLE.constat()])
    return ids


def _version(appel: Appel) -> int | None:
    entete = appel.requete.headers.get("If-Match", "").strip()
    if entete in ("", "*"):
        return None
    forme = _VERSION.fullmatch(entete)
    if forme is None:
        raise RefusFhir([Erreur.VERSION_PERIMEE.constat("http.If-Match")])
    return int(forme[1])


def _reponse(vu: AbonnementVu, statut: int) -> HttpResponse:
    fil = composer(vu.dossier_id, vu.id)
    corps = orjson.dumps(ressource(fil, vu.demande, vu.etat, vu.fin, vu.version, vu.maj_le))
    return reponses.etiqueter(reponses.json(corps, statut), vu.version, vu.maj_le)
