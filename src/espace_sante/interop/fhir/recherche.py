"""Search parameters of ITI-67 → a `Filtre` (FHR-21, FHR-23, FHR-26, FHR-106 to FHR-116). Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, cast
from uuid import UUID

from espace_sante.documents.filtre import Borne, Champ, Filtre, NomAuteur, Operateur, Tri
from espace_sante.interop.fhir.constats import Constat, RefusFhir
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.identifiants import decomposer
from espace_sante.interop.fhir.jetons import (
    AUCUN,
    Jeton,
    codes_de,
    decouper,
    lire_jeton,
    vers_classes,
    vers_etats,
    vers_identifiants,
    vers_minuscules,
    vers_types,
)
from espace_sante.interop.fhir.parametres import LectureParametres
from espace_sante.interop.fhir.presentation import PARAMETRES as PRESENTATION
from espace_sante.interop.fhir.valeurs import date_cherchee
from espace_sante.kernel.ins import Ins

_NOMS: Final[tuple[Literal["family", "given"], ...]] = ("family", "given")
TRIS: Final[dict[str, Tri]] = {
    "date": "date",
    "creation": "creation",
    "period": "periode_debut",
    "type": "type_code",
    "_lastUpdated": "maj_le",
}
_DATES: Final[dict[str, Champ]] = {
    "creation": "creation",
    "date": "date",
    "period": "periode",
    "period-start": "periode_debut",
    "period-end": "periode_fin",
    "_lastUpdated": "maj_le",
}
# Decorated names of the PDSm CapabilityStatement (FHR-109).
_ALIAS: Final = {
    "PDSm_isArchived": "isArchived",
    "author:identifier": "author.identifier",
    "related.identifier": "related:identifier",
    "PDSm_DocumentReference_period-start": "period-start",
    "PDSm_DocumentReference_period-end": "period-end",
}
PATIENT: Final = ("patient", "subject", "patient.identifier", "subject.identifier", "patient:identifier")
PARAMETRES: Final = (
    "_id", "_lastUpdated", "patient", "subject", "patient.identifier", "subject.identifier", "identifier", "status",
    "isArchived", "type", "category", "setting", "facility", "format", "event", "creation", "date", "period",
    "period-start", "period-end", "author", "author.identifier", "author.given", "author.family", "security-label",
    "contenttype", "language", "description", "related", "related:identifier", "relatesto", "relation",
)  # fmt: skip
# Neither criteria nor errors: read elsewhere, or without effect.
IGNORES: Final = frozenset({"_format", "_pretty", *PRESENTATION})
_PREFIXES: Final = "eq|ne|gt|ge|lt|le|sa|eb|ap"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recherche:
    """A search: for whom, which documents, what was not understood.

    Neither `ins` nor `dossier_id`: only `filtre.identifiants` tells (FHR-106). `vide`: no document
    can match. `utilises` are the parameters for the `self` link, without those that name the patient.
    """

    ins: Ins | None
    dossier_id: UUID | None
    filtre: Filtre
    vide: bool = False
    avertissements: tuple[Constat, ...] = ()
    utilises: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True, kw_only=True)
class Lecture(LectureParametres):
    """Parameters of a search of documents or of lists."""

    maintenant: datetime
    parmi: dict[str, tuple[str, ...]] = field(default_factory=dict)
    bornes: list[Borne] = field(default_factory=list)
    dossiers_des_ids: set[UUID] = field(default_factory=set)
    ids: tuple[UUID, ...] | None = None
    debuts: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)
    archive: bool | None = None
    tri: Tri = "creation"
    descendant: bool = True
    # Where the dates of this search are kept.
    dates: Mapping[str, Champ] = field(default_factory=lambda: _DATES)

    def restreindre(self, champ: str, valeurs: Iterable[str]) -> None:
        """A criterion; the same one twice means both, so what is common (FHR-108)."""
        voulues = tuple(dict.fromkeys(valeurs))
        if champ in self.parmi:
            voulues = tuple(v for v in self.parmi[champ] if v in voulues)
        self.parmi[champ] = voulues
        self.vide = self.vide or all(v == AUCUN for v in voulues)

    # -- one method for each kind of parameter

    def id(self, nom: str, valeur: str) -> None:
        fils = [f for f in (decomposer(v.rpartition("/")[2]) for v in decouper(valeur)) if f]
        ids = tuple(document_id for _, document_id in fils)
        self.ids = ids if self.ids is None else tuple(i for i in self.ids if i in ids)
        self.dossiers_des_ids.update(dossier_id for dossier_id, _ in fils)
        self.vide = self.vide or not self.ids

    def identifier(self, nom: str, valeur: str) -> None:
        self.restreindre("identifiants", vers_identifiants([lire_jeton(v) for v in decouper(valeur)]))

    def jetons(self, champ: str, convertir: Callable[[list[Jeton]], list[str]]) -> Callable[[str, str], None]:
        def lire(nom: str, valeur: str) -> None:
            self.restreindre(champ, convertir([lire_jeton(v) for v in decouper(valeur)]))

        return lire

    def debut(self, champ: str) -> Callable[[str, str], None]:
        """A text parameter: the beginning of what it looks at, one or the other of those that commas part; twice means
        both (FHR-108)."""

        def lire(nom: str, valeur: str) -> None:
            self.debuts.setdefault(champ, []).append(tuple(v.strip() for v in decouper(valeur)))

        return lire

    def document(self, nom: str, valeur: str) -> None:
        """A reference to a document of the record."""
        fils = (v.rpartition("/")[2] for v in decouper(valeur))
        self.restreindre("cibles", [fil if decomposer(fil) else AUCUN for fil in fils])
        self.parmi["cibles"] = tuple(c for c in self.parmi["cibles"] if c != AUCUN)

    def reference_externe(self, nom: str, valeur: str) -> None:
        """What a document holds inside itself has no address that could name it."""
        self.vide = True

    def booleen(self, nom: str, valeur: str) -> None:
        if valeur not in ("true", "false"):
            self.invalide(nom)
        elif self.archive not in (None, valeur == "true"):
            self.vide = True
        else:
            self.archive = valeur == "true"

    def date(self, nom: str, valeur: str) -> None:
        lue = date_cherchee(valeur, _PREFIXES)
        if isinstance(lue, Erreur):
            self.constats.append(Erreur.DATE_INVALIDE.constat(f"http.{nom}"))
            return
        prefixe, debut, fin = lue
        operateur = prefixe or "eq"
        if operateur == "ap":
            # About: a tenth of the distance to now on each side (R4, search, prefix ap).
            marge = abs(self.maintenant - debut) / 10
            debut, fin, operateur = debut - marge, fin + marge, "eq"
        self.bornes.append(Borne(self.dates[nom], cast(Operateur, operateur), debut, fin))

    def trier(self, nom: str, valeur: str) -> bool:
        """False when a key is unknown: it then follows FHR-21. One key is used, then the id."""
        cles = decouper(valeur)
        premiere = cles[0] if cles else ""
        tri = TRIS.get(premiere.removeprefix("-"))
        if tri is None:
            return False
        self.tri, self.descendant = tri, premiere.startswith("-")
        return len(cles) == 1


def lire_recherche(
    parametres: Iterable[tuple[str, str]], *, maintenant: datetime, fictifs: bool, strict: bool = False
) -> Recherche:
    """Read the parameters, of the URL and of the form together (FHR-16). Raises RefusFhir."""
    lecture = Lecture(maintenant=maintenant, fictifs=fictifs)
    lecteurs: dict[str, Callable[[str, str], None]] = {
        **dict.fromkeys(PATIENT, lecture.patient),
        **dict.fromkeys(_DATES, lecture.date),
        "_id": lecture.id,
        "identifier": lecture.identifier,
        "status": lecture.jetons("statuts", vers_etats),
        "type": lecture.jetons("types", vers_types),
        "category": lecture.jetons("classes", vers_classes),
        "setting": lecture.jetons("cadres", codes_de),
        "facility": lecture.jetons("etablissements", codes_de),
        "format": lecture.jetons("formats", codes_de),
        "event": lecture.jetons("evenements", codes_de),
        "author.identifier": lecture.jetons("auteurs", codes_de),
        "security-label": lecture.jetons("etiquettes", codes_de),
        "author": lecture.reference_externe,
        "author.given": lecture.debut("given"),
        "author.family": lecture.debut("family"),
        "contenttype": lecture.jetons("mimes", vers_minuscules),
        "language": lecture.jetons("langues", codes_de),
        "description": lecture.debut("descriptions"),
        "relation": lecture.jetons("relations", codes_de),
        "relatesto": lecture.document,
        "related": lecture.reference_externe,
        "related:identifier": lecture.jetons("lies", codes_de),
        "isArchived": lecture.booleen,
        "_count": lecture.compte,
    }
    vus: set[str] = set()
    for nom_recu, valeur in parametres:
        nom = _ALIAS.get(nom_recu, nom_recu)
        if nom in IGNORES:
            continue
        if nom in ("_count", "_sort", "event") and nom in vus:
            lecture.constats.append(Erreur.PARAMETRE_EN_DOUBLE.constat(f"http.{nom}"))
            continue
        vus.add(nom)
        if nom == "_sort":
            connu = lecture.trier(nom, valeur)
        elif connu := nom in lecteurs:
            # No stored code or date holds a control character, and PostgreSQL takes no NUL.
            if valeur.strip() and valeur.isprintable():
                lecteurs[nom](nom, valeur)
            else:
                lecture.invalide(nom)
        if not connu:
            lecture.inconnu(nom, strict=strict)
        elif nom not in PATIENT:
            lecture.utilises.append((nom, valeur))
    return _conclure(lecture)


def _conclure(lecture: Lecture) -> Recherche:
    identifiants = lecture.parmi.get("identifiants", ())
    if (
        lecture.ins is None
        and not lecture.dossiers
        and not identifiants
        and lecture.ids is None
        and not lecture.constats
    ):
        lecture.constats.append(Erreur.CRITERE_PATIENT.constat("http.patient"))
    if lecture.constats:
        raise RefusFhir(lecture.constats)
    # An id names its record too; it only serves when nothing else does.
    dossiers = lecture.dossiers if lecture.dossiers or lecture.ins else lecture.dossiers_des_ids
    if len(dossiers) > 1:
        lecture.vide = True
    filtre = Filtre(
        ids=lecture.ids or (),
        identifiants=identifiants,
        statuts=lecture.parmi.get("statuts", ()),
        archive=lecture.archive,
        types=lecture.parmi.get("types", ()),
        classes=lecture.parmi.get("classes", ()),
        formats=lecture.parmi.get("formats", ()),
        etablissements=lecture.parmi.get("etablissements", ()),
        cadres=lecture.parmi.get("cadres", ()),
        evenements=lecture.parmi.get("evenements", ()),
        auteurs=lecture.parmi.get("auteurs", ()),
        etiquettes=lecture.parmi.get("etiquettes", ()),
        mimes=lecture.parmi.get("mimes", ()),
        langues=lecture.parmi.get("langues", ()),
        descriptions=tuple(lecture.debuts.get("descriptions", ())),
        noms_auteurs=tuple(
            NomAuteur(partie, debuts) for partie in _NOMS for debuts in lecture.debuts.get(partie, ())
        ),
        relations=lecture.parmi.get("relations", ()),
        cibles=lecture.parmi.get("cibles", ()),
        lies=lecture.parmi.get("lies", ()),
        bornes=tuple(lecture.bornes),
        tri=lecture.tri,
        descendant=lecture.descendant,
        limite=lecture.limite,
    )
    return Recherche(
        ins=lecture.ins,
        dossier_id=next(iter(dossiers), None),
        filtre=filtre,
        vide=lecture.vide,
        avertissements=tuple(lecture.avertissements),
        utilises=tuple(lecture.utilises),
    )
