"""Parameters of ITI-81 → which record, which traces (FHR-21, FHR-23, FHR-160 to FHR-162). Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from espace_sante.interop.fhir import actes
from espace_sante.interop.fhir.constats import Constat, RefusFhir
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.identifiants import decomposer
from espace_sante.interop.fhir.jetons import decouper, lire_jeton
from espace_sante.interop.fhir.parametres import LectureParametres
from espace_sante.interop.fhir.trace import ECHEC, REUSSI
from espace_sante.interop.fhir.valeurs import date_cherchee
from espace_sante.kernel.identifiants import IdentifiantInvalide, Rpps
from espace_sante.kernel.ins import Ins
from espace_sante.traces.ecriture import Resultat
from espace_sante.traces.queries import FiltreTraces

PATIENT: Final = ("patient", "patient.identifier", "patient:identifier", "entity.identifier")
PARAMETRES: Final = (
    "_id", "patient", "patient.identifier", "date", "period-start", "entity", "type", "subtype", "action", "outcome",
    "agent", "agent.identifier", "agent-name", "altid",
)  # fmt: skip
_ALIAS: Final = {"TDE_AuditEvent_period-start": "period-start", "agent:identifier": "agent.identifier"}
_IGNORES: Final = frozenset({"_format", "_pretty", "_sort"})
_RESULTATS: Final = {REUSSI: Resultat.FAIT.value, ECHEC: Resultat.REFUS.value}


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandeTraces:
    """A search of traces. `filtre.acteur_id` names whose acts are asked; `vide`: no trace can match."""

    ins: Ins | None
    dossier_id: UUID | None
    filtre: FiltreTraces
    vide: bool = False
    avertissements: tuple[Constat, ...] = ()
    utilises: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True, kw_only=True)
class _Lecture(LectureParametres):
    systeme_actes: str
    du: datetime | None = None
    au: datetime | None = None
    actions: tuple[str, ...] | None = None
    resultats: set[str] = field(default_factory=lambda: set(_RESULTATS.values()))
    acteurs: set[str] = field(default_factory=set)
    nom: str = ""
    documents: set[UUID] = field(default_factory=set)
    ids: set[UUID] = field(default_factory=set)

    def date(self, nom: str, valeur: str) -> None:
        """Both names mean the moment of the act: here it has no duration."""
        lue = date_cherchee(valeur)
        if isinstance(lue, Erreur):
            self.constats.append(Erreur.DATE_INVALIDE.constat(f"http.{nom}"))
            return
        prefixe, debut, fin = lue
        operateur = prefixe or "eq"
        if operateur in ("eq", "ge"):
            self._pas_avant(debut)
        if operateur in ("gt", "sa"):
            self._pas_avant(fin)
        if operateur in ("eq", "le"):
            self._avant(fin)
        if operateur in ("lt", "eb"):
            self._avant(debut)

    def _pas_avant(self, borne: datetime) -> None:
        self.du = borne if self.du is None else max(self.du, borne)

    def _avant(self, borne: datetime) -> None:
        self.au = borne if self.au is None else min(self.au, borne)

    def entite(self, nom: str, valeur: str) -> None:
        genre, _, fin = valeur.rpartition("/")
        genre = genre.rpartition("/")[2]
        if genre == "Patient":
            self.patient("patient", valeur)
        elif (lu := decomposer(fin)) and genre in ("", "DocumentReference", "Binary", "Bundle"):
            self.dossiers.add(lu[0])
            self.documents.add(lu[1])
        else:
            self.invalide(nom)

    def id(self, nom: str, valeur: str) -> None:
        lu = decomposer(valeur.rpartition("/")[2])
        if lu is None:
            self.vide = True
        else:
            self.dossiers.add(lu[0])
            self.ids.add(lu[1])

    def acteur(self, nom: str, valeur: str) -> None:
        """A national number, or one of ours; a reference to a person is by that number."""
        jeton = lire_jeton(valeur.rpartition("/")[2] if nom == "agent" else valeur)
        try:
            self.acteurs.add(Rpps.lire(jeton.code, jeton.systeme or "").numero)
        except IdentifiantInvalide:
            # Structures and programs are named as they are kept.
            self.acteurs.add(jeton.code[:80])

    def nom_d_acteur(self, nom: str, valeur: str) -> None:
        if self.nom:
            self.constats.append(Erreur.PARAMETRE_EN_DOUBLE.constat(f"http.{nom}"))
        self.nom = valeur[:100]

    def codes(self, lire: Callable[[str | None, str], set[str]]) -> Callable[[str, str], None]:
        def restreindre(nom: str, valeur: str) -> None:
            jetons = [lire_jeton(v) for v in decouper(valeur)]
            voulues = set[str]().union(*(lire(j.systeme, j.code) for j in jetons))
            self.actions = actes.communes(self.actions, voulues)

        return restreindre

    def resultat(self, nom: str, valeur: str) -> None:
        self.resultats &= {_RESULTATS.get(lire_jeton(v).code, "") for v in decouper(valeur)}


def lire_recherche(
    parametres: Iterable[tuple[str, str]],
    *,
    base: str,
    fictifs: bool,
    strict: bool,
    titulaire: bool,
) -> DemandeTraces:
    """Read the parameters. `titulaire`: the holder needs neither patient nor bounds (FHR-160). Raises RefusFhir."""
    lecture = _Lecture(fictifs=fictifs, systeme_actes=f"{base}/{actes.ACTE}")
    lecteurs: dict[str, Callable[[str, str], None]] = {
        **dict.fromkeys(PATIENT, lecture.patient),
        "date": lecture.date,
        "period-start": lecture.date,
        "_id": lecture.id,
        "entity": lecture.entite,
        "type": lecture.codes(actes.de_type),
        "subtype": lecture.codes(lambda s, c: actes.de_sous_type(s, c, lecture.systeme_actes)),
        "action": lecture.codes(lambda _, c: actes.de_lettre(c)),
        "outcome": lecture.resultat,
        **dict.fromkeys(("agent", "agent.identifier", "altid"), lecture.acteur),
        "agent-name": lecture.nom_d_acteur,
        "_count": lecture.compte,
    }
    nommes = ((_ALIAS.get(nom, nom), valeur) for nom, valeur in parametres)
    gardes = ((n, v) for n, v in nommes if n not in _IGNORES or (n == "_sort" and v != "-date"))
    lecture.lire(gardes, lecteurs, patient=PATIENT, strict=strict)
    return _conclure(lecture, titulaire=titulaire)


def _conclure(lecture: _Lecture, *, titulaire: bool) -> DemandeTraces:
    if not titulaire and not lecture.constats:
        if lecture.ins is None and not lecture.dossiers:
            lecture.constats.append(Erreur.CRITERE_PATIENT.constat("http.patient"))
        # One trace asked by its id is bounded by itself.
        if not lecture.ids:
            lecture.constats += _bornes(lecture)
    if lecture.constats:
        raise RefusFhir(lecture.constats)
    trop = any(len(v) > 1 for v in (lecture.dossiers, lecture.documents, lecture.ids, lecture.acteurs))
    impossible = lecture.actions == () or not lecture.resultats
    return DemandeTraces(
        ins=lecture.ins,
        dossier_id=next(iter(lecture.dossiers), None),
        filtre=FiltreTraces(
            du=lecture.du,
            au=lecture.au,
            acteur_id=next(iter(lecture.acteurs), ""),
            document_id=next(iter(lecture.documents), None),
            actions=lecture.actions or (),
            resultat=next(iter(lecture.resultats)) if len(lecture.resultats) == 1 else "",
            acteur_nom=lecture.nom,
            trace_id=next(iter(lecture.ids), None),
            limite=lecture.limite,
        ),
        vide=lecture.vide or trop or impossible,
        avertissements=tuple(lecture.avertissements),
        utilises=tuple(lecture.utilises),
    )


def _bornes(lecture: _Lecture) -> list[Constat]:
    if lecture.du is None or lecture.au is None:
        return [Erreur.BORNES_REQUISES.constat("http.date")]
    # A leap year, and the hour that a change of time adds.
    if lecture.au - lecture.du > timedelta(days=366, hours=1):
        return [Erreur.PERIODE_TROP_LONGUE.constat("http.date")]
    return []
