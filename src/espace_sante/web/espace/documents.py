"""The list of documents: headings, orders, filters, search, pages (rules DOC-09, DOC-56 to DOC-59)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from espace_sante.acces import depot_titulaire
from espace_sante.acces.mon_espace import MonEspace
from espace_sante.acces.recherche_texte import rechercher
from espace_sante.documents.filtre import Filtre
from espace_sante.documents.queries import DocumentVu, Page
from espace_sante.web.composants.pagination import paginer
from espace_sante.web.espace import criteres as lecture
from espace_sante.web.espace.cartes import RubriqueComptee, carte, compter_par_rubrique
from espace_sante.web.espace.criteres import MOI, ORDRES, Criteres
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
    # Searched words put the closest documents first, unless another order is asked.
    trouves = rechercher(espace, criteres.filtre(limite), par_pertinence=criteres.ordre == "recents")
    page = trouves.page
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
            "cartes": [carte(vu, extrait=trouves.extraits.get(vu.id, ())) for vu in page.elements],
            "en_attente": trouves.en_attente,
            "pagination": paginer(
                page=criteres.page, total=page.total, par_page=limite, nom="documents",
                adresse=lambda numero: vers(page=numero),
            ),
            "legende": nombre_de_documents(page.total)
            + (", les plus proches de votre recherche d’abord" if trouves.par_pertinence and page.total > 1 else ""),
            "puces": puces(rubriques, criteres, vers),
            "colonnes": colonnes(criteres, vers, par_pertinence=trouves.par_pertinence),
            "vers_tout": adresse,
            "ordres": [Option(code, ordre.libelle) for code, ordre in ORDRES.items()],
            "choix_epingles": [Option("oui", "Seulement mes documents épinglés", choisi=criteres.epingles)],
            "dossiers": dossiers(espace),
            "dossier": str(criteres.dossier or ""),
            "auteurs": [Option("", "Tous"), *auteurs(espace, criteres, page)],
            "choix_masques": [Option("oui", "Seulement mes documents masqués", choisi=criteres.masques)],
            "total_dossier": sum(c.nombre for c in rubriques),
        },
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a list (components `selection` and `choix`)."""

    valeur: str
    libelle: str
    choisi: bool = False


@dataclass(frozen=True, slots=True)
class Puce:
    """One heading (component `filtre`)."""

    libelle: str
    url: str
    choisie: bool
    nombre: int
    icone: str = ""


@dataclass(frozen=True, slots=True)
class Colonne:
    """A column that sorts (component `documents-entete`)."""

    nom: str
    url: str
    etat: str


def nombre_de_documents(total: int) -> str:
    """`1 document`, `213 documents`."""
    return f"{total} document{'s' if total > 1 else ''}"


def puces(rubriques: list[RubriqueComptee], criteres: Criteres, vers: Callable[..., str]) -> list[Puce]:
    """All documents, then the nine headings with their numbers (rule DOC-09)."""
    toutes = Puce("Tous", vers(rubrique=None), criteres.rubrique is None, sum(c.nombre for c in rubriques))
    return [
        toutes,
        *(
            Puce(
                c.rubrique.libelle,
                vers(rubrique=c.rubrique),
                c.rubrique == criteres.rubrique,
                c.nombre,
                c.rubrique.icone,
            )
            for c in rubriques
        ),
    ]


def colonnes(criteres: Criteres, vers: Callable[..., str], *, par_pertinence: bool = False) -> list[Colonne]:
    """The three columns that sort; the one in use goes the other way round. None is when the closest come first."""
    noms = (
        ("Document", "titre", "titre-inverse"),
        ("Date", "recents", "anciens"),
        ("Auteur", "auteur", "auteur-inverse"),
    )
    return [
        Colonne(
            nom,
            vers(ordre=second if criteres.ordre == premier else premier),
            _sens(criteres.ordre) if criteres.ordre in {premier, second} and not par_pertinence else "none",
        )
        for nom, premier, second in noms
    ]


def _sens(ordre: str) -> str:
    return "descending" if ORDRES[ordre].descendant else "ascending"


def dossiers(espace: MonEspace) -> list[Option]:
    """His folders to choose from; nothing when he has none (rule DOC-57)."""
    siens = [Option(str(d.id), d.nom) for d in depot_titulaire.dossiers(espace)]
    return [Option("", "Tous"), *siens] if siens else []


def auteurs(espace: MonEspace, criteres: Criteres, page: Page[DocumentVu]) -> list[Option]:
    """The authors to choose from, by name; from the page itself when it holds everything."""
    if criteres.restreint or criteres.page > 1 or page.total > len(page.elements):
        page = espace.lister(
            Filtre(tri="auteur_nom", descendant=False, archive=False, limite=_AUTEURS_MAX, avec_total=False)
        )
    noms: dict[str, str] = {}
    for vu in page.elements:
        if numero := vu.auteur_idnat or vu.auteur_structure or (vu.deposant_genre == MOI and MOI):
            noms.setdefault(numero, vu.auteur_nom or vu.auteur_structure_nom or numero)
    if criteres.auteur and criteres.auteur not in noms:
        noms[criteres.auteur] = "Auteur choisi"
    return [
        Option(numero, nom) for numero, nom in sorted(noms.items(), key=lambda paire: paire[1].casefold())
    ]
