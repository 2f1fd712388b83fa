"""What a holder types to add a measure → a measure to keep, or what to mend, field by field (MES-05 to MES-14)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

from espace_sante.profil_medical.genres import JEU_MOMENT, GenreMesure, jeu
from espace_sante.profil_medical.nouvelle import NouvelleMesure
from espace_sante.profil_medical.regles import (
    COMMENTAIRE_MAX,
    CodeDonne,
    Ecart,
    MesureDonnee,
    nombre,
    verifier,
)
from espace_sante.web.espace.calendrier import PARIS
from espace_sante.web.espace.courbe import en_francais

_NOMBRE: Final = re.compile(r"-?\d{1,7}(?:[.,]\d{1,6})?", re.ASCII)
# In the order in which a day goes by; words of the public value set in plain French.
MOMENTS: Final = (
    ("53049-3", "À jeun"),
    ("88365-2", "Avant un repas"),
    ("16915-1", "Après un repas"),
    ("LA11865-5", "Après un effort"),
    ("MED-1278", "Lors d’un malaise"),
    ("LA46-8", "Autre moment"),
)


@dataclass(slots=True)
class Saisie:
    """A form: what was typed, and what is wrong with each field."""

    genre: GenreMesure
    brut: dict[str, str]
    erreurs: dict[str, str] = field(default_factory=dict)
    nouvelle: NouvelleMesure | None = None

    def noter(self, ecarts: tuple[Ecart, ...]) -> None:
        """Faults that the rules found."""
        for ecart in ecarts:
            champ, texte = _dire(self.genre, ecart)
            self.erreurs.setdefault(champ, texte)


def vide(genre: GenreMesure, maintenant: datetime) -> Saisie:
    """A form to fill: today, now."""
    local = maintenant.astimezone(PARIS)
    return Saisie(genre, {"jour": local.date().isoformat(), "heure": f"{local:%H:%M}"})


def lire(genre: GenreMesure, envoye: Mapping[str, str]) -> Saisie:
    """Read what was sent; without errors, `nouvelle` is what to keep."""
    noms = ("jour", "heure", "moment", "commentaire", *(champ(c.code) for c in genre.composants))
    saisie = Saisie(genre, {nom: envoye.get(nom, "").strip() for nom in noms})
    valeurs = {c.code: _valeur(saisie, champ(c.code)) for c in genre.composants}
    quand, fin, ecrit = _quand(saisie)
    if genre.moment and saisie.brut["moment"] not in jeu(JEU_MOMENT):
        saisie.erreurs["moment"] = "Choisissez un moment."
    if len(saisie.brut["commentaire"]) > COMMENTAIRE_MAX:
        saisie.erreurs["commentaire"] = f"Le commentaire compte {COMMENTAIRE_MAX} caractères au plus."
    if any(not c.isprintable() or c in "<>{}" for c in saisie.brut["commentaire"]):
        saisie.erreurs["commentaire"] = "Le commentaire contient un caractère qui n’est pas accepté."
    lues = {code: v for code, v in valeurs.items() if v is not None}
    if quand is None or len(lues) < len(valeurs):
        return saisie
    donnee = MesureDonnee(
        genre=genre, quand=quand, quand_fin=fin, valeurs=lues,
        moment=CodeDonne(saisie.brut["moment"]) if genre.moment else None,
    )  # fmt: skip
    if saisie.erreurs:
        # Everything to mend is told at once, the value too.
        saisie.noter(tuple(verifier(donnee, maintenant=quand, naissance=None)))
        return saisie
    saisie.nouvelle = NouvelleMesure(
        donnee=donnee,
        ecrites={code: nombre(v) for code, v in lues.items()},
        quand_ecrit=ecrit,
        commentaire=saisie.brut["commentaire"],
    )
    return saisie


def champ(code: str) -> str:
    """The field of one number."""
    return f"valeur-{code}" if code else "valeur"


def indice(genre: GenreMesure, code: str) -> str:
    """The bounds, told before anything is typed (MES-03)."""
    c = next(c for c in genre.composants if c.code == code)
    return f"De {_borne(c.minimum, genre)} à {_borne(c.maximum, genre)} {genre.unite_affichee}."


def _valeur(saisie: Saisie, nom: str) -> Decimal | None:
    texte = saisie.brut[nom].replace("\u202f", "").replace(" ", "")
    if not _NOMBRE.fullmatch(texte):
        saisie.erreurs[nom] = "Tapez un nombre, par exemple 37,5." if texte else "Tapez la valeur."
        return None
    return Decimal(texte.replace(",", ".")) * saisie.genre.facteur


def _quand(saisie: Saisie) -> tuple[datetime | None, datetime | None, str]:
    """Start and end of what was meant, and its written form: a day, or a minute."""
    try:
        jour = date.fromisoformat(saisie.brut["jour"])
    except ValueError:
        saisie.erreurs["jour"] = "Tapez une date, par exemple 03/05/2026."
        return None, None, ""
    if not saisie.brut["heure"]:
        debut = datetime.combine(jour, time(), PARIS)
        return debut, debut + timedelta(hours=23), jour.isoformat()
    try:
        quand = datetime.combine(jour, time.fromisoformat(saisie.brut["heure"]), PARIS)
    except ValueError:
        saisie.erreurs["heure"] = "Tapez une heure, par exemple 08:30."
        return None, None, ""
    return quand, quand, quand.isoformat(timespec="seconds")


def _dire(genre: GenreMesure, ecart: Ecart) -> tuple[str, str]:
    details = dict(ecart.details)
    # The field of the number that is wrong, when the fault says which; else the first one.
    premier = champ(genre.composants[0].code)
    match ecart.code:
        case "hors_bornes":
            c = next(
                (c for c in genre.composants if nombre(c.maximum) == details["maximum"]), genre.composants[0]
            )
            return champ(c.code), f"La valeur n’est pas possible. {indice(genre, c.code)}"
        case "trop_de_decimales":
            reste = genre.decimales + len(str(genre.facteur)) - 1
            return (
                premier,
                f"Tapez {reste} chiffre{'s' * (reste > 1)} après la virgule au plus."
                if reste
                else ("Tapez un nombre entier, sans virgule."),
            )
        case "code_hors_jeu":
            return ecart.element, "Choisissez dans la liste."
        case "pression_inversee":
            return premier, "Le premier chiffre doit être plus grand que le second."
        case "date_future":
            return "jour", "La mesure ne peut pas être dans le futur."
        case "avant_naissance":
            return "jour", "La mesure ne peut pas être avant la naissance."
    return premier, "Cette valeur n’est pas possible."


def _borne(valeur: Decimal, genre: GenreMesure) -> str:
    return en_francais(valeur / genre.facteur)
