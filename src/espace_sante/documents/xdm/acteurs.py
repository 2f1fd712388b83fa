"""People, devices and organisations as XDS writes them: XCN, XON and coded values with HL7 escapes. Pure.

The name type tells the kind (D a person, U a device, L the patient): what no other component says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from espace_sante.documents.metadonnees import Auteur, Code, GenreAuteur
from espace_sante.documents.xdm.vocabulaire import PROPRE, schema_de_codage, systeme_de
from espace_sante.kernel.identifiants import OID_PS, OID_STRUCTURE
from espace_sante.kernel.ins import Ins, InsInvalide

_NOMS: Final[Mapping[GenreAuteur, str]] = {"personne": "D", "dispositif": "U", "patient": "L"}
_GENRES: Final[Mapping[str, GenreAuteur]] = {"D": "personne", "U": "dispositif", "L": "patient"}
_IDENTIFIANTS: Final[Mapping[GenreAuteur, str]] = {"personne": "IDNPS", "dispositif": "RI", "patient": "NH"}
_ECHAPPES: Final = {"\\": "\\E\\", "|": "\\F\\", "^": "\\S\\", "&": "\\T\\", "~": "\\R\\"}
_CLAIRS: Final = {v: k for k, v in _ECHAPPES.items()}
_A_ECHAPPER: Final = re.compile(r"[\\|^&~]")
_ECHAPPEMENT: Final = re.compile(r"\\[EFSTR]\\")


def echapper(texte: str) -> str:
    """Text in a component of HL7."""
    return _A_ECHAPPER.sub(lambda m: _ECHAPPES[m[0]], texte)


def clair(texte: str) -> str:
    """The inverse."""
    return _ECHAPPEMENT.sub(lambda m: _CLAIRS[m[0]], texte)


def xcn(auteur: Auteur) -> str:
    """A person, a device or the patient; empty for an organisation."""
    if auteur.genre == "organisation":
        return ""
    autorite = f"&{OID_PS if auteur.genre == 'personne' else OID_STRUCTURE}&ISO" if auteur.idnat else ""
    return "^".join([
        echapper(auteur.idnat), echapper(auteur.nom), echapper(auteur.prenom), "", "", "", "", "", autorite,
        _NOMS[auteur.genre], "", "", _IDENTIFIANTS[auteur.genre],
    ])  # fmt: skip


def xon(auteur: Auteur) -> str:
    """The organisation of an author; empty when he has none."""
    if not (auteur.structure_idnat or auteur.structure_nom):
        return ""
    autorite = (f"&{OID_STRUCTURE}&ISO", "IDNST") if auteur.structure_idnat else ("", "")
    return "^".join(
        [echapper(auteur.structure_nom), "", "", "", "", *autorite, "", "", echapper(auteur.structure_idnat)]
    )


def ce(code: Code | None) -> str:
    """A coded value: code, label, system."""
    if code is None:
        return ""
    return "^".join(echapper(v) for v in (code.code, code.libelle, schema_de_codage(code.systeme)))


def cx(ins: Ins) -> str:
    """An INS under its domain."""
    return f"{ins.matricule}^^^&{ins.oid}&ISO^NH"


def slots(auteur: Auteur, noms: Mapping[str, str]) -> list[tuple[str, str]]:
    """The slots of an author that have a value; `noms` gives their names in this place."""
    valeurs = {
        "personne": xcn(auteur),
        "structure": xon(auteur),
        "role": ce(auteur.role),
        "specialite": ce(auteur.specialite),
        # An organisation that signs under an id of its own: XDS has no component for it.
        "identifiant": auteur.idnat if auteur.genre == "organisation" else "",
    }
    return [(noms[cle], valeur) for cle, valeur in valeurs.items() if valeur]


DANS_CLASSIFICATION: Final[Mapping[str, str]] = {
    "personne": "authorPerson",
    "structure": "authorInstitution",
    "role": "authorRole",
    "specialite": "authorSpecialty",
    "identifiant": f"{PROPRE}identifiant",
}


def noms_propres(prefixe: str) -> dict[str, str]:
    """Names of the same slots where XDS has none."""
    return {cle: f"{PROPRE}{prefixe}-{cle}" for cle in DANS_CLASSIFICATION}


def lire_auteur(valeurs: Mapping[str, str], noms: Mapping[str, str]) -> Auteur | None:
    """The author that these slots say; None when they say nobody."""
    personne, structure = valeurs.get(noms["personne"], ""), valeurs.get(noms["structure"], "")
    identifiant = valeurs.get(noms["identifiant"], "")
    if not (personne or structure or identifiant):
        return None
    p = _composants(personne, 13)
    s = _composants(structure, 10)
    genre: GenreAuteur = _GENRES.get(p[9], "personne") if personne else "organisation"
    return Auteur(
        genre,
        idnat=identifiant if genre == "organisation" else "" if genre == "patient" else p[0],
        nom=p[1],
        prenom=p[2],
        structure_idnat=s[9],
        structure_nom=s[0],
        specialite=_lire_ce(valeurs.get(noms["specialite"], "")),
        role=_lire_ce(valeurs.get(noms["role"], "")),
    )


def lire_ins(texte: str) -> Ins | None:
    """The INS of a CX; None when it is not one. A wrong key is no reason here (CDA-26)."""
    numero, *_, autorite, _ = [*_brut(texte, 5)[:5]]
    oid = next((partie for partie in autorite.split("&") if partie[:2] in ("1.", "2.")), "")
    try:
        return Ins.lire(numero, oid, verifier_cle=False)
    except InsInvalide:
        return None


def _lire_ce(texte: str) -> Code | None:
    code, libelle, schema = _composants(texte, 3)[:3]
    return Code(code, systeme_de(schema), libelle) if code and schema else None


def _composants(texte: str, nombre: int) -> list[str]:
    return [clair(c) for c in _brut(texte, nombre)]


def _brut(texte: str, nombre: int) -> list[str]:
    composants = texte.split("^")
    return composants + [""] * (nombre - len(composants))
