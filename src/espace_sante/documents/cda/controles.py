"""Header checks made in the request path (rules CDA-04, CDA-11 to CDA-22)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final

from espace_sante.documents.cda.constats import Constat, Gravite
from espace_sante.documents.cda.formats import MIME_SUFFIT
from espace_sante.documents.cda.identite import controler_ins
from espace_sante.documents.cda.modele import EnteteCda, IdentifiantHl7, Intervenant
from espace_sante.documents.nomenclatures import systeme_uri, type_document
from espace_sante.kernel.identifiants import OID_PS

CONFIDENTIALITES: Final = ("N", "R", "V")
SYSTEME_CONFIDENTIALITE: Final = systeme_uri("2.16.840.1.113883.5.25")
AVANCE_ADMISE: Final = timedelta(minutes=5)

_MODELE_CI_SIS: Final = "1.2.250.1.213.1.1.1.1"
_TYPE_ID: Final = ("2.16.840.1.113883.1.3", "POCD_HD000040")
_OID: Final = re.compile(r"[0-2](?:\.(?:0|[1-9][0-9]*))+")
_LANGUE: Final = "fr-FR"


def controler_entete(entete: EnteteCda, *, production: bool, maintenant: datetime) -> tuple[Constat, ...]:
    """Every finding on the header and its identity (CDA-04, CDA-11 to CDA-28), in document order.

    The format « mimeTypeSufficient » is not taken into account here: see `constats.attenuer`.
    """
    return (
        *(c for regle in _REGLES for c in regle(entete)),
        *_date(entete, maintenant),
        *controler_ins(entete, production=production),
    )


def _constat(regle: str, code: str, chemin: str, texte: str, gravite: Gravite = "error") -> Constat:
    return Constat(code, gravite, f"/ClinicalDocument{chemin}", texte, regle)


def _cadre(entete: EnteteCda) -> Iterator[Constat]:
    if entete.realms != ("FR",):
        yield _constat("CDA-11", "cda-realm", "/realmCode", "Le code du pays (realmCode) doit être FR.")
    if entete.type_id is None or (entete.type_id.racine, entete.type_id.extension) != _TYPE_ID:
        yield _constat("CDA-11", "cda-type-id", "/typeId", "L’identifiant du standard CDA (typeId) est faux.")
    if all(m.racine != _MODELE_CI_SIS for m in entete.modeles):
        yield _constat(
            "CDA-12",
            "cda-modele",
            "/templateId",
            f"Le modèle du CI-SIS ({_MODELE_CI_SIS}) n’est pas déclaré.",
        )


def _identifiant(entete: EnteteCda) -> Iterator[Constat]:
    if entete.id is None:
        yield _constat("CDA-13", "cda-id", "/id", "Le document n’a pas d’identifiant.")
    elif not _est_valide(entete.id):
        texte = "L’identifiant du document n’est ni un OID ni un UUID, ou il est trop long."
        yield _constat("CDA-13", "cda-id", "/id", texte)


def _est_valide(identifiant: IdentifiantHl7) -> bool:
    racine, extension = identifiant.racine, identifiant.extension
    if len(racine) > 64 or (extension and len(f"{racine}^{extension}") > 128):
        return False
    return identifiant.est_uuid or bool(_OID.fullmatch(racine))


def _type(entete: EnteteCda) -> Iterator[Constat]:
    code = entete.code
    connu = type_document(code.code) if code else None
    if code is None or connu is None or connu.statut != "official" or connu.systeme != code.systeme:
        yield _constat("CDA-14", "cda-type", "/code", "Le type du document n’est pas dans la liste JDV_J07.")


def _titre_et_langue(entete: EnteteCda) -> Iterator[Constat]:
    if not entete.titre:
        yield _constat("CDA-15", "cda-titre", "/title", "Le titre du document est vide.")
    if not entete.langue:
        yield _constat("CDA-15", "cda-langue", "/languageCode", "La langue du document n’est pas indiquée.")
    elif entete.langue != _LANGUE:
        texte = "La langue du document n’est pas le français de France (fr-FR)."
        yield _constat("CDA-15", "cda-langue-autre", "/languageCode", texte, "warning")


def _date(entete: EnteteCda, maintenant: datetime) -> Iterator[Constat]:
    chemin = "/effectiveTime"
    horodatage = entete.horodatage
    if horodatage is None or horodatage.precision in ("an", "mois"):
        yield _constat("CDA-16", "cda-date", chemin, "La date du document doit être connue au jour près.")
        return
    if horodatage.decalage_suppose:
        texte = "L’heure du document n’a pas de décalage horaire : l’heure de Paris est supposée."
        yield _constat("CDA-16", "cda-date-decalage", chemin, texte, "warning")
    if horodatage.instant > maintenant + AVANCE_ADMISE:
        yield _constat("CDA-16", "cda-date-future", chemin, "La date du document est dans le futur.")


def _confidentialite(entete: EnteteCda) -> Iterator[Constat]:
    code = entete.confidentialite
    if code is None or code.code not in CONFIDENTIALITES or code.systeme != SYSTEME_CONFIDENTIALITE:
        texte = "La confidentialité du document doit être N, R ou V."
        yield _constat("CDA-17", "cda-confidentialite", "/confidentialityCode", texte)


def _version(entete: EnteteCda) -> Iterator[Constat]:
    if entete.set_id is None:
        texte = "L’identifiant commun aux versions du document (setId) est absent."
        yield _constat("CDA-18", "cda-set-id", "/setId", texte)
    if entete.version is None:
        yield _constat("CDA-18", "cda-version", "/versionNumber", "Le numéro de version est absent.")
        return
    anciennes = [p.version for p in entete.parents if p.type == "RPLC" and p.version is not None]
    if anciennes and entete.version <= max(anciennes):
        texte = "Le numéro de version n’est pas supérieur à celui du document remplacé."
        yield _constat("CDA-18", "cda-version-remplacee", "/versionNumber", texte, "warning")


def _patient(entete: EnteteCda) -> Iterator[Constat]:
    chemin = "/recordTarget"
    if len(entete.patients) != 1:
        yield _constat(
            "CDA-19", "cda-patient", chemin, "Le document doit concerner une personne et une seule."
        )
        return
    patient = entete.patients[0]
    chemin += "/patientRole/patient"
    if not patient.nomme:
        yield _constat("CDA-19", "cda-patient-nom", f"{chemin}/name", "Le nom de la personne est absent.")
    elif not patient.nom_naissance_qualifie:
        texte = "Le nom de naissance n’est pas signalé (qualifier BR)."
        yield _constat("CDA-20", "cda-nom-naissance", f"{chemin}/name/family", texte, "warning")
    if not patient.sexe:
        texte = "Le sexe de la personne est absent."
        yield _constat("CDA-19", "cda-patient-sexe", f"{chemin}/administrativeGenderCode", texte)
    if not patient.date_naissance:
        texte = "La date de naissance de la personne est absente."
        yield _constat("CDA-19", "cda-patient-naissance", f"{chemin}/birthTime", texte)


def _auteurs(entete: EnteteCda) -> Iterator[Constat]:
    chemin = "/author"
    if not entete.auteurs:
        yield _constat("CDA-21", "cda-auteur", chemin, "Le document n’a pas d’auteur.")
    elif not any(_auteur_suffisant(auteur) for auteur in entete.auteurs):
        texte = "Aucun auteur n’a à la fois une date et un identifiant de personne, d’appareil ou de patient."
        yield _constat("CDA-21", "cda-auteur", chemin, texte)
    yield from _heures_malformees(entete)


def _auteur_suffisant(auteur: Intervenant) -> bool:
    if not auteur.horodatage_brut or not auteur.identifiants:
        return False
    if auteur.auteur.genre in ("patient", "dispositif"):
        return True
    return any(i.racine == OID_PS and i.extension for i in auteur.identifiants)


def _heures_malformees(entete: EnteteCda) -> Iterator[Constat]:
    signataire = (entete.authentificateur,) if entete.authentificateur else ()
    places = (("/author/time", entete.auteurs), ("/legalAuthenticator/time", signataire))
    for chemin, intervenants in places:
        for intervenant in intervenants:
            lu = intervenant.horodatage
            if intervenant.horodatage_brut and (lu is None or lu.decalage == "malforme"):
                texte = "Cette date ou son décalage horaire est mal écrit."
                yield _constat("CDA-16", "cda-date-malformee", chemin, texte, "warning")


def _depositaire(entete: EnteteCda) -> Iterator[Constat]:
    chemin = "/custodian/assignedCustodian/representedCustodianOrganization"
    if not entete.depositaire_identifie or entete.depositaire is None or not entete.depositaire.structure_nom:
        texte = "La structure qui conserve le document doit avoir un identifiant et un nom."
        yield _constat("CDA-22", "cda-depositaire", chemin, texte)


def _signataire(entete: EnteteCda) -> Iterator[Constat]:
    signataire = entete.authentificateur
    if (
        signataire is None
        or not signataire.horodatage_brut
        or signataire.signature != "S"
        or not signataire.identifiants
    ):
        texte = "Le responsable du document doit avoir une date, une signature (S) et un identifiant."
        yield _constat("CDA-22", "cda-responsable", "/legalAuthenticator", texte)


def _evenement(entete: EnteteCda) -> Iterator[Constat]:
    chemin = "/documentationOf/serviceEvent"
    evenement = entete.evenement
    if evenement is None:
        yield _constat("CDA-22", "cda-evenement", chemin, "Aucun acte documenté n’est indiqué.")
    elif evenement.debut is None:
        texte = "L’acte documenté principal n’a pas de date de début."
        yield _constat("CDA-22", "cda-evenement-date", f"{chemin}/effectiveTime/low", texte)


def _prise_en_charge(entete: EnteteCda) -> Iterator[Constat]:
    if entete.etablissement is None:
        chemin = "/componentOf/encompassingEncounter/location/healthCareFacility/code"
        texte = "Le secteur d’activité du lieu de prise en charge est absent."
        yield _constat("CDA-22", "cda-etablissement", chemin, texte)


def _corps(entete: EnteteCda) -> Iterator[Constat]:
    if entete.niveau not in ("N1", "N3"):
        texte = "Le corps du document doit être structuré (N3) ou non structuré (N1), et un seul des deux."
        yield _constat("CDA-04", "cda-corps", "/component", texte)
    elif entete.format == MIME_SUFFIT:
        texte = "Le modèle du document n’est pas connu : son format est « mimeTypeSufficient »."
        yield _constat("CDA-31", "cda-format-inconnu", "/templateId", texte, "warning")


_REGLES: Final[tuple[Callable[[EnteteCda], Iterator[Constat]], ...]] = (
    _cadre,
    _identifiant,
    _type,
    _titre_et_langue,
    _confidentialite,
    _version,
    _patient,
    _auteurs,
    _depositaire,
    _signataire,
    _evenement,
    _prise_en_charge,
    _corps,
)
