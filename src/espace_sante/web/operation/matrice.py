"""The matrix in the back office: load, look, approve by another, go back, history (ACC-35 to ACC-41)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from espace_sante.acces import matrice as editions
from espace_sante.acces.matrice.erreurs import EditionRefusee, MatriceInvalide
from espace_sante.acces.matrice.lignes import Cle
from espace_sante.acces.operation import matrice
from espace_sante.acces.operation.tableau import etat_de_la_matrice
from espace_sante.documents.nomenclatures import types
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.web import erreurs
from espace_sante.web.espace.calendrier import PARIS, moment_en_mots
from espace_sante.web.operation import mots
from espace_sante.web.operation.gardes import RequeteOperateur, operateur
from espace_sante.web.operation.pages import page
from espace_sante.web.public.matrice_vue import libelle

_LIGNES_MONTREES = 100


@operateur(matrice.ROLE)
@require_GET
def accueil(request: RequeteOperateur) -> HttpResponse:
    """The edition in force, what waits for a second person, the history."""
    return _accueil(request)


@operateur(matrice.ROLE)
@require_POST
def charger(request: RequeteOperateur) -> HttpResponse:
    """A file: refused whole with its lines, or asked to the worker (ACC-36)."""
    recu = request.FILES.get("fichier")
    contenu = recu.read() if recu else b""
    try:
        if recu is None or len(contenu) != (recu.size or 0):
            raise MatriceInvalide("matrice_trop_grande", "Choisissez un fichier CSV de 20 Mo au plus.")
        demande = matrice.charger(
            request.acteur, contenu, nom=request.POST.get("nom", ""), source=request.POST.get("source", ""),
            date_effet=_instant(request.POST.get("effet", "")), contexte=request.contexte,
        )  # fmt: skip
    except (MatriceInvalide, EditionRefusee) as erreur:
        return _accueil(request, erreur)
    return HttpResponseRedirect(reverse("web:operation_demande", args=[demande]))


@operateur(matrice.ROLE)
@require_POST
def revenir(request: RequeteOperateur) -> HttpResponse:
    """Propose a former edition again (ACC-40)."""
    try:
        numero = int(request.POST.get("edition", ""))
        demande = matrice.revenir(
            request.acteur, numero, date_effet=datetime.now(UTC), contexte=request.contexte
        )
    except ValueError:
        return _accueil(request, EditionRefusee("edition_inconnue", "Choisissez une édition."))
    except EditionRefusee as erreur:
        return _accueil(request, erreur)
    return HttpResponseRedirect(reverse("web:operation_demande", args=[demande]))


@operateur(matrice.ROLE)
@require_http_methods(["GET", "POST"])
def proposition(request: RequeteOperateur, numero: int) -> HttpResponse:
    """What a proposal opens, closes and touches; a POST approves it, or counts again (ACC-39)."""
    erreur = None
    if request.method == "POST":
        try:
            if "compter" in request.POST:
                demande = matrice.compter(request.acteur, numero, contexte=request.contexte)
            else:
                code = request.POST.get("apercu", "")
                demande = matrice.approuver(request.acteur, numero, code=code, contexte=request.contexte)
            return HttpResponseRedirect(reverse("web:operation_demande", args=[demande]))
        except EditionRefusee as refus:
            erreur = refus
    try:
        vu = matrice.apercu(request.acteur, numero)
    except EditionRefusee as refus:
        if refus.code == "deja_approuvee":
            return erreurs.demande_refusee(request, refus.message)
        return erreurs.introuvable(request)
    contexte = {
        "place": "matrice",
        "vu": vu,
        "effet": moment_en_mots(vu.proposition.date_effet),
        "passee": vu.proposition.date_effet <= datetime.now(UTC),
        "ouvertes": _par_profession(vu.difference.ouvertures),
        "fermees": _par_profession(vu.difference.fermetures),
        "documents": sum(vu.compte.documents.values()) if vu.compte else 0,
        "compte_le": moment_en_mots(vu.compte.quand) if vu.compte else "",
        "erreur": erreur,
    }
    return page(request, "operation/proposition.html", contexte, status=409 if erreur else 200)


@operateur(matrice.ROLE)
@require_GET
def demande(request: RequeteOperateur, demande_id: UUID) -> HttpResponse:
    """What came of a demand: done, refused, or still waiting for the worker."""
    vue = matrice.demande(request.acteur, demande_id)
    if vue is None:
        return erreurs.introuvable(request)
    contexte = {
        "place": "matrice",
        "vue": vue,
        "mot": mots.DEMANDES[vue.demande.genre],
        "quand": moment_en_mots(vue.demande.quand),
        "approuvee": vue.demande.genre == "approuver",
    }
    return page(request, "operation/demande.html", contexte)


def _accueil(request: RequeteOperateur, erreur: EspaceSanteError | None = None) -> HttpResponse:
    fautes = list(erreur.details.get("lignes", ())) if erreur else []  # type: ignore[call-overload]
    etats = [
        {
            "e": e,
            "effet": moment_en_mots(e.date_effet),
            "url": reverse("web:operation_proposition", args=[e.numero]) if e.etat == "en attente" else "",
            "retour": e.etat == "passée",
        }
        for e in editions.etats()
    ]
    etat = etat_de_la_matrice(datetime.now(UTC))
    contexte = {
        "place": "matrice",
        "etat": etat,
        "depuis": moment_en_mots(etat.edition.date_effet) if etat.edition else "",
        "attente": [e for e in etats if e["url"]],
        "historique": [e for e in etats if not e["url"]],
        "demandes": [
            {
                "url": reverse("web:operation_demande", args=[d.demande.id]),
                "mot": mots.DEMANDES[d.demande.genre],
                "quand": moment_en_mots(d.demande.quand),
                "etat": "En cours" if d.suite is None else "Refusée" if d.suite.refus else "Faite",
            }
            for d in matrice.demandes(request.acteur, limite=10)
        ],
        "erreur": erreur,
        "fautes": fautes[:_LIGNES_MONTREES],
        "saisie": {n: request.POST.get(n, "") for n in ("nom", "source", "effet")},
    }
    return page(request, "operation/matrice.html", contexte, status=400 if erreur else 200)


def _par_profession(cles: Iterable[Cle]) -> list[tuple[str, int, list[str]]]:
    """(profession, number, labels of the types), in alphabetical order."""
    triees = sorted(cles)
    nombres = Counter(c.groupe for c in triees)
    connus = types()
    return sorted(
        (
            libelle(groupe),
            nombre,
            sorted(connus[c.type_code].libelle if c.type_code in connus else c.type_code
                   for c in triees if c.groupe == groupe),
        )
        for groupe, nombre in nombres.items()
    )  # fmt: skip


def _instant(texte: str) -> datetime:
    """The date of effect as typed, Paris time. Raises EditionRefusee (`date_invalide`)."""
    try:
        lu = datetime.fromisoformat(texte)
        return lu if lu.tzinfo else lu.replace(tzinfo=PARIS)
    except ValueError:
        raise EditionRefusee("date_invalide", "Donnez la date et l’heure d’effet.") from None
