"""The file of a matrix: read whole or refused whole, with its bad lines; written in the same form (ACC-35, ACC-36)."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from espace_sante.acces.matrice.erreurs import MatriceInvalide
from espace_sante.acces.matrice.lignes import Case, Cle, Groupe
from espace_sante.documents import nomenclatures
from espace_sante.identite import professions

ENTETE = ("profession_code", "profession_system", "type_code", "consultation", "origin", "rule")
COLONNES = (*ENTETE, "savoir_faire")
_OBLIGATOIRES = ("profession_code", "type_code", "consultation")
_ORIGINES = frozenset({"official", "sourced", "illustrative"})
MEDECIN = Groupe("TRE_G15", "10")
TYPE_RESIDENCE = "ATTEST-RESID"
# The whole national list of professions times that of types is 50 000 couples.
TAILLE_MAXIMALE = 20_000_000
LIGNES_MAXIMALES = 250_000
_ERREURS_MONTREES = 100

Faute = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Lecture:
    """A file that may be loaded. `absents`: the types that each profession has no cell for; they mean no (ACC-37)."""

    cases: tuple[Case, ...]
    absents: dict[Groupe, tuple[str, ...]]
    avertissements: tuple[str, ...]

    @property
    def nombre_absents(self) -> int:
        return sum(len(types) for types in self.absents.values())


def lire(contenu: bytes) -> Lecture:
    """Read a CSV file in UTF-8. Raises MatriceInvalide naming the bad lines, and nothing is kept."""
    if len(contenu) > TAILLE_MAXIMALE:
        raise MatriceInvalide(
            "matrice_trop_grande",
            f"La matrice est refusée : le fichier dépasse {TAILLE_MAXIMALE // 1_000_000} Mo.",
        )
    fautes: list[Faute] = []
    cases = list(_cases(_texte(contenu), fautes))
    if not cases and not fautes:
        fautes.append((1, "le fichier n'a aucune cellule"))
    if fautes:
        raise _refus(fautes)
    return Lecture(tuple(cases), _absents(cases), tuple(_avertissements(cases)))


def ecrire(cases: Iterable[Case]) -> str:
    """The file of these cells, in a stable order; reading it back gives the same cells."""
    sortie = io.StringIO()
    ecrivain = csv.writer(sortie, lineterminator="\n")
    ecrivain.writerow(COLONNES)
    for case in sorted(cases, key=lambda c: c.cle):
        groupe, type_code = case.cle
        ecrivain.writerow(
            (groupe.profession, groupe.systeme, type_code, "O" if case.consultation else "N", case.origine,
             case.regle, groupe.savoir_faire)
        )  # fmt: skip
    return sortie.getvalue()


def _refus(fautes: list[Faute]) -> MatriceInvalide:
    montrees = fautes[:_ERREURS_MONTREES]
    reste = len(fautes) - len(montrees)
    if reste:
        montrees.append((fautes[_ERREURS_MONTREES][0], f"… et {reste} autres lignes refusées"))
    return MatriceInvalide(
        "matrice_invalide",
        "La matrice est refusée : aucune cellule n'est chargée.",
        lignes=tuple(montrees),
        nombre=len(fautes),
    )


def _texte(contenu: bytes) -> str:
    try:
        texte = contenu.decode("utf-8-sig")
    except UnicodeDecodeError as erreur:
        raise _refus([(contenu.count(b"\n", 0, erreur.start) + 1, "ce n'est pas de l'UTF-8")]) from None
    if (nul := texte.find("\0")) >= 0:
        raise _refus(
            [(texte.count("\n", 0, nul) + 1, "caractère interdit : le fichier n'est pas du texte UTF-8")]
        )
    return texte


def _cases(texte: str, fautes: list[Faute]) -> Iterator[Case]:
    lecteur = csv.reader(io.StringIO(texte, newline=""), strict=True)
    try:
        entete = [c.strip() for c in next(lecteur, [])]
        if probleme := _probleme_entete(entete):
            fautes.append((1, probleme))
            return
        vues: dict[Cle, int] = {}
        for rangee in lecteur:
            numero = lecteur.line_num
            if not any(valeur.strip() for valeur in rangee):
                continue
            if len(vues) >= LIGNES_MAXIMALES:
                fautes.append((numero, f"plus de {LIGNES_MAXIMALES} cellules"))
                return
            if len(rangee) != len(entete):
                fautes.append((numero, f"{len(rangee)} colonnes au lieu de {len(entete)}"))
                continue
            case, probleme = _case(dict(zip(entete, (v.strip() for v in rangee), strict=True)))
            if case is None:
                fautes.append((numero, probleme))
            elif case.cle in vues:
                fautes.append((numero, f"couple déjà donné à la ligne {vues[case.cle]}"))
            else:
                vues[case.cle] = numero
                yield case
    except csv.Error:
        fautes.append((lecteur.line_num, "ligne illisible : guillemets ou champ démesuré"))


def _probleme_entete(entete: list[str]) -> str:
    if manquantes := [c for c in _OBLIGATOIRES if c not in entete]:
        return f"colonnes absentes : {', '.join(manquantes)}"
    if len(set(entete)) != len(entete):
        return "une colonne est donnée deux fois"
    if inconnues := [c for c in entete if c not in COLONNES]:
        return f"colonnes inconnues : {', '.join(c[:40] for c in inconnues[:5])}"
    return ""


def _case(rangee: dict[str, str]) -> tuple[Case | None, str]:
    """A cell, or what is wrong with its line."""
    code, type_code, savoir_faire = (
        rangee["profession_code"],
        rangee["type_code"],
        rangee.get("savoir_faire", ""),
    )
    systeme = rangee.get("profession_system", "")
    if not systeme:
        # A file without this column is understood when the code belongs to one system only.
        possibles = [s for s in professions.SYSTEMES_OID if professions.existe(s, code)]
        if len(possibles) > 1:
            return None, f"profession_system à préciser : {' ou '.join(possibles)}"
        systeme = possibles[0] if possibles else ""
    origine, regle = rangee.get("origin", "") or "illustrative", rangee.get("rule", "")
    probleme = ""
    if not professions.existe(systeme, code):
        probleme = "profession inconnue"
    elif savoir_faire and not professions.libelle_savoir_faire(savoir_faire):
        probleme = "savoir-faire inconnu"
    elif nomenclatures.type_document(type_code) is None:
        probleme = "type de document inconnu"
    elif rangee["consultation"] not in {"O", "N"}:
        probleme = "consultation doit valoir O ou N"
    elif origine not in _ORIGINES:
        probleme = "origin doit valoir official, sourced ou illustrative"
    elif len(regle) > 255 or not regle.isprintable():
        probleme = "rule : au plus 255 caractères, sur une ligne"
    if probleme:
        return None, probleme
    return Case(
        Cle(Groupe(systeme, code, savoir_faire), type_code), rangee["consultation"] == "O", origine, regle
    ), ""


def _absents(cases: list[Case]) -> dict[Groupe, tuple[str, ...]]:
    """Holes of the professions that the file speaks of; a know-how falls back on its profession and has none."""
    donnes: dict[Groupe, set[str]] = defaultdict(set)
    for case in cases:
        groupe, type_code = case.cle
        presents = donnes[groupe._replace(savoir_faire="")]
        if not groupe.savoir_faire:
            presents.add(type_code)
    tous = nomenclatures.types()
    return {
        groupe: manquants
        for groupe, presents in sorted(donnes.items())
        if (manquants := tuple(t for t in tous if t not in presents))
    }


def _avertissements(cases: list[Case]) -> Iterator[str]:
    """What is loaded but should be looked at: a sentence of the law known otherwise (ACC-43)."""
    for case in cases:
        if case.cle == Cle(MEDECIN, TYPE_RESIDENCE) and case.consultation:
            yield f"le médecin lirait {TYPE_RESIDENCE}, que la loi connue lui ferme (ACC-43)"
