"""Reporting an access or a document, asking for a correction, and following what becomes of it (AUD-18 to AUD-20)."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from espace_sante.acces import signalements
from espace_sante.acces.controle import bloquer
from espace_sante.acces.mon_espace import MonEspace
from espace_sante.acces.signalements import fichier_lu
from espace_sante.kernel.codes import GenreActeur
from espace_sante.traces.queries import TraceVue
from espace_sante.traces.signalements import (
    TEXTE_MAX,
    Etape,
    Fichier,
    Nature,
    SignalementRefuse,
    SignalementVu,
)
from espace_sante.web.espace.calendrier import date_longue, moment_en_mots
from espace_sante.web.espace.ouverture import mon_espace, rendre
from espace_sante.web.espace.phrases import phrase

NATURES = {
    Nature.ACCES: "Signalement d’un accès",
    Nature.DOCUMENT: "Signalement d’un document",
    Nature.RECTIFICATION: "Demande de correction",
}
RAISONS = {
    "autre_personne": "Il concerne une autre personne",
    "erreur": "Il contient une erreur",
    "inapproprie": "Son contenu est inapproprié",
}
_ETAPES = {
    Etape.RECU: "Nous avons reçu votre demande.",
    Etape.JUSTIFICATION: "Nous avons demandé une explication à la personne concernée.",
    Etape.REPONDU: "Nous vous avons répondu.",
    Etape.REFUSE: "Votre demande n’a pas été acceptée.",
    Etape.COMPTE_SUSPENDU: "Le compte du professionnel est suspendu.",
    Etape.TRANSMIS: "Nous avons transmis votre signalement à l’ordre du professionnel ou à la justice.",
    Etape.NOTE_JOINTE: "Vous avez joint une note à votre dossier.",
    Etape.CLOS: "Le traitement est terminé.",
    Etape.EXPLICATION: "Le professionnel a répondu.",
}


@mon_espace
@require_safe
def liste(request: HttpRequest, espace: MonEspace) -> HttpResponse:
    demandes = [_montrer(s) for s in signalements.mes_signalements(espace)]
    return rendre(request, espace, "espace/signalements.html", "plus", {"demandes": demandes})


@mon_espace
@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: HttpRequest, espace: MonEspace, signalement_id: UUID) -> HttpResponse:
    """The receipt, then each step (AUD-19); POST attaches a note to a refused correction (REG-07)."""
    erreur, saisi = "", ""
    if request.method == "POST":
        saisi = request.POST.get("texte", "")
        try:
            signalements.joindre_note(espace, signalement_id, saisi)
            return HttpResponseRedirect(f"{request.path}?fait=note")
        except SignalementRefuse as refus:
            erreur = refus.message
    vu = signalements.mon_signalement(espace, signalement_id)
    etapes = {e.etape for e in vu.etapes}
    faits = {
        "envoye": "Votre demande est envoyée. Gardez son numéro.",
        "note": "Votre note est jointe.",
    }
    return rendre(
        request, espace, "espace/signalement.html", "plus",
        {
            "demande": _montrer(vu),
            "note_possible": vu.nature is Nature.RECTIFICATION and Etape.REFUSE in etapes
            and not etapes & {Etape.NOTE_JOINTE, Etape.CLOS},
            "erreur": erreur,
            "saisi": saisi,
            "max": TEXTE_MAX,
            "fait": faits.get(request.GET.get("fait", ""), ""),
        },
        statut=422 if erreur else 200,
    )  # fmt: skip


@mon_espace
@require_http_methods(["GET", "HEAD", "POST"])
def signaler_acces(request: HttpRequest, espace: MonEspace, trace_id: UUID) -> HttpResponse:
    """From a line of the history: one click here, one to send (AUD-18, AUD-20)."""
    trace = signalements.acces_vise(espace, trace_id)
    deja = signalements.deja_signales(espace, [trace_id]).get(trace_id)
    if deja is not None:
        return HttpResponseRedirect(reverse("web:signalement", args=[deja]))
    professionnel = trace.acteur_genre == GenreActeur.PROFESSIONNEL and bool(trace.acteur_id)

    def envoyer(texte: str) -> SignalementVu:
        veut_bloquer = professionnel and request.POST.get("bloquer") == "oui"
        return signalements.signaler_acces(
            espace,
            trace_id,
            texte,
            fichier=_fichier(request),
            bloquer=_bloquer if veut_bloquer else None,
        )

    return _formulaire(
        request, espace, envoyer,
        {
            "titre": "Signaler cet accès",
            "chapeau": f"{phrase(trace).texte} {moment_en_mots(trace.quand).capitalize()}.",
            "question": "Pourquoi cet accès vous semble-t-il anormal\u00a0?",
            "avec_fichier": True,
            "taille": settings.ES_SIGNALEMENT_FICHIER_MAX // 1_000_000,
            "blocage": _choix_blocage(trace) if professionnel else None,
            "delai": f"Nous répondons en {settings.ES_SIGNALEMENT_JOURS_OUVRES} jours ouvrés au plus.",
            "annuler": reverse("web:historique"),
            "libelle": "Envoyer le signalement",
        },
    )  # fmt: skip


@mon_espace
@require_http_methods(["GET", "HEAD", "POST"])
def signaler_document(request: HttpRequest, espace: MonEspace, document_id: UUID) -> HttpResponse:
    """Wrong person, error, inappropriate; one report at a time, its date shown (DOC-64)."""
    vu = espace.document(document_id)
    return _formulaire(
        request, espace,
        lambda texte: signalements.signaler_document(espace, document_id, request.POST.get("raison", ""), texte),
        {
            "titre": "Signaler ce document",
            "chapeau": f"«\u00a0{vu.titre}\u00a0»",
            "question": "Que faut-il savoir\u00a0?",
            "raisons": [{"valeur": code, "libelle": mots} for code, mots in RAISONS.items()],
            "raison": request.POST.get("raison", ""),
            "en_cours": _en_cours(espace, Nature.DOCUMENT, document_id),
            "delai": f"Nous répondons en {settings.ES_SIGNALEMENT_JOURS_OUVRES} jours ouvrés au plus, avec l’auteur.",
            "annuler": reverse("web:document", args=[document_id]),
            "libelle": "Envoyer le signalement",
        },
    )  # fmt: skip


@mon_espace
@require_http_methods(["GET", "HEAD", "POST"])
def rectifier(request: HttpRequest, espace: MonEspace, document_id: UUID | None = None) -> HttpResponse:
    """Ask the author, through us, to correct what he wrote (REG-07)."""
    vu = espace.document(document_id) if document_id is not None else None
    return _formulaire(
        request, espace,
        lambda texte: signalements.demander_rectification(espace, texte, document_id),
        {
            "titre": "Demander une correction",
            "chapeau": f"«\u00a0{vu.titre}\u00a0»" if vu else "Une information de votre espace est fausse ou incomplète.",
            "question": "Que faut-il corriger, et pourquoi\u00a0?",
            "en_cours": _en_cours(espace, Nature.RECTIFICATION, document_id or espace.dossier_id),
            "delai": "Nous transmettons votre demande à l’auteur. Nous répondons en un mois au plus.",
            "annuler": reverse("web:document", args=[document_id]) if document_id else reverse("web:signalements"),
            "libelle": "Envoyer la demande",
        },
    )  # fmt: skip


def _formulaire(
    request: HttpRequest,
    espace: MonEspace,
    envoyer: Callable[[str], SignalementVu],
    contexte: dict[str, object],
) -> HttpResponse:
    erreur, code = "", ""
    if request.method == "POST":
        try:
            fait = envoyer(request.POST.get("texte", ""))
            return HttpResponseRedirect(f"{reverse('web:signalement', args=[fait.id])}?fait=envoye")
        except SignalementRefuse as refus:
            erreur, code = refus.message, refus.code
    return rendre(
        request, espace, "espace/signaler.html", "plus",
        {
            "saisi": request.POST.get("texte", ""),
            "erreur_texte": erreur if code == "texte_invalide" else "",
            "erreur_fichier": erreur if code == "fichier_refuse" else "",
            "erreur_raison": erreur if code == "raison_inconnue" else "",
            "erreur": erreur if code in {"deja_signale", "signalement_en_cours"} else "",
            "max": TEXTE_MAX,
            **contexte,
        },
        statut=422 if erreur else 200,
    )  # fmt: skip


def _fichier(request: HttpRequest) -> Fichier | None:
    recu = request.FILES.get("fichier")
    if recu is None:
        return None
    # One byte more than allowed is enough to refuse: a large file is not read whole.
    return fichier_lu(recu.name or "", recu.read(settings.ES_SIGNALEMENT_FICHIER_MAX + 1))


def _bloquer(espace: MonEspace, rpps: str) -> object:
    return bloquer(espace, "professionnel", rpps)


def _choix_blocage(trace: TraceVue) -> list[dict[str, object]]:
    nom = trace.acteur_nom.strip() or "ce professionnel"
    return [
        {
            "valeur": "oui",
            "libelle": f"Bloquer aussi {nom}, tout de suite",
            "detail": "Il ne peut plus lire votre dossier. Vous pouvez le débloquer plus tard.",
        }
    ]


def _en_cours(espace: MonEspace, nature: Nature, objet_id: UUID) -> dict[str, object] | None:
    trouve = signalements.en_cours(espace, nature, objet_id)
    return _montrer(trouve) if trouve is not None else None


def _montrer(s: SignalementVu) -> dict[str, object]:
    return {
        "id": s.id,
        "numero": s.numero,
        "nature": NATURES[s.nature],
        "raison": RAISONS.get(s.raison, ""),
        "texte": s.texte,
        "fichier": s.fichier_nom,
        "depose": moment_en_mots(s.depose_le),
        "jour": date_longue(s.depose_le),
        "echeance": date_longue(s.echeance),
        "ouvert": s.ouvert,
        "dit": _ETAPES[s.etape],
        "etapes": [
            {"dit": _ETAPES[e.etape], "quand": moment_en_mots(e.quand), "texte": e.texte} for e in s.etapes
        ],
    }
