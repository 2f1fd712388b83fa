"""What the holder wants in his copy: everything, or the documents of a period, of headings, or named (POR-15). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Self
from uuid import UUID

from espace_sante.documents.filtre import Borne, Filtre
from espace_sante.documents.nomenclatures import types_de_rubrique
from espace_sante.kernel.durees import PARIS

DOCUMENTS_MAX = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Choix:
    """Criteria are added up; none means the whole space. Days are those of France, both included."""

    du: date | None = None
    au: date | None = None
    rubriques: tuple[str, ...] = ()
    documents: tuple[UUID, ...] = ()

    @property
    def complet(self) -> bool:
        return self == Choix()

    def filtre(self, limite: int) -> Filtre:
        """The documents to look for, replaced and archived ones too (POR-09)."""
        bornes = [Borne("creation", "ge", *_jour(self.du))] if self.du else []
        bornes += [Borne("creation", "le", *_jour(self.au))] if self.au else []
        return Filtre(
            statuts=("current", "superseded"),
            types=tuple(t for r in self.rubriques for t in types_de_rubrique(r)),
            ids=self.documents[:DOCUMENTS_MAX],
            bornes=tuple(bornes),
            limite=limite,
            avec_total=False,
        )

    def ecrire(self) -> dict[str, Any]:
        """As it is kept with the request and told in the manifest."""
        return {
            "du": self.du.isoformat() if self.du else "",
            "au": self.au.isoformat() if self.au else "",
            "rubriques": list(self.rubriques),
            "documents": [str(d) for d in self.documents],
        }

    @classmethod
    def lire(cls, ecrit: Mapping[str, Any]) -> Self:
        """The inverse; nothing written means everything."""
        du, au = ecrit.get("du"), ecrit.get("au")
        return cls(
            du=date.fromisoformat(du) if du else None,
            au=date.fromisoformat(au) if au else None,
            rubriques=tuple(ecrit.get("rubriques", ())),
            documents=tuple(UUID(d) for d in ecrit.get("documents", ())),
        )


def _jour(jour: date) -> tuple[datetime, datetime]:
    debut = datetime.combine(jour, time(), PARIS)
    return debut, datetime.combine(jour + timedelta(days=1), time(), PARIS)
