"""Checks of objects: which elements, how many, which slices of a list."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from espace_sante.interop.profils.regles import RegleProfil, decrire, genre
from espace_sante.interop.profils.suivi import Chemin, Suivi, Verification
from espace_sante.interop.profils.table import SANS_LIMITE, Element

# Names of FHIR: a number, or words, may be somebody's identity.
_NOM: Final = re.compile(r"_?[a-z][A-Za-z]{0,63}")

Manque = Callable[[Chemin, Suivi], None]


@dataclass(frozen=True, slots=True)
class Champ:
    """One key of an object; `manque` tells that it is not there, None when it need not be."""

    cle: str
    verifier: Verification
    primitif: bool
    manque: Manque | None
    choix: str = ""


@dataclass(frozen=True, slots=True)
class Tranche:
    """A slice: which items are of it, their check, how many."""

    nom: str
    choisit: Callable[[Any], bool]
    verifier: Verification
    min: int
    max: int
    origine: str
    expression: str

    @classmethod
    def de(cls, couches: Sequence[Element], nom: str, verifier: Verification) -> Tranche:
        """From its layers."""
        derniere = couches[-1]
        si = derniere.si
        mini, maxi = limites(couches)
        return cls(
            derniere.chemin.rpartition(":")[2], _choix(si), verifier, mini, maxi,
            f"{derniere.definition}#{derniere.chemin}", _expression(nom, si),
        )  # fmt: skip

    def compter(self, nombre: int, chemin: Chemin, suivi: Suivi) -> None:
        """Tell when there are too few or too many of it."""
        if self.min <= nombre <= self.max:
            return
        regle = RegleProfil.ABSENT if nombre < self.min else RegleProfil.EN_TROP
        attendu = self.min if nombre < self.min else self.max
        ici = (chemin[0], self.expression, -1)
        suivi.noter(
            regle, ici, self.origine, element=f"{chemin[1]}:{self.nom}", attendu=attendu, trouve=nombre
        )


def limites(couches: Sequence[Element]) -> tuple[int, int]:
    """Least and most, of the layer that says it last."""
    mini = next((e.min for e in reversed(couches) if e.min is not None), 0)
    maxi = next((e.max for e in reversed(couches) if e.max is not None), SANS_LIMITE)
    return mini, maxi


def _origine(couches: Sequence[Element], attribut: str) -> str:
    dit = next((e for e in reversed(couches) if getattr(e, attribut) is not None), couches[-1])
    return f"{dit.definition}#{dit.chemin}"


def champ_simple(cle: str, element: Sequence[Element], verifier: Verification, *, primitif: bool) -> Champ:
    """An element that is given at most once."""
    mini, maxi = limites(element)
    nom = element[-1].chemin.rpartition(".")[2]
    if maxi == 0:
        return Champ(cle, _interdit(nom, _origine(element, "max")), primitif, None)
    return Champ(cle, verifier, primitif, _manque(nom, cle, mini, _origine(element, "min")) if mini else None)


def champ_repete(
    cle: str,
    element: Sequence[Element],
    verifier: Verification,
    tranches: Sequence[Tranche],
    *,
    primitif: bool,
) -> Champ:
    """An element that is a list, with its slices."""
    mini, maxi = limites(element)
    # When the slices say all that must be there, the length of the list says it twice.
    propre = 0 if sum(t.min for t in tranches) >= mini else mini
    origine_min, origine_max = _origine(element, "min"), _origine(element, "max")
    ferme = any(e.ferme for e in element)
    formes = ", ".join(t.nom for t in tranches)
    regle_max = RegleProfil.EN_TROP if maxi else RegleProfil.INTERDIT

    def liste(valeur: Any, chemin: Chemin, suivi: Suivi) -> None:
        if type(valeur) is not list:
            suivi.noter(
                RegleProfil.TYPE, chemin, origine_max, element=cle, attendu="liste", trouve=genre(valeur)
            )
            return
        nombre = len(valeur)
        if not nombre:
            suivi.noter(RegleProfil.VIDE, chemin, origine_max, element=cle)
        if nombre > maxi:
            suivi.noter(regle_max, chemin, origine_max, element=cle, attendu=maxi, trouve=nombre)
            if not maxi:
                return
        elif nombre < propre:
            suivi.noter(RegleProfil.ABSENT, chemin, origine_min, element=cle, attendu=propre, trouve=nombre)
        parent = chemin[0]
        if tranches:
            decouper(valeur, chemin, suivi)
            return
        for rang, element_ in enumerate(valeur):
            if element_ is None and primitif:
                suivi.nuls.append((parent, cle))
            else:
                verifier(element_, (parent, cle, rang), suivi)

    def decouper(valeur: list[Any], chemin: Chemin, suivi: Suivi) -> None:
        comptes = [0] * len(tranches)
        for rang, element_ in enumerate(valeur):
            ici = (chemin[0], cle, rang)
            for numero, tranche in enumerate(tranches):
                if tranche.choisit(element_):
                    comptes[numero] += 1
                    tranche.verifier(element_, ici, suivi)
                    break
            else:
                if ferme:
                    suivi.noter(
                        RegleProfil.HORS_TRANCHE, ici, origine_max, element=cle, attendu=formes,
                        trouve=_forme(element_),
                    )  # fmt: skip
                verifier(element_, ici, suivi)
        for tranche, nombre in zip(tranches, comptes, strict=True):
            tranche.compter(nombre, chemin, suivi)

    def manque(chemin: Chemin, suivi: Suivi) -> None:
        ici = (chemin, cle, -1)
        if propre:
            suivi.noter(RegleProfil.ABSENT, ici, origine_min, element=cle, attendu=propre, trouve=0)
        for tranche in tranches:
            tranche.compter(0, ici, suivi)

    return Champ(cle, liste, primitif, manque if propre or any(t.min for t in tranches) else None)


def objet(
    champs: Sequence[Champ], nom: str, invariants: Sequence[Verification], *, ressource: bool
) -> Verification:
    """An object with these elements and no other."""
    par_cle = {c.cle: c.verifier for c in champs}
    primitifs = {f"_{c.cle}" for c in champs if c.primitif}
    requis = [(c.cle, f"_{c.cle}", c.manque) for c in champs if c.manque is not None and not c.choix]
    extension = par_cle.get("extension")
    groupes = _groupes(champs)

    def verifier(valeur: Any, chemin: Chemin, suivi: Suivi) -> None:
        if type(valeur) is not dict:
            suivi.noter(
                RegleProfil.TYPE, chemin, nom, element=chemin[1], attendu="objet", trouve=genre(valeur)
            )
            return
        if not valeur:
            suivi.noter(RegleProfil.VIDE, chemin, nom, element=chemin[1])
            return
        for cle, contenu in valeur.items():
            champ = par_cle.get(cle)
            if champ is not None:
                champ(contenu, (chemin, cle, -1), suivi)
            elif cle in primitifs:
                souligne(contenu, (chemin, cle, -1), suivi)
            elif not (ressource and cle == "resourceType"):
                suivi.noter(RegleProfil.INCONNU, (chemin, _lisible(cle), -1), nom)
        for cle, double, manque in requis:
            if cle not in valeur and double not in valeur:
                manque(chemin, suivi)
        for groupe in groupes:
            groupe(valeur, chemin, suivi)
        for invariant in invariants:
            invariant(valeur, chemin, suivi)
        if suivi.nuls:
            ici = [cle for parent, cle in suivi.nuls if parent is chemin]
            suivi.nuls = [n for n in suivi.nuls if n[0] is not chemin]
            for cle in ici:
                if f"_{cle}" not in valeur:
                    suivi.noter(RegleProfil.VIDE, (chemin, cle, -1), nom, element=cle)

    def souligne(valeur: Any, chemin: Chemin, suivi: Suivi) -> None:
        """Id and extensions of a primitive, or of each primitive of a list."""
        for un in valeur if type(valeur) is list else [valeur]:
            if un is None and type(valeur) is list:
                continue
            if type(un) is not dict or not un or not un.keys() <= {"id", "extension"}:
                suivi.noter(
                    RegleProfil.TYPE, chemin, nom, element=chemin[1], attendu="Element", trouve=genre(un)
                )
            elif extension is not None and "extension" in un:
                extension(un["extension"], (chemin, "extension", -1), suivi)

    return verifier


def _groupes(champs: Sequence[Champ]) -> list[Verification]:
    """Choices of type: one of them, or none when none is needed."""
    groupes: list[Verification] = []
    for choix in dict.fromkeys(c.choix for c in champs if c.choix):
        cles = [c.cle for c in champs if c.choix == choix]
        manque = next((c.manque for c in champs if c.choix == choix and c.manque is not None), None)
        groupes.append(_groupe(choix, frozenset(cles), manque))
    return groupes


def _groupe(choix: str, cles: frozenset[str], manque: Manque | None) -> Verification:
    def verifier(valeur: Any, chemin: Chemin, suivi: Suivi) -> None:
        donnes = {cle.lstrip("_") for cle in valeur if cle.lstrip("_") in cles}
        if len(donnes) > 1:
            suivi.noter(
                RegleProfil.EN_TROP, (chemin, choix, -1), f"FHIR R4#{choix}", element=choix, attendu=1,
                trouve=len(donnes),
            )  # fmt: skip
        elif not donnes and manque is not None:
            manque(chemin, suivi)

    return verifier


def _manque(nom: str, cle: str, mini: int, origine: str) -> Manque:
    def manque(chemin: Chemin, suivi: Suivi) -> None:
        endroit = nom.removesuffix("[x]") if nom.endswith("[x]") else cle
        suivi.noter(RegleProfil.ABSENT, (chemin, endroit, -1), origine, element=nom, attendu=mini, trouve=0)

    return manque


def _interdit(nom: str, origine: str) -> Verification:
    def verifier(_valeur: Any, chemin: Chemin, suivi: Suivi) -> None:
        suivi.noter(RegleProfil.INTERDIT, chemin, origine, element=nom, trouve=1)

    return verifier


def _choix(si: dict[str, Any]) -> Callable[[Any], bool]:
    if len(si) == 1:
        ((cle, attendu),) = si.items()
        if "." not in cle and attendu is not True:
            return lambda valeur: type(valeur) is dict and valeur.get(cle) == attendu
    criteres = [(cle.split("."), attendu) for cle, attendu in si.items()]

    def choisit(valeur: Any) -> bool:
        return all(
            bool(lus) if attendu is True else attendu in lus
            for lus, attendu in ((_lire(valeur, cle), attendu) for cle, attendu in criteres)
        )

    return choisit


def _lire(valeur: Any, cles: list[str]) -> list[Any]:
    courants = [valeur]
    for cle in cles:
        suivants = [v[cle] for v in courants if type(v) is dict and cle in v]
        courants = [v for s in suivants for v in (s if type(s) is list else [s])]
    return courants


def _expression(nom: str, si: dict[str, Any]) -> str:
    """The slice as FHIRPath."""
    if set(si) == {"url"}:
        return f"{nom}('{si['url']}')"
    criteres = [
        f"resource is {v}" if c == "resource.resourceType" else c if v is True else f"{c} = '{v}'"
        for c, v in si.items()
    ]
    return f"{nom}.where({' and '.join(criteres)})"


def _forme(valeur: Any) -> str:
    """What tells a list's items apart: the type of their resource, their address."""
    if isinstance(valeur, dict):
        ressource = valeur.get("resource")
        if isinstance(ressource, dict) and isinstance(ressource.get("resourceType"), str):
            return decrire(ressource["resourceType"])
    return genre(valeur)


def _lisible(cle: str) -> str:
    """A key of the caller's own making is not echoed."""
    return cle if _NOM.fullmatch(cle) else "?"
