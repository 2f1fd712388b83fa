"""Search parameters of Appointment → which agenda, which appointments (FHR-21, FHR-23, FHR-157). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, cast
from uuid import UUID

from espace_sante.agenda.filtre import Champ, Critere, FiltreAgenda, Jeton, empreinte
from espace_sante.agenda.statuts import Statut
from espace_sante.interop.fhir.constats import Constat, RefusFhir
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.identifiants import decomposer
from espace_sante.interop.fhir.jetons import AUCUN, decouper, lire_jeton
from espace_sante.interop.fhir.parametres import LectureParametres
from espace_sante.interop.fhir.valeurs import date_cherchee
from espace_sante.kernel.ins import OIDS, Ins

PATIENT: Final = ("patient", "patient.identifier", "patient:identifier")
PARAMETRES: Final = (
    "_id", "patient", "patient.identifier", "actor", "practitioner", "date", "start", "earliestStart", "latestStart",
    "created", "status", "service-type", "identifier", "description", "priority", "supporting-info",
)  # fmt: skip
_DATES: Final = frozenset({"date", "start", "earliestStart", "latestStart"})
# `start` between an earliest and a latest one, as the guide names them.
_OPERATEURS: Final = {"earliestStart": "ge", "latestStart": "le"}
_REFERENCES: Final = frozenset({"actor", "practitioner", "supporting-info"})
_IGNORES: Final = frozenset({"_format", "_pretty"})
_ALIAS: Final = re.compile(r"GAP_(?:Appointment_)?([\w.:-]+)", re.ASCII)
_PAR_NOM: Final = {nom.casefold(): nom for nom in (*PARAMETRES, *PATIENT)}
_STATUTS: Final = frozenset(s.value for s in Statut)
_SYSTEME_STATUT: Final = "http://hl7.org/fhir/appointmentstatus"
_TRIS: Final = frozenset({"date", "-date", "start", "-start"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandeRendezVous:
    """A search. `vide`: no appointment can match; `utilises`: parameters of the `self` link, without the patient."""

    ins: Ins | None
    dossier_id: UUID | None
    filtre: FiltreAgenda
    vide: bool = False
    avertissements: tuple[Constat, ...] = ()
    utilises: tuple[tuple[str, str], ...] = ()


def vrai_nom(nom: str) -> str:
    """The name without the guide's decoration (FHR-157)."""
    decore = _ALIAS.fullmatch(nom)
    return _PAR_NOM.get(decore[1].casefold(), nom) if decore else nom


@dataclass(slots=True, kw_only=True)
class _Lecture(LectureParametres):
    cle: bytes
    filtre: FiltreAgenda = field(default_factory=FiltreAgenda)

    def date(self, nom: str, valeur: str) -> None:
        bornes = self._bornes(nom, valeur)
        if bornes is None:
            return
        du, au = bornes
        if nom == "created":
            self._critere(Critere("created", du=du, au=au))
            return
        f = self.filtre
        self.filtre = replace(
            f,
            du=du if f.du is None or (du and du > f.du) else f.du,
            au=au if f.au is None or (au and au < f.au) else f.au,
        )

    def _bornes(self, nom: str, valeur: str) -> tuple[datetime | None, datetime | None] | None:
        """The half-open interval that a date parameter leaves; None and a finding when it cannot be read."""
        lu = date_cherchee(valeur)
        if isinstance(lu, Erreur):
            self.constats.append(Erreur.DATE_INVALIDE.constat(f"http.{nom}"))
            return None
        prefixe, debut, fin = lu
        return {
            "eq": (debut, fin), "ge": (debut, None), "gt": (fin, None), "sa": (fin, None),
            "le": (None, fin), "lt": (None, debut), "eb": (None, debut),
        }[prefixe or _OPERATEURS.get(nom, "eq")]  # fmt: skip

    def statut(self, nom: str, valeur: str) -> None:
        lus = [lire_jeton(v) for v in decouper(valeur)]
        voulus = tuple(
            j.code if j.code in _STATUTS and j.systeme in (None, _SYSTEME_STATUT) else AUCUN for j in lus
        )
        if self.filtre.statuts:
            voulus = tuple(v for v in voulus if v in self.filtre.statuts) or (AUCUN,)
        self.filtre = replace(self.filtre, statuts=voulus or (AUCUN,))

    def identifiant(self, nom: str, valeur: str) -> None:
        parmi = tuple(
            empreinte(j.systeme, j.code, self.cle)
            for j in (lire_jeton(v) for v in decouper(valeur))
            if j.code
        )
        self.vide = self.vide or not parmi
        self.filtre = replace(self.filtre, identifiants=(*self.filtre.identifiants, parmi or (AUCUN,)))

    def id(self, nom: str, valeur: str) -> None:
        fils = [f for f in (decomposer(v.rpartition("/")[2]) for v in decouper(valeur)) if f]
        self.dossiers.update(dossier_id for dossier_id, _ in fils)
        ids = tuple(i for _, i in fils if not self.filtre.ids or i in self.filtre.ids)
        self.vide = self.vide or not ids
        self.filtre = replace(self.filtre, ids=ids)

    def autre(self, nom: str, valeur: str) -> None:
        """What is sealed: tokens by OR; a reference is compared whole, a description by its beginning."""
        if nom == "actor" and (_est_un_ins(valeur) or valeur.rpartition("/")[0].endswith("Patient")):
            # The patient is one of the actors.
            self.patient("patient.identifier" if "|" in valeur else "patient", valeur)
            return
        if nom == "description":
            jetons = tuple(Jeton(None, v.strip()) for v in decouper(valeur))
        elif nom in _REFERENCES:
            jetons = tuple(_reference(v) for v in decouper(valeur))
        else:
            jetons = tuple(Jeton(j.systeme, j.code) for j in map(lire_jeton, decouper(valeur)))
        self._critere(Critere(cast(Champ, nom), jetons or (Jeton(None, AUCUN),)))

    def trier(self, nom: str, valeur: str) -> None:
        if valeur not in _TRIS:
            self.inconnu(nom, strict=False)
        else:
            self.filtre = replace(self.filtre, descendant=valeur.startswith("-"))

    def _critere(self, critere: Critere) -> None:
        self.filtre = replace(self.filtre, criteres=(*self.filtre.criteres, critere))


def _est_un_ins(valeur: str) -> bool:
    return valeur.partition("|")[0].removeprefix("urn:oid:") in OIDS


def _reference(valeur: str) -> Jeton:
    """A reference, or a number with its system."""
    lu = lire_jeton(valeur)
    return Jeton(lu.systeme, lu.code) if "|" in valeur else Jeton(None, valeur.strip())


def lire_recherche(
    parametres: Iterable[tuple[str, str]], *, cle: bytes, fictifs: bool, strict: bool, sans_patient: bool
) -> DemandeRendezVous:
    """Read a search. `cle`: of the hashes of identifiers; `sans_patient`: the token tells whose agenda. Raises RefusFhir."""
    lecture = _Lecture(fictifs=fictifs, cle=cle)
    lecteurs = {
        **dict.fromkeys(PARAMETRES, lecture.autre),
        **dict.fromkeys((*_DATES, "created"), lecture.date),
        **dict.fromkeys(PATIENT, lecture.patient),
        "_id": lecture.id, "status": lecture.statut, "identifier": lecture.identifiant,
        "_count": lecture.compte, "_sort": lecture.trier,
    }  # fmt: skip
    lus = ((vrai_nom(n), v) for n, v in parametres if n not in _IGNORES)
    lecture.lire(lus, lecteurs, patient=PATIENT, strict=strict)
    if lecture.ins is None and not lecture.dossiers and not sans_patient and not lecture.constats:
        lecture.constats.append(Erreur.CRITERE_PATIENT.constat("http.patient"))
    if lecture.constats:
        raise RefusFhir(lecture.constats)
    return DemandeRendezVous(
        ins=lecture.ins,
        dossier_id=next(iter(lecture.dossiers), None),
        filtre=replace(lecture.filtre, limite=lecture.limite),
        vide=lecture.vide or len(lecture.dossiers) > 1,
        avertissements=tuple(lecture.avertissements),
        utilises=tuple(lecture.utilises),
    )
