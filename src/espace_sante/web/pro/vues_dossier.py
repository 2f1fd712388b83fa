"""The documents of an open record: list, filters, search, order, pages (ACC-34, ACC-61, DOC-56 to DOC-59)."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from espace_sante.acces.errors import AccesRefuse
from espace_sante.acces.recherche_texte import rechercher
from espace_sante.documents.nomenclatures import (
    RUBRIQUES,
    TYPE_REMBOURSEMENTS,
    classes,
    rubrique,
    type_document,
)
from espace_sante.documents.plein_texte.extrait import Morceau
from espace_sante.documents.queries import DocumentVu
from espace_sante.kernel.codes import GenreActeur, ModeAcces
from espace_sante.web.composants.pagination import paginer
from espace_sante.web.pro import criteres as lecture_criteres
from espace_sante.web.pro import patients
from espace_sante.web.pro.gardes import RequetePro, ouvrir, patient_confirme
from espace_sante.web.pro.pages import page, refus, traits_en_mots
from espace_sante.web.pro.patients import Patient
from espace_sante.web.pro.vues_matrice import lit

# In the order of `composants/document.html`.
_COLONNES = (("titre", "Document"), ("creation", "Date"), ("auteur_nom", "Auteur"))
_PAGES_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Colonne:
    """A column that sorts (`composants/colonne-triable.html`): what its heading leads to, how it stands."""

    nom: str
    url: str
    etat: str


@dataclass(frozen=True, slots=True)
class Etiquette:
    genre: str
    mot: str


@dataclass(frozen=True, slots=True)
class Ligne:
    """One document of the list (`composants/document.html`). Nothing in it can tell of masking (DOC-43)."""

    titre: str
    url: str
    type: str
    icone: str
    date: str
    date_iso: str
    auteur: str
    structure: str
    etiquettes: tuple[Etiquette, ...]
    extrait: tuple[Morceau, ...] = ()


@dataclass(frozen=True, slots=True)
class Choix:
    """One value of a filter, with the number of documents behind it."""

    code: str
    libelle: str
    nombre: int
    icone: str = ""


@patient_confirme
@require_http_methods(["GET", "POST"])
def dossier(request: RequetePro, patient: Patient) -> HttpResponse:
    """The list. What is searched is posted and kept in the session; order and page number are in the address."""
    if request.method == "POST":
        voulus, erreur = lecture_criteres.lire(request.POST.dict())
        patients.garder(request, replace(patient, criteres=voulus))
        if not erreur:
            return HttpResponseRedirect(reverse("web:pro_dossier", args=[patient.cle]))
        return _liste(request, replace(patient, criteres=voulus), erreur)
    return _liste(request, patient)


def _liste(request: RequetePro, patient: Patient, erreur: str = "") -> HttpResponse:
    tri = request.GET.get("tri", "creation")
    tri = tri if tri in lecture_criteres.TRIS else "creation"
    # Newest first, but names from A.
    sens = request.GET.get("sens", "")
    sens = sens if sens in ("asc", "desc") else "desc" if tri == "creation" else "asc"
    numero = _numero(request.GET.get("page", "1"))
    filtre = lecture_criteres.filtre(patient.criteres, tri=tri, descendant=sens != "asc", page=numero)
    try:
        with ouvrir(request, patient) as ouvert:
            titulaire = ouvert.titulaire
            # Searched words put the closest documents first, unless another order is asked.
            trouves = rechercher(
                ouvert, filtre, par_pertinence=(filtre.tri, filtre.descendant) == ("creation", True)
            )
            resultat = trouves.page
            nombres = ouvert.compter()
            partages_seuls = ouvert.partages_seuls
            administre = ouvert.administre
    except AccesRefuse as erreur_acces:
        return refus(request, erreur_acces.decision, patient)
    if numero > 1 and not resultat.elements:
        return HttpResponseRedirect(reverse("web:pro_dossier", args=[patient.cle]))
    pages = paginer(
        page=numero,
        total=resultat.total,
        par_page=filtre.limite,
        nom="documents",
        adresse=lambda n: f"?tri={tri}&sens={sens}&page={n}",
    )
    contexte = {
        "patient": patient,
        "titulaire": titulaire,
        **traits_en_mots(titulaire.traits),
        "lignes": [_ligne(patient, d, trouves.extraits.get(d.id, ())) for d in resultat.elements],
        "legende": f"{resultat.total} document{'s' if resultat.total > 1 else ''} dans la liste"
        + (
            ", les plus proches de la recherche d’abord"
            if trouves.par_pertinence and resultat.total > 1
            else ""
        ),
        "total": resultat.total,
        "total_lisible": sum(nombres.values()),
        "pagination": pages,
        "colonnes": _colonnes(tri, sens, par_pertinence=trouves.par_pertinence),
        "rubriques": _rubriques(nombres),
        "classes": _classes(nombres),
        "criteres": patient.criteres,
        "premiere_vue": patient.criteres.etendue == "recents",
        "annees": settings.ES_RECHERCHE_ANS,
        "filtres_actifs": any(asdict(replace(patient.criteres, etendue="")).values()),
        "partages_seuls": partages_seuls,
        "administre": administre and patient.mode is ModeAcces.NORMAL,
        "sans_remboursements": not patient.active and lit(request.acteur, TYPE_REMBOURSEMENTS),
        "erreur": erreur,
        "en_attente": trouves.en_attente,
    }
    return page(request, "pro/dossier.html", contexte, status=422 if erreur else 200)


def _numero(texte: str) -> int:
    return min(max(int(texte), 1), _PAGES_MAX) if texte.isdecimal() and len(texte) < 6 else 1


def _colonnes(tri: str, sens: str, *, par_pertinence: bool) -> list[Colonne]:
    colonnes = []
    for cle, nom in _COLONNES:
        if cle == tri:
            etat, suivant = ("ascending", "desc") if sens == "asc" else ("descending", "asc")
        else:
            etat, suivant = "none", "desc" if cle == "creation" else "asc"
        if par_pertinence:
            etat = "none"
        colonnes.append(Colonne(nom, f"?tri={cle}&sens={suivant}", etat))
    return colonnes


def _ligne(patient: Patient, d: DocumentVu, extrait: tuple[Morceau, ...]) -> Ligne:
    connu = type_document(d.type_code)
    jour = timezone.localtime(d.creation)
    return Ligne(
        titre=d.titre,
        url=reverse("web:pro_document", args=[patient.cle, d.id]),
        type=connu.libelle if connu else d.type_libelle,
        icone=d.rubrique.icone,
        date=f"{jour:%d/%m/%Y}",
        date_iso=f"{jour:%Y-%m-%d}",
        auteur=d.auteur_nom,
        structure=d.auteur_structure_nom if d.auteur_structure_nom != d.auteur_nom else "",
        etiquettes=_etiquettes(d),
        extrait=extrait,
    )


def _etiquettes(d: DocumentVu) -> tuple[Etiquette, ...]:
    """What a professional must know at a glance: what the patient added himself (DOC-26), what he has not seen (DOC-46)."""
    siennes = (
        (Etiquette("autre", "Déposé par le patient"),) if d.deposant_genre == GenreActeur.TITULAIRE else ()
    )
    return (*siennes, Etiquette("attention", "Pas encore vu du patient")) if d.invisible_patient else siennes


def _rubriques(nombres: dict[str, int]) -> list[Choix]:
    """Headings that hold something readable; the others do not appear (ACC-34, DOC-58)."""
    par_rubrique: dict[str, int] = {}
    for type_code, nombre in nombres.items():
        code = rubrique(type_code).code
        par_rubrique[code] = par_rubrique.get(code, 0) + nombre
    return [
        Choix(r.code, r.libelle, par_rubrique[r.code], r.icone) for r in RUBRIQUES if r.code in par_rubrique
    ]


def _classes(nombres: dict[str, int]) -> list[Choix]:
    par_classe: dict[str, int] = {}
    for type_code, nombre in nombres.items():
        connu = type_document(type_code)
        if connu is not None:
            par_classe[connu.classe] = par_classe.get(connu.classe, 0) + nombre
    return [Choix(c.code, c.libelle, par_classe[c.code]) for c in classes().values() if c.code in par_classe]
