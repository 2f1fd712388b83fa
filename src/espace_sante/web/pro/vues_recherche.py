"""Find a record by its matricule INS, then confirm the person (IDN-20, IDN-21, ACC-06 to ACC-10)."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from espace_sante.acces.constats import noter_identite_ecartee
from espace_sante.acces.dicah import EtatLettre, Lettre
from espace_sante.acces.errors import AccesRefuse
from espace_sante.acces.existence import Existence, tester_existence
from espace_sante.acces.porte import examiner, open_dossier, resoudre
from espace_sante.kernel.ins import OID_NIA, OID_NIR, OID_TEST, Ins, InsInvalide
from espace_sante.web import erreurs
from espace_sante.web.espace.calendrier import date_longue
from espace_sante.web.pro import patients, vues_lien
from espace_sante.web.pro.gardes import RequetePro, portail
from espace_sante.web.pro.pages import Paire, page, refus, traits_en_mots


@portail
@require_http_methods(["GET", "POST"])
def recherche(request: RequetePro) -> HttpResponse:
    """Type a matricule, get one record or none; the number travels in the body of a POST only (REG-12)."""
    if request.method != "POST":
        # A link of a software may name the person (OID-37); judged and confirmed like a typed matricule.
        nomme = vues_lien.personne_du_lien(request)
        return _ouvrir(request, nomme) if nomme else _formulaire(request, ecartee="ecartee" in request.GET)
    saisie = request.POST.get("matricule", "")
    try:
        ins = lire_matricule(saisie)
    except InsInvalide as erreur:
        return _formulaire(request, erreur=erreur, saisie=saisie, status=422)
    return _ouvrir(request, ins)


def _ouvrir(request: RequetePro, ins: Ins) -> HttpResponse:
    # Someone whose login is too weak learns nothing, not even that a record exists; the attempt is traced.
    if examiner(request.acteur, ins, identite_qualifiee=False).etat(Lettre.A) is EtatLettre.MANQUANTE:
        return _refuser(request, ins)
    existence = tester_existence(request.acteur, ins, contexte=request.contexte)
    if existence is None or not existence.ouvert:
        return _formulaire(request, resultat=_sans_dossier(existence), status=403)
    patient = patients.ajouter(
        request,
        existence.dossier_id,
        active=existence.active,
        autorisation=existence.autorisation.value,
        messages=existence.messages,
    )
    # Shown in this answer and nowhere else: the confirmation screen comes once (ACC-10).
    traits = existence.titulaire.traits
    mots = traits_en_mots(traits)
    paires = (
        Paire("Nom de naissance", traits.nom_naissance),
        Paire("Prénom", traits.prenoms),
        Paire("Date de naissance", mots["naissance"]),
        Paire("Sexe", mots["sexe"]),
    )
    return page(request, "pro/identite.html", {"patient": patient, "paires": paires})


def lire_matricule(saisie: str) -> Ins:
    """The INS of what was typed: under the test domain outside production, else NIR, then NIA (IDN-02).

    Raises InsInvalide with the code that helps to correct (`cle_invalide`, `ins_format`).
    """
    oids = (OID_NIR, OID_NIA) if settings.ES_INSTANCE == "production" else (OID_TEST,)
    lus: list[Ins] = []
    erreur = InsInvalide("ins_format", "Le matricule INS n’a pas la forme attendue.")
    for oid in oids:
        try:
            lus.append(Ins.lire(saisie, oid))
        except InsInvalide as refuse:
            erreur = refuse
    if not lus:
        raise erreur
    return next((ins for ins in lus if resoudre(ins)), lus[0])


def _refuser(request: RequetePro, ins: Ins) -> HttpResponse:
    """Ask the gate for its own refusal, which it traces; a person not confirmed is never granted (ACC-09)."""
    try:
        with open_dossier(request.acteur, ins, contexte=request.contexte):
            return _formulaire(request)
    except AccesRefuse as erreur:
        return refus(request, erreur.decision)


def _sans_dossier(existence: Existence | None) -> str:
    """Why nothing opens: the same words for unknown, opposed and not notified (ACC-07)."""
    if existence is not None and existence.ferme_le:
        depuis = date_longue(existence.ferme_le)
        return f"Ce dossier est fermé depuis le {depuis}. Il ne peut plus être lu. Un message n’y serait pas remis."
    if existence is not None and existence.indisponible:
        return "Ce dossier est indisponible pour le moment. Un message n’y serait pas remis."
    return "Il n’y a pas de dossier à lire pour ce matricule. Vérifiez les chiffres avec la personne."


def _formulaire(
    request: RequetePro,
    *,
    erreur: InsInvalide | None = None,
    saisie: str = "",
    ecartee: bool = False,
    resultat: str = "",
    status: int = 200,
) -> HttpResponse:
    contexte = {
        "erreur": erreur,
        "saisie": saisie,
        "ecartee": ecartee,
        "resultat": resultat,
    }
    return page(request, "pro/recherche.html", contexte, status=status)


@portail
@require_POST
def identite(request: RequetePro, cle: str) -> HttpResponse:
    """The answer to the confirmation screen: this person, or not (ACC-09, ACC-10)."""
    patient = patients.trouver(request, cle)
    if patient is None:
        return erreurs.introuvable(request)
    if request.POST.get("reponse") == "oui":
        patients.confirmer(request, patient)
        return HttpResponseRedirect(reverse("web:pro_patient", args=[cle]))
    patients.fermer(request, cle)
    if request.POST.get("reponse") == "non" and not patient.confirme:
        noter_identite_ecartee(request.acteur, patient.dossier_id, contexte=request.contexte)
    return HttpResponseRedirect(f"{reverse('web:pro')}?ecartee")
