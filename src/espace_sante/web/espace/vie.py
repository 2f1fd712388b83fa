"""What the holder does with a document: delete, bring back, look in the archives, choose who sees what comes.

Rules DOC-35, DOC-37, DOC-44, DOC-45. Acts go straight to the gate, so that a refusal keeps its trace.
"""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from espace_sante.acces import confidentialite as choix_du_titulaire
from espace_sante.acces import vie_documents
from espace_sante.acces.confidentialite import Reglage
from espace_sante.acces.mon_espace import MonEspace
from espace_sante.acces.vie_documents import GestionRefusee
from espace_sante.documents.filtre import Filtre
from espace_sante.documents.nomenclatures import type_document
from espace_sante.kernel.codes import GenreActeur
from espace_sante.platform.http import reservee
from espace_sante.web import erreurs
from espace_sante.web.espace.calendrier import date_longue, moment_en_mots
from espace_sante.web.espace.cartes import carte
from espace_sante.web.espace.ouverture import mon_espace, rendre

_ARCHIVES_MAX = 200
_INCONNUS = frozenset({"document_introuvable", "dossier_indisponible"})


class Repris(NamedTuple):
    """A deleted document that can still be brought back."""

    id: UUID
    titre: str
    supprime: str
    jusqua: str


@mon_espace
@require_safe
def suppression(request: HttpRequest, espace: MonEspace, document_id: UUID) -> HttpResponse:
    """What deleting will change, and until when it can be undone."""
    vu = espace.document(document_id)
    adresse = reverse("web:document", args=[document_id])
    if "gerer" not in vie_documents.actions_permises(espace.acteur, vu):
        return HttpResponseRedirect(adresse)
    jours = min(settings.ES_SUPPRESSION_RETOUR_J, settings.ES_SUPPRESSION_DETRUIRE_J - 1)
    return rendre(
        request, espace, "espace/confirmation.html", "documents",
        {
            "objet": carte(vu).titre,
            "detail": carte(vu).jour,
            "titre": "Supprimer ce document\u00a0?",
            "changements": [
                "Vous ne verrez plus ce document dans votre espace. Les professionnels de santé non plus.",
                f"Pendant {jours} jours, vous pouvez le reprendre.",
                "Ensuite, son contenu est détruit. Personne ne peut plus le lire.",
            ],
            "retour": f"Vous pouvez changer d’avis pendant {jours} jours. Après, c’est définitif.",
            "libelle": "Supprimer ce document",
            "danger": True,
            "caches": [{"nom": "document", "valeur": str(document_id)}],
            "action": reverse("web:documents_suppression"),
            "url_annuler": adresse,
        },
    )  # fmt: skip


@reservee(GenreActeur.TITULAIRE)
@require_POST
def supprimer(request: HttpRequest) -> HttpResponse:
    """Delete what the form names: one document, or up to ten from a list."""
    try:
        ids = tuple(UUID(texte) for texte in request.POST.getlist("document"))
    except ValueError:
        return erreurs.introuvable(request)
    try:
        vie_documents.supprimer_les_miens(request.acteur, ids, contexte=request.contexte)  # type: ignore[attr-defined]
    except GestionRefusee as refus:
        return _refuser(request, refus)
    return HttpResponseRedirect(reverse("web:documents_supprimes") + "?fait=supprime")


@reservee(GenreActeur.TITULAIRE)
@require_POST
def reprise(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Bring a deleted document back."""
    try:
        vie_documents.annuler_suppression(request.acteur, document_id, contexte=request.contexte)  # type: ignore[attr-defined]
    except GestionRefusee as refus:
        return _refuser(request, refus)
    return HttpResponseRedirect(reverse("web:document", args=[document_id]) + "?fait=repris")


def _refuser(request: HttpRequest, refus: GestionRefusee) -> HttpResponse:
    if refus.code in _INCONNUS:
        return erreurs.introuvable(request)
    return erreurs.demande_refusee(request, refus.message, 403 if refus.interdit else 409)


@mon_espace
@require_safe
def supprimes(request: HttpRequest, espace: MonEspace) -> HttpResponse:
    """What can still be brought back, and until when."""
    lignes = [
        Repris(
            s.id,
            s.titre.strip() or (t.libelle if (t := type_document(s.type_code)) else "Document"),
            date_longue(s.demandee_le),
            moment_en_mots(s.detruire_le),
        )
        for s in vie_documents.suppressions_en_cours(espace.acteur, contexte=request.contexte)  # type: ignore[attr-defined]
    ]
    fait = "Le document est supprimé. Vous pouvez encore le reprendre." if "fait" in request.GET else ""
    return rendre(request, espace, "espace/supprimes.html", "documents", {"lignes": lignes, "fait": fait})


@mon_espace
@require_safe
def archives(request: HttpRequest, espace: MonEspace) -> HttpResponse:
    """Documents that their authors archived: out of the list, still readable (rule DOC-37)."""
    page = espace.lister(Filtre(archive=True, statuts=("current", "superseded"), limite=_ARCHIVES_MAX))
    return rendre(
        request, espace, "espace/archives.html", "documents",
        {
            "cartes": [carte(vu) for vu in page.elements],
            "legende": "Documents archivés",
            "legende_cachee": True,
            "encore": page.total > len(page.elements),
        },
    )  # fmt: skip


class Interrupteur(NamedTuple):
    """One switch of the page, visible or masked."""

    nom: str
    titre: str
    explication: str
    masque: bool


_TEXTES = {
    Reglage.NOUVEAUX_DOCUMENTS: (
        "Les nouveaux documents",
        "Les documents qui arrivent sont visibles des professionnels autorisés, ou masqués dès leur arrivée.",
    ),
    Reglage.REMBOURSEMENTS: (
        "Mes remboursements",
        "Les soins et les médicaments que l’Assurance maladie a remboursés.",
    ),
    Reglage.DIRECTIVES: (
        "Mes directives anticipées",
        "Ce que vous voulez pour la fin de votre vie, si vous ne pouvez plus le dire.",
    ),
    Reglage.ANTECEDENTS: (
        "Mes antécédents",
        "Le résumé de votre profil médical\u00a0: les maladies et les opérations que vous avez eues.",
    ),
}


@reservee(GenreActeur.TITULAIRE)
@require_http_methods(["GET", "HEAD", "POST"])
def confidentialite(request: HttpRequest) -> HttpResponse:
    """Four switches; the first may be applied to all documents that exist (rules DOC-44, DOC-45)."""
    if request.method != "POST":
        return _page_confidentialite(request)
    acteur, contexte = request.acteur, request.contexte  # type: ignore[attr-defined]
    choix = {
        r: request.POST[r.value] == "masque"
        for r in Reglage
        if request.POST.get(r.value) in ("masque", "visible")
    }
    fait = "Vos choix sont enregistrés."
    try:
        choix_du_titulaire.regler(acteur, choix, contexte=contexte)
        if request.POST.get("tout") == "oui" and Reglage.NOUVEAUX_DOCUMENTS in choix:
            masque = choix[Reglage.NOUVEAUX_DOCUMENTS]
            bilan = choix_du_titulaire.masquer_tout(acteur, contexte=contexte, masque=masque)
            fait = f"Vos choix sont enregistrés. Documents changés\u00a0: {bilan.changes}."
            if bilan.echecs:
                return _page_confidentialite(request, fait=fait, echecs=bilan.echecs)
    except GestionRefusee as refus:
        return _refuser(request, refus)
    return _page_confidentialite(request, fait=fait)


@mon_espace
def _page_confidentialite(
    request: HttpRequest, espace: MonEspace, *, fait: str = "", echecs: tuple[UUID, ...] = ()
) -> HttpResponse:
    valeurs = choix_du_titulaire.reglages(espace.acteur, contexte=request.contexte)  # type: ignore[attr-defined]
    restes = espace.lister(Filtre(ids=echecs, statuts=("current", "superseded"))).elements if echecs else ()
    return rendre(
        request, espace, "espace/confidentialite.html", "plus",
        {
            "interrupteurs": [Interrupteur(r.value, *_TEXTES[r], valeurs[r]) for r in Reglage],
            "fait": fait,
            "echecs": [carte(vu) for vu in restes],
        },
    )  # fmt: skip
