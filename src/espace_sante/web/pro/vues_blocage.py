"""An administrateur blocks another professional for the holder (ACC-55)."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from espace_sante.acces.controle import bloquer_pour_le_titulaire
from espace_sante.acces.errors import AccesRefuse, ControleRefuse
from espace_sante.web import erreurs
from espace_sante.web.pro.gardes import RequetePro, ouvrir, patient_confirme
from espace_sante.web.pro.pages import page, refus, traits_en_mots
from espace_sante.web.pro.patients import Patient


@patient_confirme
@require_http_methods(["GET", "HEAD", "POST"])
def blocage(request: RequetePro, patient: Patient) -> HttpResponse:
    """GET says what a block does and asks whom; POST blocks. A page that is not there for anyone else."""
    fait, erreur = "", ""
    rpps = "".join(request.POST.get("rpps", "").split())
    try:
        if request.method == "POST":
            try:
                vu = bloquer_pour_le_titulaire(
                    request.acteur, patient.dossier_id, rpps,
                    contexte=request.contexte, identite_qualifiee=patient.confirme,
                )  # fmt: skip
                fait, rpps = f"{vu.nom} ne peut plus lire ce dossier. Le patient en est prévenu.", ""
            except ControleRefuse as refuse:
                if refuse.code == "non_administrateur":
                    return erreurs.introuvable(request)
                erreur = refuse.message
        with ouvrir(request, patient) as ouvert:
            titulaire = ouvert.titulaire
            administre = ouvert.administre
    except AccesRefuse as refuse_acces:
        return refus(request, refuse_acces.decision, patient)
    if not administre:
        return erreurs.introuvable(request)
    contexte = {
        "patient": patient,
        "titulaire": titulaire,
        **traits_en_mots(titulaire.traits),
        "fait": fait,
        "erreur": erreur,
        "rpps": rpps,
    }
    return page(request, "pro/blocage.html", contexte, status=422 if erreur else 200)
