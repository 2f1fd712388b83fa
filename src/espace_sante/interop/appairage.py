"""What every FHIR view for paired services has around it: both tokens, one pairing, its own refusals (FHR-150, FHR-152).

@vue_service("patient/Observation.crus")
def chercher(appel: AppelService) -> HttpResponse:
    with appel.ouvrir_service(None) as espace:
        espace.exiger(Droit("mesures.poids", Sens.LIRE))
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import wraps
from typing import Concatenate, Final, ParamSpec
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from espace_sante.acces.appairages.documents import ouvrir_documents
from espace_sante.acces.appairages.porte import AppairageRefuse, EspaceDuService, ouvrir_par_appairage
from espace_sante.acces.dossier_ouvert import DossierOuvert
from espace_sante.acces.porte import Cible
from espace_sante.identite import jetons_identite
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.jetons import JetonInvalide, lire_jeton
from espace_sante.identite.jetons_identite import JetonIdentiteInvalide
from espace_sante.identite.portees import eclater
from espace_sante.identite.sujets import sujet
from espace_sante.interop.fhir.constats import RefusFhir
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.formats import exiger_format
from espace_sante.interop.requete import Appel, authentifier
from espace_sante.interop.views.enveloppe import traduire
from espace_sante.kernel.codes import GenreActeur
from espace_sante.kernel.ins import Ins
from espace_sante.platform import certificats

P = ParamSpec("P")
ENTETE: Final = "X-Id-Token"

# Refusals of the gate → our findings.
REFUS: Final[dict[str, Erreur]] = {
    "autre_titulaire": Erreur.AUTRE_TITULAIRE,
    "consentement_absent": Erreur.ACCORD_ABSENT,
    "service_suspendu": Erreur.SERVICE_SUSPENDU,
    "dossier_ferme": Erreur.DOSSIER_FERME_AU_SERVICE,
}


@dataclass(frozen=True, slots=True)
class AppelService(Appel):
    """An authenticated call of a paired service."""

    def ouvrir(self, cible: Cible) -> AbstractContextManager[DossierOuvert]:
        """The documents that the holder gave (POR-17). Raises AppairageRefuse, DocumentIntrouvable, both traced."""
        return ouvrir_documents(self.acteur, cible, contexte=self.contexte)

    def ouvrir_service(self, cible: Ins | UUID | None) -> AbstractContextManager[EspaceDuService]:
        """The gate of services; None: the record of the token. Raises AppairageRefuse, already traced."""
        return ouvrir_par_appairage(self.acteur, cible, contexte=self.contexte)


def vue_service(
    *portees: str, negocie: bool = True
) -> Callable[
    [Callable[Concatenate[AppelService, P], HttpResponse]],
    Callable[Concatenate[HttpRequest, P], HttpResponse],
]:
    """A view of one method, for a pairing token with one letter at least of these scopes (`patient/Observation.crus`).

    The access token is bad → 401, the identity token (header `X-Id-Token`) → 400, they are of two pairings → 403.
    """
    lettres = eclater(portees)

    def decorer(
        vue: Callable[Concatenate[AppelService, P], HttpResponse],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @wraps(vue)
        def enveloppee(requete: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            try:
                if negocie:
                    exiger_format(requete)
                return vue(authentifier_service(requete, lettres), *args, **kwargs)
            except AppairageRefuse as refus:
                return traduire(RefusFhir([REFUS[refus.code].constat()]), requete)
            except Exception as erreur:
                return traduire(erreur, requete)

        return enveloppee

    return decorer


def est_un_service(requete: HttpRequest) -> bool:
    """Whether the call bears a good pairing token: for an address that others share."""
    schema, _, jeton = requete.headers.get("Authorization", "").partition(" ")
    if schema.lower() != "bearer":
        return False
    try:
        acteur = lire_jeton(jeton.strip(), certificats.empreinte(requete.META))
    except JetonInvalide:
        return False
    return acteur.genre is GenreActeur.SERVICE and acteur.session_id is not None


def authentifier_service(requete: HttpRequest, lettres: frozenset[str]) -> AppelService:
    """The call of a paired service. Raises RefusFhir 400, 401, 403."""
    try:
        appel = authentifier(requete, lettres)
    except RefusFhir as refus:
        # A suspended service is told so (FHR-152): its token is good, it may not call.
        raise RefusFhir([Erreur.SERVICE_SUSPENDU.constat()]) if _suspendu(requete) else refus from None
    acteur = appel.acteur
    if acteur.genre is not GenreActeur.SERVICE or acteur.session_id is None or acteur.dossier_id is None:
        raise RefusFhir([Erreur.PORTEE.constat()])
    try:
        identite = jetons_identite.lire(requete.headers.get(ENTETE, "").strip())
    except JetonIdentiteInvalide:
        raise RefusFhir([Erreur.JETON_IDENTITE.constat()]) from None
    attendu = sujet(acteur.client_id, acteur.dossier_id)
    if identite.client_id != acteur.client_id or not hmac.compare_digest(
        identite.sujet.encode(), attendu.encode()
    ):
        raise RefusFhir([Erreur.AUTRE_TITULAIRE.constat()])
    contexte: Contexte = appel.contexte
    return AppelService(requete, acteur, replace(contexte, logiciel=acteur.client_id))


def _suspendu(requete: HttpRequest) -> bool:
    schema, _, jeton = requete.headers.get("Authorization", "").partition(" ")
    if schema.lower() != "bearer":
        return False
    try:
        lire_jeton(jeton.strip(), certificats.empreinte(requete.META))
    except JetonInvalide as refus:
        return refus.code == "client_suspendu"
    return False
