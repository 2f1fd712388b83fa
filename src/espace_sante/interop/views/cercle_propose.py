"""CareTeam sent by a software: a proposal, that gives no right until the holder accepts (FHR-167)."""

from __future__ import annotations

from uuid import UUID

import orjson
from django.conf import settings
from django.http import HttpResponse

from espace_sante.acces import propositions
from espace_sante.acces.constats import noter_refus
from espace_sante.acces.porte import Cible, resoudre
from espace_sante.acces.propositions import Proposition, PropositionRefusee
from espace_sante.interop import reponses
from espace_sante.interop.fhir.cercle_propose import lire_cercle, ressource
from espace_sante.interop.fhir.constats import RefusFhir
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.erreurs_abonnements import ErreurAbonnement
from espace_sante.interop.fhir.identifiants import composer, decomposer
from espace_sante.interop.fhir.valeurs import lire_id
from espace_sante.interop.requete import Appel, base, lire_corps
from espace_sante.interop.views import cercle
from espace_sante.interop.views.enveloppe import vue_fhir
from espace_sante.kernel.codes import GenreActeur, ModeAcces
from espace_sante.traces.ecriture import Action

_REFUS = {
    "membre_inconnu": ErreurAbonnement.MEMBRE_INCONNU,
    "nombre_de_membres": ErreurAbonnement.CERCLE_NOMBRE,
    "trop_de_propositions": ErreurAbonnement.CERCLE_TROP,
    "cercle_reserve": Erreur.CERCLE_RESERVE,
}


@vue_fhir("user/CareTeam.c")
def creer(appel: Appel) -> HttpResponse:
    """POST [base]/CareTeam: 201, proposed."""
    cible, rpps, _ = _lire_corps(appel)
    try:
        faite = propositions.proposer(
            appel.acteur, cible, rpps, contexte=appel.contexte, identite_qualifiee=appel.identite_qualifiee
        )
    except PropositionRefusee as refus:
        raise _refus(appel, refus) from None
    reponse = reponses.json(orjson.dumps(ressource(faite)), 201)
    reponse["Location"] = f"{base()}/CareTeam/{composer(faite.dossier_id, faite.groupe_id)}"
    return reponse


@vue_fhir("user/CareTeam.u")
def changer(appel: Appel, texte: str) -> HttpResponse:
    """PUT [base]/CareTeam/<id>: of a proposal, what it proposes; of the circle itself, new members are proposed."""
    dossier_id, groupe_id = _ids(texte)
    cible, rpps, identifiant = _lire_corps(appel)
    if identifiant.replace("-", "") != texte.replace("-", ""):
        raise RefusFhir([ErreurAbonnement.IDENTIFIANT.constat("CareTeam.id")])
    if resoudre(cible) != dossier_id:
        raise RefusFhir([Erreur.INTROUVABLE.constat()])
    try:
        faite = propositions.changer(
            appel.acteur, dossier_id, groupe_id, rpps, contexte=appel.contexte,
            identite_qualifiee=appel.identite_qualifiee,
        )  # fmt: skip
    except PropositionRefusee as refus:
        raise _refus(appel, refus) from None
    if groupe_id is None:
        # The circle stays as it is: a proposal has changed nothing of it.
        return cercle.lire_ressource(appel, dossier_id)
    return reponses.json(orjson.dumps(ressource(faite)))


@vue_fhir("user/CareTeam.r", "patient/CareTeam.r")
def lire(appel: Appel, texte: str) -> HttpResponse:
    """GET [base]/CareTeam/<id>: the circle, or his own proposal."""
    dossier_id, groupe_id = _ids(texte)
    if groupe_id is None:
        return cercle.lire_ressource(appel, dossier_id)
    try:
        lue: Proposition = propositions.lire(
            appel.acteur, dossier_id, groupe_id, contexte=appel.contexte,
            identite_qualifiee=appel.identite_qualifiee,
        )  # fmt: skip
    except PropositionRefusee as refus:
        raise _refus(appel, refus) from None
    return reponses.json(orjson.dumps(ressource(lue)))


def _ids(texte: str) -> tuple[UUID, UUID | None]:
    """(record, proposal); no proposal: the circle itself."""
    ids = decomposer(texte)
    if ids is not None:
        return ids
    dossier_id = lire_id(texte)
    if dossier_id is None:
        raise RefusFhir([Erreur.INTROUVABLE.constat()])
    return dossier_id, None


def _lire_corps(appel: Appel) -> tuple[Cible, tuple[str, ...], str]:
    try:
        patient, rpps, identifiant = lire_cercle(
            lire_corps(appel.requete), fictifs=settings.ES_INSTANCE != "production"
        )
        urgence = appel.acteur.finalite is not ModeAcces.NORMAL
        if urgence or appel.acteur.genre is not GenreActeur.PROFESSIONNEL:
            raise RefusFhir([Erreur.CERCLE_RESERVE.constat()])
    except RefusFhir as refus:
        motif = next((c.code for c in refus.constats if c.refuse), "")
        noter_refus(appel.acteur, Action.PROPOSITION_CERCLE, motif[:40], contexte=appel.contexte)
        raise
    cible = patient.ins or patient.dossier_id
    assert cible is not None  # noqa: S101 - a patient that was read names one
    return cible, rpps, identifiant


def _refus(appel: Appel, refus: PropositionRefusee) -> RefusFhir:
    noter_refus(appel.acteur, Action.PROPOSITION_CERCLE, refus.code, contexte=appel.contexte)
    famille = _REFUS.get(refus.code, Erreur.INTROUVABLE)
    rang = refus.details.get("rang")
    place = f"CareTeam.participant[{rang}].member" if rang is not None else ""
    return RefusFhir([famille.constat(place, maximum=propositions.MEMBRES_MAX)])
