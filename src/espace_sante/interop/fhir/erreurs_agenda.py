"""Findings on appointments, schedules and slots (FHR-154 to FHR-159): codes of the same list as `erreurs`."""

from __future__ import annotations

from espace_sante.interop.fhir.constats import FamilleErreurs


class ErreurAgenda(FamilleErreurs):
    """(code, HTTP status, FHIR issue type, French text with named fields)."""

    # fmt: off
    IDENTIFIANT = (
        "rendez-vous-identifiant", 422, "required",
        "Un rendez-vous porte au moins un identifiant, avec son système et sa valeur.")
    STATUT = (
        "rendez-vous-statut", 422, "code-invalid",
        "Le statut est booked, cancelled, proposed, pending, fulfilled ou noshow.")
    DATES = (
        "rendez-vous-dates", 422, "required",
        "Donnez start et end, ou requestedPeriod pour une demande (proposed).")
    DATE = (
        "rendez-vous-date", 422, "value",
        "La date n’a pas la forme attendue : jusqu’à la seconde, avec le décalage horaire.")
    INVERSE = ("rendez-vous-inverse", 422, "invariant", "La fin (end) est après le début (start).")
    PATIENT = (
        "rendez-vous-patient", 422, "required",
        "Un participant, et un seul, est le Patient, désigné par son INS ou par son identifiant ici.")
    PARTICIPANT = (
        "rendez-vous-participant", 422, "required",
        "Un autre participant que le patient est nécessaire.")
    PARTICIPANT_FORME = (
        "rendez-vous-participant-forme", 422, "invariant",
        "Un participant a un acteur ou un type, et un statut : accepted, declined, tentative ou needs-action.")
    TEXTE = ("rendez-vous-html", 422, "invalid", "Du HTML n’est pas admis dans ce texte.")
    MOTIF = (
        "rendez-vous-motif", 422, "invariant",
        "cancelationReason va avec un rendez-vous annulé ou non honoré.")
    TRANSITION = (
        "rendez-vous-transition", 422, "business-rule",
        "Ce rendez-vous ne peut plus passer à ce statut. Rien n’a changé.")
    SANS_DOSSIER = (
        "rendez-vous-sans-dossier", 404, "not-found",
        "Aucun agenda ne peut recevoir ce rendez-vous.")
    INTERDIT = (
        "rendez-vous-interdit", 403, "forbidden",
        "Cet appelant ne peut pas mettre de rendez-vous.")
    AUTRE_SOURCE = (
        "rendez-vous-autre-source", 403, "forbidden",
        "Seul celui qui a mis ce rendez-vous peut le changer.")
    DOUBLON = (
        "rendez-vous-en-double", 409, "duplicate",
        "Un de vos rendez-vous porte déjà cet identifiant : changez-le par PUT.")
    PLUSIEURS = (
        "rendez-vous-plusieurs", 412, "multiple-matches",
        "Cet identifiant désigne plusieurs de vos rendez-vous : rien n’a changé.")
    PERIME = (
        "rendez-vous-perime", 412, "conflict",
        "Le rendez-vous a changé depuis votre lecture (If-Match) : relisez-le.")
    CRITERE = (
        "rendez-vous-critere", 400, "required",
        "Un PUT conditionnel désigne le rendez-vous par identifier, et par lui seul.")
    AUTRE_IDENTIFIANT = (
        "rendez-vous-autre-identifiant", 422, "invalid",
        "Le rendez-vous porte l’identifiant qui le désigne dans l’adresse.")
    CRENEAU_PRIS = ("creneau-pris", 409, "conflict", "Ce créneau n’est plus libre. Rien n’a changé.")
    CRENEAU_INCONNU = ("creneau-inconnu", 422, "not-found", "Ce créneau n’existe pas ici.")
    PLANNING_INVALIDE = (
        "planning-invalide", 422, "invariant",
        "Un planning nomme un acteur, et ses plages ont un début avant leur fin.")
    PLANNING_INTERDIT = ("planning-interdit", 403, "forbidden", "Cet appelant ne peut pas tenir ce planning.")
    PLANNING_DOUBLON = ("planning-en-double", 409, "duplicate", "Un de vos plannings porte déjà cet identifiant.")
    PLANNING_TROP_GRAND = ("planning-trop-grand", 422, "too-costly", "Ce planning donne trop de créneaux.")
    # fmt: on
