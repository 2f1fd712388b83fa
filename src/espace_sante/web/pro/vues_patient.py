"""The DICAH panel of one patient, and the recording of a consent (ACC-01, ACC-02, ACC-11 to ACC-21)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from espace_sante.acces import codes, etats
from espace_sante.acces import urgence as urgence_de_la_porte
from espace_sante.acces.consentement_confrere import recueillir_pour_confrere
from espace_sante.acces.consentement_expres import acteur_exige_accord_expres
from espace_sante.acces.consentements import MODES_RECUEIL, equipes, recueillir_consentement
from espace_sante.acces.dicah import EtatLettre, Lettre, a_un_mode_d_urgence, lit_en_equipe_seulement
from espace_sante.acces.errors import AccesRefuse, CodeRefuse, ConsentementRefuse, UrgenceRefusee
from espace_sante.acces.porte import examiner
from espace_sante.acces.urgence import Declaration
from espace_sante.identite.acteurs import Acteur
from espace_sante.kernel.codes import ModeAcces
from espace_sante.web.espace.noms import equipe
from espace_sante.web.pro import patients
from espace_sante.web.pro.gardes import RequetePro, patient_confirme
from espace_sante.web.pro.lettres import tuiles
from espace_sante.web.pro.pages import page
from espace_sante.web.pro.patients import Patient

_LIBELLES_RECUEIL = {"oral": "À l’oral", "ecrit": "Par écrit", "numerique": "Par voie numérique"}
_MOI = "moi"
_FAITS = {
    "confrere": "C’est enregistré. Votre confrère peut ouvrir ce dossier, et la personne en est prévenue."
}
# ACC-68, ACC-69: the same words as the existence test; messages themselves are not in this edition.
_MESSAGERIE = {
    etats.REMIS: "Vous pouvez lui écrire, et elle peut vous répondre.",
    etats.EN_ATTENTE: "Vous pouvez lui écrire\u00a0: votre message attendra qu’elle active son espace. "
    "Elle ne peut pas encore vous écrire.",
    etats.NON_REMIS: "Vous ne pouvez pas lui écrire\u00a0: un message ne serait pas remis.",
}
_URGENCE_REFUSEE = {
    "oppose_par_titulaire": "La personne a refusé cet accès en urgence. Son choix s’impose.",
    "professionnel_bloque": "La personne ne permet pas cet accès.",
    "habilitation_absente": "Votre profession n’ouvre pas de dossier dans ce mode.",
}


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
    decision = examiner(
        request.acteur, patient.dossier_id, identite_qualifiee=patient.confirme, mode=patient.mode
    )
    sans_c = decision.etat(Lettre.C) is EtatLettre.MANQUANTE
    sans_h = decision.etat(Lettre.H) is EtatLettre.MANQUANTE
    beneficiaires = _beneficiaires(request.acteur)
    contexte = {
        "patient": patient,
        "tuiles": tuiles(decision, request.acteur, patient.autorisation),
        "accordee": decision.accordee,
        # A consent that would open nothing is not asked for.
        "consentement_possible": (sans_c or decision.par_partage) and not sans_h and bool(beneficiaires),
        "code_possible": not lit_en_equipe_seulement(request.acteur.profession_systeme),
        "expres": acteur_exige_accord_expres(request.acteur),
        "confrere_possible": decision.accordee
        and not decision.par_partage
        and patient.mode is ModeAcces.NORMAL,
        "confrere_jours": settings.ES_CONSENTEMENT_CONFRERE_J,
        "fait": _FAITS.get(request.GET.get("fait", ""), ""),
        "messagerie": _MESSAGERIE.get(patient.messages, ""),
        "modes": [Choix(code, _LIBELLES_RECUEIL[code]) for code in MODES_RECUEIL],
        "mode": request.POST.get("mode") or MODES_RECUEIL[0],
        "beneficiaires": beneficiaires,
        "rpps": request.POST.get("rpps", ""),
        "pour": request.POST.get("pour") or next((b.valeur for b in beneficiaires), ""),
        "erreur": erreur,
        "urgence_possible": sans_c and not sans_h and a_un_mode_d_urgence(request.acteur),
        "regulation": request.acteur.regulation,
        "motif": request.POST.get("motif", ""),
        "motif_max": urgence_de_la_porte.MOTIF_MAX,
    }
    return page(request, "pro/panneau.html", contexte, status=status)


def _beneficiaires(acteur: Acteur) -> list[Choix]:
    """For the professional alone, or for one of his care teams (ACC-16, ACC-19, ACC-74)."""
    if acteur_exige_accord_expres(acteur):
        # What a team holds never serves him (ACC-23).
        return [Choix(_MOI, "Pour moi seul", f"Pendant {settings.ES_CONSENTEMENT_PONCTUEL_H} heures.")]
    heures, mois = settings.ES_CONSENTEMENT_PONCTUEL_H, settings.ES_CONSENTEMENT_EQUIPE_MOIS
    miennes = sorted(equipes(acteur).values(), key=lambda e: e.nom)
    seul = not lit_en_equipe_seulement(acteur.profession_systeme)
    return [
        *([Choix(_MOI, "Pour moi seul", f"Pendant {heures} heures.")] if seul else []),
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
            informe=_informe(request),
        )
    except ConsentementRefuse as refuse:
        return _panneau(request, patient, erreur=refuse.message, status=422)
    return HttpResponseRedirect(reverse("web:pro_dossier", args=[patient.cle]))


@patient_confirme
@require_POST
def confrere(request: RequetePro, patient: Patient) -> HttpResponse:
    """Record the consent for a colleague to whom the patient is sent (ACC-13)."""
    try:
        recueillir_pour_confrere(
            request.acteur,
            patient.dossier_id,
            "".join(request.POST.get("rpps", "").split()),
            contexte=request.contexte,
            mode_recueil=request.POST.get("mode", ""),
            informe=_informe(request),
        )
    except ConsentementRefuse as refuse:
        return _panneau(request, patient, erreur=refuse.message, status=422)
    return HttpResponseRedirect(f"{reverse('web:pro_patient', args=[patient.cle])}?fait=confrere")


def _informe(request: RequetePro) -> bool:
    """Whether the professional attests that the person was told first (ACC-23)."""
    return request.POST.get("informe") == "oui"


@patient_confirme
@require_POST
def code(request: RequetePro, patient: Patient) -> HttpResponse:
    """The access code that the person gives with her INS (ACC-24, ACC-27)."""
    chiffres = "".join(request.POST.get("code", "").split())
    try:
        codes.utiliser(
            request.acteur,
            patient.dossier_id,
            chiffres,
            contexte=request.contexte,
            informe=_informe(request),
        )
    except CodeRefuse as refuse:
        return _panneau(
            request, patient, erreur=refuse.message, status=429 if refuse.code == "trop_d_essais" else 422
        )
    return HttpResponseRedirect(reverse("web:pro_dossier", args=[patient.cle]))


@patient_confirme
@require_POST
def urgence(request: RequetePro, patient: Patient) -> HttpResponse:
    """Break the glass, or open for centre 15, with a reason (EMG-01, EMG-02)."""
    mode = ModeAcces.CENTRE_15 if request.POST.get("mode") == "centre_15" else ModeAcces.BRIS_DE_GLACE
    declaration = Declaration(
        request.POST.get("motif", ""),
        hors_d_etat=request.POST.get("hors_d_etat") == "oui",
        risque_immediat=request.POST.get("risque_immediat") == "oui",
    )
    try:
        urgence_de_la_porte.ouvrir(
            request.acteur, patient.dossier_id, mode, declaration,
            contexte=request.contexte, identite_qualifiee=patient.confirme,
        )  # fmt: skip
    except UrgenceRefusee as refuse:
        return _panneau(request, patient, erreur=refuse.message, status=422)
    except AccesRefuse as refuse:
        texte = _URGENCE_REFUSEE.get(refuse.code, "Le dossier ne peut pas être ouvert en urgence.")
        return _panneau(request, patient, erreur=texte, status=403)
    patients.garder(request, replace(patient, mode=mode))
    return HttpResponseRedirect(reverse("web:pro_dossier", args=[patient.cle]))


def _uuid(texte: str) -> UUID:
    try:
        return UUID(texte)
    except ValueError:
        raise ConsentementRefuse("equipe_inconnue", "Indiquez pour qui le consentement est donné.") from None


@patient_confirme
@require_POST
def fermer(request: RequetePro, patient: Patient) -> HttpResponse:
    """Close the patient's pages in this login; an emergency ends with them (EMG-12)."""
    if patient.mode is not ModeAcces.NORMAL:
        urgence_de_la_porte.fermer(request.acteur, patient.dossier_id, contexte=request.contexte)
    patients.fermer(request, patient.cle)
    return HttpResponseRedirect(reverse("web:pro"))
