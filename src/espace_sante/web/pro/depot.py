"""« Déposer un document » from the patient's page: form, then a look at what will be deposited, then one POST (DOC-11).

No consent is needed to feed (ACC-65): only the identity of the person is shown, and nothing of the record unless it
is open to this professional. What is typed and the file are kept between the pages, sealed, by the gate.
"""

from __future__ import annotations

from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from espace_sante.acces import depot_portail as gate
from espace_sante.acces.errors import AccesRefuse, AlimentationRefusee
from espace_sante.acces.existence import Existence, tester_existence
from espace_sante.acces.porte import examiner
from espace_sante.documents.perso.errors import DepotRefuse
from espace_sante.documents.portail.prepares import Prepare
from espace_sante.documents.portail.regles import Saisie
from espace_sante.documents.queries import DocumentVu
from espace_sante.identite.annuaire import ProfessionnelRefuse
from espace_sante.web import erreurs
from espace_sante.web.espace.depot_reception import piece
from espace_sante.web.lecture import reponses
from espace_sante.web.pro import depot_pages
from espace_sante.web.pro.gardes import RequetePro, ouvrir, patient_confirme
from espace_sante.web.pro.pages import refus
from espace_sante.web.pro.patients import Patient

_FERME = "Ce dossier ne reçoit pas de document pour le moment."


@patient_confirme
@require_http_methods(["GET", "HEAD", "POST"])
def depot(request: RequetePro, patient: Patient) -> HttpResponse:
    """The form: empty, or as it was left (`?prepare=`), or to replace a document (`?remplace=`)."""
    try:
        if request.method == "POST":
            return _preparer(request, patient)
        en_cours = _retrouver(request, patient)
        saisie = en_cours.saisie if en_cours else Saisie(remplace=request.GET.get("remplace", ""))
        return _formulaire(request, patient, saisie, en_cours)
    except AccesRefuse as ferme:
        return refus(request, ferme.decision, patient)
    except AlimentationRefusee as ferme:
        return erreurs.demande_refusee(request, ferme.message, 403)


def _retrouver(request: RequetePro, patient: Patient) -> Prepare | None:
    prepare_id = _uuid(request.GET.get("prepare", ""))
    return gate.prepare(request.acteur, patient.dossier_id, prepare_id) if prepare_id else None


def _preparer(request: RequetePro, patient: Patient) -> HttpResponse:
    envoye = request.FILES.get("fichier")
    pret, fautes = gate.preparer(
        request.acteur,
        patient.dossier_id,
        _saisie(request),
        piece(envoye) if isinstance(envoye, UploadedFile) else None,
        contexte=request.contexte,
        prepare_id=_uuid(request.POST.get("prepare", "")),
    )
    if request.POST.get("suite") == "chercher":
        # Looking for a type is no mistake; a file that is refused is told at once all the same.
        dites = {"fichier": fautes["fichier"]} if envoye and "fichier" in fautes else {}
        return _formulaire(request, patient, pret.saisie, pret, dites)
    if fautes:
        return _formulaire(request, patient, pret.saisie, pret, fautes)
    return HttpResponseRedirect(reverse("web:pro_depot_verifier", args=[patient.cle, pret.id]))


def _saisie(request: RequetePro) -> Saisie:
    envoi = request.POST
    return Saisie(
        titre=envoi.get("titre", ""),
        jour=envoi.get("jour", ""),
        type_code=envoi.get("type", ""),
        remplace=envoi.get("remplace", ""),
        annonce=envoi.get("patient") == "annonce",
        masque=envoi.get("professionnels") == "masque",
        representants=envoi.get("representants") == "oui",
        niveau=envoi.get("niveau", "N"),
    )


def _formulaire(
    request: RequetePro,
    patient: Patient,
    saisie: Saisie,
    pret: Prepare | None,
    fautes: dict[str, str] | None = None,
) -> HttpResponse:
    existence = _personne(request, patient)
    if existence is None:
        return erreurs.demande_refusee(request, _FERME, 403)
    return depot_pages.formulaire(
        request, patient, existence.titulaire, saisie, pret, fautes or {}, _remplacables(request, patient)
    )


def _personne(request: RequetePro, patient: Patient) -> Existence | None:
    """Whom the document is about; each showing of an identity is traced. Raises AccesRefuse."""
    existence = tester_existence(request.acteur, patient.dossier_id, contexte=request.contexte)
    return existence if existence is not None and existence.ouvert else None


def _remplacables(request: RequetePro, patient: Patient) -> list[DocumentVu] | None:
    """His own documents, when the record is open to him; None when it is not."""
    decision = examiner(
        request.acteur, patient.dossier_id, identite_qualifiee=patient.confirme, mode=patient.mode
    )
    if not decision.accordee:
        return None
    with ouvrir(request, patient) as ouvert:
        return gate.remplacables(ouvert)


@patient_confirme
@require_http_methods(["GET", "HEAD", "POST"])
def verifier(request: RequetePro, patient: Patient, prepare_id: UUID) -> HttpResponse:
    """What will be deposited, and about whom; POST deposits it, or gives it up."""
    try:
        if request.method == "POST" and request.POST.get("suite") == "abandonner":
            gate.abandonner(request.acteur, patient.dossier_id, prepare_id)
            return HttpResponseRedirect(reverse("web:pro_patient", args=[patient.cle]))
        if request.method == "POST":
            return _deposer(request, patient, prepare_id)
        return _verification(request, patient, prepare_id)
    except AccesRefuse as ferme:
        return refus(request, ferme.decision, patient)


def _deposer(request: RequetePro, patient: Patient, prepare_id: UUID) -> HttpResponse:
    formulaire = reverse("web:pro_depot", args=[patient.cle])
    try:
        fait = gate.deposer(
            request.acteur, patient.dossier_id, prepare_id, contexte=request.contexte,
            identite_qualifiee=patient.confirme,
        )  # fmt: skip
    except DepotRefuse as incomplet:
        if incomplet.code == "depot_incomplet":
            return HttpResponseRedirect(f"{formulaire}?prepare={prepare_id}")
        return HttpResponseRedirect(f"{formulaire}?perdu=oui")
    except (AlimentationRefusee, ProfessionnelRefuse) as refuse:
        return _verification(request, patient, prepare_id, refuse.message)
    return HttpResponseRedirect(f"{formulaire}?fait={fait.documents[0]}")


def _verification(request: RequetePro, patient: Patient, prepare_id: UUID, erreur: str = "") -> HttpResponse:
    try:
        pret = gate.prepare(request.acteur, patient.dossier_id, prepare_id)
    except AlimentationRefusee as ferme:
        return erreurs.demande_refusee(request, ferme.message, 403)
    existence = _personne(request, patient)
    if pret is None or existence is None or pret.fichier is None:
        return erreurs.introuvable(request)
    return depot_pages.verification(
        request, patient, existence.titulaire, pret, _ancien(request, patient, pret), erreur
    )


def _ancien(request: RequetePro, patient: Patient, pret: Prepare) -> DocumentVu | None:
    """The document that is replaced, when it is his to see."""
    cible = _uuid(pret.saisie.remplace)
    trouves = (_remplacables(request, patient) or []) if cible else []
    return next((vu for vu in trouves if vu.id == cible), None)


@patient_confirme
@require_GET
def fichier(request: RequetePro, patient: Patient, prepare_id: UUID) -> HttpResponse:
    """The file in its frame, without script, as it will be read once deposited."""
    try:
        pret = gate.prepare(request.acteur, patient.dossier_id, prepare_id)
    except AlimentationRefusee as ferme:
        return erreurs.demande_refusee(request, ferme.message, 403)
    if pret is None or pret.fichier is None:
        return erreurs.introuvable(request)
    return reponses.apercu_de_fichier(
        request, pret.saisie.titre, pret.fichier.media, pret.fichier.contenu
    ) or erreurs.introuvable(request)


def _uuid(texte: str) -> UUID | None:
    try:
        return UUID(texte)
    except ValueError:
        return None
