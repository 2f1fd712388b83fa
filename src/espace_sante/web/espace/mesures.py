"""My measures: the last ones, one kind with its curve and its table, adding, deleting (MES-01 to MES-19)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from espace_sante.acces.mon_espace import MonEspace
from espace_sante.profil_medical import ecriture, queries
from espace_sante.profil_medical.carnet import Carnet, du_titulaire
from espace_sante.profil_medical.errors import MesureDAutrui, MesureIntrouvable, MesureRefusee
from espace_sante.profil_medical.genres import IMC, JEU_JOURS, GenreMesure, genres, jeu
from espace_sante.profil_medical.queries import ImcVu, MesureVue, Plage
from espace_sante.traces.ecriture import Acte, Action
from espace_sante.web.composants.pagination import paginer
from espace_sante.web.espace import mesures_saisie as saisie_
from espace_sante.web.espace.calendrier import date_longue, jour_en_mots, moment_en_mots
from espace_sante.web.espace.courbe import Releve, en_francais, tracer
from espace_sante.web.espace.ouverture import mon_espace, rendre

PAR_PAGE: Final = 25
_PAGES_MAX: Final = 10_000
# A curve of more would be a smear; the table holds them all.
_POINTS_MAX: Final = 200
_PERIODES: Final = (
    ("mois", "Un mois", timedelta(days=31)),
    ("semestre", "Six mois", timedelta(days=183)),
    ("annee", "Un an", timedelta(days=366)),
    ("tout", "Tout", None),
)
_FAITS: Final = {
    "ajoutee": "La mesure est ajoutée.",
    "supprimee": "La mesure est supprimée.",
}
_MOMENTS: Final = dict(saisie_.MOMENTS)
_DEJA: Final = "Vous avez déjà noté cette mesure, au même moment."
_PAR_SERVICE: Final = "Cette mesure vient seulement d’un service relié à votre espace."
_DE_SERVICE: Final = "Un service a ajouté cette mesure : vous ne pouvez pas la supprimer."


@dataclass(frozen=True, slots=True)
class Ligne:
    """One measure, in words. `suppression` is empty for what somebody else wrote (MES-19)."""

    quand: str
    valeur: str
    precision: str
    source: str
    suppression: str


@dataclass(frozen=True, slots=True)
class Derniere:
    """A kind and its last value."""

    genre: GenreMesure
    valeur: str
    quand: str
    source: str


@mon_espace
@require_safe
def mesures(request: HttpRequest, espace: MonEspace) -> HttpResponse:
    """The last value of each kind, and the kinds that may be typed."""
    carnet = du_titulaire(espace)
    carnet.tracer(Acte(Action.MESURES_LUES))
    lues = queries.dernieres(carnet)
    imc = queries.page_imc(carnet, Plage(limite=1))[0]
    dernieres = [_derniere(g, lues, imc) for g in genres().values()]
    return rendre(
        request, espace, "espace/mesures.html", "plus",
        {
            "dernieres": [d for d in dernieres if d],
            "a_noter": [g for g in genres().values() if g.saisie and g.code_genre not in lues],
        },
    )  # fmt: skip


@mon_espace
@require_http_methods(["GET", "HEAD", "POST"])
def genre(request: HttpRequest, espace: MonEspace, nom: str) -> HttpResponse:
    """One kind: its curve, its table, a form; POST adds a measure."""
    voulu, carnet = _genre(nom), du_titulaire(espace)
    maintenant = datetime.now(UTC)
    if request.method != "POST":
        formulaire = saisie_.vide(voulu, maintenant)
        return _page(request, espace, carnet, formulaire, fait=_FAITS.get(request.GET.get("fait", ""), ""))
    if not voulu.saisie:
        # A service alone measures it (MES-12).
        formulaire = saisie_.vide(voulu, maintenant)
        return _page(request, espace, carnet, formulaire, erreur=_PAR_SERVICE, statut=403)
    formulaire = saisie_.lire(voulu, request.POST.dict())
    if formulaire.nouvelle is not None:
        try:
            fait = ecriture.ajouter(carnet, formulaire.nouvelle, maintenant=maintenant)
        except MesureRefusee as refus:
            formulaire.noter(refus.ecarts)
        else:
            if fait.nouvelle:
                return _vers(nom, "ajoutee")
            return _page(request, espace, carnet, formulaire, erreur=_DEJA, statut=409)
    return _page(
        request,
        espace,
        carnet,
        formulaire,
        erreur="La mesure n’est pas ajoutée. Corrigez ce qui suit.",
        statut=422,
    )


@mon_espace
@require_http_methods(["GET", "HEAD", "POST"])
def suppression(request: HttpRequest, espace: MonEspace, nom: str, mesure_id: UUID) -> HttpResponse:
    """Delete one of one's own entries, after a confirmation (MES-19)."""
    voulu, carnet = _genre(nom), du_titulaire(espace)
    try:
        vue = queries.trouver(carnet, mesure_id)
        if vue.genre != nom:
            raise Http404
        if request.method == "POST":
            ecriture.supprimer(carnet, mesure_id)
            return _vers(nom, "supprimee")
    except MesureIntrouvable:
        raise Http404 from None
    except MesureDAutrui:
        return _page(
            request, espace, carnet, saisie_.vide(voulu, datetime.now(UTC)), erreur=_DE_SERVICE, statut=403
        )
    ligne = _ligne(voulu, vue)
    return rendre(
        request, espace, "espace/confirmation.html", "plus",
        {
            "titre": "Supprimer cette mesure ?",
            "objet": f"{voulu.libelle} : {ligne.valeur}",
            "detail": ligne.quand,
            "changements": ["Elle disparaît de votre espace. Elle ne peut pas être reprise."],
            "retour": "Votre historique garde la trace de cette suppression, sans la valeur.",
            "action": reverse("web:mesure_suppression", args=[nom, mesure_id]),
            "libelle": "Supprimer la mesure",
            "url_annuler": reverse("web:mesure_genre", args=[nom]),
            "danger": True,
        },
    )  # fmt: skip


def _page(
    request: HttpRequest,
    espace: MonEspace,
    carnet: Carnet,
    formulaire: saisie_.Saisie,
    *,
    fait: str = "",
    erreur: str = "",
    statut: int = 200,
) -> HttpResponse:
    voulu = formulaire.genre
    periode = request.GET.get("periode", "")
    choisie = next((p for p in _PERIODES if p[0] == periode), _PERIODES[-1])
    du = datetime.now(UTC) - choisie[2] if choisie[2] else None
    numero = _numero(request)
    carnet.noter(Action.MESURES_LUES, voulu)
    lignes, total = _lignes(carnet, voulu, Plage(du=du, limite=PAR_PAGE, decalage=(numero - 1) * PAR_PAGE))
    adresse = reverse("web:mesure_genre", args=[voulu.code_genre])
    contexte: dict[str, Any] = {
        "genre": voulu,
        "lignes": lignes,
        "total": total,
        "courbe": _courbe(carnet, voulu, du),
        "points_max": _POINTS_MAX,
        "periodes": [
            {"libelle": libelle, "url": f"{adresse}?periode={code}", "choisi": code == choisie[0]}
            for code, libelle, _ in _PERIODES
        ],
        "pagination": paginer(
            page=numero, total=total, par_page=PAR_PAGE, nom="mesures",
            adresse=lambda n: f"{adresse}?periode={choisie[0]}&page={n}",
        ),
        "partout": choisie[2] is None,
        "champs": _champs(formulaire),
        "formulaire": formulaire,
        "moments": [{"valeur": "", "libelle": "Choisissez"}]
        + [{"valeur": code, "libelle": mots} for code, mots in saisie_.MOMENTS],
        "fait": fait,
        "erreur": erreur,
    }  # fmt: skip
    return rendre(request, espace, "espace/mesure.html", "plus", contexte, statut=statut)


def _champs(formulaire: saisie_.Saisie) -> list[dict[str, str]]:
    """One field for each number, its bounds beside it."""
    voulu = formulaire.genre
    return [
        {
            "nom": saisie_.champ(c.code),
            "libelle": f"{_nom(c.nom) or 'Valeur'}, en {voulu.unite_affichee}",
            "indice": saisie_.indice(voulu, c.code),
            "valeur": formulaire.brut.get(saisie_.champ(c.code), ""),
            "erreur": formulaire.erreurs.get(saisie_.champ(c.code), ""),
            "inputmode": "decimal" if voulu.decimales or voulu.facteur > 1 else "numeric",
        }
        for c in voulu.composants
    ]


def _nom(composant: str) -> str:
    return {
        "systolique": "Le plus grand chiffre (systolique)",
        "diastolique": "Le plus petit chiffre (diastolique)",
    }.get(composant, composant.capitalize())


def _lignes(carnet: Carnet, voulu: GenreMesure, plage: Plage) -> tuple[list[Ligne], int]:
    if voulu.code_genre == IMC:
        vus, total = queries.page_imc(carnet, plage)
        return [
            Ligne(moment_en_mots(v.quand), _imc(v), "", "Calculé de votre poids et de votre taille", "")
            for v in vus
        ], total
    page = queries.page(carnet, voulu.code_genre, plage)
    return [_ligne(voulu, vue) for vue in page.elements], page.total


def _ligne(voulu: GenreMesure, vue: MesureVue) -> Ligne:
    c = vue.contenu
    jours = jeu(JEU_JOURS).get(c.jours)
    precisions = (_MOMENTS.get(c.moment, ""), f"sur {jours.libelle}" if jours else "", c.commentaire)
    mienne = vue.auteur == "titulaire"
    return Ligne(
        quand=_quand(vue),
        valeur=_valeur(voulu, vue),
        precision=", ".join(p for p in precisions if p),
        source="Vous" if mienne else f"Service {vue.auteur_nom or vue.client_id}",
        suppression=reverse("web:mesure_suppression", args=[voulu.code_genre, vue.id]) if mienne else "",
    )


def _derniere(voulu: GenreMesure, lues: dict[str, MesureVue], imc: list[ImcVu]) -> Derniere | None:
    if voulu.code_genre == IMC:
        return Derniere(voulu, _imc(imc[0]), jour_en_mots(imc[0].quand), "Calculé") if imc else None
    vue = lues.get(voulu.code_genre)
    if vue is None:
        return None
    ligne = _ligne(voulu, vue)
    return Derniere(voulu, ligne.valeur, ligne.quand, ligne.source)


def _courbe(carnet: Carnet, voulu: GenreMesure, du: datetime | None) -> Any:
    plage = Plage(du=du, limite=_POINTS_MAX)
    if voulu.code_genre == IMC:
        releves = [Releve(v.quand, (v.valeur,), _imc(v)) for v in queries.page_imc(carnet, plage)[0]]
    else:
        releves = [
            Releve(vue.quand, tuple(_nombres(voulu, vue)), f"{_valeur(voulu, vue)}, {_quand(vue)}")
            for vue in queries.page(carnet, voulu.code_genre, plage).elements
        ]
    releves.reverse()
    if not releves:
        return None
    noms = [c.nom for c in voulu.composants] if voulu.compose else [""]
    return tracer(releves, noms, debut=date_longue(releves[0].quand), fin=date_longue(releves[-1].quand))


def _nombres(voulu: GenreMesure, vue: MesureVue) -> list[Decimal]:
    return [vue.contenu.nombres[c.code] / voulu.facteur for c in voulu.composants]


def _valeur(voulu: GenreMesure, vue: MesureVue) -> str:
    nombres = "/".join(en_francais(n) for n in _nombres(voulu, vue))
    return f"{nombres}\u00a0{voulu.unite_affichee}"


def _imc(vu: ImcVu) -> str:
    return f"{en_francais(vu.valeur)}\u00a0{genres()[IMC].unite_affichee}"


def _quand(vue: MesureVue) -> str:
    return moment_en_mots(vue.quand) if "T" in vue.contenu.quand else jour_en_mots(vue.quand)


def _genre(nom: str) -> GenreMesure:
    trouve = genres().get(nom)
    if trouve is None:
        raise Http404
    return trouve


def _numero(request: HttpRequest) -> int:
    texte = request.GET.get("page", "")
    lu = int(texte) if texte.isascii() and texte.isdigit() and len(texte) < 7 else 1
    return min(max(lu, 1), _PAGES_MAX)


def _vers(nom: str, fait: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('web:mesure_genre', args=[nom])}?fait={fait}")
