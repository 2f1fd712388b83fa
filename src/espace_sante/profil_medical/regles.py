"""What a measure must be to be kept (FHR-142 to FHR-147, MES-03 to MES-11), and the BMI (FHR-143, MES-10). Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from espace_sante.profil_medical.genres import (
    JEU_DIABETE,
    JEU_JOURS,
    JEU_MOMENT,
    GenreMesure,
    jeu,
)

# Clocks of phones and of servers differ a little (MES-06).
TOLERANCE: Final = timedelta(minutes=5)
MAJORITE_ANS: Final = 18
# A child grows: a height counts for his BMI this long (MES-10).
TAILLE_ENFANT: Final = timedelta(days=92)
COMMENTAIRE_MAX: Final = 150
_CHIFFRES_MAX: Final = 15


@dataclass(frozen=True, slots=True)
class CodeDonne:
    """A code of a value set as the writer gave it: `systemes` are the OIDs that the system he named may mean."""

    code: str
    systemes: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MesureDonnee:
    """A measure as its writer gives it. `valeurs`: number by code of component, the empty code for a single one.

    `quand_fin` is the last instant that a partial date may mean: a day is not in the future before it begins.
    """

    genre: GenreMesure
    quand: datetime
    valeurs: dict[str, Decimal]
    unites: dict[str, str] = field(default_factory=dict)
    moment: CodeDonne | None = None
    moment_libre: bool = False
    jours: CodeDonne | None = None
    site: CodeDonne | None = None
    methode: CodeDonne | None = None
    diabete: CodeDonne | None = None
    quand_fin: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ecart:
    """One fault: a stable code, the element at fault, and what the text says besides."""

    code: str
    element: str
    details: tuple[tuple[str, str], ...] = ()


def verifier(donnee: MesureDonnee, *, maintenant: datetime, naissance: date | None) -> list[Ecart]:
    """Every fault of a measure; none: it may be kept."""
    genre = donnee.genre
    if not genre.ecriture:
        return [Ecart("mesure_calculee", "code")]
    return [
        *_quand(donnee, maintenant, naissance),
        *_nombres(donnee),
        *_contexte(genre, donnee),
        *_code("site", genre.jeu_site, donnee.site),
        *_code("methode", genre.jeu_methode, donnee.methode),
        *_code("diabete", JEU_DIABETE, donnee.diabete),
    ]


def _quand(donnee: MesureDonnee, maintenant: datetime, naissance: date | None) -> Iterator[Ecart]:
    if donnee.quand > maintenant + TOLERANCE:
        yield Ecart("date_future", "quand")
    elif naissance is not None and (donnee.quand_fin or donnee.quand).date() < naissance:
        yield Ecart("avant_naissance", "quand")


def _nombres(donnee: MesureDonnee) -> Iterator[Ecart]:
    genre = donnee.genre
    attendus = {c.code for c in genre.composants}
    for code in sorted(donnee.valeurs.keys() - attendus):
        yield Ecart("composant_inconnu", "composant", (("code", code),))
    for composant in genre.composants:
        valeur = donnee.valeurs.get(composant.code)
        if valeur is None:
            yield Ecart("valeur_absente", "valeur", (("nom", composant.nom),))
            continue
        if donnee.unites.get(composant.code, genre.unite) != genre.unite:
            yield Ecart("unite_differente", "unite", (("attendu", genre.unite),))
            continue
        if not valeur.is_finite() or not composant.minimum <= valeur <= composant.maximum:
            bornes = (("minimum", nombre(composant.minimum)), ("maximum", nombre(composant.maximum)))
            yield Ecart("hors_bornes", "valeur", bornes)
        elif decimales(valeur) > genre.decimales or len(valeur.as_tuple().digits) > _CHIFFRES_MAX:
            yield Ecart("trop_de_decimales", "valeur", (("decimales", str(genre.decimales)),))
    if genre.compose and attendus <= donnee.valeurs.keys():
        premiere, seconde = (donnee.valeurs[c.code] for c in genre.composants[:2])
        if premiere <= seconde:
            # Systolic over diastolic (MES-08).
            yield Ecart("pression_inversee", "valeur")


def _contexte(genre: GenreMesure, donnee: MesureDonnee) -> Iterator[Ecart]:
    """Moment and number of days: required by some kinds, refused by all others (FHR-144)."""
    for nom, voulu, donne, jeu_ in (
        ("moment", genre.moment, donnee.moment, JEU_MOMENT),
        ("jours", genre.jours, donnee.jours, JEU_JOURS),
    ):
        present = donne is not None or (nom == "moment" and donnee.moment_libre)
        if voulu and donne is None:
            yield Ecart(f"{nom}_requis", nom)
        elif present and not voulu:
            yield Ecart(f"{nom}_interdit", nom)
        elif donne is not None:
            yield from _code(nom, jeu_, donne)


def _code(element: str, jeu_: str, donne: CodeDonne | None) -> Iterator[Ecart]:
    if donne is None:
        return
    valeur = jeu(jeu_).get(donne.code)
    if valeur is None or (donne.systemes is not None and valeur.systeme not in donne.systemes):
        yield Ecart("code_hors_jeu", element, (("jeu", f"JDV_{jeu_}" if jeu_ else "aucun"),))


def decimales(valeur: Decimal) -> int:
    """Decimals that say something: 71.50 has one."""
    exposant = valeur.normalize().as_tuple().exponent
    return max(0, -exposant) if isinstance(exposant, int) else 0


def nombre(valeur: Decimal) -> str:
    """A number in digits, without an exponent nor idle zeros."""
    texte = f"{valeur.normalize():f}" if valeur else "0"
    return texte


def imc(poids_kg: Decimal, taille_cm: Decimal) -> Decimal:
    """Body mass index, kg/m², one decimal."""
    metres = taille_cm / 100
    return (poids_kg / (metres * metres)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def majorite(naissance: date | None) -> date | None:
    """The day of the 18th birthday."""
    if naissance is None:
        return None
    try:
        return naissance.replace(year=naissance.year + MAJORITE_ANS)
    except ValueError:
        return naissance.replace(year=naissance.year + MAJORITE_ANS, month=3, day=1)
