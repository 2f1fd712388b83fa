"""What a service may be given: a kind of data, and to read or to write it (rules OID-28, FHR-150). Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Sens(StrEnum):
    """What is done with the data."""

    LIRE = "lire"
    ECRIRE = "ecrire"


@dataclass(frozen=True, slots=True, order=True)
class Droit:
    """One box of the consent screen: a kind of data, one way. Its text is `mesures.poids:lire`."""

    genre: str
    sens: Sens

    def __str__(self) -> str:
        return f"{self.genre}:{self.sens.value}"


# Kinds of data (table A.9.1 for measures), as the holder reads them.
GENRES: Final[dict[str, str]] = {
    "mesures.poids": "Poids",
    "mesures.taille": "Taille",
    "mesures.imc": "Indice de masse corporelle (IMC)",
    "mesures.pression_arterielle": "Tension artérielle",
    "mesures.frequence_cardiaque": "Fréquence cardiaque",
    "mesures.temperature": "Température",
    "mesures.tour_de_taille": "Tour de taille",
    "mesures.perimetre_cranien": "Périmètre crânien",
    "mesures.glycemie": "Glycémie",
    "mesures.glucose_interstitiel": "Glucose interstitiel",
    "mesures.igg": "Indicateur de gestion du glucose",
    "mesures.hba1c": "Hémoglobine glyquée (HbA1c)",
    "mesures.douleur": "Niveau de douleur",
    "mesures.pas": "Nombre de pas par jour",
    "rendez_vous": "Rendez-vous pris par ce service",
    "rendez_vous.tous": "Tous les rendez-vous de votre agenda",
    "documents": "Documents de santé",
    "identite": "Nom, prénoms, date de naissance, sexe et numéro de sécurité sociale",
}
# Nobody writes these: computed (FHR-143), of others (FHR-156), or kept by the health insurance.
LECTURE_SEULE: Final = frozenset({"mesures.imc", "rendez_vous.tous", "documents", "identite"})
TOUS: Final = frozenset(
    Droit(genre, sens) for genre in GENRES for sens in Sens if sens is Sens.LIRE or genre not in LECTURE_SEULE
)
IDENTITE: Final = Droit("identite", Sens.LIRE)
_PAR_TEXTE: Final = {str(d): d for d in TOUS}
# Family of kinds → SMART resource that its scopes name (CAT-36).
_RESSOURCES: Final = {"mesures": "Observation", "rendez_vous": "Appointment"}
_LETTRES: Final = {Sens.LIRE: "rs", Sens.ECRIRE: "cu"}


def libelle(droit: Droit) -> str:
    """The right in words."""
    return f"{GENRES[droit.genre]} ({'lire' if droit.sens is Sens.LIRE else 'écrire'})"


def lire(texte: str) -> Droit | None:
    """The right of that text; None when nothing has this name."""
    return _PAR_TEXTE.get(texte)


def portees(droits: Iterable[Droit]) -> frozenset[str]:
    """The SMART scopes of a token with these rights: coarse; each act is judged by its own right (FHR-150)."""
    lettres: dict[str, set[str]] = {}
    for droit in droits:
        ressource = _RESSOURCES.get(droit.genre.partition(".")[0])
        if ressource is not None:
            lettres.setdefault(ressource, set()).update(_LETTRES[droit.sens])
        elif droit.genre == "documents":
            lettres["DocumentReference"], lettres["Binary"] = {"r", "s"}, {"r"}
    return frozenset(f"patient/{r}.{''.join(sorted(x, key='cruds'.index))}" for r, x in lettres.items())


def demandes(portee: str, offerts: Iterable[Droit]) -> frozenset[Droit]:
    """What one asked scope means among the rights that a service declared; empty when it means none of them."""
    exact = lire(portee)
    if exact is not None:
        return frozenset({exact}) & frozenset(offerts)
    contexte, _, reste = portee.partition("/")
    ressource, _, lettres = reste.partition(".")
    if contexte != "patient" or not lettres or not set(lettres) <= set("cruds"):
        return frozenset()
    return frozenset(d for d in offerts if _nomme(ressource, lettres, d))


def _nomme(ressource: str, lettres: str, droit: Droit) -> bool:
    famille = droit.genre.partition(".")[0]
    noms = {"DocumentReference", "Binary"} if famille == "documents" else {_RESSOURCES.get(famille)}
    return ressource in noms and bool(set(lettres) & set(_LETTRES[droit.sens]))


# Every scope that a service may have, in its widest form.
PORTEES: Final = portees(TOUS)
