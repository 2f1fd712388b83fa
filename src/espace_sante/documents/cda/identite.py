"""Identity in a document: its INS and traits, alone and against the record (rules CDA-23 to CDA-30).

Nothing here writes: the traits of a document never overwrite those of the record (CDA-30).
No finding shows a number or a name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from espace_sante.documents.cda.constats import Constat, Gravite
from espace_sante.documents.cda.modele import EnteteCda, Patient
from espace_sante.kernel.ins import OID_NIR, OID_TEST, Ins
from espace_sante.kernel.traits import Traits, comparer

_ID: Final = "/ClinicalDocument/recordTarget/patientRole/id"
_PATIENT: Final = "/ClinicalDocument/recordTarget/patientRole/patient"
_LIBELLES: Final = {
    "nom_naissance": "le nom de naissance",
    "prenoms": "les prénoms",
    "date_naissance": "la date de naissance",
    "sexe": "le sexe",
}
# CDA-29: these refuse; the names only warn. The birth place is often absent and is not compared.
_REFUSANTS: Final = ("date_naissance", "sexe")
_MEMES_EN_TEST: Final = frozenset({OID_NIR, OID_TEST})


def meme_personne(a: Ins, b: Ins, *, production: bool) -> bool:
    """Whether two INS are one person: in test the same number under .8 and .10 is (CDA-28)."""
    if a == b:
        return True
    return not production and a.matricule == b.matricule and {a.oid, b.oid} == _MEMES_EN_TEST


def controler_ins(entete: EnteteCda, *, production: bool) -> Iterator[Constat]:
    """The INS of the header by itself (CDA-24 to CDA-28)."""
    patient = entete.patient or Patient()
    lus = patient.ins
    inconnus = any(i.est_ins_inconnu for i in patient.identifiants)
    mal_formes = sum(i.est_ins for i in patient.identifiants) - len(lus)
    if not lus:
        if inconnus:
            texte = "Le seul INS du document est sous un domaine (OID) qui n’est pas celui d’un INS."
            yield _constat("CDA-27", "ins-oid", _ID, texte)
        elif mal_formes:
            yield _constat("CDA-24", "ins-format", _ID, "L’INS du document n’a pas la forme attendue.")
        else:
            yield _constat("CDA-24", "ins-absent", _ID, "Le document ne contient pas d’INS.")
        return
    if inconnus:
        texte = "Un identifiant sous un domaine (OID) qui n’est pas celui d’un INS est ignoré."
        yield _constat("CDA-27", "ins-oid-ignore", _ID, texte, "warning")
    if mal_formes:
        yield _constat("CDA-24", "ins-format-ignore", _ID, "Un INS mal formé est ignoré.", "warning")
    if not all(ins.cle_valide for ins in lus):
        yield _constat("CDA-26", "ins-cle", _ID, "La clé de l’INS du document est fausse.", "warning")
    if production and any(ins.fictif for ins in lus):
        texte = "Un INS de test ou de démonstration est refusé ici."
        yield _constat("CDA-28", "ins-fictif", _ID, texte)
    manquants = _traits_manquants(patient)
    if manquants:
        texte = f"L’identité du document est incomplète : il manque {', '.join(manquants)}."
        yield _constat("CDA-25", "ins-incomplet", _PATIENT, texte)


def comparer_identite(
    entete: EnteteCda,
    admis: Collection[Ins],
    traits: Traits | None = None,
    *,
    production: bool,
    noms_refusent: bool = False,
) -> tuple[Constat, ...]:
    """The header against the record or the sent subject (CDA-23, CDA-29).

    `admis` holds the INS that may be there: of the metadata subject, or the current and former
    ones of the record. Every INS of the header must be one of them. Without INS in the header
    nothing is said here (`controler_ins` does). `noms_refusent` is the strict setting of CDA-29.
    """
    patient = entete.patient
    if patient is None:
        return ()
    constats: list[Constat] = []
    if not all(any(meme_personne(lu, a, production=production) for a in admis) for lu in patient.ins):
        texte = "L’INS du document n’est pas celui de la personne concernée."
        constats.append(_constat("CDA-23", "ins-different", _ID, texte))
    if traits is not None:
        constats += comparer_traits(patient.traits, traits, noms_refusent=noms_refusent)
    return tuple(constats)


def comparer_traits(
    du_document: Traits | None, du_dossier: Traits, *, noms_refusent: bool = False
) -> tuple[Constat, ...]:
    """The traits of a header (`EnteteCda.traits`) against those of the record, at deposit (CDA-29).

    Every finding is `traits-differents`: `error` for the birth date or the sex, which refuses the
    document; `warning` for the names, which calls for a quality event (`error` under the strict
    setting `noms_refusent`). Without the traits of a header nothing is said: CDA-25 has refused it.
    """
    if du_document is None:
        return ()
    return tuple(
        _trait_different(nom, "error" if nom in _REFUSANTS or noms_refusent else "warning")
        for nom in comparer(du_document, du_dossier)
        if nom in _LIBELLES
    )


def _trait_different(nom: str, gravite: Gravite) -> Constat:
    texte = f"{_LIBELLES[nom].capitalize()} du document ne correspond pas au dossier."
    if nom == "prenoms":
        texte = "Les prénoms du document ne correspondent pas au dossier."
    return _constat("CDA-29", "traits-differents", f"{_PATIENT} ({nom})", texte, gravite)


def _traits_manquants(patient: Patient) -> list[str]:
    valeurs = {
        "nom_naissance": patient.nom_naissance,
        "prenoms": patient.prenoms,
        "date_naissance": patient.date_naissance,
        "sexe": patient.sexe,
    }
    return [_LIBELLES[nom] for nom, valeur in valeurs.items() if not valeur]


def _constat(regle: str, code: str, chemin: str, texte: str, gravite: Gravite = "error") -> Constat:
    return Constat(code, gravite, chemin, texte, regle)
