"""The DICAH panel of one patient, and the recording of a consent (ACC-01, ACC-02, ACC-11 to ACC-21)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from espace_sante.acces.consentements import MODES_RECUEIL, equipes, recueillir_consentement
from espace_sante.acces.dicah import EtatLettre, Lettre
from espace_sante.acces.errors import ConsentementRefuse
from espace_sante.acces.porte import examiner
from espace_sante.identite.acteurs import Acteur
from espace_sante.web.espace.noms import equipe
from espace_sante.web.pro import patients
from espace_sante.web.pro.gardes import RequetePro, patient_confirme
from espace_sante.web.pro.lettres import tuiles
from espace_sante.web.pro.pages import page
from espace_sante.web.pro.patients import Patient

_LIBELLES_RECUEIL = {"oral": "À l’oral", "ecrit": "Par écrit", "numerique": "Par voie numérique"}
_MOI = "moi"


@dataclass(frozen=True, slots=True)
class Choix:
    """One value of `composants/choix.html`."""

    valeur: str
    libelle: str
    detail: str = ""


@patient_confirme
@require_GET
def panneau(request: RequetePro, patient: Patient) -> HttpResponse:
    """The five letters, judged now, and what can be done about each."""
    return _panneau(request, patient)


def _panneau(request: RequetePro, patient: Patient, *, erreur: str = "", status: int = 200) -> HttpResponse:
    decision = examiner(request.acteur, patient.dossier_id, identite_qualifiee=patient.confirme)
    sans_c = decision.etat(Lettre.C) is EtatLettre.MANQUANTE
    sans_h = decision.etat(Lettre.H) is EtatLettre.MANQUANTE
    contexte = {
        "patient": patient,
        "tuiles": tuiles(decision, request.acteur, patient.autorisation),
        "accordee": decision.accordee,
        # A consent that would open nothing is not asked for.
        "consentement_possible": sans_c and not sans_h,
        "modes": [Choix(code, _LIBELLES_RECUEIL[code]) for code in MODES_RECUEIL],
        "mode": request.POST.get("mode") or MODES_RECUEIL[0],
        "beneficiaires": _beneficiaires(request.acteur),
        "pour": request.POST.get("pour") or _MOI,
        "erreur": erreur,
    }
    return page(request, "pro/panneau.html", contexte, status=status)


def _beneficiaires(acteur: Acteur) -> list[Choix]:
    """For the professional alone, or for one of his care teams (ACC-16, ACC-19)."""
    heures, mois = settings.ES_CONSENTEMENT_PONCTUEL_H, settings.ES_CONSENTEMENT_EQUIPE_MOIS
    miennes = sorted(equipes(acteur).values(), key=lambda e: e.nom)
    return [
        Choix(_MOI, "Pour moi seul", f"Pendant {heures} heures."),
        *(
            Choix(str(e.id), f"Pour {equipe(e.nom)}", f"Tous ses membres, pendant {mois} mois.")
            for e in miennes
        ),
    ]


@patient_confirme
@require_POST
def consentement(request: RequetePro, patient: Patient) -> HttpResponse:
    """Record the consent that the person gave, then open (ACC-11, ACC-16, ACC-19)."""
    try:
        pour = request.POST.get("pour", "")
        recueillir_consentement(
            request.acteur,
            patient.dossier_id,
            contexte=request.contexte,
            equipe_id=None if pour == _MOI else _uuid(pour),
            mode_recueil=request.POST.get("mode", ""),
        )
    except ConsentementRefuse as refuse:
        return _panneau(request, patient, erreur=refuse.message, status=422)
    return HttpResponseRedirect(reverse("web:pro_dossier", args=[patient.cle]))


def _uuid(texte: str) -> UUID:
    try:
        return UUID(texte)
    except ValueError:
        raise ConsentementRefuse("equipe_inconnue", "Indiquez pour qui le consentement est donné.") from None


@patient_confirme
@require_POST
def fermer(request: RequetePro, patient: Patient) -> HttpResponse:
    """Close the patient's pages in this login."""
    patients.fermer(request, patient.cle)
    return HttpResponseRedirect(reverse("web:pro"))
