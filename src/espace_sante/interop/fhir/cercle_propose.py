"""A CareTeam sent by a software ↔ members proposed to the holder (FHR-167). Pure."""

from __future__ import annotations

from typing import Any, Final

from msgspec import UnsetType

from espace_sante.acces.propositions import MEMBRES_MAX, PROPOSEE, Proposition
from espace_sante.interop.fhir import structs
from espace_sante.interop.fhir.cercle import CATEGORIE, PROFIL
from espace_sante.interop.fhir.constats import Constat, RefusFhir, lever_si_refus
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.erreurs_abonnements import ErreurAbonnement
from espace_sante.interop.fhir.identifiants import composer
from espace_sante.interop.fhir.lecture import lire
from espace_sante.interop.fhir.patients import Designation, lire_designation
from espace_sante.interop.fhir.structs_abonnement import LIRE_CARETEAM, CareTeam, CareTeamParticipant
from espace_sante.interop.fhir.valeurs import ecrire_date, present
from espace_sante.kernel.identifiants import SYSTEME_IDNAT_PS, SYSTEME_RPPS, IdentifiantInvalide, Rpps

_STATUTS: Final = ("", "proposed", "active")
_SYSTEMES: Final = (SYSTEME_IDNAT_PS, SYSTEME_RPPS)


def lire_cercle(corps: bytes, *, fictifs: bool) -> tuple[Designation, tuple[str, ...], str]:
    """On whom, which RPPS, the id that it says. Raises RefusFhir 400 or 422."""
    c = lire(corps, LIRE_CARETEAM, CareTeam)
    constats: list[Constat] = []
    if present(c.status) not in _STATUTS:
        constats.append(ErreurAbonnement.CERCLE_STATUT.constat("CareTeam.status"))
    for nom in ("contained", "modifierExtension", "implicitRules"):
        if not isinstance(getattr(c, nom), UnsetType):
            constats.append(ErreurAbonnement.ELEMENT.constat(f"CareTeam.{nom}"))
    patient: Designation | Erreur = Erreur.PATIENT_FORME
    if isinstance(c.subject, structs.Reference):
        patient = lire_designation(c.subject, lambda _: None, fictifs=fictifs)
    if isinstance(patient, Erreur):
        constats.append(patient.constat("CareTeam.subject"))
    participants = [] if isinstance(c.participant, UnsetType) else c.participant
    if not 1 <= len(participants) <= MEMBRES_MAX:
        constats.append(ErreurAbonnement.CERCLE_NOMBRE.constat("CareTeam.participant", maximum=MEMBRES_MAX))
    rpps = [_membre(p, rang, constats) for rang, p in enumerate(participants[: MEMBRES_MAX + 1])]
    lever_si_refus(constats)
    if isinstance(patient, Erreur):
        raise RefusFhir([patient.constat("CareTeam.subject")])
    return patient, tuple(dict.fromkeys(rpps)), present(c.id)


def _membre(participant: CareTeamParticipant, rang: int, constats: list[Constat]) -> str:
    membre = participant.member
    if isinstance(membre, structs.Reference) and isinstance(membre.identifier, structs.Identifier):
        systeme = present(membre.identifier.system)
        try:
            if systeme in _SYSTEMES and present(membre.type) in ("", "Practitioner"):
                return Rpps.lire(present(membre.identifier.value), systeme).numero
        except IdentifiantInvalide:
            pass
    constats.append(ErreurAbonnement.MEMBRE.constat(f"CareTeam.participant[{rang}].member"))
    return ""


def ressource(proposition: Proposition) -> dict[str, Any]:
    """The proposal as it stands: `proposed` while somebody waits; who was refused or taken back is not told."""
    systeme, code, libelle = CATEGORIE
    attend = any(m.etat == PROPOSEE for m in proposition.membres)
    quand = proposition.propose_le
    return {
        "resourceType": "CareTeam",
        "id": composer(proposition.dossier_id, proposition.groupe_id),
        "meta": {
            **({"lastUpdated": ecrire_date(quand)} if quand else {}),
            "profile": [PROFIL],
        },
        "status": "proposed" if attend else "active" if proposition.membres else "inactive",
        "category": [{"coding": [{"system": systeme, "code": code, "display": libelle}]}],
        "name": "Membres proposés au titulaire",
        "subject": {"reference": f"Patient/{proposition.dossier_id}"},
        **(
            {
                "participant": [
                    {
                        "role": [{"text": "Proposé" if m.etat == PROPOSEE else "Accepté par le titulaire"}],
                        "member": {
                            "type": "Practitioner",
                            "identifier": {"system": SYSTEME_IDNAT_PS, "value": f"8{m.rpps}"},
                            "display": m.nom,
                        },
                        "period": {"start": ecrire_date(m.propose_le)},
                    }
                    for m in proposition.membres
                ]
            }
            if proposition.membres
            else {}
        ),
    }
