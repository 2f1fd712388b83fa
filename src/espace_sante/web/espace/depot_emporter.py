"""Taking a copy out of the space: a warning first, then the file, traced as a download (rule DOC-61)."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from espace_sante.acces.mon_espace import MonEspace
from espace_sante.kernel.codes import GenreActeur
from espace_sante.web.espace.cartes import carte
from espace_sante.web.espace.ouverture import mon_espace, rendre
from espace_sante.web.lecture import reponses

_CHANGEMENTS = (
    "Une copie de ce document sort de votre espace et va sur cet appareil.",
    "Toute personne qui utilise cet appareil peut la lire. Sur un appareil partagé, effacez-la après usage.",
    "Masquer ou supprimer le document ici ne change rien à la copie.",
    "Si vous l’envoyez, choisissez bien à qui\u00a0: un courriel ordinaire n’est pas protégé.",
)


@mon_espace
@require_http_methods(["GET", "HEAD", "POST"])
def emporter(request: HttpRequest, espace: MonEspace, document_id: UUID) -> HttpResponse:
    """GET warns, nothing leaves; POST gives the file. `partie=fichier`: the file wrapped in a CDA of level 1.

    `partie=pdf`: a clinical document of software as pages to read (CDA-41).

    What the holder added himself always comes back as the file that he chose (CDA-40).
    """
    partie = (request.POST if request.method == "POST" else request.GET).get("partie", "")
    if request.method == "POST":
        vu, contenu = espace.lire_contenu(document_id, telechargement=True)
        reponse: HttpResponse | None
        if partie == "pdf":
            reponse = reponses.copie_pdf(vu, contenu)
        elif vu.deposant_genre == GenreActeur.TITULAIRE:
            reponse = reponses.corps_a_part(vu, contenu) or reponses.original(vu, contenu)
        elif partie == "fichier":
            reponse = reponses.corps_a_part(vu, contenu)
        else:
            reponse = reponses.original(vu, contenu)
        if reponse is None:
            raise Http404
        return reponse
    vu = espace.document(document_id)
    return rendre(
        request, espace, "espace/confirmation.html", "documents",
        {
            "objet": carte(vu).titre,
            "detail": carte(vu).jour,
            "titre": "Télécharger ce document\u00a0?",
            "changements": _CHANGEMENTS,
            "retour": "Ce téléchargement sera noté dans votre historique.",
            "libelle": "Télécharger",
            "caches": [{"nom": "partie", "valeur": partie}] if partie in {"fichier", "pdf"} else [],
            "action": request.path,
            "url_annuler": reverse("web:document", args=[document_id]),
            "libelle_annuler": "Revenir au document",
        },
    )  # fmt: skip
