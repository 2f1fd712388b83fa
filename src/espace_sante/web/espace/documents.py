"""The list of documents: headings, orders, filters, search, pages (rules DOC-09, DOC-56 to DOC-59)."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from espace_sante.acces.mon_espace import MonEspace
from espace_sante.documents.filtre import Filtre
from espace_sante.documents.queries import DocumentVu, Page
from espace_sante.web.composants.pagination import paginer
from espace_sante.web.espace import criteres as lecture
from espace_sante.web.espace.cartes import carte, compter_par_rubrique
from espace_sante.web.espace.criteres import ORDRES, Criteres
from espace_sante.web.espace.ouverture import mon_espace, rendre

_AUTEURS_MAX = 500


@mon_espace
@require_http_methods(["GET", "HEAD", "POST"])
def documents(request: HttpRequest, espace: MonEspace) -> HttpResponse:
    """POST takes the form (a searched word never stands in an address) and goes on with a GET."""
    params = request.POST if request.method == "POST" else request.GET
    criteres = lecture.lire(params.dict(), espace.dossier_id)
    adresse = reverse("web:documents")
    if request.method == "POST" and not criteres.erreurs:
        return HttpResponseRedirect(adresse + criteres.adresse(espace.dossier_id))
    limite = settings.ES_PAGE
    page = espace.lister(criteres.filtre(limite))
    if criteres.page > 1 and not page.elements:
        return HttpResponseRedirect(adresse + criteres.adresse(espace.dossier_id))
    rubriques = compter_par_rubrique(espace.compter())

    def vers(**changements: object) -> str:
        return adresse + criteres.adresse(espace.dossier_id, **changements)

    return rendre(
        request, espace, "espace/documents.html", "documents",
        {
            "criteres": criteres,
            "brut": {"du": params.get("du", ""), "au": params.get("au", "")},
            "cartes": [carte(vu) for vu in page.elements],
            "total": page.total,
            "pagination": paginer(
                page=criteres.page, total=page.total, par_page=limite, nom="documents",
                adresse=lambda numero: vers(page=numero),
            ),
            "rubriques": [(c, vers(rubrique=c.rubrique)) for c in rubriques],
            "vers_toutes": vers(rubrique=None),
            "vers_tout": adresse,
            "ordres": [(code, ordre.libelle) for code, ordre in ORDRES.items()],
            "auteurs": auteurs(espace, criteres, page),
            "total_dossier": sum(c.nombre for c in rubriques),
        },
    )  # fmt: skip


def auteurs(espace: MonEspace, criteres: Criteres, page: Page) -> list[tuple[str, str]]:
    """(number, name) of the authors to choose from, by name; from the page itself when it holds everything."""
    if criteres.restreint or criteres.page > 1 or page.total > len(page.elements):
        page = espace.lister(
            Filtre(tri="auteur_nom", descendant=False, archive=False, limite=_AUTEURS_MAX, avec_total=False)
        )
    noms: dict[str, str] = {}
    for vu in page.elements:
        if numero := _numero(vu):
            noms.setdefault(numero, vu.auteur_nom or vu.auteur_structure_nom or numero)
    if criteres.auteur and criteres.auteur not in noms:
        noms[criteres.auteur] = "Auteur choisi"
    return sorted(noms.items(), key=lambda paire: paire[1].casefold())


def _numero(vu: DocumentVu) -> str:
    return vu.auteur_idnat or vu.auteur_structure
