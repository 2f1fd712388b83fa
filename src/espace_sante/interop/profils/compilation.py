"""Definitions → closures, made once, on first use (ADR 0022).

An element is compiled from its layers, from what R4 says of it to what the profile adds; the last one that speaks
wins, and findings name it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from espace_sante.interop.profils.champs import Champ, Tranche, champ_repete, champ_simple, objet
from espace_sante.interop.profils.declarations import connu, declares, est_ressource
from espace_sante.interop.profils.invariants import INVARIANTS, contenues
from espace_sante.interop.profils.primitifs import PRIMITIFS
from espace_sante.interop.profils.regles import RegleProfil, decrire, genre
from espace_sante.interop.profils.suivi import Chemin, Suivi, Verification
from espace_sante.interop.profils.table import (
    SANS_LIMITE,
    Element,
    TypeAdmis,
    definitions,
    par_url,
)
from espace_sante.interop.profils.valeurs import attendue, du_jeu, primitif, reference

Couches = Sequence[Element]
_SANS_DEFINITION: Final = frozenset({"BackboneElement", "Element", ""})
_EXTENSION: Final = TypeAdmis("Extension")


def _libre(_valeur: Any, _chemin: Chemin, _suivi: Suivi) -> None:
    """A type whose content is not judged."""


class Compilateur:
    """Compiles definitions on demand and keeps them."""

    def __init__(self) -> None:
        self._definitions = definitions()
        self._pretes: dict[str, Verification] = {}
        self._ressources: dict[str, Verification] = {}

    def connait(self, nom: str) -> bool:
        """Whether it is a resource type whose definition is here."""
        return nom in self._definitions and est_ressource(self._definitions[nom])

    def ressource(self, nom: str) -> Verification:
        """Check of a whole resource against R4, or against a profile."""
        if nom not in self._ressources:
            self._ressources[nom] = self._ressource(nom)
        return self._ressources[nom]

    def _ressource(self, nom: str) -> Verification:
        definition = self._definitions[nom]
        type_ = definition.base or nom
        interieur = self._definition(nom)
        domaine = "contained" in self._definitions[type_].racine.enfants
        invariants = (contenues,) if domaine else INVARIANTS.get(type_, ())

        def verifier(valeur: Any, chemin: Chemin, suivi: Suivi) -> None:
            trouve = valeur.get("resourceType") if type(valeur) is dict else None
            if trouve != type_:
                suivi.noter(
                    RegleProfil.RESSOURCE, chemin, f"{nom}#{type_}", element=chemin[1], attendu=type_,
                    trouve=decrire(trouve) if isinstance(trouve, str) else genre(valeur),
                )  # fmt: skip
                return
            with suivi.ressource(valeur):
                interieur(valeur, chemin, suivi)
                for invariant in invariants:
                    invariant(valeur, chemin, suivi)

        return verifier

    def _definition(self, nom: str) -> Verification:
        """Object check of a type, a resource or a profile; late when it is being compiled (types contain themselves)."""
        prete = self._pretes.get(nom)
        if prete is not None:
            return prete

        def plus_tard(valeur: Any, chemin: Chemin, suivi: Suivi) -> None:
            self._pretes[nom](valeur, chemin, suivi)

        self._pretes[nom] = plus_tard
        self._pretes[nom] = self._objet(self._couches(nom), nom)
        return self._pretes[nom]

    def _paresseuse(self, type_: TypeAdmis, element: Couches) -> Verification:
        """Compiled when first met: an extension may have a value of fifty types."""
        faite: list[Verification] = []

        def verifier(valeur: Any, chemin: Chemin, suivi: Suivi) -> None:
            if not faite:
                faite.append(self._valeur(type_, element))
            faite[0](valeur, chemin, suivi)

        return verifier

    def _couches(self, nom: str) -> list[Element]:
        definition = self._definitions[nom]
        de_base = self._couches(definition.base) if definition.base else []
        return [*de_base, definition.racine]

    def _objet(self, couches: Couches, nom: str, dans: str = "") -> Verification:
        """Object with the elements of all layers."""
        noms = dict.fromkeys(n for c in couches for n in c.enfants)
        est_racine = not dans and est_ressource(self._definitions[nom])
        if not est_racine or "text" in noms:
            noms |= dict.fromkeys(("extension",))
            if est_racine or dans or nom == "Timing":
                noms |= dict.fromkeys(("modifierExtension",))
        if not est_racine:
            noms |= dict.fromkeys(("id",))
        champs: list[Champ] = []
        for enfant in noms:
            element = [c.enfants[enfant] for c in couches if enfant in c.enfants]
            champs.extend(self._champs(enfant, element, couches[0]))
        invariants = () if est_racine or dans else INVARIANTS.get(self._definitions[nom].base or nom, ())
        origine = f"{nom}#{dans or self._definitions[nom].base or nom}"
        return objet(champs, origine, invariants, ressource=est_racine)

    def _champs(self, nom: str, element: list[Element], parent: Element) -> Iterable[Champ]:
        if nom in ("extension", "modifierExtension", "id") and (not element or element[0].max is None):
            commun = Element(
                parent.definition, f"{parent.chemin}.{nom}".lstrip("."), 0, SANS_LIMITE, (_EXTENSION,)
            )
            if nom == "id":
                commun.max, commun.types = 1, (TypeAdmis("string"),)
            element = [commun, *element]
        types = _dernier(element, "types")
        if not nom.endswith("[x]"):
            yield self._champ(nom, types[0] if types else TypeAdmis(""), element)
            return
        racine = nom.removesuffix("[x]")
        admis = {t.nom for t in types}
        for type_ in element[0].types:
            choisi = next((t for t in types if t.nom == type_.nom), type_)
            cle = racine + type_.nom[:1].upper() + type_.nom[1:]
            verification = (
                self._paresseuse(choisi, element) if type_.nom in admis else _non_admis(nom, types, element)
            )
            yield replace(
                champ_simple(cle, element, verification, primitif=type_.nom in PRIMITIFS), choix=nom
            )

    def _champ(self, nom: str, type_: TypeAdmis, element: list[Element]) -> Champ:
        verification = self._valeur(type_, element)
        repete = element[0].max != 1
        if not repete:
            return champ_simple(nom, element, verification, primitif=type_.nom in PRIMITIFS)
        tranches = [self._tranche(t, nom, element) for t in _tranches(element)]
        return champ_repete(nom, element, verification, tranches, primitif=type_.nom in PRIMITIFS)

    def _tranche(self, couches: list[Element], nom: str, element: list[Element]) -> Tranche:
        ensemble = [*element, *couches]
        types = _dernier(ensemble, "types")
        # What the list says (how many) is not said of each of its slices.
        verification = self._valeur(types[0], ensemble)
        return Tranche.de(couches, nom, verification)

    def _valeur(self, type_: TypeAdmis, element: Couches) -> Verification:
        """Check of one value of that element."""
        nom = element[-1].chemin.rpartition(".")[2]
        verification = self._nue(type_, element, nom)
        plus: list[Verification] = []
        for couche in element:
            if couche.valeur is not None:
                plus.append(attendue(couche.valeur, nom, _origine(couche)))
        if jeu := _dernier(element, "jeu"):
            plus.append(du_jeu(jeu, type_.nom, nom, _origine_de(element, "jeu")))
        if not plus:
            return verification

        def toutes(valeur: Any, chemin: Chemin, suivi: Suivi) -> None:
            verification(valeur, chemin, suivi)
            for autre in plus:
                autre(valeur, chemin, suivi)

        return toutes

    def _nue(self, type_: TypeAdmis, element: Couches, nom: str) -> Verification:
        if type_.nom.startswith("#"):
            return self._renvoi(element[0].definition, type_.nom[1:])
        if type_.nom in PRIMITIFS:
            return primitif(type_.nom, nom, _origine_de(element, "types"))
        if type_.nom == "Resource":
            return self._toute_ressource(contenue=nom == "contained")
        if type_.nom in _SANS_DEFINITION:
            return self._objet(element, element[0].definition, element[0].chemin)
        if type_.nom not in self._definitions:
            return _libre
        if est_ressource(self._definitions[type_.nom]):
            return self._ressource_tardive(type_.profil or type_.nom)
        precis = [c for c in element if c.enfants]
        profil = type_.profil if type_.profil in self._definitions else type_.nom
        if precis:
            verification = self._objet([*self._couches(profil), *precis], profil)
        elif profil == "Extension":
            verification = self._extension()
        else:
            verification = self._definition(profil)
        if type_.nom == "Reference":
            return reference(verification, type_, nom, _origine_de(element, "types"))
        return verification

    def _renvoi(self, definition: str, chemin: str) -> Verification:
        """An element that is like another one of the same resource, possibly itself."""
        cle = f"{definition}#{chemin}"
        noeud = self._definitions[definition].racine
        for morceau in chemin.split("."):
            noeud = noeud.enfants[morceau]

        def verifier(valeur: Any, chemin: Chemin, suivi: Suivi) -> None:
            if cle not in self._pretes:
                self._pretes[cle] = self._objet([noeud], noeud.definition, noeud.chemin)
            self._pretes[cle](valeur, chemin, suivi)

        return verifier

    def _ressource_tardive(self, nom: str) -> Verification:
        def verifier(valeur: Any, chemin: Chemin, suivi: Suivi) -> None:
            self.ressource(nom)(valeur, chemin, suivi)

        return verifier

    def _toute_ressource(self, *, contenue: bool) -> Verification:
        """Any resource: judged when its type is known here."""

        def verifier(valeur: Any, chemin: Chemin, suivi: Suivi) -> None:
            nom = valeur.get("resourceType") if type(valeur) is dict else None
            if not isinstance(nom, str):
                suivi.noter(
                    RegleProfil.RESSOURCE, chemin, "Resource#resourceType", element=chemin[1], attendu="FHIR R4",
                    trouve=genre(valeur),
                )  # fmt: skip
            elif not self.connait(nom):
                return
            elif contenue:
                self._definition(nom)(valeur, chemin, suivi)
            else:
                # Inside a Bundle too, a resource is held to what it says of itself.
                for profil in [c for p in declares(valeur) if (c := connu(p, nom))] or [nom]:
                    self.ressource(profil)(valeur, chemin, suivi)

        return verifier

    def _extension(self) -> Verification:
        """An extension: by its own definition when its address is known here."""
        toute = self._definition("Extension")
        connues = {url: d.nom for url, d in par_url().items() if d.base == "Extension"}

        def verifier(valeur: Any, chemin: Chemin, suivi: Suivi) -> None:
            url = valeur.get("url") if type(valeur) is dict else None
            nom = connues.get(url) if isinstance(url, str) else None
            (self._definition(nom) if nom else toute)(valeur, chemin, suivi)

        return verifier


def _non_admis(nom: str, types: Sequence[TypeAdmis], element: Couches) -> Verification:
    attendu = " ou ".join(t.nom for t in types)
    origine = _origine_de(element, "types")

    def verifier(_valeur: Any, chemin: Chemin, suivi: Suivi) -> None:
        suivi.noter(
            RegleProfil.TYPE, chemin, origine, element=nom, attendu=attendu, trouve=f"« {chemin[1]} »"
        )

    return verifier


def _tranches(element: list[Element]) -> list[list[Element]]:
    noms = dict.fromkeys(n for e in element for n in e.tranches)
    return [[e.tranches[n] for e in element if n in e.tranches] for n in noms]


def _dernier(element: Couches, attribut: str) -> Any:
    """What the most precise layer says."""
    return next((v for e in reversed(element) if (v := getattr(e, attribut))), ())


def _origine_de(element: Couches, attribut: str) -> str:
    return _origine(next((e for e in reversed(element) if getattr(e, attribut)), element[-1]))


def _origine(element: Element) -> str:
    return f"{element.definition}#{element.chemin}"
