"""« Reprendre une copie »: documents of a former copy come back, as the holder's own deposits (rule POR-18)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from espace_sante.acces.errors import EspaceFerme
from espace_sante.acces.exportation.verification import CopieAlteree
from espace_sante.acces.importation.erreurs import RepriseRefusee
from espace_sante.acces.importation.titulaire import RepriseFaite, reprendre
from espace_sante.acces.mon_espace import MonEspace
from espace_sante.documents.ecriture import DocumentEnDouble
from espace_sante.documents.perso.errors import DepotRefuse
from espace_sante.documents.perso.examen import ENVOI_MAX
from espace_sante.kernel.codes import GenreActeur
from espace_sante.platform.http import reservee
from espace_sante.web.espace import droits_choix
from espace_sante.web.espace.ouverture import mon_espace, rendre

_ALTEREE = "Ce fichier n’est pas une copie faite par ce service, ou il a été modifié. Rien n’a été ajouté."


@reservee(GenreActeur.TITULAIRE)
@require_http_methods(["GET", "HEAD", "POST"])
def reprendre_copie(request: HttpRequest) -> HttpResponse:
    """The file is read and forgotten; what it adds says so."""
    if request.method != "POST":
        return _page(request)
    demande = droits_choix.lire(request.POST)
    fichier = request.FILES.get("fichier")
    if demande.plage.erreurs or fichier is None:
        return _page(request, erreur="" if demande.plage.erreurs else "Choisissez le fichier de votre copie.")
    if (fichier.size or 0) > ENVOI_MAX:
        return _page(
            request,
            erreur=f"Ce fichier dépasse {ENVOI_MAX // 1_000_000} Mo. Faites une copie de moins de documents.",
        )
    try:
        fait = reprendre(request.acteur, fichier.file, demande.voulu, contexte=request.contexte)  # type: ignore[attr-defined, arg-type]
    except CopieAlteree:
        return _page(request, erreur=_ALTEREE)
    except (RepriseRefusee, DepotRefuse, DocumentEnDouble) as refus:
        return _page(request, erreur=refus.message)
    except EspaceFerme as ferme:
        return render(request, "espace/ferme.html", {"code": ferme.code}, status=403)
    adresse = f"{reverse('web:droits_reprise')}?ajoutes={fait.ajoutes}&presents={fait.presents}"
    return HttpResponseRedirect(f"{adresse}&directives={fait.directives}")


@mon_espace
def _page(request: HttpRequest, espace: MonEspace, *, erreur: str = "") -> HttpResponse:
    return rendre(
        request, espace, "espace/droits_reprise.html", "plus",
        {
            "erreur": erreur,
            "fait": _fait(request),
            "mo": ENVOI_MAX // 1_000_000,
            **droits_choix.champs(request),
        },
        statut=422 if request.method == "POST" else 200,
    )  # fmt: skip


def _fait(request: HttpRequest) -> str:
    lus = [request.GET.get(nom, "") for nom in ("ajoutes", "presents", "directives")]
    if not all(v.isascii() and v.isdigit() and len(v) < 5 for v in lus):
        return ""
    return phrase(RepriseFaite(*map(int, lus)))


def phrase(fait: RepriseFaite) -> str:
    """What happened, in words."""
    mots = ["Aucun document ajouté."] if not fait.ajoutes else [_nombre(fait.ajoutes, "ajouté")]
    if fait.presents:
        mots.append(
            _nombre(
                fait.presents,
                "déjà là, laissé tel quel" if fait.presents == 1 else "déjà là, laissés tels quels",
                accord=False,
            )
        )
    if fait.directives:
        mots.append("Vos directives anticipées ne sont pas reprises : ajoutez-les vous-même.")
    return " ".join(mots)


def _nombre(nombre: int, mot: str, *, accord: bool = True) -> str:
    s = "s" if nombre > 1 else ""
    return f"{nombre} document{s} {mot}{s if accord else ''}."
