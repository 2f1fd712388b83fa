"""The circle of care as one CareTeam, and the parameters that look for it (FHR-166). Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from espace_sante.acces.cercle import Cercle, GenreMembre, Membre
from espace_sante.interop.fhir.constats import Constat, RefusFhir
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.jetons import Jeton, decouper, lire_jeton
from espace_sante.interop.fhir.parametres import LectureParametres
from espace_sante.interop.fhir.valeurs import SYSTEME_URI, date_cherchee, ecrire_date
from espace_sante.kernel.identifiants import SYSTEME_IDNAT_PS, SYSTEME_RPPS, SYSTEME_STRUCTURE
from espace_sante.kernel.ins import Ins

PROFIL: Final = "https://interop.esante.gouv.fr/ig/fhir/cds/StructureDefinition/cds-ihe-careteam"
ROLES: Final = "CodeSystem/role-cercle"
CATEGORIE: Final = ("http://loinc.org", "LA28865-6", "Longitudinal care-coordination focused care team")
PATIENT: Final = ("patient", "subject", "patient.identifier", "subject.identifier")
PARAMETRES: Final = (
    "_id", "_lastUpdated", "patient", "subject", "patient.identifier", "subject.identifier", "identifier", "status",
    "category", "participant", "date", "start", "end", "participant-start", "participant-end", "managingOrganization",
)  # fmt: skip
_DATES: Final = ("_lastUpdated", "date", "start", "end", "participant-start", "participant-end")
_LIBELLES: Final = {
    "autorise": "Professionnel autorisé",
    "medecin_traitant": "Médecin traitant",
    "administrateur": "Administrateur du dossier",
    "sage_femme_referente": "Sage-femme référente",
    "pharmacien_correspondant": "Pharmacien correspondant",
}
_IGNORES: Final = frozenset({"_format", "_pretty", "_count"})

Critere = Callable[[Cercle], bool]


@dataclass(frozen=True, slots=True)
class Service:
    """Who keeps the circle: its number and its name."""

    id: str
    nom: str


@dataclass(frozen=True, slots=True)
class DemandeCercle:
    """A search: whose circle, and what it must be like."""

    ins: Ins | None
    dossier_id: UUID | None
    criteres: tuple[Critere, ...]
    avertissements: tuple[Constat, ...]
    utilises: tuple[tuple[str, str], ...]


def ressource(cercle: Cercle, base: str, service: Service) -> dict[str, Any]:
    """The CareTeam; neither INS nor traits in it."""
    systeme, code, libelle = CATEGORIE
    return {
        "resourceType": "CareTeam",
        "id": str(cercle.dossier_id),
        "meta": {
            **({"lastUpdated": ecrire_date(cercle.maj_le)} if cercle.maj_le else {}),
            "profile": [PROFIL],
        },
        "identifier": [{"system": SYSTEME_URI, "value": f"urn:uuid:{cercle.dossier_id}"}],
        "status": "active",
        "category": [{"coding": [{"system": systeme, "code": code, "display": libelle}]}],
        "name": "Cercle de soins",
        "subject": {"reference": f"Patient/{cercle.dossier_id}"},
        **({"period": {"start": ecrire_date(cercle.depuis)}} if cercle.depuis else {}),
        **({"participant": [_membre(m, base) for m in cercle.membres]} if cercle.membres else {}),
        "managingOrganization": [
            {
                "type": "Organization",
                "identifier": {"system": SYSTEME_STRUCTURE, "value": service.id},
                "display": service.nom,
            }
        ],
    }


def _membre(m: Membre, base: str) -> dict[str, Any]:
    role = {
        "coding": [{"system": f"{base}/{ROLES}", "code": m.role}],
        "text": _LIBELLES.get(m.role, m.role),
    }
    qui: dict[str, Any] = {"type": "CareTeam", "reference": f"CareTeam/{m.cle}", "display": m.nom}
    if m.genre is GenreMembre.PROFESSIONNEL:
        qui = {
            "type": "Practitioner",
            "identifier": {"system": SYSTEME_IDNAT_PS, "value": f"8{m.cle}"},
            "display": m.nom,
        }
    lieu = {
        "type": "Organization",
        "identifier": {"system": SYSTEME_STRUCTURE, "value": m.structure_id},
        **({"display": m.structure_nom} if m.structure_nom else {}),
    }
    fin = {"end": ecrire_date(m.jusqua)} if m.jusqua else {}
    return {
        "role": [role],
        "member": qui,
        **({"onBehalfOf": lieu} if m.structure_id and m.genre is GenreMembre.PROFESSIONNEL else {}),
        "period": {"start": ecrire_date(m.depuis), **fin},
    }


def lire_recherche(
    parametres: Iterable[tuple[str, str]], *, fictifs: bool, strict: bool, titulaire: bool, service: Service
) -> DemandeCercle:
    """Read the parameters. `titulaire`: the holder needs not name himself. Raises RefusFhir."""
    lecture = LectureParametres(fictifs=fictifs)
    criteres: list[Critere] = []

    def critere(nom: str, valeur: str) -> None:
        lu = _date(nom, valeur) if nom in _DATES else _jetons(nom, valeur, service)
        if isinstance(lu, Erreur):
            lecture.constats.append(lu.constat(f"http.{nom}"))
        else:
            criteres.append(lu)

    lecteurs = {
        **dict.fromkeys(PARAMETRES, critere),
        **dict.fromkeys(PATIENT, lecture.patient),
        "_id": lambda _, valeur: lecture.patient("patient", valeur),
    }
    gardes = ((n, v) for n, v in parametres if n not in _IGNORES)
    lecture.lire(gardes, lecteurs, patient=(*PATIENT, "_id"), strict=strict)
    if lecture.ins is None and not lecture.dossiers and not titulaire and not lecture.constats:
        lecture.constats.append(Erreur.CRITERE_PATIENT.constat("http.patient"))
    if lecture.constats:
        raise RefusFhir(lecture.constats)
    if lecture.vide or len(lecture.dossiers) > 1:
        criteres.append(lambda _: False)
    return DemandeCercle(
        lecture.ins,
        next(iter(lecture.dossiers), None),
        tuple(criteres),
        tuple(lecture.avertissements),
        tuple(lecture.utilises),
    )


def _jetons(nom: str, valeur: str, service: Service) -> Critere:
    """A token, by OR; a value of another system matches nothing."""
    jetons = [lire_jeton(v) for v in decouper(valeur)]

    def parmi(*paires: tuple[str, str]) -> bool:
        return any(
            j.code == code and j.systeme in (None, systeme) for j in jetons for systeme, code in paires
        )

    if nom == "status":
        return lambda _: parmi(("http://hl7.org/fhir/care-team-status", "active"))
    if nom == "category":
        return lambda _: parmi(CATEGORIE[:2])
    if nom == "identifier":
        return lambda c: parmi((SYSTEME_URI, f"urn:uuid:{c.dossier_id}"))
    if nom == "managingOrganization":
        return lambda _: parmi((SYSTEME_STRUCTURE, service.id)) or valeur.rpartition("/")[2] == service.id
    return lambda c: any(_est(j, m) for j in jetons for m in c.membres)


def _est(jeton: Jeton, m: Membre) -> bool:
    """Whether a value of `participant` names this member: a number, or a reference that ends with it."""
    code = jeton.code.rpartition("/")[2]
    if m.genre is GenreMembre.EQUIPE:
        return jeton.systeme is None and code == m.cle
    if jeton.systeme == SYSTEME_RPPS:
        return code == m.cle
    return jeton.systeme in (None, SYSTEME_IDNAT_PS) and code in (
        f"8{m.cle}",
        *((m.cle,) * (jeton.systeme is None)),
    )


def _date(nom: str, valeur: str) -> Critere | Erreur:
    lue = date_cherchee(valeur)
    if isinstance(lue, Erreur):
        return Erreur.DATE_INVALIDE
    prefixe, *bornes = lue
    operateur = prefixe or "eq"

    def convient(moment: datetime | None) -> bool:
        return moment is not None and _compare(operateur, moment, *bornes)

    if nom in ("start", "date"):
        return lambda c: convient(c.depuis)
    if nom == "_lastUpdated":
        return lambda c: convient(c.maj_le)
    if nom == "participant-start":
        return lambda c: any(convient(m.depuis) for m in c.membres)
    if nom == "participant-end":
        return lambda c: any(convient(m.jusqua) for m in c.membres)
    # A circle has no end.
    return lambda _: False


def _compare(operateur: str, moment: datetime, debut: datetime, fin: datetime) -> bool:
    """FHIR prefixes on a moment against the half-open interval of a date."""
    return {
        "eq": debut <= moment < fin,
        "ge": moment >= debut,
        "gt": moment >= fin,
        "sa": moment >= fin,
        "le": moment < fin,
        "lt": moment < debut,
        "eb": moment < debut,
    }[operateur]
