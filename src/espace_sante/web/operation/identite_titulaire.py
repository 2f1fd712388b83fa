"""The identity of a holder: its status, INSi, a trusted document, doubts (INS-04, INS-09 to INS-11).

Every step is a POST: neither a matricule nor a record is in an address. Between steps the record is named by a signed
value, good for this operator and half an hour.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.core import signing
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from espace_sante.acces.operation import identite_titulaire as actes
from espace_sante.identite.insi.modeles import CodeCR
from espace_sante.identite.insi.statuts import Attribut, PieceIdentite, StatutIdentite
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.kernel.ins import InsInvalide
from espace_sante.web.espace.calendrier import moment_en_mots
from espace_sante.web.operation.gardes import RequeteOperateur, operateur
from espace_sante.web.operation.pages import page
from espace_sante.web.pro.vues_recherche import lire_matricule

_DUREE_S: Final = 1800
_GABARIT: Final = "operation/identite_titulaire.html"
STATUTS: Final = {
    StatutIdentite.PROVISOIRE: "Identité provisoire",
    StatutIdentite.RECUPEREE: "Identité récupérée auprès d’INSi",
    StatutIdentite.VALIDEE: "Identité validée par une pièce",
    StatutIdentite.QUALIFIEE: "Identité qualifiée",
}
ATTRIBUTS: Final = {
    Attribut.HOMONYME: "Homonyme connu",
    Attribut.DOUTEUX: "Identité douteuse",
    Attribut.FICTIF: "Identité fictive",
}
PIECES: Final = {
    PieceIdentite.CARTE_IDENTITE: "Carte d’identité",
    PieceIdentite.PASSEPORT: "Passeport",
    PieceIdentite.TITRE_SEJOUR: "Titre de séjour",
    PieceIdentite.LIVRET_FAMILLE: "Livret de famille (enfant)",
    PieceIdentite.IDENTITE_NUMERIQUE: "Identité numérique de niveau élevé",
}
TRAITS: Final = {
    "nom_naissance": "Nom de naissance",
    "prenoms": "Prénoms",
    "date_naissance": "Date de naissance",
    "sexe": "Sexe",
    "lieu_naissance": "Lieu de naissance (code)",
}
_ISSUES: Final = {
    CodeCR.AUCUNE: (
        "INSi ne trouve personne",
        "Rien n’a changé. Vérifiez les traits sur une pièce d’identité.",
    ),
    CodeCR.PLUSIEURS: (
        "INSi trouve plusieurs personnes",
        "Même avec tous les prénoms et le lieu de naissance. Rien n’a changé : traitez ce cas sur pièces.",
    ),
}


@operateur(actes.ROLE)
@require_http_methods(["GET", "POST"])
def identite(request: RequeteOperateur) -> HttpResponse:
    """Find a holder by his matricule, then act on his identity."""
    contexte: dict[str, object] = {"place": "identite", "fusions": actes.fusions_a_faire(request.acteur)}
    if request.method == "GET":
        return page(request, _GABARIT, contexte)
    statut = 200
    try:
        dossier_id = _dossier(request)
        if dossier_id is None:
            return page(request, _GABARIT, {**contexte, "inconnu": True})
        try:
            contexte |= _agir(request, dossier_id)
        except EspaceSanteError as refus:
            contexte["refus"], statut = refus, 409 if refus.code != "insi_indisponible" else 503
    except InsInvalide as erreur:
        return page(request, _GABARIT, {**contexte, "erreur": erreur}, status=422)
    vu = actes.voir(request.acteur, dossier_id)
    if vu is None:
        return page(request, _GABARIT, {**contexte, "inconnu": True})
    contexte |= {
        "vu": vu,
        "statut": STATUTS[vu.etat.statut],
        "verifiee": moment_en_mots(vu.verifiee_le) if vu.verifiee_le else "",
        "piece": PIECES[PieceIdentite(vu.piece)] if vu.piece else "",
        "attributs": [(a.value, ATTRIBUTS[a], a in vu.etat.attributs) for a in Attribut],
        "pieces": [(p.value, mot) for p, mot in PIECES.items()],
        "jeton": signing.dumps(str(dossier_id), salt=_sel(request)),
    }
    return page(request, _GABARIT, contexte, status=statut)


def _dossier(request: RequeteOperateur) -> UUID | None:
    """The record of the step before, else that of the matricule typed. Raises InsInvalide."""
    if jeton := request.POST.get("jeton", ""):
        try:
            return UUID(signing.loads(jeton, salt=_sel(request), max_age=_DUREE_S))
        except (signing.BadSignature, ValueError):
            return None
    return actes.chercher(
        request.acteur, lire_matricule(request.POST.get("matricule", "")), contexte=request.contexte
    )


def _agir(request: RequeteOperateur, dossier_id: UUID) -> dict[str, object]:
    """What to show after the step that was asked for. Raises what the act raises."""
    qui, ou, geste = request.acteur, request.contexte, request.POST.get("geste", "")
    verifies = request.POST.get("cinq_traits") == "oui"
    if geste == "insi":
        proposition, retenue = actes.demander(
            qui,
            dossier_id,
            contexte=ou,
            approuvee=request.POST.get("approuvee", ""),
            cinq_traits_verifies=verifies,
        )
        if retenue:
            return {"fait": "L’identité d’INSi est enregistrée"}
        if proposition.individu is None:
            titre, texte = _ISSUES[proposition.issue]
            return {"sans_suite": titre, "sans_suite_texte": texte}
        ecarts = [(TRAITS[e.trait], e.ici or "inconnu", e.insi or "inconnu") for e in proposition.ecarts]
        return {"ecarts": ecarts, "empreinte": proposition.empreinte}
    if geste == "piece" and request.POST.get("piece") in set(PieceIdentite):
        piece = PieceIdentite(request.POST["piece"])
        actes.valider(qui, dossier_id, piece, contexte=ou, cinq_traits_verifies=verifies)
        return {"fait": "La pièce est notée"}
    if geste in {"marquer", "lever"} and request.POST.get("attribut") in set(Attribut):
        attribut = Attribut(request.POST["attribut"])
        actes.changer_attribut(qui, dossier_id, attribut, contexte=ou, pose=geste == "marquer")
        return {"fait": "C’est enregistré"}
    return {}


def _sel(request: RequeteOperateur) -> str:
    return f"operation/identite/{request.acteur.client_id}"
