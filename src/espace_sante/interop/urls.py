"""Addresses of the FHIR door, under /fhir (contract)."""

from django.urls import path, re_path
from django.views.decorators.csrf import csrf_exempt

from espace_sante.interop.views import (
    abonnements,
    cercle,
    cercle_propose,
    consentements,
    depots,
    historiques,
    listes,
    mesures,
    modifications,
    patients,
    plannings,
    publiques,
    rendez_vous,
    services,
    tout,
    traces,
    verifications,
)
from espace_sante.interop.views.enveloppe import par_methode
from espace_sante.platform.http import publique

app_name = "fhir"

_racine = par_methode(POST=mesures.racine)
_valider = par_methode(POST=verifications.valider)
_contenu = par_methode(GET=services.contenu, HEAD=services.contenu)

urlpatterns = [
    path("", _racine, name="racine"),
    path("/", _racine, name="racine_barre"),
    path("/metadata", publique(par_methode(GET=publiques.metadata)), name="metadata"),
    path("/CodeSystem/erreur-mes", publique(par_methode(GET=publiques.codes)), name="codes"),
    path(
        "/CodeSystem/element-mes",
        publique(par_methode(GET=publiques.elements_obligatoires)),
        name="codes_des_elements",
    ),
    path(
        "/DocumentReference",
        par_methode(GET=services.documents, POST=depots.simplifie, PATCH=modifications.conditionnelle),
        name="documents",
    ),
    path("/DocumentReference/_search", par_methode(POST=services.documents), name="documents_recherche"),
    path("/Bundle/$validate", _valider, {"type_": "Bundle"}, name="valider_lot"),
    path("/DocumentReference/$validate", _valider, {"type_": "DocumentReference"}, name="valider_document"),
    path("/List/$validate", _valider, {"type_": "List"}, name="valider_liste"),
    path(
        "/DocumentReference/$generate-metadata",
        par_methode(POST=depots.fiche_generee),
        name="generate_metadata",
    ),
    path(
        "/DocumentReference/<str:fil>",
        par_methode(GET=services.document, PATCH=modifications.par_id),
        name="document",
    ),
    path("/DocumentReference/<str:fil>/_history", par_methode(GET=historiques.lister), name="historique"),
    path(
        "/DocumentReference/<str:fil>/_history/<int:version>",
        par_methode(GET=historiques.lire),
        name="version",
    ),
    path("/List", par_methode(GET=listes.chercher), name="listes"),
    path("/List/_search", par_methode(POST=listes.chercher), name="listes_recherche"),
    path("/List/<str:fil>", par_methode(GET=listes.lire), name="liste"),
    path("/Binary/<str:fil>", _contenu, name="binaire"),
    path("/Bundle/<str:fil>", _contenu, name="document_fhir"),
    path("/Consent", par_methode(POST=consentements.ajouter), name="consentements"),
    path("/Consent/<str:fil>", par_methode(PATCH=consentements.retirer), name="consentement"),
    path("/Patient", par_methode(GET=patients.rechercher), name="patients"),
    path("/Patient/_search", par_methode(POST=patients.rechercher), name="patients_recherche"),
    path("/Patient/<str:texte>", par_methode(GET=patients.lire), name="patient"),
    path("/Patient/<str:texte>/$everything", par_methode(GET=tout.lire), name="tout"),
    path("/Observation", par_methode(GET=mesures.chercher), name="mesures"),
    path("/Observation/$validate", _valider, {"type_": "Observation"}, name="valider_mesure"),
    path("/Observation/_search", par_methode(POST=mesures.chercher), name="mesures_recherche"),
    path(
        "/Observation/<str:fil>",
        par_methode(GET=mesures.lire, PUT=mesures.changer, DELETE=mesures.supprimer),
        name="mesure",
    ),
    path("/Device/<str:fil>", par_methode(GET=mesures.lire_appareil), name="appareil"),
    path(
        "/Appointment",
        par_methode(GET=rendez_vous.chercher, POST=rendez_vous.creer, PUT=rendez_vous.poser),
        name="rendez_vous",
    ),
    path("/Appointment/_search", par_methode(POST=rendez_vous.chercher), name="rendez_vous_recherche"),
    path(
        "/Appointment/<str:fil>",
        par_methode(GET=rendez_vous.lire, PUT=rendez_vous.changer),
        name="un_rendez_vous",
    ),
    path("/Schedule", plannings.si_tenus(POST=plannings.creer), name="plannings"),
    path(
        "/Schedule/<str:texte>",
        plannings.si_tenus(PUT=plannings.changer, PATCH=plannings.modifier, DELETE=plannings.supprimer),
        name="planning",
    ),
    path("/Slot", plannings.si_tenus(GET=plannings.chercher), name="creneaux"),
    path("/Slot/_search", plannings.si_tenus(POST=plannings.chercher), name="creneaux_recherche"),
    path("/Slot/<str:texte>", plannings.si_tenus(GET=plannings.lire), name="creneau"),
    path("/AuditEvent", par_methode(GET=traces.chercher, POST=traces.ajouter), name="traces"),
    path("/AuditEvent/_search", par_methode(POST=traces.chercher), name="traces_recherche"),
    path("/AuditEvent/<str:fil>", par_methode(GET=traces.lire), name="trace"),
    path("/CareTeam", par_methode(GET=cercle.chercher, POST=cercle_propose.creer), name="cercles"),
    path("/CareTeam/_search", par_methode(POST=cercle.chercher), name="cercles_recherche"),
    path(
        "/CareTeam/<str:texte>",
        par_methode(GET=cercle_propose.lire, PUT=cercle_propose.changer),
        name="cercle",
    ),
    path("/Subscription", par_methode(POST=abonnements.creer), name="abonnements"),
    path(
        "/Subscription/<str:fil>",
        par_methode(GET=abonnements.lire, PUT=abonnements.changer, DELETE=abonnements.supprimer),
        name="abonnement",
    ),
    # Whatever else, line ends included, but what another face serves under the same root (SMART configuration).
    re_path(
        r"^/(?!\.well-known/)(?P<_chemin>[\s\S]*)\Z",
        publique(csrf_exempt(publiques.ailleurs)),
        name="ailleurs",
    ),
]
