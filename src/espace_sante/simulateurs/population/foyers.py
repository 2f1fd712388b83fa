"""Households: who lives together, how old they are, who is the child of whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from espace_sante.simulateurs.population import noms
from espace_sante.simulateurs.population.hasard import Hasard

AGE_MAXIMAL = 104
MAJORITE = 18


@dataclass(frozen=True, slots=True)
class Personne:
    """One person before she gets a number: sex, birth, names, place in the household."""

    sexe: str
    naissance: date
    nom_naissance: str
    nom_utilise: str
    prenoms: tuple[str, ...]
    role: str
    parcours: tuple[str, ...] = ()


def age(naissance: date, jour: date) -> int:
    """Completed years on that day (negative before birth)."""
    return jour.year - naissance.year - ((jour.month, jour.day) < (naissance.month, naissance.day))


def mois(naissance: date, jour: date) -> int:
    """Completed months on that day (negative before birth)."""
    return (jour.year - naissance.year) * 12 + jour.month - naissance.month - (jour.day < naissance.day)


def foyer(hasard: Hasard, aujourd_hui: date) -> tuple[Personne, ...]:
    """The people of one household, parents first."""
    return hasard.parmi(_SORTES)(hasard, aujourd_hui)


def ne_il_y_a(hasard: Hasard, aujourd_hui: date, ans: int) -> date:
    """A birth day of someone who is `ans` years old today; babies are two months old at least,
    the time that the window of opposition takes (rule LIF-04)."""
    return aujourd_hui - timedelta(days=int(ans * 365.25) + hasard.randint(60 if ans == 0 else 1, 364))


def _personne(hasard: Hasard, sexe: str, naissance: date, role: str, nom: str, usage: str = "") -> Personne:
    return Personne(
        sexe=sexe,
        naissance=naissance,
        nom_naissance=nom,
        nom_utilise=usage or nom,
        prenoms=noms.prenoms(hasard, sexe, naissance.year),
        role=role,
    )


def _couple(hasard: Hasard, aujourd_hui: date, ans: int) -> tuple[Personne, Personne]:
    """Two adults of close age; the elder the couple, the more often she bears his name."""
    elle_nee = ne_il_y_a(hasard, aujourd_hui, ans)
    lui_ans = min(AGE_MAXIMAL, max(19, ans + hasard.randint(-3, 6)))
    lui_ne = ne_il_y_a(hasard, aujourd_hui, lui_ans)
    nom_lui, nom_elle = noms.nom(hasard), noms.nom(hasard)
    if hasard.chance(0.04):
        # Two women or two men.
        sexe = hasard.choice("FM")
        return (
            _personne(hasard, sexe, elle_nee, "conjoint", nom_elle),
            _personne(hasard, sexe, lui_ne, "conjoint", nom_lui),
        )
    usage = nom_lui if hasard.chance(0.4 if ans < 45 else 0.85) else nom_elle
    return (
        _personne(hasard, "F", elle_nee, "conjoint", nom_elle, usage),
        _personne(hasard, "M", lui_ne, "conjoint", nom_lui),
    )


def _enfants(
    hasard: Hasard, aujourd_hui: date, parent_ans: int, nombre: int, nom: str
) -> tuple[Personne, ...]:
    plus_vieux = min(parent_ans - 20, 24)
    plus_jeune = max(0, parent_ans - 43)
    if plus_vieux < plus_jeune:
        return ()
    # Brothers and sisters are at least one year apart, so `sample` and not `choice`.
    ages = sorted(
        hasard.sample(range(plus_jeune, plus_vieux + 1), min(nombre, plus_vieux - plus_jeune + 1)),
        reverse=True,
    )
    return tuple(
        _personne(hasard, hasard.choice("FM"), ne_il_y_a(hasard, aujourd_hui, ans), "enfant", nom)
        for ans in ages
    )


def _famille(hasard: Hasard, aujourd_hui: date) -> tuple[Personne, ...]:
    ans = hasard.randint(25, 52)
    elle, lui = _couple(hasard, aujourd_hui, ans)
    nom = lui.nom_naissance
    if hasard.chance(0.12) and len(nom + elle.nom_naissance) < 24:
        nom = f"{elle.nom_naissance}-{nom}"
    enfants = _enfants(hasard, aujourd_hui, ans, hasard.choice((1, 2, 2, 2, 3, 3)), nom)
    return (*_parents(elle, lui, enfants, aujourd_hui), *enfants)


def _parents(
    elle: Personne, lui: Personne, enfants: tuple[Personne, ...], aujourd_hui: date
) -> tuple[Personne, Personne]:
    """The couple as parents; a woman whose last child is young has a pregnancy in her history."""
    parcours: tuple[str, ...] = ()
    if elle.sexe == "F" and enfants and age(enfants[-1].naissance, aujourd_hui) < 5:
        parcours = (f"grossesse:{enfants[-1].naissance.isoformat()}",)
    return (
        _avec(elle, "parent", parcours),
        _avec(lui, "parent", ()),
    )


def _avec(personne: Personne, role: str, parcours: tuple[str, ...]) -> Personne:
    return Personne(
        personne.sexe,
        personne.naissance,
        personne.nom_naissance,
        personne.nom_utilise,
        personne.prenoms,
        role,
        parcours,
    )


def _parent_seul(hasard: Hasard, aujourd_hui: date) -> tuple[Personne, ...]:
    ans = hasard.randint(24, 50)
    sexe = "F" if hasard.chance(0.82) else "M"
    parent = _personne(hasard, sexe, ne_il_y_a(hasard, aujourd_hui, ans), "parent", noms.nom(hasard))
    nom = parent.nom_naissance if hasard.chance(0.5) else noms.nom(hasard)
    return (parent, *_enfants(hasard, aujourd_hui, ans, hasard.choice((1, 1, 2)), nom))


def _couple_sans_enfant(hasard: Hasard, aujourd_hui: date) -> tuple[Personne, ...]:
    return _couple(hasard, aujourd_hui, hasard.randint(23, 66))


def _couple_age(hasard: Hasard, aujourd_hui: date) -> tuple[Personne, ...]:
    return _couple(hasard, aujourd_hui, min(98, 66 + int(abs(hasard.gauss(0, 11)))))


def _personne_seule(hasard: Hasard, aujourd_hui: date) -> tuple[Personne, ...]:
    naissance = ne_il_y_a(hasard, aujourd_hui, hasard.randint(18, 68))
    return (_personne(hasard, hasard.choice("FM"), naissance, "seul", noms.nom(hasard)),)


def _personne_agee_seule(hasard: Hasard, aujourd_hui: date) -> tuple[Personne, ...]:
    ans = min(AGE_MAXIMAL - 1, 70 + int(abs(hasard.gauss(0, 15))))
    sexe = "F" if hasard.chance(0.72) else "M"
    nom = noms.nom(hasard)
    usage = noms.nom(hasard) if sexe == "F" and hasard.chance(0.8) else nom
    return (_personne(hasard, sexe, ne_il_y_a(hasard, aujourd_hui, ans), "seul", nom, usage),)


_Sorte = Callable[[Hasard, date], tuple[Personne, ...]]
_SORTES: tuple[tuple[_Sorte, float], ...] = (
    (_famille, 27),
    (_parent_seul, 9),
    (_couple_sans_enfant, 17),
    (_couple_age, 14),
    (_personne_seule, 21),
    (_personne_agee_seule, 12),
)
