"""The board, the operator's own acts, the state of a space (ACC-41, ACC-79)."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from espace_sante.acces.operation import actes, profils
from espace_sante.acces.operation import alertes as les_alertes
from espace_sante.acces.operation import identites as les_identites
from espace_sante.acces.operation import matrice as la_matrice
from espace_sante.acces.operation import signalements as les_signalements
from espace_sante.acces.operation import tableau as le_tableau
from espace_sante.acces.operation import urgences as les_urgences
from espace_sante.identite.operateurs.roles import LIBELLES, Role
from espace_sante.kernel.ins import InsInvalide
from espace_sante.web.espace.calendrier import moment_en_mots
from espace_sante.web.operation.gardes import RequeteOperateur, operateur
from espace_sante.web.operation.mots import INSTANCES, acte
from espace_sante.web.operation.pages import a_role, page
from espace_sante.web.pro.vues_recherche import lire_matricule


@dataclass(frozen=True, slots=True)
class Chiffre:
    """One figure of the board; `url` empty when this operator has no page behind it."""

    nombre: int
    mot: str
    url: str = ""
    genre: str = ""
    detail: str = ""


@operateur()
@require_GET
def tableau(request: RequeteOperateur) -> HttpResponse:
    """Figures first; then why readings are refused, when they are."""
    t = le_tableau.lire(request.acteur)

    def url(nom: str, *roles: Role) -> str:
        return reverse(nom) if a_role(request, *roles) else ""

    suivi, urg = (
        url("web:operation_signalements", *les_signalements.ROLES),
        url("web:operation_urgences", les_urgences.ROLE),
    )
    chiffres = [
        Chiffre(t.nouveaux, "nouveaux signalements ou demandes", suivi, detail=f"{t.en_cours} dans la file"),
        Chiffre(t.en_retard, "réponses en retard", suivi, "danger" if t.en_retard else "fait"),
        Chiffre(
            t.urgences, "accès en urgence à revoir", urg, "attention" if t.urgences_en_retard else "",
            f"dont {t.urgences_en_retard} en retard" if t.urgences_en_retard else "aucun en retard",
        ),
        Chiffre(t.alertes, "alertes à traiter", url("web:operation_alertes", les_alertes.ROLE)),
        Chiffre(t.identites, "identités attendues des structures", url("web:operation_identites", *les_identites.ROLES)),
        Chiffre(t.matrice.en_attente, "propositions de matrice en attente", url("web:operation_matrice", la_matrice.ROLE)),
    ]  # fmt: skip
    contexte = {
        "place": "tableau", "t": t, "chiffres": chiffres, "instance_mot": INSTANCES.get(t.instance, t.instance),
        "production": t.instance == "production",
    }  # fmt: skip
    return page(request, "operation/tableau.html", contexte)


@operateur()
@require_GET
def mes_actes(request: RequeteOperateur) -> HttpResponse:
    """What this operator did, as it was traced (ACC-79)."""
    lignes = [
        (moment_en_mots(a.quand), acte(a.acte), LIBELLES[Role(a.role)] if a.role else "", a.objet, a.refus)
        for a in actes.mes_actes(request.acteur)
    ]
    return page(request, "operation/actes.html", {"place": "actes", "lignes": lignes})


@operateur(Role.SUPPORT)
@require_http_methods(["GET", "POST"])
def profil(request: RequeteOperateur) -> HttpResponse:
    """The state of a space, and nothing else of it (ACC-79). The number travels in the body of a POST only."""
    contexte: dict[str, object] = {"place": "profil"}
    if request.method == "POST":
        try:
            ins = lire_matricule(request.POST.get("matricule", ""))
        except InsInvalide as erreur:
            return page(request, "operation/profil.html", {**contexte, "erreur": erreur}, status=422)
        contexte["etat"] = profils.MOTS[profils.etat(request.acteur, ins, contexte=request.contexte)]
    return page(request, "operation/profil.html", contexte)
