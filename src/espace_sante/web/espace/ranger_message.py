"""« Ranger les documents d’un message »: what came by secure mail goes in the space, once (XDM-16, MSG-74)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from espace_sante.acces.errors import EspaceFerme
from espace_sante.acces.importation.erreurs import RepriseRefusee
from espace_sante.acces.mon_espace import MonEspace
from espace_sante.documents.perso.errors import DepotRefuse
from espace_sante.documents.perso.examen import ENVOI_MAX
from espace_sante.documents.xdm.modele import XdmRefuse
from espace_sante.kernel.codes import GenreActeur
from espace_sante.messagerie.classement import ranger_le_message
from espace_sante.messagerie.erreurs import MessageIllisible, MessageRefuse
from espace_sante.platform.http import reservee
from espace_sante.web.espace.ouverture import mon_espace, rendre

_MO = ENVOI_MAX // 1_000_000


@reservee(GenreActeur.TITULAIRE)
@require_http_methods(["GET", "HEAD", "POST"])
def ranger_message(request: HttpRequest) -> HttpResponse:
    """The message is read and forgotten; what it adds says so."""
    if request.method != "POST":
        return _page(request)
    fichier = request.FILES.get("fichier")
    if fichier is None:
        return _page(request, erreur="Choisissez le fichier du message.")
    if (fichier.size or 0) > ENVOI_MAX:
        return _page(request, erreur=f"Ce fichier dépasse {_MO} Mo.")
    try:
        fait = ranger_le_message(request.acteur, fichier.read(), contexte=request.contexte)  # type: ignore[attr-defined]
    except (MessageIllisible, MessageRefuse, RepriseRefusee, DepotRefuse, XdmRefuse) as refus:
        return _page(request, erreur=refus.message)
    except EspaceFerme as ferme:
        return render(request, "espace/ferme.html", {"code": ferme.code}, status=403)
    c = fait.classement
    nombres = f"{len(c.ajoutes)}-{len(c.presents)}-{c.directives}-{fait.refuses}"
    return HttpResponseRedirect(f"{reverse('web:ranger_message')}?fait={nombres}")


@mon_espace
def _page(request: HttpRequest, espace: MonEspace, *, erreur: str = "") -> HttpResponse:
    return rendre(
        request, espace, "espace/ranger_message.html", "documents",
        {"erreur": erreur, "fait": _fait(request.GET.get("fait", "")), "mo": _MO},
        statut=422 if request.method == "POST" else 200,
    )  # fmt: skip


def _fait(nombres: str) -> str:
    lus = nombres.split("-")
    if len(lus) != 4 or not all(n.isascii() and n.isdigit() and len(n) < 5 for n in lus):
        return ""
    return phrase(*map(int, lus))


def phrase(ajoutes: int, presents: int, directives: int, refuses: int) -> str:
    """What happened, in words."""
    mots = [f"{_documents(ajoutes)} rangé{_s(ajoutes)}." if ajoutes else "Aucun document rangé."]
    if presents:
        mots.append(f"{_documents(presents)} déjà là : rien n’a été ajouté deux fois.")
    if directives:
        mots.append("Vos directives anticipées ne sont pas rangées ainsi : ajoutez-les vous-même.")
    if refuses:
        mots.append(f"{_documents(refuses)} en mauvais état, laissé{_s(refuses)} de côté.")
    return " ".join(mots)


def _documents(nombre: int) -> str:
    return f"{nombre} document{_s(nombre)}"


def _s(nombre: int) -> str:
    return "s" if nombre > 1 else ""
