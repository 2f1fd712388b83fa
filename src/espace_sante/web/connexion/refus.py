"""Refusals of a login, each with a plain explanation and what to do next (OID-04, IDN-49, IDN-51)."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from espace_sante.kernel.errors import EspaceSanteError


@dataclass(frozen=True, slots=True)
class Explication:
    """Title, text and next steps of one refusal."""

    titre: str
    texte: str
    etapes: tuple[str, ...]
    statut: int = 403


_RECOMMENCER = Explication(
    "La connexion n’a pas abouti",
    "Cette page de retour a déjà servi, a expiré, ou ne vient pas de votre connexion. Rien n’a été ouvert.",
    ("Recommencez la connexion depuis le début, dans une seule fenêtre.",),
    400,
)
_PROFESSIONNEL = {
    "rpps_inconnu": Explication(
        "Nous ne vous trouvons pas dans l’annuaire",
        "Votre identité est confirmée, mais votre numéro RPPS n’est pas dans l’annuaire de la santé. "
        "Sans lui, l’accès n’est pas possible.",
        (
            "Vérifiez votre inscription auprès de votre ordre ou de votre agence régionale de santé.",
            "Une inscription récente apparaît après quelques jours : réessayez plus tard.",
        ),
    ),
    "exercice_inactif": Explication(
        "Vous n’avez pas d’exercice en cours",
        "L’annuaire de la santé ne contient pas d’exercice en cours pour vous. L’accès n’est pas possible, "
        "même avec une carte valable.",
        (
            "Signalez votre exercice à votre ordre ou à votre agence régionale de santé, puis reconnectez-vous.",
        ),
    ),
    "authentification_insuffisante": Explication(
        "Cette connexion n’est pas assez sûre",
        "Pour lire des données de santé, il faut deux preuves : votre carte ou votre téléphone, et votre code.",
        ("Recommencez avec votre carte CPS et son code, ou avec l’e\u2011CPS.",),
    ),
}
_TITULAIRE = {
    "authentification_insuffisante": Explication(
        "Cette connexion n’est pas assez sûre",
        "FranceConnect n’a pas donné les garanties demandées.",
        (
            "Recommencez avec un compte FranceConnect plus sûr.",
            "Ou connectez-vous avec votre identifiant et votre mot de passe.",
        ),
    ),
    "espace_ferme": Explication(
        "Cet espace n’est pas ouvert",
        "Votre identité est confirmée, mais aucun espace ouvert n’y correspond. Il n’est peut-être pas encore "
        "activé, ou il a été fermé.",
        (
            "Si vous avez reçu un courrier avec un code provisoire, activez votre espace.",
            "Sinon, lisez l’aide : elle explique comment activer ou rouvrir un espace.",
        ),
    ),
    "courriel_non_envoye": Explication(
        "Le code n’a pas pu être envoyé",
        "Notre service de courriel ne répond pas pour le moment. Rien n’a été ouvert.",
        ("Réessayez dans quelques minutes.",),
        503,
    ),
}
_COMMUN = {
    "fournisseur_injoignable": Explication(
        "Le service d’identité ne répond pas",
        "La connexion n’est pas possible pour le moment. Rien n’a été modifié.",
        ("Réessayez dans quelques minutes.",),
        503,
    ),
    "insi_indisponible": Explication(
        "Le service national d’identité ne répond pas",
        "Pour votre première connexion par FranceConnect, nous devons retrouver votre dossier avec ce service. "
        "Il est indisponible pour le moment. Rien n’a été modifié.",
        (
            "Réessayez dans quelques minutes.",
            "Ou connectez-vous avec votre identifiant et votre mot de passe.",
        ),
        503,
    ),
    "connexion_annulee": Explication(
        "La connexion a été annulée",
        "Vous avez annulé, ou le service d’identité a refusé. Rien n’a été ouvert.",
        ("Vous pouvez recommencer quand vous voulez.",),
        400,
    ),
}


def page(request: HttpRequest, erreur: EspaceSanteError, *, pro: bool) -> HttpResponse:
    """The page of a refusal; an unexpected code is told as a login to start again."""
    propres = _PROFESSIONNEL if pro else _TITULAIRE
    explication = propres.get(erreur.code) or _COMMUN.get(erreur.code) or _RECOMMENCER
    contexte = {"explication": explication, "code": erreur.code, "pro": pro}
    return render(request, "connexion/refus.html", contexte, status=explication.statut)
