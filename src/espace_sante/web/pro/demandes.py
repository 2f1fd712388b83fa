"""What is asked of a professional and what he is told: notices, requests for an explanation (AUD-19, REG-07, DOC-49)."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from espace_sante.acces import explications
from espace_sante.acces.errors import DocumentIntrouvable
from espace_sante.acces.explications import EnAttente
from espace_sante.notifications.genres import Genre
from espace_sante.notifications.queries import avis_du_professionnel
from espace_sante.traces.ecriture import Action
from espace_sante.traces.signalements import TEXTE_MAX, Nature, SignalementRefuse
from espace_sante.web import erreurs
from espace_sante.web.espace.calendrier import date_longue, moment_en_mots
from espace_sante.web.pro.gardes import RequetePro, portail
from espace_sante.web.pro.pages import page

NATURES: Final = {
    Nature.ACCES: "Expliquer un accès",
    Nature.DOCUMENT: "Répondre sur un document",
    Nature.RECTIFICATION: "Répondre à une demande de correction",
}
# Of whom is never said here: the professional learns it by the request itself, or by the gate.
_AVIS: Final = {
    Genre.DOCUMENT_VISIBLE: "Un document que vous avez déposé est maintenant visible de votre patient, sans"
    " consultation d’annonce.",
    Genre.ACCES_URGENCE: "Le dossier d’un patient dont vous êtes le médecin traitant a été ouvert en urgence.",
    Genre.EXPLICATION_DEMANDEE: "L’assistance vous demande une explication.",
}
_ACTES: Final[dict[str, str]] = {
    Action.OUVERTURE: "vous avez ouvert ce dossier",
    Action.LISTE: "vous avez consulté la liste des documents",
    Action.LECTURE: "vous avez ouvert un document",
    Action.TELECHARGEMENT: "vous avez téléchargé un document",
    Action.DEPOT: "vous avez déposé un document",
    Action.REMPLACEMENT: "vous avez remplacé un document",
    Action.URGENCE: "vous avez ouvert ce dossier en urgence",
    Action.EXISTENCE: "vous avez cherché ce dossier",
    Action.CONSENTEMENT: "vous avez enregistré un accord",
}


@portail
@require_safe
def liste(request: RequetePro) -> HttpResponse:
    """Requests to answer first, then the latest notices; neither names a patient."""
    demandes = [_ligne(d) for d in explications.mes_demandes(request.acteur)]
    avis = [
        {"dit": _AVIS[Genre(a.genre)], "quand": moment_en_mots(a.quand)}
        for a in avis_du_professionnel(request.acteur.rpps)
        if Genre(a.genre) in _AVIS
    ]
    return page(request, "pro/demandes.html", {"demandes": demandes, "avis": avis})


@portail
@require_http_methods(["GET", "HEAD", "POST"])
def demande(request: RequetePro, demande_id: UUID) -> HttpResponse:
    """GET reads the request; POST answers it, once. Somebody else's is a page that does not exist."""
    erreur, saisi = "", ""
    try:
        if request.method == "POST":
            saisi = request.POST.get("texte", "")
            try:
                explications.repondre(request.acteur, demande_id, saisi, contexte=request.contexte)
                return HttpResponseRedirect(reverse("web:pro_demande", args=[demande_id]) + "?fait=envoyee")
            except SignalementRefuse as refus:
                erreur = refus.message
        lue = explications.lire(request.acteur, demande_id, contexte=request.contexte)
    except DocumentIntrouvable:
        return erreurs.introuvable(request)
    contexte = {
        "demande": lue,
        "ligne": _ligne(lue.ligne),
        "acte": _ACTES.get(lue.action, "vous avez agi dans ce dossier") if lue.acces_le else "",
        "acces_le": moment_en_mots(lue.acces_le) if lue.acces_le else "",
        "erreur": erreur,
        "saisi": saisi,
        "max": TEXTE_MAX,
        "fait": "Votre réponse est envoyée." if request.GET.get("fait") == "envoyee" else "",
    }
    return page(request, "pro/demande.html", contexte, status=422 if erreur else 200)


def _ligne(d: EnAttente) -> dict[str, object]:
    return {
        "id": d.id,
        "numero": d.numero,
        "titre": NATURES[d.nature],
        "demandee": date_longue(d.demandee_le),
        "echeance": f"{d.echeance:%d/%m/%Y}",
        "a_repondre": d.a_repondre,
        "repondue": d.repondue,
    }
