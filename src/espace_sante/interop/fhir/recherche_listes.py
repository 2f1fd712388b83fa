"""Search parameters of ITI-66 → a `FiltreListes` (FHR-107 to FHR-109, FHR-116). Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from espace_sante.documents.filtre import Champ
from espace_sante.documents.listes import FiltreListes
from espace_sante.interop.fhir.constats import Constat, RefusFhir
from espace_sante.interop.fhir.entrees import CODE_LISTE
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.identifiants import decomposer
from espace_sante.interop.fhir.jetons import AUCUN, Jeton, codes_de, decouper
from espace_sante.interop.fhir.recherche import IGNORES, PATIENT, Lecture
from espace_sante.kernel.ins import Ins

PARAMETRES: Final = (
    "_id", "_lastUpdated", "patient", "subject", "patient.identifier", "subject.identifier", "code", "status", "date",
    "identifier", "designationType", "sourceId", "source", "source.identifier", "source.given", "source.family",
    "authorOrg", "authorOrg.identifier", "title", "isArchived", "item",
)  # fmt: skip
_ALIAS: Final = {
    "PDSm_List_PatientAsSource": "source",
    "PDSm_List_PractitionerRoleAsSource": "source",
    "PDSm_List_authorOrg": "authorOrg",
    "PDSm_isArchived": "isArchived",
    "source:identifier": "source.identifier",
    "authorOrg:identifier": "authorOrg.identifier",
}
_DATES: Final[dict[str, Champ]] = {"date": "date", "_lastUpdated": "depose_le"}
_GENRES: Final = frozenset({"submissionset", "folder"})
_LISTE_ETAT: Final = "http://hl7.org/fhir/list-status"


@dataclass(frozen=True, slots=True, kw_only=True)
class RechercheListes:
    """A search of lists: for whom, which ones, what was not understood."""

    ins: Ins | None
    dossier_id: UUID | None
    filtre: FiltreListes
    vide: bool
    avertissements: tuple[Constat, ...]
    utilises: tuple[tuple[str, str], ...]


class _Lecture(Lecture):
    """Parameters of List, beside those that all searches have."""

    __slots__ = ("items",)

    def __init__(self, maintenant: datetime, fictifs: bool) -> None:
        super().__init__(maintenant=maintenant, fictifs=fictifs, dates=_DATES)
        self.items: tuple[UUID, ...] = ()

    def item(self, _nom: str, valeur: str) -> None:
        lus = [f for v in decouper(valeur) if (f := decomposer(v.rpartition("/")[2]))]
        self.items = tuple(document_id for _, document_id in lus)
        self.vide = self.vide or not lus

    def archive_de(self, nom: str, valeur: str) -> None:
        """No list is archived: an absent flag is false (table A.7.1)."""
        self.booleen(nom, valeur)
        self.vide = self.vide or valeur == "true"


def lire_recherche_listes(
    parametres: Iterable[tuple[str, str]], *, maintenant: datetime, fictifs: bool, strict: bool = False
) -> RechercheListes:
    """Read the parameters, of the URL and of the form together. Raises RefusFhir."""
    lecture = _Lecture(maintenant, fictifs)
    lecteurs: dict[str, Callable[[str, str], None]] = {
        **dict.fromkeys(PATIENT, lecture.patient),
        **dict.fromkeys(_DATES, lecture.date),
        "_id": lecture.id,
        "identifier": lecture.identifier,
        "code": lecture.jetons("genres", _genres),
        "status": lecture.jetons("etats", _etats),
        "designationType": lecture.jetons("designations", codes_de),
        "sourceId": lecture.jetons("sources", codes_de),
        "source.identifier": lecture.jetons("auteurs", codes_de),
        "authorOrg.identifier": lecture.jetons("organisations", codes_de),
        "source": lecture.reference_externe,
        "authorOrg": lecture.reference_externe,
        "source.given": lecture.debut("noms"),
        "source.family": lecture.debut("noms"),
        "title": lecture.debut("titres"),
        "isArchived": lecture.archive_de,
        "item": lecture.item,
        "_count": lecture.compte,
    }
    nommes = ((_ALIAS.get(nom, nom), valeur) for nom, valeur in parametres)
    lecture.lire((n for n in nommes if n[0] not in IGNORES), lecteurs, patient=PATIENT, strict=strict)
    return _conclure(lecture)


def _conclure(lecture: _Lecture) -> RechercheListes:
    if lecture.ins is None and not lecture.dossiers and lecture.ids is None and not lecture.constats:
        lecture.constats.append(Erreur.CRITERE_PATIENT.constat("http.patient"))
    if lecture.constats:
        raise RefusFhir(lecture.constats)
    dossiers = lecture.dossiers if lecture.dossiers or lecture.ins else lecture.dossiers_des_ids
    parmi = lecture.parmi
    filtre = FiltreListes(
        ids=lecture.ids or (),
        identifiants=parmi.get("identifiants", ()),
        genres=parmi.get("genres", ()),
        designations=parmi.get("designations", ()),
        sources=parmi.get("sources", ()),
        auteurs=parmi.get("auteurs", ()),
        organisations=parmi.get("organisations", ()),
        noms=tuple(lecture.debuts.get("noms", ())),
        titres=tuple(lecture.debuts.get("titres", ())),
        items=lecture.items,
        bornes=tuple(lecture.bornes),
        limite=lecture.limite,
    )
    return RechercheListes(
        ins=lecture.ins,
        dossier_id=next(iter(dossiers), None),
        filtre=filtre,
        # Nobody's id names no record: the search then finds nothing anywhere.
        vide=lecture.vide or len(dossiers) > 1 or (lecture.ins is None and not dossiers),
        avertissements=tuple(lecture.avertissements),
        utilises=tuple(lecture.utilises),
    )


def _genres(jetons: list[Jeton]) -> list[str]:
    return [j.code if j.code in _GENRES and j.systeme in (None, CODE_LISTE) else AUCUN for j in jetons]


def _etats(jetons: list[Jeton]) -> list[str]:
    """A list is current: another status finds nothing (FHR-116)."""
    return [j.code if j.code == "current" and j.systeme in (None, _LISTE_ETAT) else AUCUN for j in jetons]
