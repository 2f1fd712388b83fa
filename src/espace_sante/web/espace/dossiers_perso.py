"""The holder's folders: list, create, rename, delete, put documents in and out (rules DOC-53, DOC-54, DOC-59)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from espace_sante.acces import depot_titulaire as gate
from espace_sante.acces.mon_espace import MonEspace
from espace_sante.documents.filtre import Filtre
from espace_sante.documents.perso.errors import RangementRefuse
from espace_sante.documents.perso.queries import DossierPersoVu
from espace_sante.documents.perso.rules import NOM_MAX
from espace_sante.web.composants.pagination import paginer
from espace_sante.web.espace.cartes import Carte, carte
from espace_sante.web.espace.documents import nombre_de_documents
from espace_sante.web.espace.ouverture import mon_espace, rendre

_PAGES_MAX = 1000
FAITS = {
    "cree": "Le dossier est créé. Vous pouvez y mettre des documents.",
    "renomme": "Le dossier a changé de nom.",
    "supprime": "Le dossier est supprimé. Ses documents sont toujours dans votre espace.",
    "range": "Les documents choisis sont dans ce dossier.",
    "sorti": "Les documents choisis ne sont plus dans ce dossier.",
}


@dataclass(frozen=True, slots=True)
class Choix:
    """One document to tick."""

    carte: Carte
    ailleurs: str = ""


@mon_espace
@require_http_methods(["GET", "HEAD", "POST"])
def dossiers(request: HttpRequest, espace: MonEspace) -> HttpResponse:
    """All folders; POST creates one."""
    erreur, nom = "", request.POST.get("nom", "")
    if request.method == "POST":
        try:
            cree = gate.creer_dossier(espace, nom)
            return _vers(cree, "cree")
        except RangementRefuse as refus:
            erreur = refus.message
    return rendre(
        request, espace, "espace/dossiers_perso.html", "documents",
        {
            "dossiers": [(d, nombre_de_documents(d.documents)) for d in gate.dossiers(espace)],
            "epingles": len(gate.epingles(espace)),
            "erreur": erreur,
            "nom": nom,
            "nom_max": NOM_MAX,
            "fait": FAITS.get(request.GET.get("fait", ""), ""),
        },
        statut=422 if erreur else 200,
    )  # fmt: skip


@mon_espace
@require_http_methods(["GET", "HEAD", "POST"])
def dossier(request: HttpRequest, espace: MonEspace, dossier_perso_id: UUID) -> HttpResponse:
    """What a folder holds; POST moves the ticked documents elsewhere or back to the root."""
    tous, ici = _trouver(espace, dossier_perso_id)
    erreur = ""
    if request.method == "POST":
        choisis, vers = _choisis(request), _uuid(request.POST.get("vers", ""))
        if choisis:
            try:
                gate.deplacer(espace, choisis, vers)
                return _vers(dossier_perso_id, "sorti")
            except RangementRefuse as refus:
                erreur = refus.message
        else:
            erreur = "Cochez au moins un document."
    page = _page(request)
    trouves = espace.lister(_filtre(page, dossier_perso=ici.id))
    if page > 1 and not trouves.elements:
        return _vers(dossier_perso_id)
    return rendre(
        request, espace, "espace/dossier_perso.html", "documents",
        {
            "dossier": ici,
            "nombre": nombre_de_documents(trouves.total),
            "choix": [Choix(carte(vu)) for vu in trouves.elements],
            "autres": [d for d in tous if d.id != ici.id],
            "pagination": _pagination(page, trouves.total),
            "erreur": erreur,
            "fait": FAITS.get(request.GET.get("fait", ""), ""),
        },
        statut=422 if erreur else 200,
    )  # fmt: skip


@mon_espace
@require_http_methods(["GET", "HEAD", "POST"])
def remplir(request: HttpRequest, espace: MonEspace, dossier_perso_id: UUID) -> HttpResponse:
    """Documents that are not in this folder, to tick; POST puts them in."""
    _, ici = _trouver(espace, dossier_perso_id)
    erreur = ""
    if request.method == "POST":
        if choisis := _choisis(request):
            gate.deplacer(espace, choisis, ici.id)
            return _vers(dossier_perso_id, "range")
        erreur = "Cochez au moins un document."
    page = _page(request)
    trouves = espace.lister(_filtre(page, hors_dossier=ici.id))
    return rendre(
        request, espace, "espace/dossier_perso_remplir.html", "documents",
        {
            "dossier": ici,
            "nombre": nombre_de_documents(trouves.total),
            "choix": [Choix(carte(vu)) for vu in trouves.elements],
            "pagination": _pagination(page, trouves.total),
            "erreur": erreur,
        },
        statut=422 if erreur else 200,
    )  # fmt: skip


@mon_espace
@require_http_methods(["GET", "HEAD", "POST"])
def renommer(request: HttpRequest, espace: MonEspace, dossier_perso_id: UUID) -> HttpResponse:
    _, ici = _trouver(espace, dossier_perso_id)
    nom, erreur = request.POST.get("nom", ici.nom), ""
    if request.method == "POST":
        try:
            gate.renommer_dossier(espace, ici.id, nom)
            return _vers(ici.id, "renomme")
        except RangementRefuse as refus:
            erreur = refus.message
    return rendre(
        request, espace, "espace/dossier_perso_nom.html", "documents",
        {"dossier": ici, "nom": nom, "erreur": erreur, "nom_max": NOM_MAX},
        statut=422 if erreur else 200,
    )  # fmt: skip


@mon_espace
@require_http_methods(["GET", "HEAD", "POST"])
def supprimer(request: HttpRequest, espace: MonEspace, dossier_perso_id: UUID) -> HttpResponse:
    """GET says that documents stay; POST deletes the folder."""
    _, ici = _trouver(espace, dossier_perso_id)
    if request.method == "POST":
        gate.supprimer_dossier(espace, ici.id)
        return HttpResponseRedirect(f"{reverse('web:dossiers_perso')}?fait=supprime")
    return rendre(
        request, espace, "espace/confirmation.html", "documents",
        {
            "objet": ici.nom,
            "detail": nombre_de_documents(ici.documents),
            "titre": "Supprimer ce dossier\u00a0?",
            "changements": [
                "Le dossier disparaît. Aucun document n’est supprimé.",
                "Ses documents restent dans la liste de vos documents, sans dossier.",
            ],
            "retour": "Vous pourrez créer un autre dossier et y remettre vos documents.",
            "libelle": "Supprimer le dossier",
            "caches": [],
            "action": request.path,
            "url_annuler": reverse("web:dossier_perso", args=[ici.id]),
        },
    )  # fmt: skip


@mon_espace
@require_POST
def ranger(request: HttpRequest, espace: MonEspace, document_id: UUID) -> HttpResponse:
    """From the page of a document: put it in a folder, or back to the root."""
    fait = "range"
    try:
        gate.deplacer(espace, [document_id], _uuid(request.POST.get("vers", "")))
    except RangementRefuse:
        # The folder was deleted meanwhile, on another device.
        fait = "dossier_absent"
    return HttpResponseRedirect(f"{reverse('web:document', args=[document_id])}?fait={fait}")


def _trouver(espace: MonEspace, dossier_perso_id: UUID) -> tuple[tuple[DossierPersoVu, ...], DossierPersoVu]:
    tous = gate.dossiers(espace)
    ici = next((d for d in tous if d.id == dossier_perso_id), None)
    if ici is None:
        raise Http404
    return tous, ici


def _filtre(page: int, *, dossier_perso: UUID | None = None, hors_dossier: UUID | None = None) -> Filtre:
    limite = settings.ES_PAGE
    return Filtre(
        archive=False,
        limite=limite,
        decalage=(page - 1) * limite,
        dossier_perso=dossier_perso,
        hors_dossier=hors_dossier,
    )


def _pagination(page: int, total: int) -> object:
    return paginer(
        page=page, total=total, par_page=settings.ES_PAGE, nom="documents", adresse=lambda n: f"?page={n}"
    )


def _page(request: HttpRequest) -> int:
    texte = request.GET.get("page", "")[:6]
    return min(max(int(texte), 1), _PAGES_MAX) if texte.isascii() and texte.isdigit() else 1


def _choisis(request: HttpRequest) -> list[UUID]:
    return [lu for texte in request.POST.getlist("document") if (lu := _uuid(texte))]


def _uuid(texte: str) -> UUID | None:
    try:
        return UUID(texte)
    except ValueError:
        return None


def _vers(dossier_perso_id: UUID, fait: str = "") -> HttpResponseRedirect:
    adresse = reverse("web:dossier_perso", args=[dossier_perso_id])
    return HttpResponseRedirect(f"{adresse}?fait={fait}" if fait else adresse)
