"""What every search of a record reads alike: its patient, and parameters that are not understood (FHR-21, FHR-66). Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from espace_sante.interop.fhir.constats import Constat
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.jetons import lire_jeton
from espace_sante.interop.fhir.patients import lire_ins
from espace_sante.interop.fhir.valeurs import lire_id
from espace_sante.kernel.ins import Ins

_NOM: Final = re.compile(r"[A-Za-z_][\w.:-]{0,40}", re.ASCII)
_NOMBRE: Final = re.compile(r"\d{1,9}", re.ASCII)
COMPTE_DEFAUT: Final = 50
COMPTE_MAX: Final = 100
_PAR_REFERENCE: Final = frozenset({"patient", "subject"})


@dataclass(slots=True, kw_only=True)
class LectureParametres:
    """Parameters as they are read. `vide`: nothing can match; `utilises`: those of the `self` link."""

    fictifs: bool
    constats: list[Constat] = field(default_factory=list)
    avertissements: list[Constat] = field(default_factory=list)
    utilises: list[tuple[str, str]] = field(default_factory=list)
    ins: Ins | None = None
    dossiers: set[UUID] = field(default_factory=set)
    limite: int = COMPTE_DEFAUT
    vide: bool = False

    def invalide(self, nom: str) -> None:
        self.constats.append(Erreur.PARAMETRE_INVALIDE.constat(f"http.{nom}"))

    def inconnu(self, nom: str, *, strict: bool) -> None:
        """A parameter that is not offered: refused or told (FHR-21)."""
        # The name is the caller's own text: it is told back only when it has the form of one.
        expression = f"http.{nom}" if _NOM.fullmatch(nom) else "http"
        if strict:
            self.constats.append(Erreur.PARAMETRE_INCONNU.constat(expression))
        else:
            self.avertissements.append(Erreur.PARAMETRE_INCONNU.constat(expression, gravite="warning"))

    def patient(self, nom: str, valeur: str) -> None:
        """The record, by reference or by INS; two different persons match nothing."""
        if nom in _PAR_REFERENCE:
            dossier_id = lire_id(valeur.rpartition("/")[2]) if valeur.count("Patient/") < 2 else None
            if dossier_id is None:
                self.invalide(nom)
            else:
                self.dossiers.add(dossier_id)
            return
        jeton = lire_jeton(valeur)
        ins = lire_ins(jeton.systeme or "", jeton.code, fictifs=self.fictifs)
        if isinstance(ins, Erreur):
            self.constats.append(ins.constat(f"http.{nom}"))
        elif self.ins is not None and self.ins.matricule != ins.matricule:
            self.vide = True
        else:
            self.ins = ins

    def compte(self, _nom: str, valeur: str) -> None:
        """Size of a page; the server may lower it, never fail (FHR-23)."""
        if not _NOMBRE.fullmatch(valeur):
            self.constats.append(Erreur.COMPTE_INVALIDE.constat("http._count"))
        else:
            self.limite = min(int(valeur), COMPTE_MAX)

    def lire(
        self,
        parametres: Iterable[tuple[str, str]],
        lecteurs: Mapping[str, Callable[[str, str], None]],
        *,
        patient: Collection[str],
        strict: bool,
    ) -> None:
        """Each parameter by its reader; those that name the patient stay out of `utilises`."""
        for nom, valeur in parametres:
            if nom not in lecteurs:
                self.inconnu(nom, strict=strict)
                continue
            if valeur.strip() and valeur.isprintable():
                lecteurs[nom](nom, valeur)
            else:
                self.invalide(nom)
            if nom not in patient:
                self.utilises.append((nom, valeur))
