"""Which record a reference to a patient means (FHR-66, FHR-42, FHR-51)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote
from uuid import UUID

from msgspec import UnsetType

from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.structs import Identifier, Patient, Reference
from espace_sante.interop.fhir.valeurs import lire_id, present
from espace_sante.kernel.ins import OIDS, Ins, InsInvalide

Resoudre = Callable[[str], Patient | None]


@dataclass(frozen=True, slots=True, repr=False)
class Designation:
    """A patient as a request names him: by INS or by our id. `repr` shows nothing."""

    ins: Ins | None = None
    dossier_id: UUID | None = None

    def __repr__(self) -> str:
        return "<Designation>"


def meme_patient(a: Ins, b: Ins) -> bool:
    """The matricule tells; outside production its domains are one person's (CDA-28), in production
    the fictitious ones are refused before."""
    return a.matricule == b.matricule


def lire_ins(systeme: str, valeur: str, *, fictifs: bool) -> Ins | Erreur:
    """An INS of a request. The key is not judged here: a wrong one finds nobody (FHR-42, CDA-26)."""
    oid = systeme.removeprefix("urn:oid:")
    if not systeme.startswith("urn:oid:") or oid not in OIDS:
        return Erreur.INS_FORME
    try:
        ins = Ins.lire(valeur, oid, verifier_cle=False)
    except InsInvalide:
        return Erreur.INS_FORME
    return Erreur.INS_FICTIF if ins.fictif and not fictifs else ins


def ins_de_patient(patient: Patient, *, fictifs: bool) -> Ins | Erreur | None:
    """The INS among a Patient's identifiers (a former one only when alone); None when there is none."""
    if isinstance(patient.identifier, UnsetType):
        return None
    candidats = [i for i in patient.identifier if present(i.system).removeprefix("urn:oid:") in OIDS]
    if not candidats:
        return None
    choisi = next((i for i in candidats if i.use != "old"), candidats[0])
    return lire_ins(present(choisi.system), present(choisi.value), fictifs=fictifs)


def lire_designation(reference: Reference, resoudre: Resoudre, *, fictifs: bool) -> Designation | Erreur:
    """The patient that a reference names, in any form that FHR-66 admits."""
    texte = present(reference.reference)
    if not texte:
        if isinstance(reference.identifier, Identifier):
            identifiant = reference.identifier
            return _par_ins(
                lire_ins(present(identifiant.system), present(identifiant.value), fictifs=fictifs)
            )
        return Erreur.PATIENT_FORME
    if texte.startswith(("urn:uuid:", "#")):
        patient = resoudre(texte)
        if patient is None:
            return Erreur.REFERENCE_NON_RESOLUE
        ins = ins_de_patient(patient, fictifs=fictifs)
        return _par_ins(ins) if ins is not None else Erreur.PATIENT_FORME
    _, _, fin = f"/{texte}".rpartition("/Patient")
    if fin.startswith("?identifier="):
        systeme, _, valeur = unquote(fin.removeprefix("?identifier=")).partition("|")
        return _par_ins(lire_ins(systeme, valeur, fictifs=fictifs))
    dossier_id = lire_id(fin.removeprefix("/")) if fin.startswith("/") else None
    return Designation(dossier_id=dossier_id) if dossier_id else Erreur.PATIENT_FORME


def _par_ins(ins: Ins | Erreur) -> Designation | Erreur:
    return ins if isinstance(ins, Erreur) else Designation(ins=ins)
