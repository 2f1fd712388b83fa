"""One document: reading it, hiding or showing it, keeping it, its own history (rules DOC-41, DOC-60, CDA-37, CDA-38)."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from espace_sante.acces import depot_titulaire, partages
from espace_sante.acces.mon_espace import MonEspace
from espace_sante.acces.vie_documents import actions_permises
from espace_sante.documents.cda.rendu import Affichage
from espace_sante.documents.filtre import Filtre
from espace_sante.documents.queries import DocumentVu
from espace_sante.traces.queries import FiltreTraces
from espace_sante.web.espace.cartes import Carte, carte
from espace_sante.web.espace.changements import changements
from espace_sante.web.espace.journal import par_jour
from espace_sante.web.espace.ouverture import mon_espace, rendre
from espace_sante.web.espace.partage import lignes
from espace_sante.web.espace.visibilite import visibilite
from espace_sante.web.lecture import reponses
from espace_sante.web.lecture.maniere import decider
from espace_sante.web.lecture.suite import sceau, suite_de_lecture

_ACCES = 20
FAITS = {
    "ajoute": "Votre document est ajouté. Les professionnels verront que c’est vous qui l’avez ajouté.",
    "epingle": "Ce document est épinglé.",
    "desepingle": "Ce document n’est plus épinglé.",
    "range": "Ce document est rangé.",
    "dossier_absent": "Ce dossier n’existe plus. Le document n’a pas été déplacé.",
    "masque": "Ce document est maintenant masqué aux professionnels de santé. Vous pouvez le rendre visible à tout moment.",
    "partage": "Ce document est partagé. Le professionnel peut le lire dès maintenant.",
    "departage": "Ce partage est arrêté. Le professionnel ne lit plus ce document grâce à lui.",
    "repris": "Le document est de nouveau dans votre espace.",
    "visible": "Ce document est maintenant visible des professionnels de santé autorisés.",
}  # fmt: skip


class Confirmation(NamedTuple):
    """What a confirmation says: what will change, and that it can be undone."""

    choix: str
    titre: str
    libelle: str
    changements: tuple[str, ...]
    retour: str


MASQUER = Confirmation(
    "masquer",
    "Masquer ce document\u00a0?",
    "Masquer ce document",
    (
        "Les professionnels de santé ne verront plus ce document, ni son titre. Ils ne sauront pas qu’il est masqué.",
        "Celui qui l’a déposé pourra encore le lire\u00a0: {depositaire}.",
        "Vous le verrez toujours dans votre espace.",
        "Une information qui manque peut gêner vos soins. Vous pouvez en parler avec votre médecin.",
    ),
    "Vous pourrez le rendre visible à tout moment.",
)
_SAUF_PARTAGES = (
    "Vous le partagez, et ce partage continue\u00a0: {}. Pour qu’il s’arrête, arrêtez le partage."
)
MONTRER = Confirmation(
    "montrer",
    "Rendre ce document visible\u00a0?",
    "Rendre ce document visible",
    (
        "Les professionnels de santé autorisés pourront lire ce document, si vous leur avez donné votre accord.",
    ),
    "Vous pourrez le masquer de nouveau à tout moment.",
)


@mon_espace
@require_safe
def document(request: HttpRequest, espace: MonEspace, document_id: UUID) -> HttpResponse:
    vu, contenu = espace.lire_contenu(document_id)
    ancien, nouveau = _voisins(espace, vu)
    traces = espace.historique(FiltreTraces(document_id=document_id, limite=_ACCES))
    # A replacement kept for a consultation d'annonce must not be guessed (DOC-46).
    remplacement_cache = vu.remplace_par_id is not None and nouveau is None
    return rendre(
        request, espace, "espace/document.html", "documents",
        {
            "vu": vu,
            "carte": carte(vu),
            "lecture": decider(vu.mime, contenu),
            "sceau": sceau(espace.acteur, request.contexte, document_id),  # type: ignore[attr-defined]
            "visibilite": visibilite(vu),
            "a_moi": "gerer" in actions_permises(espace.acteur, vu),
            "rangement": depot_titulaire.rangement(espace, document_id),
            "dossiers": depot_titulaire.dossiers(espace),
            "partages": lignes(partages.en_cours(espace, document_id)),
            "ancien": ancien,
            "nouveau": nouveau,
            "changements": changements(
                espace.versions(document_id), traces.elements, vu, sans_remplacement=remplacement_cache
            ),
            "journees": par_jour(traces.elements),
            "fait": FAITS.get(request.GET.get("fait", ""), ""),
        },
    )  # fmt: skip


@suite_de_lecture
@mon_espace
@require_safe
def apercu(request: HttpRequest, espace: MonEspace, document_id: UUID) -> HttpResponse:
    """What the frame of the page shows."""
    vu, contenu = espace.lire_contenu(document_id)
    remplace = vu.statut == "superseded" and _voisins(espace, vu)[1] is not None
    affichage = Affichage(remplace=remplace, archive=vu.archive, masque_ps=vu.masque_ps)
    reponse = reponses.apercu(request, vu, contenu, affichage=affichage)
    if reponse is None:
        raise Http404
    return reponse


@suite_de_lecture
@mon_espace
@require_safe
def pdf(_request: HttpRequest, espace: MonEspace, document_id: UUID) -> HttpResponse:
    """The PDF in the browser's own viewer: searchable, and read aloud by screen readers."""
    reponse = reponses.pdf_entier(*espace.lire_contenu(document_id))
    if reponse is None:
        raise Http404
    return reponse


@mon_espace
@require_http_methods(["GET", "HEAD", "POST"])
def masquage(request: HttpRequest, espace: MonEspace, document_id: UUID) -> HttpResponse:
    """GET says what will change and that it can be undone; POST does it (rule DOC-41)."""
    if request.method == "POST":
        masquer = request.POST.get("choix") == "masquer"
        (espace.masquer if masquer else espace.demasquer)(document_id)
        fait = "masque" if masquer else "visible"
        return HttpResponseRedirect(f"{reverse('web:document', args=[document_id])}?fait={fait}")
    vu = espace.document(document_id)
    change = MONTRER if vu.masque_ps else MASQUER
    depositaire = vu.auteur_structure_nom or vu.auteur_nom
    lecteurs = [p.nom for p in partages.en_cours(espace, document_id)] if change is MASQUER else []
    exception = (_SAUF_PARTAGES.format(", ".join(lecteurs)),) if lecteurs else ()
    return rendre(
        request, espace, "espace/confirmation.html", "documents",
        {
            "objet": carte(vu).titre,
            "detail": carte(vu).jour,
            "titre": change.titre,
            "changements": [c.format(depositaire=depositaire) for c in change.changements] + list(exception),
            "retour": change.retour,
            "libelle": change.libelle,
            "caches": [{"nom": "choix", "valeur": change.choix}],
            "action": request.path,
            "url_annuler": reverse("web:document", args=[document_id]),
        },
    )  # fmt: skip


def _voisins(espace: MonEspace, vu: DocumentVu) -> tuple[Carte | None, Carte | None]:
    """The version before and the version after, when the holder may see them."""
    ids = tuple(i for i in (vu.remplace_id, vu.remplace_par_id) if i)
    if not ids:
        return None, None
    page = espace.lister(Filtre(ids=ids, statuts=("current", "superseded"), limite=2, avec_total=False))
    trouves = {v.id: carte(v) for v in page.elements}
    return (
        trouves.get(vu.remplace_id) if vu.remplace_id else None,
        trouves.get(vu.remplace_par_id) if vu.remplace_par_id else None,
    )
