"""Registering a software: one form; outside production its credentials are shown at once, and once (OID-31)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from espace_sante.acces.operation import logiciels
from espace_sante.acces.operation.logiciels import DemandeRefusee
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.logiciels import fiche
from espace_sante.identite.logiciels.erreurs import FicheRefusee
from espace_sante.identite.portees import LPS_DEMONSTRATION
from espace_sante.platform.http import publique

PORTEES = {
    "ITI-65": ("Déposer un lot de documents", "ITI-65"),
    "ITI-105": ("Déposer un document", "ITI-105"),
    "ITI-106": ("Compléter les informations d’un document à déposer", "ITI-106"),
    "ITI-67": ("Chercher des documents", "ITI-67"),
    "ITI-68": ("Lire un document", "ITI-68"),
    "ITI-66": ("Chercher des lots et des dossiers", "ITI-66"),
    "ITI-81": ("Lire l’historique des accès", "ITI-81"),
    "user/Patient.r": ("Savoir si un espace existe, pour un professionnel", "user/Patient.r"),
    "system/Patient.r": ("Savoir si un espace existe, pour une structure", "system/Patient.r"),
    "user/Consent.crus": ("Enregistrer et lire des accords", "user/Consent.crus"),
    "user/Observation.crus": ("Lire et écrire des mesures", "user/Observation.crus"),
    "user/CareTeam.crus": ("Lire le cercle de soins, proposer des membres", "user/CareTeam.crus"),
    "user/Subscription.cruds": ("Être prévenu des nouveaux documents", "user/Subscription.cruds"),
    "ITI-102": ("Demander ce que vaut un jeton (serveur de ressources)", "ITI-102"),
}
CHAMPS = (
    "raison_sociale", "siret", "contact", "produit", "version", "homologation", "structure", "psc_client_id",
    "certificats", "retours", "etablissement", "cadre", "ins_qualifiee",
    "attestation", "notifications",
)  # fmt: skip


@publique
@never_cache
@require_http_methods(["GET", "POST"])
def inscription(request: HttpRequest) -> HttpResponse:
    """The form, and what came of it. A form with faults keeps what was typed and says each of them."""
    if request.method == "GET":
        return _formulaire(request, {}, [])
    donnees = {c: request.POST.get(c, "") for c in CHAMPS}
    portees = request.POST.getlist("portees")
    contexte: Contexte = request.contexte  # type: ignore[attr-defined]
    try:
        lue = fiche.lire(donnees, portees, production=not logiciels.approuvees_aussitot())
        remis = logiciels.demander(lue, contexte=contexte)
    except FicheRefusee as refus:
        return _formulaire(request, donnees, portees, fautes=refus.details["champs"], status=422)
    except DemandeRefusee as refus:
        return _formulaire(request, donnees, portees, message=refus.message, status=429)
    return render(
        request,
        "editeurs/recu.html",
        {
            "remis": remis,
            "fiche": lue,
            "portees": " ".join(lue.portees),
            "jeton": f"{settings.ES_MTLS_URL or settings.ES_BASE_URL}/oauth/token",
            "base": settings.ES_BASE_URL,
        },
        status=201,
    )


def _formulaire(
    request: HttpRequest,
    donnees: dict[str, str],
    portees: list[str],
    *,
    fautes: Any = None,
    message: str = "",
    status: int = 200,
) -> HttpResponse:
    contexte = {
        "d": donnees,
        "fautes": fautes or {},
        "message": message,
        "portees": [
            {"valeur": cle, "libelle": mots, "detail": detail, "choisi": cle in portees}
            for cle, (mots, detail) in PORTEES.items()
        ],
        "ins": [
            {
                "valeur": "oui",
                "libelle": "Mon logiciel n’envoie que des INS qualifiées",
                "choisi": donnees.get("ins_qualifiee") == "oui",
            }
        ],
        "aussitot": logiciels.approuvees_aussitot(),
        "psc_essai": LPS_DEMONSTRATION if settings.ES_LOCAL else "",
    }  # fmt: skip
    return render(request, "editeurs/inscription.html", contexte, status=status)
