"""What every FHIR view has around it: method, format, token, scope, and errors told as OperationOutcome."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from uuid import UUID

import psycopg
from django.db import Error as ErreurDjango
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from espace_sante.acces.errors import (
    AccesRefuse,
    AlimentationRefusee,
    DocumentIntrouvable,
    DocumentSupprime,
    ModificationRefusee,
)
from espace_sante.identite.contexte import Contexte
from espace_sante.interop import reponses
from espace_sante.interop.fhir.constats import RefusFhir, en_422
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.identifiants import composer
from espace_sante.interop.formats import en_format, exiger_format
from espace_sante.interop.requete import authentifier
from espace_sante.platform.http import par_jeton

Vue = Callable[..., HttpResponse]
_journal = logging.getLogger("espace_sante.interop")

# Refusals of the gate for feeding → our findings (FHR-78 to FHR-80, FHR-101, FHR-102).
ALIMENTATION: dict[str, Erreur] = {
    "aucun_dossier": Erreur.PATIENT_INCONNU,
    "dossier_ferme": Erreur.DOSSIER_INACTIF,
    "dossier_indisponible": Erreur.DOSSIER_INACTIF,
    "ins_non_qualifiee": Erreur.DICAH_I,
    "alimentation_interdite": Erreur.ALIMENTATION_INTERDITE,
    "deposant_inconnu": Erreur.SOURCE_NON_CREDIBLE,
    "auteur_manquant": Erreur.AUTEUR_MANQUANT,
    "unique_id_utilise": Erreur.DOUBLON,
    "remplacement_inconnu": Erreur.REMPLACE_INCONNU,
    "deja_remplace": Erreur.DEJA_REMPLACE,
    "non_auteur": Erreur.REMPLACEMENT_INTERDIT,
    "document_non_conforme": Erreur.CONTENU_DANGEREUX,
    "traits_differents": Erreur.TRAITS_DIFFERENTS,
    "antivirus_injoignable": Erreur.ANTIVIRUS_MUET,
    "document_lie_inconnu": Erreur.REFERENCE_NON_RESOLUE,
}

# Refusals of the gate for changes → our findings (FHR-126 to FHR-139).
MODIFICATION: dict[str, Erreur] = {
    "changement_par_remplacement": Erreur.CHANGEMENT_PAR_REMPLACEMENT,
    "non_auteur": Erreur.NON_AUTEUR,
    "retour_impossible": Erreur.RETOUR_IMPOSSIBLE,
    "remplace": Erreur.DOCUMENT_REMPLACE,
    "masque_du_titulaire": Erreur.MASQUE_DU_TITULAIRE,
    "deja_visible": Erreur.DEJA_VISIBLE,
    "annonce_requise": Erreur.ANNONCE_REQUISE,
    "pas_mineur": Erreur.PAS_MINEUR,
    "version_perimee": Erreur.VERSION_PERIMEE,
    "plusieurs_documents": Erreur.PLUSIEURS_DOCUMENTS,
}


def vue_fhir(*portees: str, negocie: bool = True) -> Callable[[Vue], Vue]:
    """A view of one method, for a token with one of these scopes. It is given the Appel.

    `negocie`: the answer is a resource, in JSON or XML (contents of documents are negotiated by their own view).
    """

    def decorer(vue: Vue) -> Vue:
        @wraps(vue)
        def enveloppee(requete: HttpRequest, *args: str, **kwargs: str) -> HttpResponse:
            try:
                if negocie:
                    exiger_format(requete)
                return vue(authentifier(requete, frozenset(portees)), *args, **kwargs)
            except Exception as erreur:
                return traduire(erreur, requete)

        return enveloppee

    return decorer


def publique_fhir(vue: Vue) -> Vue:
    """A view without a token: the errors only."""

    @wraps(vue)
    def enveloppee(requete: HttpRequest, *args: str, **kwargs: str) -> HttpResponse:
        try:
            return vue(requete, *args, **kwargs)
        except Exception as erreur:
            return traduire(erreur, requete)

    return enveloppee


def par_methode(**vues: Vue) -> Vue:
    """One address: a view for each method, 405 for the others (FHR-03, FHR-19)."""

    @par_jeton
    @csrf_exempt
    def aiguiller(requete: HttpRequest, *args: str, **kwargs: str) -> HttpResponse:
        vue = vues.get(requete.method or "")
        if vue is None:
            reponse = reponses.outcome([Erreur.METHODE.constat()], 405)
            reponse["Allow"] = ", ".join(vues)
            return en_format(requete, reponse)
        return _ecrire(requete, vue(requete, *args, **kwargs))

    return aiguiller


def _ecrire(requete: HttpRequest, reponse: HttpResponse) -> HttpResponse:
    """The answer in the format asked for; what cannot be written in XML is not available there (406)."""
    try:
        return en_format(requete, reponse)
    except (RecursionError, ValueError, KeyError, TypeError):
        return reponses.outcome([Erreur.MEDIA_REPONSE.constat()], 406)


def traduire(erreur: Exception, requete: HttpRequest) -> HttpResponse:
    """Every error as an OperationOutcome that says nothing of the inside (FHR-08, FHR-09)."""
    contexte: Contexte | None = getattr(requete, "contexte", None)
    numero = contexte.requete if contexte else None
    if isinstance(erreur, RefusFhir):
        return reponses.outcome(erreur.constats, erreur.statut, numero, reprise_s=erreur.reprise_s)
    if isinstance(erreur, AccesRefuse):
        return reponses.refus_dicah(erreur.decision)
    if isinstance(erreur, ModificationRefusee):
        return reponses.outcome(
            [MODIFICATION[erreur.code].constat()], MODIFICATION[erreur.code].statut, numero
        )
    if isinstance(erreur, DocumentSupprime):
        return reponses.outcome([Erreur.SUPPRIME.constat()], 410, numero)
    if isinstance(erreur, DocumentIntrouvable):
        return reponses.outcome([Erreur.INTROUVABLE.constat()], 404, numero)
    if isinstance(erreur, ErreurDjango | psycopg.Error):
        _journal.error("service indisponible", exc_info=erreur)
        return reponses.outcome([Erreur.TRACE_IMPOSSIBLE.constat()], 503, numero)
    # Its class and place are written down, its text is not (REG-12).
    _journal.error("panne", exc_info=erreur)
    return reponses.outcome([Erreur.PANNE.constat()], 500, numero)


def refus_alimentation(
    refus: AlimentationRefusee, dossier_id: UUID | None, *, simple: bool = False
) -> RefusFhir:
    """A refusal of the gate for feeding, as a finding; the very same deposit names its document (FHR-79).

    `simple`: of an ITI-105, where a finding of the CDA is a 422 (CDA-07).
    """
    constat = ALIMENTATION.get(refus.code, Erreur.ALIMENTATION_REFUSEE).constat()
    if refus.existant is not None and dossier_id is not None:
        constat = replace(constat, diagnostic=f"DocumentReference/{composer(dossier_id, refus.existant)}")
    return RefusFhir(en_422([constat]) if simple and refus.code == "traits_differents" else [constat])
