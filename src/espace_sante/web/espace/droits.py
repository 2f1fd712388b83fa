"""The holder's rights over his data: copy of everything, automatic reading, what he closed (REG-01 to REG-11)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from espace_sante.acces import export
from espace_sante.acces.errors import EspaceFerme
from espace_sante.acces.export import ExportRefuse, ExportVu
from espace_sante.acces.exportation import mot_de_passe
from espace_sante.acces.mon_espace import MonEspace
from espace_sante.acces.restriction import choisir_extraction, extraction_acceptee, restrictions
from espace_sante.identite.comptes import ConnexionRefusee, authentifier
from espace_sante.identite.models import Compte
from espace_sante.kernel.codes import GenreActeur
from espace_sante.platform.http import reservee
from espace_sante.web.espace import droits_choix
from espace_sante.web.espace.calendrier import moment_en_mots
from espace_sante.web.espace.ouverture import mon_espace, rendre

_FAITS: Final = {
    "demande": "Votre demande est enregistrée. Vous recevrez un avis quand la copie sera prête.",
    "prete": "Cette copie est déjà prête : rien n’a changé depuis. Vous pouvez la télécharger.",
    "oui": "Vous acceptez la lecture automatique de vos documents.",
    "non": "Vous refusez la lecture automatique de vos documents. Elle s’arrête tout de suite.",
}
# A login without a password of ours counts as one when it is that fresh (FranceConnect).
_CONNEXION_FRAICHE: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Copie:
    """A request in words; `telechargeable` gives its button."""

    id: UUID
    titre: str
    detail: str
    telechargeable: bool
    en_cours: bool
    parties: tuple[int, ...] = (1,)


def copie(vu: ExportVu) -> Copie:
    """What the holder reads of a request (REG-03)."""
    demandee = f"Demandée {moment_en_mots(vu.demande_le)}"
    if vu.etat == "demande":
        detail = f"{demandee}. Prête {moment_en_mots(vu.pret_au_plus_tard)} au plus tard."
        return Copie(vu.id, "Copie en préparation", detail, telechargeable=False, en_cours=True)
    if vu.etat == "pret" and vu.expire_le:
        detail = f"{demandee}. Taille : {_taille(vu.taille)}. Détruite {moment_en_mots(vu.expire_le)}."
        titre = "Copie prête" if vu.complet else "Copie prête, d’une partie de vos documents"
        parties = tuple(range(1, max(len(vu.parties), 1) + 1))
        return Copie(vu.id, titre, detail, telechargeable=True, en_cours=False, parties=parties)
    if vu.etat == "echec":
        detail = f"{demandee}. La préparation n’a pas abouti. Rien n’est perdu : demandez une autre copie."
        return Copie(vu.id, "Copie non préparée", detail, telechargeable=False, en_cours=False)
    return Copie(
        vu.id, "Copie détruite", f"{demandee}. Son délai est passé.", telechargeable=False, en_cours=False
    )


@mon_espace
@require_safe
def droits(request: HttpRequest, espace: MonEspace) -> HttpResponse:
    copies = [copie(vu) for vu in export.lister(espace)]
    return rendre(
        request, espace, "espace/droits.html", "plus",
        {
            "en_cours": any(c.en_cours for c in copies),
            "copies": copies,
            "avec_secret": mot_de_passe.disponible(),
            "telechargements": settings.ES_EXPORT_TELECHARGEMENTS,
            "jours": settings.ES_EXPORT_JOURS,
            "heures": settings.ES_EXPORT_DELAI_H,
            "extraction": extraction_acceptee(espace),
            "restrictions": restrictions(espace),
            "fait": _FAITS.get(request.GET.get("fait", ""), ""),
        },
    )  # fmt: skip


@reservee(GenreActeur.TITULAIRE)
@require_http_methods(["GET", "HEAD", "POST"])
def demander_copie(request: HttpRequest) -> HttpResponse:
    """The password again, then the request (REG-03). A wrong one is counted as at login, and traced."""
    acteur, contexte = request.acteur, request.contexte  # type: ignore[attr-defined]
    compte = Compte.objects.filter(dossier_id=acteur.dossier_id).first()
    erreur, statut = "", 200
    demande = droits_choix.lire(request.POST)
    try:
        if demande.plage.erreurs:
            statut = 422
        elif request.method == "POST":
            if compte is not None:
                authentifier(request, compte.identifiant, request.POST.get("mot_de_passe", ""))
            if compte is not None or _connexion_fraiche(request):
                vu = export.demander(acteur, contexte=contexte, choix=demande.choix)
                fait = "prete" if vu.etat == "pret" else "demande"
                return HttpResponseRedirect(f"{reverse('web:droits')}?fait={fait}")
            erreur, statut = "Reconnectez-vous avec FranceConnect, puis revenez ici dans les 5 minutes.", 403
    except ConnexionRefusee as refus:
        if _tracer_refus(request):
            return render(request, "espace/ferme.html", {"code": "espace_ferme"}, status=403)
        texte = refus.message if refus.code == "compte_bloque" else "Ce mot de passe n’est pas le bon."
        erreur, statut = texte, 422
    except ExportRefuse as refus:
        erreur, statut = f"{refus.message} Attendez qu’elle soit prête.", 409
    except EspaceFerme as ferme:
        return render(request, "espace/ferme.html", {"code": ferme.code}, status=403)
    return _formulaire(request, erreur=erreur, statut=statut, avec_mot_de_passe=compte is not None)


@mon_espace
def _formulaire(
    request: HttpRequest, espace: MonEspace, *, erreur: str, statut: int, avec_mot_de_passe: bool
) -> HttpResponse:
    return rendre(
        request, espace, "espace/droits_copie.html", "plus",
        {
            "erreur": erreur,
            "avec_mot_de_passe": avec_mot_de_passe,
            "jours": settings.ES_EXPORT_JOURS,
            "heures": settings.ES_EXPORT_DELAI_H,
            "telechargements": settings.ES_EXPORT_TELECHARGEMENTS,
            **droits_choix.champs(request),
        },
        statut=statut,
    )  # fmt: skip


@reservee(GenreActeur.TITULAIRE)
@require_safe
def telecharger_copie(request: HttpRequest, export_id: UUID, partie: int = 1) -> HttpResponseBase:
    """The archive, opened piece by piece as it goes out. The same page for one that is over, or another's."""
    try:
        vu, morceaux = export.telecharger(
            request.acteur,  # type: ignore[attr-defined]
            export_id,
            contexte=request.contexte,  # type: ignore[attr-defined]
            partie=partie,
        )
    except (ExportRefuse, EspaceFerme):
        raise Http404 from None
    return fichier(morceaux, "application/zip", nom_de_la_copie(vu, partie), vu.parties[partie - 1])


def nom_de_la_copie(vu: ExportVu, partie: int) -> str:
    """`espace-sante-2026-03-02.zip`, with the number of the part when there are several (POR-04)."""
    suite = f"-partie-{partie}-sur-{len(vu.parties)}" if len(vu.parties) > 1 else ""
    return f"espace-sante-{vu.demande_le:%Y-%m-%d}{suite}.zip"


def fichier(morceaux: Iterator[bytes], mime: str, nom: str, taille: int = 0) -> StreamingHttpResponse:
    """A file to keep, never shown in a page nor kept by a shared computer."""
    reponse = StreamingHttpResponse(morceaux, content_type=mime)
    reponse["Content-Disposition"] = f'attachment; filename="{nom}"'
    reponse["Cache-Control"] = "private, no-store"
    reponse["X-Content-Type-Options"] = "nosniff"
    if taille:
        reponse["Content-Length"] = str(taille)
    return reponse


@mon_espace
@require_http_methods(["POST"])
def extraction(request: HttpRequest, espace: MonEspace) -> HttpResponse:
    """Give or withdraw the consent to automatic reading (REG-11)."""
    accorde = request.POST.get("choix") == "oui"
    choisir_extraction(espace, accorde=accorde)
    return HttpResponseRedirect(f"{reverse('web:droits')}?fait={'oui' if accorde else 'non'}#extraction")


def _tracer_refus(request: HttpRequest) -> bool:
    """Trace the wrong password; True when the space is not open."""
    try:
        export.refuser(request.acteur, contexte=request.contexte)  # type: ignore[attr-defined]
    except EspaceFerme:
        return True
    return False


def _connexion_fraiche(request: HttpRequest) -> bool:
    debut = float(request.session.get("debut", 0))
    return time.time() - debut < _CONNEXION_FRAICHE.total_seconds()


def _taille(octets: int) -> str:
    for unite, diviseur in (("Go", 1 << 30), ("Mo", 1 << 20), ("ko", 1 << 10)):
        if octets >= diviseur:
            return f"{octets / diviseur:.1f}\u00a0{unite}".replace(".", ",")
    return f"{octets}\u00a0octets"
