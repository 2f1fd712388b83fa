"""The history of a record for a professional: his own acts, and everybody's for the médecin traitant (AUD-08, ACC-59)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from espace_sante.acces.errors import AccesRefuse, TracesRefusees
from espace_sante.acces.lecture_traces import Etendue, lire_traces
from espace_sante.kernel.codes import GenreActeur
from espace_sante.traces.queries import FiltreTraces
from espace_sante.web import erreurs
from espace_sante.web.espace.criteres import Plage, lire_plage, minuit
from espace_sante.web.espace.journal import par_jour
from espace_sante.web.espace.phrases import Lecteur
from espace_sante.web.pro.gardes import RequetePro, patient_confirme
from espace_sante.web.pro.pages import page, refus, traits_en_mots
from espace_sante.web.pro.patients import Patient

GROUPES = {
    "": "Tout",
    "professionnels": "Professionnels",
    "moi": "Patient et proches",
    "services": "Services",
}
PAR_PAGE = 100
_NOMS = {Etendue.SIENS: "web:pro_mes_acces", Etendue.TOUS: "web:pro_tous_les_acces"}


@dataclass(frozen=True, slots=True)
class Puce:
    """One chip of `composants/filtre.html`."""

    libelle: str
    url: str
    choisie: bool
    nombre: None = None


@patient_confirme
@require_safe
def mes_acces(request: RequetePro, patient: Patient) -> HttpResponse:
    """His own acts in this record; neither consent nor matrix is needed to know what he did himself."""
    return _historique(request, patient, Etendue.SIENS)


@patient_confirme
@require_safe
def tous_les_acces(request: RequetePro, patient: Patient) -> HttpResponse:
    """Everybody's acts, for the declared médecin traitant."""
    return _historique(request, patient, Etendue.TOUS)


def _historique(request: RequetePro, patient: Patient, etendue: Etendue) -> HttpResponse:
    tous = etendue is Etendue.TOUS
    groupe = request.GET.get("groupe", "")
    groupe = groupe if tous and groupe in GROUPES else ""
    plage = lire_plage(request.GET.dict())
    avant = _uuid(request.GET.get("avant", ""))
    try:
        lu = lire_traces(
            request.acteur, patient.dossier_id, etendue, _filtre(groupe, plage, avant),
            contexte=request.contexte, mode=patient.mode, identite_qualifiee=patient.confirme,
        )  # fmt: skip
    except AccesRefuse as erreur:
        return refus(request, erreur.decision, patient)
    except TracesRefusees as erreur:
        return erreurs.demande_refusee(request, erreur.message, 403, "Cet historique n’est pas ouvert")

    dates = {"du": plage.du and plage.du.isoformat(), "au": plage.au and plage.au.isoformat()}
    page_de = partial(_adresse, patient, etendue)
    contexte = {
        "patient": patient,
        "titulaire": lu.titulaire,
        **traits_en_mots(lu.titulaire.traits),
        "tous": tous,
        "choix": [
            Puce("Mes accès", _adresse(patient, Etendue.SIENS, {}), not tous),
            Puce("Tous les accès", _adresse(patient, Etendue.TOUS, {}), tous),
        ]
        if lu.tous_permis
        else [],
        "puces": [
            Puce(nom, page_de({"groupe": code, **dates}), code == groupe) for code, nom in GROUPES.items()
        ]
        if tous
        else [],
        "journees": par_jour(
            lu.page.elements, lecteur=Lecteur(GenreActeur.PROFESSIONNEL, request.acteur.rpps)
        ),
        "groupe": groupe,
        "plage": plage,
        "brut": {"du": request.GET.get("du", ""), "au": request.GET.get("au", "")},
        "suite": page_de({"groupe": groupe, "avant": lu.page.suite, **dates}) if lu.page.suite else "",
        "debut": page_de({"groupe": groupe, **dates}) if avant else "",
        "tout": page_de({}),
        "filtre_actif": bool(groupe or plage.du or plage.au or avant),
    }
    return page(request, "pro/traces.html", contexte, status=422 if plage.erreurs else 200)


def _adresse(patient: Patient, etendue: Etendue, champs: Mapping[str, object]) -> str:
    requete = urlencode({nom: str(valeur) for nom, valeur in champs.items() if valeur})
    return reverse(_NOMS[etendue], args=[patient.cle]) + (f"?{requete}" if requete else "")


def _filtre(groupe: str, plage: Plage, avant: UUID | None) -> FiltreTraces:
    return FiltreTraces(
        groupe=groupe,
        du=minuit(plage.du) if plage.du else None,
        au=minuit(plage.au + timedelta(days=1)) if plage.au else None,
        avant=avant,
        limite=PAR_PAGE,
    )


def _uuid(texte: str) -> UUID | None:
    try:
        return UUID(texte)
    except ValueError:
        return None
