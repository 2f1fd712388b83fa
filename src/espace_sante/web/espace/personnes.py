"""Who may open my record: a code to give, blocks, administrateurs, emergencies (ACC-24, ACC-48, ACC-55, EMG-05)."""

from __future__ import annotations

from typing import Final, NamedTuple
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from espace_sante.acces import codes, controle, partages, propositions
from espace_sante.acces.errors import CodeRefuse, ControleRefuse
from espace_sante.acces.mon_espace import MonEspace
from espace_sante.acces.propositions import PropositionRefusee
from espace_sante.web.espace.calendrier import heure_en_mots, moment_en_mots
from espace_sante.web.espace.ouverture import mon_espace, rendre
from espace_sante.web.espace.partage import lignes

_FAITS: Final = {
    "bloque": "C’est fait. Cette personne ou cet établissement ne peut plus lire votre dossier.",
    "debloque": "C’est fait. Pour lire votre dossier, il faudra de nouveau votre accord.",
    "administrateur": "C’est fait. Ce professionnel administre votre dossier avec vous.",
    "retire": "C’est fait. Ce professionnel n’administre plus votre dossier.",
    "urgence": "Vos choix en cas d’urgence sont enregistrés.",
    "departage": "C’est fait. Ce professionnel ne lit plus ce document grâce à ce partage.",
    "accepte": "C’est fait. Cette personne peut lire votre dossier.",
    "refuse": "C’est fait. Cette personne n’a reçu aucun droit.",
    "annule": "Le code est annulé. Il n’ouvre plus rien.",
}
_URGENCES: Final[tuple[tuple[controle.Interrupteur, str, str], ...]] = (
    ("urgence_samu", "Un médecin du 15 peut ouvrir mon dossier", "Quand vous, ou quelqu’un pour vous, appelez le 15."),
    (
        "urgence_bris_de_glace",
        "Un professionnel peut ouvrir mon dossier si je ne peux pas m’exprimer",
        "Seulement si votre santé court un risque immédiat. Il écrit pourquoi, et vous êtes prévenu.",
    ),
    ("urgence_documents_masques", "Mes documents masqués sont montrés dans ces deux cas", "Sinon, ils restent cachés."),
    ("urgence_alimentation", "Des documents peuvent être ajoutés en urgence", "Par exemple le compte rendu des urgences."),
)  # fmt: skip


_PAR_UN_AUTRE: Final = ", par un administrateur de votre dossier"


class Interrupteur(NamedTuple):
    nom: str
    libelle: str
    detail: str
    permis: bool


class Ligne(NamedTuple):
    id: UUID
    nom: str
    detail: str


@mon_espace
@require_safe
def personnes(request: HttpRequest, espace: MonEspace) -> HttpResponse:
    return _page(request, espace, fait=_FAITS.get(request.GET.get("fait", ""), ""))


def _page(
    request: HttpRequest,
    espace: MonEspace,
    *,
    fait: str = "",
    erreur: str = "",
    chiffres: str = "",
    statut: int = 200,
) -> HttpResponse:
    reglages = controle.interrupteurs(espace)
    accords = [c for c in espace.consentements() if c.en_cours]
    contexte = {
        "fait": fait,
        "erreur": erreur,
        "chiffres": f"{chiffres[:4]} {chiffres[4:]}" if chiffres else "",
        "code_minutes": settings.ES_CODE_ACCES_MIN,
        "acces_heures": settings.ES_ACCES_PAR_CODE_H,
        "codes": [
            Ligne(
                c.id,
                f"Code créé {moment_en_mots(c.cree_le)}",
                f"Valable jusqu’à {heure_en_mots(c.expire_le)}",
            )
            for c in codes.lister(espace)
            if c.en_cours
        ],
        "blocages": [
            Ligne(
                b.id,
                b.nom,
                f"Bloqué {moment_en_mots(b.pose_le)}{_PAR_UN_AUTRE * (b.pose_par != 'titulaire')}",
            )
            for b in controle.blocages(espace)
        ],
        "propositions": [
            Ligne(
                p.id,
                p.nom,
                f"Proposé {moment_en_mots(p.propose_le)} par {p.propose_par}"
                + (f" ({p.structure})" if p.structure else ""),
            )
            for p in propositions.en_attente(espace)
        ],
        "accord_jours": settings.ES_CONSENTEMENT_CONFRERE_J,
        "partages": lignes(partages.en_cours(espace)),
        "referents": controle.referents(espace),
        "accords": accords,
        "urgences": [Interrupteur(nom, libelle, detail, reglages[nom]) for nom, libelle, detail in _URGENCES],
    }
    return rendre(request, espace, "espace/personnes.html", "plus", contexte, statut=statut)


@mon_espace
@require_POST
def code(request: HttpRequest, espace: MonEspace) -> HttpResponse:
    """A new code: its digits are shown once, on this page alone (ACC-24, ACC-25)."""
    try:
        chiffres, _ = codes.creer(espace, rpps_prevu=request.POST.get("rpps", "").strip())
    except CodeRefuse as refus:
        return _page(request, espace, erreur=refus.message, statut=422)
    return _page(request, espace, chiffres=chiffres)


@mon_espace
@require_POST
def code_annulation(request: HttpRequest, espace: MonEspace, code_id: UUID) -> HttpResponse:
    if not codes.annuler(espace, code_id):
        raise Http404
    return _retour("annule")


@mon_espace
@require_POST
def blocage(request: HttpRequest, espace: MonEspace) -> HttpResponse:
    """Block by RPPS or by the number of a structure, before or after a visit (ACC-48, ACC-51)."""
    cle = "".join(request.POST.get("cle", "").split())
    genre: controle.GenreBloque = "structure" if request.POST.get("genre") == "structure" else "professionnel"
    try:
        controle.bloquer(espace, genre, cle)
    except ControleRefuse as refus:
        return _page(request, espace, erreur=refus.message, statut=422)
    return _retour("bloque")


@mon_espace
@require_POST
def deblocage(request: HttpRequest, espace: MonEspace, blocage_id: UUID) -> HttpResponse:
    if not controle.debloquer(espace, blocage_id):
        raise Http404
    return _retour("debloque")


@mon_espace
@require_POST
def administrateur(request: HttpRequest, espace: MonEspace) -> HttpResponse:
    """Name or withdraw an administrateur (ACC-55)."""
    rpps = "".join(request.POST.get("rpps", "").split())
    try:
        if request.POST.get("acte") == "retirer":
            controle.retirer_administrateur(espace, rpps)
            return _retour("retire")
        controle.nommer_administrateur(espace, rpps)
    except ControleRefuse as refus:
        return _page(request, espace, erreur=refus.message, statut=422)
    return _retour("administrateur")


@mon_espace
@require_POST
def proposition(request: HttpRequest, espace: MonEspace, proposition_id: UUID) -> HttpResponse:
    """Accept or refuse a person whom a professional proposed (FHR-167)."""
    accepte = request.POST.get("reponse") == "accepter"
    try:
        if accepte:
            propositions.accepter(espace, proposition_id)
        else:
            propositions.refuser(espace, proposition_id)
    except PropositionRefusee as refus:
        if refus.code == "proposition_inconnue":
            raise Http404 from None
        return _page(request, espace, erreur=refus.message, statut=422)
    return _retour("accepte" if accepte else "refuse")


@mon_espace
@require_POST
def urgences(request: HttpRequest, espace: MonEspace) -> HttpResponse:
    """The holder's switches, all at once (EMG-05, EMG-14)."""
    for nom in controle.INTERRUPTEURS:
        controle.regler(espace, nom, permis=request.POST.get(nom) == "oui")
    return _retour("urgence")


def _retour(fait: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('web:personnes')}?fait={fait}")
