"""Reading an archive: judged, then its metadata, then each document by itself (XDM-03 to XDM-09)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Final

from espace_sante.documents.cda.comparaison import comparer_metadonnees
from espace_sante.documents.cda.constats import Constat
from espace_sante.documents.cda.examen import examiner
from espace_sante.documents.cda.identite import comparer_identite, meme_personne
from espace_sante.documents.cda.lire import CdaInvalide, est_cda
from espace_sante.documents.xdm.conteneur import Conteneur, Limites, ouvrir, plier
from espace_sante.documents.xdm.ebrim_lecture import MetadataLu, lire_metadata
from espace_sante.documents.xdm.modele import (
    ArchiveXdm,
    DocumentXdm,
    EntreeXdm,
    PatientXdm,
    SoumissionXdm,
    XdmRefuse,
)
from espace_sante.kernel.ins import Ins

_SOUS_ENSEMBLE: Final = re.compile(r"(IHE_XDM/[^/]+)/METADATA\.XML")


@dataclass(frozen=True, slots=True)
class Reglages:
    """What the reading depends on. `attendu`: whose mailbox or record it comes to (XDM-09)."""

    production: bool
    attendu: Ins | None = None
    schema: Path | str | None = None
    limites: Limites = field(default_factory=Limites)


def lire_archive(fichier: IO[bytes], reglages: Reglages) -> ArchiveXdm:
    """The whole archive, at most `limites.octets` in memory.

    Raises XdmRefuse when nothing of it can be taken; a document that is wrong is refused alone (XDM-05, XDM-07).
    """
    conteneur = ouvrir(fichier, reglages.limites)
    ensembles = [(lu, dossier) for dossier, lu in _metadata(conteneur)]
    personnes = _personnes([lu for lu, _ in ensembles], production=reglages.production)
    places = [_places(conteneur, lu, dossier) for lu, dossier in ensembles]
    documents = [
        document
        for (lu, _), trouvees in zip(ensembles, places, strict=True)
        for document in _documents(conteneur, lu, trouvees, personnes, reglages)
    ]
    traits = next((lu.traits for lu, _ in ensembles if lu.traits), None)
    soumissions: tuple[SoumissionXdm, ...] = tuple(lu.soumission for lu, _ in ensembles if lu.soumission)
    autre = reglages.attendu is not None and not meme_personne(
        personnes, reglages.attendu, production=reglages.production
    )
    ecartes = tuple(faute for lu, _ in ensembles for faute in lu.fautes.values())
    return ArchiveXdm(PatientXdm(personnes, traits), soumissions, tuple(documents), ecartes, retenue=autre)


def _metadata(conteneur: Conteneur) -> Iterator[tuple[str, MetadataLu]]:
    trouves = sorted(m[1] for nom in conteneur.noms() if (m := _SOUS_ENSEMBLE.fullmatch(nom)))
    if not trouves:
        raise XdmRefuse("xdm-illisible", "L’archive ne contient pas de METADATA.XML.")
    for dossier in trouves:
        yield dossier, lire_metadata(conteneur.lire(f"{dossier}/METADATA.XML"))


def _personnes(lus: list[MetadataLu], *, production: bool) -> Ins:
    """The one person of the archive (XDM-08)."""
    ins = [i for lu in lus for i in lu.ins]
    if not ins:
        raise XdmRefuse("xdm-illisible", "L’archive ne dit pas de qui sont les documents.")
    if not all(meme_personne(ins[0], autre, production=production) for autre in ins):
        raise XdmRefuse("xdm-plusieurs-personnes", "L’archive contient des documents de plusieurs personnes.")
    return ins[0]


def _places(conteneur: Conteneur, lu: MetadataLu, dossier: str) -> dict[str, str]:
    """Where each URI is in the ZIP. One that is absent, or a nested archive, refuses the whole (XDM-04, XDM-06)."""
    places: dict[str, str] = {}
    mimes = {e.uri: e.metadonnees.mime for e in lu.entrees}
    for uri in lu.uris:
        nom = _resoudre(dossier, uri)
        if not nom or not conteneur.a(nom):
            raise XdmRefuse("xdm-illisible", "Un document annoncé n’est pas dans l’archive.")
        if conteneur.est_archive(nom, mimes.get(uri, "")):
            raise XdmRefuse(
                "xdm-dangereux",
                "Cette archive n’est pas acceptée : elle n’est pas sûre.",
                raison="archive_emboitee",
            )
        places[uri] = nom
    return places


def _resoudre(dossier: str, uri: str) -> str:
    """The folded name that a URI means, from the folder of its METADATA.XML; empty outside the archive."""
    chemin: list[str] = dossier.split("/")
    for partie in PurePosixPath(plier(uri)).parts:
        if partie == "..":
            if not chemin:
                return ""
            chemin.pop()
        elif partie != "/":
            chemin.append(partie)
    return "/".join(chemin) if uri and not plier(uri).startswith("/") else ""


def _documents(
    conteneur: Conteneur, lu: MetadataLu, places: dict[str, str], personne: Ins, reglages: Reglages
) -> Iterator[DocumentXdm]:
    for entree in lu.entrees:
        contenu = conteneur.lire(places[entree.uri])
        m = entree.metadonnees
        if len(contenu) != m.taille:
            yield DocumentXdm(entree, None, (_differe("xdm-taille", entree, "La taille"),))
        elif hashlib.sha1(contenu, usedforsecurity=False).digest() != m.sha1:
            yield DocumentXdm(entree, None, (_differe("xdm-empreinte", entree, "L’empreinte"),))
        else:
            yield DocumentXdm(entree, contenu, _controler(contenu, entree, personne, reglages))


def _differe(code: str, entree: EntreeXdm, sujet: str) -> Constat:
    return Constat(
        code,
        "error",
        f"METADATA.XML/{entree.uri}",
        f"{sujet} du document n’est pas celle annoncée.",
        "XDM-05",
    )


def _controler(contenu: bytes, entree: EntreeXdm, personne: Ins, reglages: Reglages) -> tuple[Constat, ...]:
    """Part B of the rulebook on one document, and what was sent beside it (XDM-07, CDA-32)."""
    try:
        if not est_cda(contenu):
            return ()
        examen = examiner(
            contenu,
            production=reglages.production,
            schema=reglages.schema,
            format_envoye=entree.metadonnees.format.code,
        )
    except CdaInvalide as refus:
        return (Constat(refus.code, "error", "/", refus.message, "CDA-02"),)
    return (
        *examen.constats,
        *comparer_identite(examen.entete, [personne], production=reglages.production),
        *comparer_metadonnees(examen.entete, entree.metadonnees),
    )
