"""« Lesquels de mes documents »: a period and headings, in the forms of the copy and of taking one back (POR-15, POR-18)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, QueryDict

from espace_sante.acces.exportation.choix import Choix
from espace_sante.documents.nomenclatures import RUBRIQUES, rubrique
from espace_sante.documents.xdm.modele import EntreeXdm
from espace_sante.kernel.durees import PARIS
from espace_sante.web.espace.criteres import Plage, lire_plage

_CODES = frozenset(r.code for r in RUBRIQUES)


@dataclass(frozen=True, slots=True)
class Rubrique:
    """One heading to tick (component `choix`)."""

    valeur: str
    libelle: str
    choisi: bool


@dataclass(frozen=True, slots=True)
class Demande:
    """What the form says."""

    plage: Plage
    rubriques: tuple[str, ...]

    @property
    def choix(self) -> Choix:
        return Choix(du=self.plage.du, au=self.plage.au, rubriques=self.rubriques)

    def voulu(self, entree: EntreeXdm) -> bool:
        """Whether a document of a copy is asked for: one that is in force, of these days and headings."""
        m = entree.metadonnees
        jour = m.creation.astimezone(PARIS).date()
        dedans = (self.plage.du or date.min) <= jour <= (self.plage.au or date.max)
        return (
            dedans
            and entree.statut != "superseded"
            and (not self.rubriques or rubrique(m.type.code).code in self.rubriques)
        )


def lire(envoi: QueryDict) -> Demande:
    """Unknown headings are left out; a date that is wrong is said (`plage.erreurs`)."""
    cochees = tuple(dict.fromkeys(r for r in envoi.getlist("rubriques") if r in _CODES))
    # All of them is the same as none: nothing is left out, not even a type that has no heading of its own.
    return Demande(lire_plage(envoi.dict()), () if len(cochees) == len(_CODES) else cochees)  # type: ignore[arg-type]


def champs(request: HttpRequest) -> dict[str, object]:
    """What the form shows again."""
    demande = lire(request.POST)
    return {
        "plage": demande.plage,
        "brut": {"du": request.POST.get("du", ""), "au": request.POST.get("au", "")},
        "rubriques": [Rubrique(r.code, r.libelle, r.code in demande.rubriques) for r in RUBRIQUES],
        "deplie": bool(demande.rubriques or request.POST.get("du") or request.POST.get("au")),
    }
