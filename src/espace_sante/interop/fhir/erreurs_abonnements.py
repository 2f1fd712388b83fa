"""What is wrong with a subscription, or with a proposed circle of care (FHR-167, FHR-168)."""

from __future__ import annotations

from espace_sante.interop.fhir.constats import FamilleErreurs


class ErreurAbonnement(FamilleErreurs):
    """As `erreurs.Erreur`."""

    # fmt: off
    CRITERES = (
        "abonnement-criteres", 422, "not-supported",
        "Les critères ont cette seule forme : DocumentReference?patient.identifier=<système>|<INS>[&type=<types>].")
    CANAL = (
        "abonnement-canal", 422, "not-supported",
        "Le canal est rest-hook, vers une adresse https complète, sans compte ni fragment.")
    ENTETE = ("abonnement-entete", 422, "not-supported", "Aucun en-tête n’est envoyé : le certificat client suffit.")
    CORPS = (
        "abonnement-corps", 422, "not-supported",
        "L’avis est vide, ou un CommunicationRequest en application/fhir+json ou application/fhir+xml.")
    HOTE = (
        "abonnement-hote", 422, "business-rule",
        "Cet hôte n’est pas inscrit avec ce logiciel : déclarez-le à l’inscription.")
    FIN = ("abonnement-fin", 422, "value", "La fin d’un abonnement est à venir, dans {jours} jours au plus.")
    STATUT = ("abonnement-statut", 422, "value", "Le statut demandé est requested, active ou off.")
    ELEMENT = ("abonnement-element", 422, "not-supported", "Cet élément n’est pas gardé ici : retirez-le.")
    NOMBRE = (
        "abonnement-nombre", 422, "too-costly",
        "Vous avez déjà {nombre} abonnements en cours sur ce dossier.")
    AUTRE_PATIENT = ("abonnement-autre-patient", 422, "business-rule", "Un abonnement ne change pas de patient.")
    INDISPONIBLE = ("abonnement-indisponible", 422, "not-supported", "Ce service ne peut prévenir aucun logiciel.")
    URGENCE = (
        "abonnement-interdit", 403, "forbidden",
        "Seul un professionnel, hors urgence, s’abonne à un dossier.")
    IDENTIFIANT = ("abonnement-identifiant", 400, "invalid", "L’id de la ressource n’est pas celui de l’adresse.")
    MEMBRE = (
        "cercle-membre", 422, "not-supported",
        "Un membre proposé est un professionnel, par son identifiant national ou son RPPS.")
    MEMBRE_INCONNU = (
        "cercle-membre-inconnu", 422, "business-rule",
        "Un membre proposé n’est pas un professionnel qui peut recevoir l’accord d’un titulaire.")
    CERCLE_STATUT = ("cercle-statut", 422, "value", "Un cercle envoyé par un logiciel est proposé : proposed.")
    CERCLE_TROP = ("cercle-trop", 422, "too-costly", "Trop de propositions attendent la réponse du titulaire.")
    CERCLE_NOMBRE = ("cercle-nombre", 422, "too-costly", "Une proposition compte de 1 à {maximum} membres.")
    # fmt: on
