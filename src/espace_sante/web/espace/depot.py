"""« Ajouter un document »: a file, or photos joined in one PDF; works without a script (rules DOC-21 to DOC-28)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from espace_sante.acces import depot_titulaire as gate
from espace_sante.acces.depot_titulaire import Saisie
from espace_sante.acces.errors import EspaceFerme
from espace_sante.acces.mon_espace import MonEspace
from espace_sante.documents.nomenclatures import RUBRIQUES
from espace_sante.documents.perso import rules
from espace_sante.documents.perso.errors import DepotRefuse
from espace_sante.documents.perso.examen import PHOTOS_MAX
from espace_sante.kernel.codes import GenreActeur
from espace_sante.platform.http import reservee
from espace_sante.web.espace.calendrier import aujourd_hui
from espace_sante.web.espace.depot_reception import piece
from espace_sante.web.espace.ouverture import mon_espace, rendre

# What a refusal is about, so that it is said beside its field; anything else is about the file.
_CHAMP_DU_CODE = {
    "titre_manquant": "titre", "titre_trop_long": "titre", "titre_invalide": "titre",
    "date_manquante": "jour", "date_future": "jour", "date_invalide": "jour",
    "rubrique_manquante": "rubrique", "type_refuse": "rubrique", "directives_majeurs": "rubrique",
    "quota_documents": "", "quota_volume": "", "antivirus_injoignable": "",
}  # fmt: skip
_CONFIDENTIALITES = {"habitude": None, "visible": False, "masque": True}
_PHOTOS_VISIBLES = 3


class Option(NamedTuple):
    """One choice (components `selection` and `choix`)."""

    valeur: str
    libelle: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Reduire:
    """The person's consent to a smaller picture (rule DOC-23), as a choice to tick."""

    choisi: bool
    valeur: str = "oui"
    libelle: str = "Réduire les photos trop lourdes"
    detail: str = "Elles perdent un peu de netteté. Le lieu de la prise de vue est retiré."


@dataclass(frozen=True, slots=True)
class Champ:
    """One place for a photo: its number is its order in the document."""

    nom: str
    rang: int


@reservee(GenreActeur.TITULAIRE)
@require_http_methods(["GET", "HEAD", "POST"])
def ajouter(request: HttpRequest) -> HttpResponse:
    """One file."""
    return _depot(request, photos=False)


@reservee(GenreActeur.TITULAIRE)
@require_http_methods(["GET", "HEAD", "POST"])
def ajouter_photos(request: HttpRequest) -> HttpResponse:
    """Several photos, one document."""
    return _depot(request, photos=True)


def _depot(request: HttpRequest, *, photos: bool) -> HttpResponse:
    if request.method != "POST":
        return _page(request, photos, {}, {})
    envoi = request.POST.dict()
    try:
        # Files are examined before the record is opened: the deposit opens it itself.
        fait = gate.deposer(
            request.acteur,  # type: ignore[attr-defined]
            [piece(f) for f in _fichiers(request, photos=photos)],
            _saisie(envoi),
            contexte=request.contexte,  # type: ignore[attr-defined]
            photos=photos,
        )
    except DepotRefuse as refus:
        return _page(request, photos, envoi, _erreurs(refus))
    except EspaceFerme as ferme:
        return render(request, "espace/ferme.html", {"code": ferme.code}, status=403)
    return HttpResponseRedirect(f"{reverse('web:document', args=[fait.documents[0]])}?fait=ajoute")


def _fichiers(request: HttpRequest, *, photos: bool) -> list[UploadedFile[Any]]:
    if not photos:
        return [f for f in request.FILES.getlist("fichier")[:1] if isinstance(f, UploadedFile)]
    recus = [request.FILES.get(f"photo{rang}") for rang in range(1, PHOTOS_MAX + 1)]
    return [f for f in recus if isinstance(f, UploadedFile)]


def _saisie(envoi: Mapping[str, str]) -> Saisie:
    return Saisie(
        titre=envoi.get("titre", ""),
        jour=envoi.get("jour", ""),
        rubrique=envoi.get("rubrique", ""),
        masque=_CONFIDENTIALITES.get(envoi.get("visibilite", "")),
        reduire=envoi.get("reduire") == "oui",
    )


def _erreurs(refus: DepotRefuse) -> dict[str, str]:
    """By field; the key `general` is about none of them."""
    champs = refus.details.get("champs")
    if isinstance(champs, dict):
        return {str(champ): str(texte) for champ, texte in champs.items()}
    return {_CHAMP_DU_CODE.get(refus.code, "fichier") or "general": refus.message}


def _page(
    request: HttpRequest, photos: bool, envoi: Mapping[str, str], erreurs: Mapping[str, str]
) -> HttpResponse:
    return _formulaire(request, photos=photos, envoi=envoi, erreurs=erreurs)


@mon_espace
def _formulaire(
    request: HttpRequest,
    espace: MonEspace,
    *,
    photos: bool,
    envoi: Mapping[str, str],
    erreurs: Mapping[str, str],
) -> HttpResponse:
    majeur = rules.est_majeur(espace.titulaire.traits.date_naissance, quand=datetime.now(UTC))
    champs = [Champ(f"photo{rang}", rang) for rang in range(1, PHOTOS_MAX + 1)]
    return rendre(
        request, espace, "espace/depot.html", "documents",
        {
            "photos": photos,
            "champs": champs[:_PHOTOS_VISIBLES],
            "autres_champs": champs[_PHOTOS_VISIBLES:],
            "photos_max": PHOTOS_MAX,
            "envoi": envoi,
            "erreurs": erreurs,
            "rubriques": _rubriques(majeur=majeur),
            "indice_rubrique": _INDICE_DIRECTIVES if majeur else "",
            "visibilites": _VISIBILITES,
            "visibilite": envoi.get("visibilite", "habitude"),
            "reduire": [Reduire(choisi=envoi.get("reduire") == "oui")],
            "aujourd_hui": aujourd_hui().isoformat(),
            "occupation": _occupation(espace),
            "titre_max": rules.TITRE_MAX,
        },
        statut=422 if erreurs else 200,
    )  # fmt: skip


_INDICE_DIRECTIVES = (
    "De nouvelles directives anticipées remplacent les anciennes, qui sont détruites."
    " On ne peut pas revenir en arrière."
)
_VISIBILITES = (
    Option("habitude", "Comme d’habitude", "Votre réglage pour les nouveaux documents."),
    Option("visible", "Visible", "Des professionnels de santé peuvent le lire, avec votre accord."),
    Option("masque", "Masqué", "Les professionnels de santé ne le voient pas."),
)


def _occupation(espace: MonEspace) -> str:
    """`3 documents sur 2 000, 4 Mo sur 500 Mo`: his own only (rule DOC-27)."""
    pris, quota = gate.occupation(espace), gate.quota()
    return (
        f"{rules.en_milliers(pris.documents)} document{'s' if pris.documents > 1 else ''}"
        f" sur {rules.en_milliers(quota.documents)}, {rules.en_mo(pris.octets)} sur {rules.en_mo(quota.octets)}"
    )


def _rubriques(*, majeur: bool) -> list[Option]:
    """The plain headings, then the wishes; directives for adults only (rule DOC-28)."""
    options = [Option("", "Choisir une rubrique"), *(Option(r.code, r.libelle) for r in RUBRIQUES)]
    options.append(Option("volontes", "Mes volontés et mes droits"))
    if majeur:
        options.append(Option("directives", "Mes directives anticipées"))
    return options
