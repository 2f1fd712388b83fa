"""Metadata that were sent beside a CDA, compared with its header (rule CDA-32)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from espace_sante.documents.cda.constats import Constat
from espace_sante.documents.cda.controles import CONFIDENTIALITES
from espace_sante.documents.cda.modele import EnteteCda
from espace_sante.documents.metadonnees import Auteur, Code, Metadonnees
from espace_sante.documents.nomenclatures import systeme_uri

_AVERTISSEMENTS: Final = {
    "titre": ("/title", "Le titre envoyé"),
    "creation": ("/effectiveTime", "La date de création envoyée"),
    "periode_debut": ("/documentationOf/serviceEvent/effectiveTime/low", "Le début de l’acte envoyé"),
    "periode_fin": ("/documentationOf/serviceEvent/effectiveTime/high", "La fin de l’acte envoyée"),
    "etablissement": ("/componentOf", "Le type d’établissement envoyé"),
    "cadre": ("/documentationOf/serviceEvent/performer", "Le cadre d’exercice envoyé"),
    "langue": ("/languageCode", "La langue envoyée"),
    "auteurs": ("/author", "L’auteur envoyé"),
}


def comparer_metadonnees(entete: EnteteCda, envoyees: Metadonnees) -> tuple[Constat, ...]:
    """Differences between what was sent and the header; the sent value is kept (CDA-32, CDA-14).

    uniqueId, type and a confidentiality lower than the header refuse; the rest warns. What the
    header does not say is not compared. The patient is for `identite.comparer_identite`.
    """
    return (*_refus(entete, envoyees), *_avertissements(entete, envoyees))


def meme_unique_id(a: str, b: str) -> bool:
    """Same uniqueId; UUIDs are compared without regard to case (CDA-13)."""
    return _canonique(a) == _canonique(b)


def _canonique(unique_id: str) -> str:
    racine, separateur, extension = unique_id.partition("^")
    return (racine.lower() if racine.lower().startswith("urn:uuid:") else racine) + separateur + extension


def _refus(entete: EnteteCda, envoyees: Metadonnees) -> Iterator[Constat]:
    if entete.id and not meme_unique_id(entete.unique_id, envoyees.unique_id):
        texte = "L’identifiant unique envoyé n’est pas celui du document."
        yield Constat("cda-id-different", "error", "/ClinicalDocument/id", texte, "CDA-32")
    if entete.code and not _meme_code(entete.code, envoyees.type):
        texte = "Le type envoyé n’est pas celui du document."
        yield Constat("cda-type-different", "error", "/ClinicalDocument/code", texte, "CDA-32")
    code = entete.confidentialite
    if code and _rang(envoyees.confidentialite) < _rang(code.code):
        texte = "La confidentialité envoyée est plus basse que celle du document."
        chemin = "/ClinicalDocument/confidentialityCode"
        yield Constat("cda-confidentialite-abaissee", "error", chemin, texte, "CDA-32")


def _avertissements(entete: EnteteCda, envoyees: Metadonnees) -> Iterator[Constat]:
    evenement = entete.evenement
    debut, fin = (evenement.debut, evenement.fin) if evenement else (None, None)
    cadre = evenement.cadre if evenement else None
    differents = {
        "titre": entete.titre and entete.titre != envoyees.titre,
        "creation": entete.horodatage and entete.horodatage.instant != envoyees.creation,
        "periode_debut": debut and debut.instant != envoyees.periode_debut,
        "periode_fin": fin and fin.instant != envoyees.periode_fin,
        "etablissement": entete.etablissement
        and not _meme_code(entete.etablissement, envoyees.etablissement),
        "cadre": cadre and not _meme_code(cadre, envoyees.cadre),
        "langue": entete.langue and entete.langue != envoyees.langue,
        "auteurs": entete.auteurs and not _auteurs_communs(entete, envoyees.auteurs),
    }
    for nom, different in differents.items():
        if different:
            chemin, sujet = _AVERTISSEMENTS[nom]
            texte = f"{sujet} n’est pas la même chose que dans le document : la valeur envoyée est gardée."
            code = f"cda-{nom.replace('_', '-')}-different"
            yield Constat(code, "warning", f"/ClinicalDocument{chemin}", texte, "CDA-32")


def _auteurs_communs(entete: EnteteCda, envoyes: tuple[Auteur, ...]) -> bool:
    """Whether one author at least is in both; a holder is recognised by his kind only."""
    du_document = {(i.auteur.idnat or i.auteur.genre) for i in entete.auteurs}
    return any((a.idnat or a.genre) in du_document for a in envoyes)


def _meme_code(a: Code, b: Code) -> bool:
    return a.code == b.code and systeme_uri(a.systeme) == systeme_uri(b.systeme)


def _rang(confidentialite: str) -> int:
    return CONFIDENTIALITES.index(confidentialite) if confidentialite in CONFIDENTIALITES else 0
