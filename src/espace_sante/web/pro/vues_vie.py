"""A professional acts on a document: archive, delete, who sees it, consultation d'annonce (DOC-32 to DOC-47, DOC-16).

Each act has one page that says what will change, then one POST. The gate decides again, and traces.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from espace_sante.acces import vie_documents
from espace_sante.acces.errors import AccesRefuse, DocumentIntrouvable
from espace_sante.acces.vie_documents import GestionRefusee
from espace_sante.documents.queries import DocumentVu
from espace_sante.kernel.durees import PARIS
from espace_sante.web import erreurs
from espace_sante.web.espace.calendrier import date_longue
from espace_sante.web.pro.gardes import RequetePro, ouvrir, patient_confirme, portail
from espace_sante.web.pro.pages import page, refus, traits_en_mots
from espace_sante.web.pro.patients import Patient

_INCONNUS = frozenset({"document_introuvable", "dossier_indisponible"})


class Choix(NamedTuple):
    """One act on offer: which permission it needs, what it says before it is done."""

    permission: str
    libelle: str
    titre: str
    changements: tuple[str, ...]
    retour: str
    danger: bool = False


CHOIX = {
    "archiver": Choix(
        "gerer", "Archiver", "Archiver ce document\u00a0?",
        ("Le document quitte les listes ordinaires, pour le patient et pour les professionnels.",
         "Il reste lisible parmi les documents archivés."),
        "Vous pourrez le sortir des archives.",
    ),
    "desarchiver": Choix(
        "gerer", "Sortir des archives", "Sortir ce document des archives\u00a0?",
        ("Le document revient dans les listes ordinaires.",),
        "Vous pourrez l’archiver de nouveau.",
    ),
    "masquer": Choix(
        "confidentialite", "Masquer à la demande du patient", "Masquer ce document aux professionnels\u00a0?",
        ("Le patient vous le demande. Les autres professionnels ne verront plus le document, ni son titre.",
         "Vous et votre structure le verrez encore. Le patient aussi."),
        "Vous ou le patient pourrez le rendre visible.",
    ),
    "montrer": Choix(
        "confidentialite", "Rendre visible aux professionnels", "Rendre ce document visible\u00a0?",
        ("Les professionnels autorisés pourront lire ce document.",),
        "Vous pourrez le masquer de nouveau.",
    ),
    "annoncer": Choix(
        "annoncer", "La consultation d’annonce a eu lieu", "Montrer ce document au patient\u00a0?",
        ("Vous confirmez que la consultation d’annonce a eu lieu pour ce document.",
         "Le patient voit le document tout de suite et reçoit un avis.",
         "Votre nom et la date sont écrits dans son historique."),
        "Vous ne pourrez plus cacher ce document au patient.", True,
    ),
    "supprimer": Choix(
        "gerer", "Supprimer", "Supprimer ce document\u00a0?",
        ("Le document quitte toutes les listes. Plus personne ne peut l’ouvrir.",
         "Le patient reçoit un avis, s’il voyait ce document. L’historique garde votre nom et la date."),
        "Vous ne pourrez pas le reprendre. Pour corriger un document, déposez plutôt une nouvelle version.", True,
    ),
}  # fmt: skip
FAITS = {
    "archiver": "Le document est archivé.",
    "desarchiver": "Le document est sorti des archives.",
    "masquer": "Le document est masqué aux autres professionnels.",
    "montrer": "Le document est visible des professionnels autorisés.",
    "annoncer": "Le patient voit maintenant ce document.",
}


class Offre(NamedTuple):
    """A link to an act, on the page of the document."""

    libelle: str
    adresse: str
    danger: bool


def offres(request: RequetePro, patient: Patient, vu: DocumentVu) -> list[Offre]:
    """What this professional may do with the document that he reads."""
    permises = vie_documents.actions_permises(request.acteur, vu)
    nouvelle = reverse("web:pro_depot", args=[patient.cle]) + f"?remplace={vu.id}"
    remplacer = "gerer" in permises and vu.statut == "current"
    premiere = [Offre("Déposer une nouvelle version", nouvelle, False)] if remplacer else []
    return premiere + [
        Offre(
            c.libelle, reverse("web:pro_document_acte", args=[patient.cle, vu.id]) + f"?acte={nom}", c.danger
        )
        for nom, c in CHOIX.items()
        if c.permission in permises and _a_propos(nom, vu)
    ]


def _a_propos(nom: str, vu: DocumentVu) -> bool:
    """Whether the act would change anything."""
    return {
        "archiver": not vu.archive,
        "desarchiver": vu.archive,
        "masquer": not vu.masque_ps,
        "montrer": vu.masque_ps and vu.masque_par != "titulaire",
    }.get(nom, True)


@patient_confirme
@require_http_methods(["GET", "HEAD", "POST"])
def acte(request: RequetePro, patient: Patient, document_id: UUID) -> HttpResponse:
    """GET says what the act `acte` will change; POST does it."""
    nom = (request.POST if request.method == "POST" else request.GET).get("acte", "")
    choix = CHOIX.get(nom)
    if choix is None:
        return erreurs.introuvable(request)
    try:
        if request.method == "POST":
            _FAIRE[nom](request, patient, document_id)
            return _suite(patient, document_id, nom)
        with ouvrir(request, patient) as ouvert:
            vu, titulaire = ouvert.document(document_id), ouvert.titulaire
    except AccesRefuse as erreur:
        return refus(request, erreur.decision, patient)
    except DocumentIntrouvable:
        return erreurs.introuvable(request)
    except GestionRefusee as erreur:
        if erreur.code in _INCONNUS:
            return erreurs.introuvable(request)
        return erreurs.demande_refusee(request, erreur.message, 403 if erreur.interdit else 409)
    contexte = {
        "patient": patient,
        "titulaire": titulaire,
        **traits_en_mots(titulaire.traits),
        "document": vu,
        "choix": choix,
        "caches": [{"nom": "acte", "valeur": nom}],
        "action": request.path,
        "url_annuler": reverse("web:pro_document", args=[patient.cle, document_id]),
    }
    return page(request, "pro/acte.html", contexte)


def _suite(patient: Patient, document_id: UUID, nom: str) -> HttpResponse:
    if nom == "supprimer":
        return HttpResponseRedirect(reverse("web:pro_dossier", args=[patient.cle]))
    return HttpResponseRedirect(reverse("web:pro_document", args=[patient.cle, document_id]) + f"?fait={nom}")


Faire = Callable[[RequetePro, Patient, UUID], None]


def _archiver(archive: bool) -> Faire:
    def faire(request: RequetePro, patient: Patient, document_id: UUID) -> None:
        vie_documents.archiver(
            request.acteur, patient.dossier_id, document_id, contexte=request.contexte, archive=archive
        )

    return faire


def _masquer(masque: bool) -> Faire:
    def faire(request: RequetePro, patient: Patient, document_id: UUID) -> None:
        vie_documents.changer_confidentialite(
            request.acteur, patient.dossier_id, document_id, contexte=request.contexte, masque_ps=masque
        )

    return faire


def _annoncer(request: RequetePro, patient: Patient, document_id: UUID) -> None:
    vie_documents.lever_invisibilite(
        request.acteur, patient.dossier_id, document_id, contexte=request.contexte,
        identite_qualifiee=patient.confirme,
    )  # fmt: skip


def _supprimer(request: RequetePro, patient: Patient, document_id: UUID) -> None:
    vie_documents.supprimer(request.acteur, patient.dossier_id, document_id, contexte=request.contexte)


_FAIRE: dict[str, Faire] = {
    "archiver": _archiver(True),
    "desarchiver": _archiver(False),
    "masquer": _masquer(True),
    "montrer": _masquer(False),
    "annoncer": _annoncer,
    "supprimer": _supprimer,
}


class Retard(NamedTuple):
    """One line of the board of late deposits."""

    attendu: str
    depose: str
    jours: int


@portail
@require_GET
def retards(request: RequetePro) -> HttpResponse:
    """Deposits of the professional's structure after the day they were due; nobody is named (rule DOC-16)."""
    lignes = [
        Retard(
            f"{r.attendu_le:%d/%m/%Y}",
            date_longue(r.depose_le),
            (r.depose_le.astimezone(PARIS).date() - r.attendu_le).days,
        )
        for r in vie_documents.retards_de_la_structure(request.acteur)
    ]
    return page(request, "pro/retards.html", {"lignes": lignes, "structure": request.acteur.structure_nom})
