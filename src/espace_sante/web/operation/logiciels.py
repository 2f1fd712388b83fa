"""Publishers' demands and their programs: read, approve or refuse once (OID-31)."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from espace_sante.acces.conformite import parcours
from espace_sante.acces.operation import logiciels
from espace_sante.acces.operation.logiciels import DemandeRefusee, DemandeVue
from espace_sante.identite.models import Logiciel
from espace_sante.web import erreurs
from espace_sante.web.editeurs.etapes import resume
from espace_sante.web.espace.calendrier import date_longue
from espace_sante.web.operation import mots
from espace_sante.web.operation.gardes import RequeteOperateur, operateur
from espace_sante.web.operation.pages import page


@operateur(logiciels.ROLE)
@require_GET
def liste(request: RequeteOperateur) -> HttpResponse:
    """Demands, those that wait first; then every program and its certificates."""
    vues = [_ligne(v) for v in logiciels.lister(request.acteur)]
    contexte = {
        "place": "logiciels",
        "attente": [v for v in vues if v["attend"]],
        "jugees": [v for v in vues if not v["attend"]][:30],
        "programmes": [_programme(p) for p in logiciels.programmes(request.acteur)],
    }
    return page(request, "operation/logiciels.html", contexte)


@operateur(logiciels.ROLE)
@require_http_methods(["GET", "POST"])
def un(request: RequeteOperateur, demande_id: UUID) -> HttpResponse:
    """One demand, whole; a POST is the answer."""
    erreur = None
    try:
        if request.method == "POST":
            try:
                logiciels.juger(
                    request.acteur, demande_id, accord=request.POST.get("reponse") == "accord",
                    motif=request.POST.get("motif", ""), contexte=request.contexte,
                )  # fmt: skip
                return HttpResponseRedirect(reverse("web:operation_logiciels"))
            except DemandeRefusee as refus:
                if refus.code == "demande_inconnue":
                    raise
                erreur = refus
        vue = logiciels.une(request.acteur, demande_id)
    except DemandeRefusee:
        return erreurs.introuvable(request)
    contexte = {
        "place": "logiciels", "l": _ligne(vue), "f": vue.fiche, "erreur": erreur,
        "decision": vue.decision, "motif": request.POST.get("motif", ""),
        "conformite": _conformite(vue),
        "reponses": [{"valeur": v, "libelle": mot} for v, mot in mots.REPONSES_LOGICIEL.items()],
    }  # fmt: skip
    return page(request, "operation/logiciel.html", contexte, status=400 if erreur else 200)


def _ligne(v: DemandeVue) -> dict[str, object]:
    attend = v.decision is None and v.suite is None and not logiciels.approuvees_aussitot()
    if v.suite is not None:
        etat = (
            mots.REFUS_LOGICIEL.get(v.suite.refus, f"Non inscrit ({v.suite.refus})")
            if v.suite.refus
            else "Inscrit"
        )
    else:
        etat = "À lire" if attend else "En cours"
    return {
        "url": reverse("web:operation_logiciel", args=[v.demande.id]),
        "nom": f"{v.fiche.produit} {v.fiche.version}",
        "editeur": v.fiche.raison_sociale,
        "client_id": v.demande.client_id,
        "quand": date_longue(v.demande.quand),
        "etat": etat,
        "attend": attend,
    }


def _conformite(vue: DemandeVue) -> dict[str, object]:
    """What is known of its conformance run: the attestation of the demand, or the run made here (OID-34)."""
    if (passee := logiciels.attestee(vue.fiche)) is not None:
        return {"mot": f"Réussi le {date_longue(passee.le)}, version {passee.version}, vu par {passee.iss}"}
    if not parcours.offert():
        return {"mot": "Aucune attestation : le logiciel sera inscrit, pas ouvert"}
    vu = parcours.dernier(vue.demande.client_id)
    dit = resume(vu)
    if vu is None or dit is None:
        return {"mot": "Pas commencé"}
    mot = {
        "reussi": f"Réussi le {dit['conclu']}",
        "echoue": f"Non réussi le {dit['conclu']}",
        "en_cours": f"En cours, commencé {dit['commence']} : {dit['faites']} étapes sur {dit['total']}",
    }[dit["etat"]]
    return {"mot": mot, "manques": dit["manques"]}


def _programme(p: Logiciel) -> dict[str, object]:
    actuels = [c for c in p.certificats.all() if c.fin is None]
    return {
        "nom": f"{p.nom} {p.version}".strip(),
        "client_id": p.client_id,
        "editeur": p.editeur,
        "etat": mots.ETATS_LOGICIEL[p.etat],
        "certificats": [
            {"dn": c.dn, "fin": date_longue(c.expire_le) if c.expire_le else "fin inconnue"} for c in actuels
        ],
    }
