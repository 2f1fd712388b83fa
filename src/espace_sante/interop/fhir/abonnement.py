"""Subscription ↔ what a software asks to be told of, and the CommunicationRequest that tells it (FHR-168, FHR-169). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qsl
from uuid import UUID

import msgspec
import orjson
from msgspec import UnsetType

from espace_sante.acces.abonnements.demande import CORPS, Demande, Souhait
from espace_sante.documents import nomenclatures
from espace_sante.interop.fhir import jetons
from espace_sante.interop.fhir.constats import Constat, RefusFhir, lever_si_refus
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.erreurs_abonnements import ErreurAbonnement
from espace_sante.interop.fhir.lecture import lire
from espace_sante.interop.fhir.patients import lire_ins
from espace_sante.interop.fhir.structs_abonnement import LIRE_SUBSCRIPTION, Subscription, SubscriptionChannel
from espace_sante.interop.fhir.valeurs import ecrire_date, lire_instant, present
from espace_sante.kernel.ins import Ins
from espace_sante.platform.appel_sortant import AppelRefuse, lire_adresse

_DEBUT: Final = "DocumentReference?"
_TYPES_MAX: Final = 50
_TEXTE_MAX: Final = 500
_CONTACTS_MAX: Final = 4000
_DEMANDES: Final = ("requested", "active", "off")
_NDE: Final = "https://interop.esante.gouv.fr/ig/fhir/nde/StructureDefinition/"
# No code of the national list of events says that a document came: ours does.
EVENEMENT: Final = ("CodeSystem/type-evenement", "nouveau-document", "Nouveau document")


@dataclass(frozen=True, slots=True, repr=False)
class Lue:
    """A subscription as it was sent: on whom, and what. `repr` shows nothing of it."""

    ins: Ins
    souhait: Souhait
    id: str


def lire_abonnement(corps: bytes, *, fictifs: bool) -> Lue:
    """Read a Subscription. Raises RefusFhir: 400 for its structure, 422 for what is not offered."""
    s = lire(corps, LIRE_SUBSCRIPTION, Subscription)
    constats: list[Constat] = []
    for nom in ("contained", "extension", "modifierExtension", "implicitRules", "error"):
        valeur = getattr(s, nom)
        if not isinstance(valeur, UnsetType):
            constats.append(ErreurAbonnement.ELEMENT.constat(f"Subscription.{nom}"))
    for nom in ("status", "reason", "criteria", "channel"):
        if isinstance(getattr(s, nom), UnsetType):
            constats.append(Erreur.ELEMENT_OBLIGATOIRE.constat(f"Subscription.{nom}", element=nom))
    if present(s.status) not in ("", *_DEMANDES):
        constats.append(ErreurAbonnement.STATUT.constat("Subscription.status"))
    if len(present(s.reason)) > _TEXTE_MAX or (not isinstance(s.contact, UnsetType) and len(s.contact) > 5):
        constats.append(ErreurAbonnement.ELEMENT.constat("Subscription.reason"))
    fin = _fin(present(s.end), constats)
    adresse, forme = _canal(s.channel, constats)
    ins, types = _criteres(present(s.criteria), constats, fictifs=fictifs)
    lever_si_refus(constats)
    if ins is None:
        raise RefusFhir([ErreurAbonnement.CRITERES.constat("Subscription.criteria")])
    contacts: list[dict[str, Any]] = (
        [] if isinstance(s.contact, UnsetType) else [msgspec.json.decode(c) for c in s.contact]
    )
    if len(orjson.dumps(contacts)) > _CONTACTS_MAX:
        raise RefusFhir([ErreurAbonnement.ELEMENT.constat("Subscription.contact")])
    demande = Demande(
        criteres=present(s.criteria), adresse=adresse, corps=forme, motif=present(s.reason), contacts=contacts
    )
    souhait = Souhait(demande=demande, types=types, fin=fin, actif=present(s.status) != "off")
    return Lue(ins, souhait, present(s.id))


def _fin(texte: str, constats: list[Constat]) -> datetime | None:
    if not texte:
        return None
    lue = lire_instant(texte)
    if isinstance(lue, Erreur):
        constats.append(lue.constat("Subscription.end"))
        return None
    return lue


def _canal(canal: SubscriptionChannel | UnsetType, constats: list[Constat]) -> tuple[str, str]:
    """Address and media type of the notification."""
    if isinstance(canal, UnsetType):
        return "", ""
    adresse = present(canal.endpoint)
    try:
        lire_adresse(adresse)
        correct = canal.type == "rest-hook"
    except AppelRefuse:
        correct = False
    if not correct:
        constats.append(ErreurAbonnement.CANAL.constat("Subscription.channel"))
    if not isinstance(canal.header, UnsetType):
        # A secret written here would have to be kept and sent; mutual TLS already says who calls.
        constats.append(ErreurAbonnement.ENTETE.constat("Subscription.channel.header"))
    for nom in ("extension", "modifierExtension"):
        if not isinstance(getattr(canal, nom), UnsetType):
            constats.append(ErreurAbonnement.ELEMENT.constat(f"Subscription.channel.{nom}"))
    if present(canal.payload) not in CORPS:
        constats.append(ErreurAbonnement.CORPS.constat("Subscription.channel.payload"))
    return adresse, present(canal.payload)


def _criteres(texte: str, constats: list[Constat], *, fictifs: bool) -> tuple[Ins | None, tuple[str, ...]]:
    """The patient, and the types of documents; nothing else may be asked (FHR-168)."""
    faute = ErreurAbonnement.CRITERES.constat("Subscription.criteria")
    paires: list[tuple[str, str]] = []
    if texte.startswith(_DEBUT) and len(texte) <= 4 * _TEXTE_MAX:
        try:
            paires = parse_qsl(
                texte.removeprefix(_DEBUT), keep_blank_values=True, strict_parsing=True, max_num_fields=2
            )
        except ValueError:
            paires = []
    noms = [nom for nom, _ in paires]
    valeurs = dict(paires)
    if noms not in (["patient.identifier"], ["patient.identifier", "type"], ["type", "patient.identifier"]):
        if texte:
            constats.append(faute)
        return None, ()
    patient = jetons.lire_jeton(valeurs["patient.identifier"])
    ins = lire_ins(patient.systeme or "", patient.code, fictifs=fictifs)
    if isinstance(ins, Erreur):
        constats.append(ErreurAbonnement.CRITERES.constat("Subscription.criteria"))
        return None, ()
    lus = jetons.vers_types([jetons.lire_jeton(v) for v in jetons.decouper(valeurs.get("type", ""))])
    connus = tuple(dict.fromkeys(t for t in lus if nomenclatures.type_document(t) is not None))
    if "type" in valeurs and (not lus or len(connus) != len(set(lus)) or len(connus) > _TYPES_MAX):
        constats.append(faute)
    return ins, connus


def ressource(
    fil: str, demande: Demande, etat: str, fin: datetime, version: int, maj_le: datetime
) -> dict[str, Any]:
    """The Subscription as it stands."""
    return {
        "resourceType": "Subscription",
        "id": fil,
        "meta": {"versionId": str(version), "lastUpdated": ecrire_date(maj_le)},
        "status": etat,
        **({"contact": demande.contacts} if demande.contacts else {}),
        "end": ecrire_date(fin),
        "reason": demande.motif,
        "criteria": demande.criteres,
        **({"error": "Le logiciel n’a pas reçu ses avis."} if etat == "error" else {}),
        "channel": {
            "type": "rest-hook",
            "endpoint": demande.adresse,
            **({"payload": demande.corps} if demande.corps else {}),
        },
    }


def communication(
    identifiant: UUID, base: str, abonnement: str, document: str, evenement: datetime, emission: datetime
) -> bytes:
    """What tells of one document: reference, kind of event, times. Neither patient, nor title, nor type (FHR-169)."""
    systeme, code, libelle = EVENEMENT
    return orjson.dumps(
        {
            "resourceType": "CommunicationRequest",
            "id": str(identifiant),
            "extension": [
                {
                    "url": f"{_NDE}event-type",
                    "valueCodeableConcept": {
                        "coding": [{"system": f"{base}/{systeme}", "code": code, "display": libelle}]
                    },
                },
                {"url": f"{_NDE}event-time", "valueDateTime": ecrire_date(evenement)},
                {"url": f"{_NDE}event-emission-time", "valueDateTime": ecrire_date(emission)},
            ],
            "basedOn": [{"reference": f"{base}/Subscription/{abonnement}"}],
            "status": "active",
            "about": [{"reference": f"{base}/DocumentReference/{document}"}],
            "authoredOn": ecrire_date(emission),
        }
    )


def constats_de(code: str, jours: int, nombre: int) -> Sequence[Constat]:
    """The refusal of the gate, as a finding."""
    simples = {
        "canal_refuse": ErreurAbonnement.CANAL,
        "hote_non_inscrit": ErreurAbonnement.HOTE,
        "autre_patient": ErreurAbonnement.AUTRE_PATIENT,
        "abonnements_indisponibles": ErreurAbonnement.INDISPONIBLE,
        "urgence_sans_abonnement": ErreurAbonnement.URGENCE,
    }
    if code in simples:
        return [simples[code].constat("Subscription")]
    if code == "fin_refusee":
        return [ErreurAbonnement.FIN.constat("Subscription.end", jours=jours)]
    if code == "trop_d_abonnements":
        return [ErreurAbonnement.NOMBRE.constat("Subscription", nombre=nombre)]
    autres = {"version_perimee": Erreur.VERSION_PERIMEE, "autorisation_absente": Erreur.DICAH_C}
    return [autres.get(code, Erreur.INTROUVABLE).constat()]
