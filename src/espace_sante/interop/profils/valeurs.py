"""Checks of one value: primitive types, fixed and pattern values, required codes, targets of references."""

from __future__ import annotations

from typing import Any, Final

from espace_sante.interop.profils.primitifs import BORNES_DE_TEXTE, FORMES, MAX_TEXTE, NOMBRES, nombre_admis
from espace_sante.interop.profils.regles import RegleProfil, decrire, ecrire, genre
from espace_sante.interop.profils.suivi import Chemin, Suivi, Verification
from espace_sante.interop.profils.table import TypeAdmis, Valeur, jeux

_A_AVERTIR: Final = "?"


def primitif(type_: str, nom: str, origine: str) -> Verification:
    """A value of that primitive type."""
    if type_ == "boolean":

        def booleen(valeur: Any, chemin: Chemin, suivi: Suivi) -> None:
            if type(valeur) is not bool:
                suivi.noter(
                    RegleProfil.TYPE, chemin, origine, element=nom, attendu=type_, trouve=genre(valeur)
                )

        return booleen
    if type_ in NOMBRES:

        def nombre(valeur: Any, chemin: Chemin, suivi: Suivi) -> None:
            if type(valeur) not in (int, float):
                suivi.noter(
                    RegleProfil.TYPE, chemin, origine, element=nom, attendu=type_, trouve=genre(valeur)
                )
            elif not nombre_admis(type_, valeur):
                suivi.noter(
                    RegleProfil.FORME, chemin, origine, element=nom, attendu=type_, trouve=genre(valeur)
                )

        return nombre
    forme = FORMES[type_]
    borne = MAX_TEXTE if type_ in BORNES_DE_TEXTE else 0

    def texte(valeur: Any, chemin: Chemin, suivi: Suivi) -> None:
        if type(valeur) is not str:
            suivi.noter(RegleProfil.TYPE, chemin, origine, element=nom, attendu=type_, trouve=genre(valeur))
        elif not forme(valeur):
            regle = RegleProfil.FORME if valeur else RegleProfil.VIDE
            suivi.noter(regle, chemin, origine, element=nom, attendu=type_, trouve=decrire(valeur))
        elif borne and len(valeur) > borne:
            suivi.noter(RegleProfil.LONGUEUR, chemin, origine, element=nom, attendu=borne, trouve=len(valeur))

    return texte


def attendue(regle: Valeur, nom: str, origine: str) -> Verification:
    """A fixed value, a pattern, a beginning."""
    genre_, attendu = regle.genre, regle.attendu
    phrase = f"{ecrire(attendu)}…" if genre_ == "^" else ecrire(attendu)

    def verifier(valeur: Any, chemin: Chemin, suivi: Suivi) -> None:
        if genre_ == "=":
            tenu = valeur == attendu
        elif genre_ == "^":
            tenu = isinstance(valeur, str) and valeur.startswith(attendu)
        else:
            tenu = contient(valeur, attendu)
        if not tenu:
            suivi.noter(
                RegleProfil.VALEUR, chemin, origine, element=nom, attendu=phrase, trouve=decrire(valeur)
            )

    return verifier


def contient(valeur: Any, motif: Any) -> bool:
    """The value has at least what the pattern has."""
    if isinstance(motif, dict):
        return isinstance(valeur, dict) and all(
            c in valeur and contient(valeur[c], m) for c, m in motif.items()
        )
    if isinstance(motif, list):
        return isinstance(valeur, list) and all(any(contient(v, m) for v in valeur) for m in motif)
    return bool(valeur == motif)


def du_jeu(nom_du_jeu: str, type_: str, nom: str, origine: str) -> Verification:
    """A code of that set: an error, or a warning when the set is only recommended (`?`)."""
    avertir = nom_du_jeu.startswith(_A_AVERTIR)
    jeu = nom_du_jeu.removeprefix(_A_AVERTIR)
    paires = jeux()[jeu]
    codes = frozenset(code for _, code in paires)
    sans_systeme = {systeme for systeme, _ in paires} == {""}
    regle = RegleProfil.NOMENCLATURE if avertir else RegleProfil.CODE

    def code_admis(valeur: Any) -> bool:
        # Another type is told by the check of the type.
        return valeur in codes if isinstance(valeur, str) else True

    def codage_admis(valeur: Any) -> bool:
        if not isinstance(valeur, dict):
            return True
        code = valeur.get("code")
        return code in codes if sans_systeme else (valeur.get("system"), code) in paires

    def concept_admis(valeur: Any) -> bool:
        if not isinstance(valeur, dict):
            return True
        codages = valeur.get("coding")
        return isinstance(codages, list) and any(codage_admis(c) for c in codages if isinstance(c, dict))

    admis = {"Coding": codage_admis, "CodeableConcept": concept_admis}.get(type_, code_admis)

    def verifier(valeur: Any, chemin: Chemin, suivi: Suivi) -> None:
        if not admis(valeur):
            suivi.noter(
                regle, chemin, origine, gravite="warning" if avertir else "error", element=nom, attendu=jeu,
                trouve=decrire(valeur),
            )  # fmt: skip

    return verifier


def reference(objet: Verification, type_: TypeAdmis, nom: str, origine: str) -> Verification:
    """A Reference whose target has one of the types, and is there when it must be contained (ref-1)."""
    cibles = type_.cibles
    attendu = " ou ".join(sorted(cibles))

    def verifier(valeur: Any, chemin: Chemin, suivi: Suivi) -> None:
        objet(valeur, chemin, suivi)
        if type(valeur) is not dict:
            return
        texte = valeur.get("reference")
        vise = suivi.vise(texte) if isinstance(texte, str) else ""
        if vise is None:
            suivi.noter(RegleProfil.NON_RESOLUE, chemin, "Reference#ref-1", element=nom)
            return
        vise = vise or valeur.get("type") or ""
        if cibles and vise and vise not in cibles:
            suivi.noter(
                RegleProfil.CIBLE, chemin, origine, element=nom, attendu=attendu, trouve=decrire(vise)
            )

    return verifier
