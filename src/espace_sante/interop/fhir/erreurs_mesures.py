"""Findings on measures (FHR-142 to FHR-153): codes of the same list as `erreurs`."""

from __future__ import annotations

from espace_sante.interop.fhir.constats import FamilleErreurs


class ErreurMesure(FamilleErreurs):
    """(code, HTTP status, FHIR issue type, French text with named fields)."""

    # fmt: off
    LOT = (
        "lot-de-mesure", 422, "invalid",
        "Le lot est un Bundle « transaction » avec une Observation et au plus un Device, chacun en POST.")
    LIEN_APPAREIL = (
        "lien-appareil", 422, "invalid",
        "Observation.device et le Device du lot doivent se désigner : « Device/<id> » ou le fullUrl du Device.")
    IDENTIFIANT_APPAREIL = (
        "identifiant-appareil", 422, "required",
        "Le Device doit avoir un identifier (système et valeur) ; ifNoneExist, s’il est donné, est le même.")
    INCONNUE = ("mesure-inconnue", 422, "code-invalid", "Ce code n’est pas celui d’une mesure que ce service tient.")
    CALCULEE = (
        "mesure-calculee", 422, "not-supported",
        "L’indice de masse corporelle ne s’écrit pas : il est calculé du poids et de la taille.")
    GENRE = (
        "mesure-autre-genre", 422, "business-rule",
        "Une mesure ne change pas de genre : supprimez-la, puis écrivez l’autre.")
    SANS_VALEUR = ("mesure-sans-valeur", 422, "required", "La mesure doit avoir sa valeur : un nombre et son unité.")
    FORME_VALEUR = (
        "mesure-forme-valeur", 422, "invalid",
        "Une mesure a une valueQuantity ; la pression artérielle a deux component (8480-6, 8462-4) et aucune valeur.")
    COMPOSANT = ("mesure-composant", 422, "code-invalid", "Ce component n’est pas un de ceux de la mesure.")
    UNITE = ("mesure-unite", 422, "value", "L’unité doit être « {attendu} » (UCUM) : aucune conversion n’est faite.")
    BORNES = ("mesure-hors-bornes", 422, "value", "La valeur doit être comprise entre {minimum} et {maximum}.")
    DECIMALES = ("mesure-decimales", 422, "value", "La valeur a trop de décimales : {decimales} au plus.")
    PRESSION = ("mesure-pression", 422, "value", "La pression systolique doit dépasser la pression diastolique.")
    DATE_FUTURE = ("mesure-date-future", 422, "value", "La mesure ne peut pas être dans le futur.")
    AVANT_NAISSANCE = ("mesure-avant-naissance", 422, "value", "La mesure ne peut pas précéder la naissance.")
    MOMENT_REQUIS = (
        "mesure-moment-requis", 422, "required",
        "Cette mesure doit dire son moment (mesures-moment-of-measurement, JDV_J157).")
    MOMENT_INTERDIT = ("mesure-moment-interdit", 422, "invalid", "Cette mesure n’a pas de moment.")
    JOURS_REQUIS = (
        "mesure-jours-requis", 422, "required",
        "Cette mesure doit dire son nombre de jours (mesures-number-of-days, JDV_J164).")
    JOURS_INTERDITS = ("mesure-jours-interdits", 422, "invalid", "Cette mesure n’a pas de nombre de jours.")
    CODE = ("mesure-code-hors-jeu", 422, "code-invalid", "Ce code n’est pas dans le jeu de valeurs attendu ({jeu}).")
    NON_GARDE = (
        "element-non-garde", 422, "not-supported",
        "Cet élément ne serait pas gardé : retirez-le de la mesure.")
    TROP_GRANDE = ("mesure-trop-grande", 413, "too-long", "Une mesure et son appareil tiennent en {maximum} octets.")
    SOURCE = (
        "mesure-source", 409, "conflict",
        "meta.source n’est pas l’OID de votre solution : omettez-le, ou donnez le vôtre.")
    EN_DOUBLE = ("mesure-en-double", 409, "duplicate", "Une autre de vos mesures est déjà la même.")
    VERSION = (
        "mesure-version-perimee", 412, "conflict",
        "La mesure a changé depuis votre lecture (If-Match) : relisez-la.")
    CRITERE_CODE = ("critere-code", 400, "required", "Une recherche de mesures nomme un code, et un seul.")
    CRITERE_PATIENT = (
        "critere-subject-identifier", 400, "required",
        "Une recherche de mesures nomme la personne (subject.identifier).")
    CODE_INCONNU = ("critere-code-inconnu", 400, "code-invalid", "Ce code n’est pas celui d’une mesure.")
    NON_AUTEUR = ("mesure-non-auteur", 403, "forbidden", "Seul l’auteur d’une mesure peut la changer ou la supprimer.")
    RESERVEES = (
        "mesures-reservees", 403, "forbidden",
        "Les mesures sont au titulaire et aux services qu’il autorise : un professionnel ne les lit que dans un "
        "document partagé.")
    # fmt: on
