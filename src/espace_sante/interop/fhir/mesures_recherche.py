"""Parameters of a search of measures (FHR-149). Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from espace_sante.interop.fhir.constats import Constat, RefusFhir
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.erreurs_mesures import ErreurMesure
from espace_sante.interop.fhir.jetons import lire_jeton
from espace_sante.interop.fhir.mesures_codes import oid
from espace_sante.interop.fhir.mesures_personne import Personne, designer
from espace_sante.interop.fhir.parametres import LectureParametres
from espace_sante.interop.fhir.valeurs import date_cherchee
from espace_sante.profil_medical.genres import GenreMesure, par_code
from espace_sante.profil_medical.queries import Plage

PERSONNE: Final = ("subject.identifier", "subject:identifier", "patient.identifier", "patient:identifier")
PARAMETRES: Final = ("code", "subject.identifier", "date")
INCLUSION: Final = "Observation:device"
_IGNORES: Final = frozenset({"_format", "_pretty"})
_INCLUSIONS: Final = frozenset({INCLUSION, "Observation.device"})
_NOMBRE: Final = re.compile(r"\d{1,6}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandeMesures:
    """A search: whose, which kind, which ones. `page` counts from 0; `utilises` stay in the links."""

    personne: Personne
    genre: GenreMesure
    plage: Plage
    page: int
    appareils: bool
    avertissements: tuple[Constat, ...]
    utilises: tuple[tuple[str, str], ...]


@dataclass(slots=True, kw_only=True)
class _Lecture(LectureParametres):
    personne: Personne | None = None
    genre: GenreMesure | None = None
    du: datetime | None = None
    au: datetime | None = None
    page: int = 0
    appareils: bool = False

    def qui(self, nom: str, valeur: str) -> None:
        jeton = lire_jeton(valeur)
        lue = designer(jeton.systeme or "", jeton.code, fictifs=self.fictifs)
        if isinstance(lue, Erreur):
            self.constats.append(lue.constat(f"http.{nom}"))
        elif self.personne is not None and lue != self.personne:
            self.constats.append(Erreur.PARAMETRE_EN_DOUBLE.constat(f"http.{nom}"))
        else:
            self.personne = lue

    def code(self, nom: str, valeur: str) -> None:
        jeton = lire_jeton(valeur)
        genre = par_code(jeton.code)
        if genre is None or (jeton.systeme is not None and oid(jeton.systeme) != oid(genre.systeme)):
            self.constats.append(ErreurMesure.CODE_INCONNU.constat(f"http.{nom}"))
        elif self.genre is not None and genre is not self.genre:
            self.constats.append(ErreurMesure.CRITERE_CODE.constat(f"http.{nom}"))
        else:
            self.genre = genre

    def date(self, nom: str, valeur: str) -> None:
        lue = date_cherchee(valeur)
        if isinstance(lue, Erreur):
            self.constats.append(Erreur.DATE_INVALIDE.constat(f"http.{nom}"))
            return
        prefixe, debut, fin = lue
        operateur = prefixe or "eq"
        if operateur in ("eq", "ge", "gt", "sa"):
            borne = fin if operateur in ("gt", "sa") else debut
            self.du = borne if self.du is None else max(self.du, borne)
        if operateur in ("eq", "le", "lt", "eb"):
            borne = debut if operateur in ("lt", "eb") else fin
            self.au = borne if self.au is None else min(self.au, borne)

    def tri(self, nom: str, valeur: str) -> None:
        if valeur != "-date":
            self.invalide(nom)

    def numero(self, nom: str, valeur: str) -> None:
        """Which page, the first being 0 (API Mesures 1.5.2, §2.3.1.1)."""
        if _NOMBRE.fullmatch(valeur):
            self.page = int(valeur)
        else:
            self.invalide(nom)

    def inclure(self, nom: str, valeur: str) -> None:
        if valeur in _INCLUSIONS:
            self.appareils = True
        else:
            self.invalide(nom)


def lire_recherche(parametres: Iterable[tuple[str, str]], *, fictifs: bool, strict: bool) -> DemandeMesures:
    """Read the parameters. Raises RefusFhir 400 with every finding."""
    lecture = _Lecture(fictifs=fictifs)
    lecteurs: dict[str, Callable[[str, str], None]] = {
        **dict.fromkeys(PERSONNE, lecture.qui),
        "code": lecture.code,
        "date": lecture.date,
        "_sort": lecture.tri,
        "_count": lecture.compte,
        "_offset": lecture.numero,
        "_include": lecture.inclure,
    }
    gardes = [(n, v) for n, v in parametres if n not in _IGNORES]
    lecture.lire(gardes, lecteurs, patient=PERSONNE, strict=strict)
    donnes = {nom for nom, _ in gardes}
    if "code" not in donnes:
        lecture.constats.append(ErreurMesure.CRITERE_CODE.constat("http.code"))
    if not donnes & set(PERSONNE):
        lecture.constats.append(ErreurMesure.CRITERE_PATIENT.constat("http.subject"))
    if (lecture.du is None) != (lecture.au is None):
        lecture.constats.append(Erreur.BORNES_REQUISES.constat("http.date"))
    if lecture.constats or lecture.personne is None or lecture.genre is None:
        raise RefusFhir(lecture.constats or [ErreurMesure.CRITERE_PATIENT.constat("http.subject")])
    return DemandeMesures(
        personne=lecture.personne,
        genre=lecture.genre,
        plage=Plage(
            du=lecture.du, au=lecture.au, limite=lecture.limite, decalage=lecture.page * lecture.limite
        ),
        page=lecture.page,
        appareils=lecture.appareils,
        avertissements=tuple(lecture.avertissements),
        utilises=tuple((n, v) for n, v in lecture.utilises if n not in ("_offset", "_count")),
    )
