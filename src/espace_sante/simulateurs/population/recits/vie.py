"""What a life story knows of the person whose documents it plans."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from espace_sante.simulateurs.population.actes import Acte
from espace_sante.simulateurs.population.foyers import age
from espace_sante.simulateurs.population.hasard import Hasard, jour_ouvre


@dataclass(frozen=True, slots=True)
class Vie:
    """A person, the span of time that her record covers, and her own chance."""

    naissance: date
    sexe: str
    debut: date
    fin: date
    hasard: Hasard
    parcours: tuple[str, ...]
    actif: bool

    @property
    def ans(self) -> int:
        """Age at the end of the span."""
        return age(self.naissance, self.fin)

    def ans_le(self, jour: date) -> int:
        return age(self.naissance, jour)

    def a_mois(self, nombre: int) -> date:
        """The working day on which the person is that many months old."""
        return jour_ouvre(self.naissance + timedelta(days=round(nombre * 30.44) + 3))

    def tous_les(self, jours: int, ecart: int, depuis: date | None = None) -> Iterator[date]:
        """Working days of the span, one every `jours` days, moved by `ecart` days at most."""
        jour = (depuis or self.debut) + timedelta(days=self.hasard.randint(1, max(1, jours)))
        while jour < self.fin:
            yield jour_ouvre(jour)
            jour += timedelta(days=max(7, jours + self.hasard.randint(-ecart, ecart)))

    def un_jour(self, depuis: date | None = None) -> date:
        """A working day of the span."""
        return jour_ouvre(self.hasard.jour(depuis or self.debut, self.fin - timedelta(days=30)))

    def connait(self, mot: str) -> bool:
        """Whether that story is one of the person's."""
        return any(p.split(":")[0] == mot for p in self.parcours)


Recit = Callable[[Vie], Iterator[Acte]]
