"""One part of the copy: its documents, its lists, its description, its seal. Usable alone (POR-04)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final
from uuid import UUID

import orjson

from espace_sante.acces.exportation import contenu, fhir, signature
from espace_sante.acces.exportation.archive import Archive
from espace_sante.acces.exportation.composition import Composition
from espace_sante.acces.exportation.lisible import lisible
from espace_sante.acces.exportation.noms import (
    DOCUMENTS,
    FHIR,
    INDEX,
    LISIBLES,
    NOTICE,
    TABLEAU,
    XDM,
    nom_de_fichier,
)
from espace_sante.acces.exportation.pieces import pieces
from espace_sante.acces.exportation.soumission import Soumission
from espace_sante.acces.exportation.tampon import Tampon, ligne_csv
from espace_sante.documents.queries import DocumentVu
from espace_sante.identite.queries import Identite

# What does not compress is stored as it is.
_COMPRESSES: Final = ("image/", "application/pdf")


class Partie:
    """Being written: documents one by one, then `finir`."""

    def __init__(
        self, archive: Archive, titulaire: Identite, ids: Iterable[UUID], *, attente: bool, entiere: bool
    ) -> None:
        """`ids`: the documents of this part."""
        self.archive, self._titulaire = archive, titulaire
        self._ids = frozenset(ids)
        self._html, self._csv, self._bundle = Tampon(), Tampon(), Tampon()
        self._composition = Composition()
        self._xdm = Soumission(titulaire, archive.quand)
        self._nombre = 0
        autres = [lien for piece in pieces() for lien in piece.liens]
        self._html.ecrire(
            contenu.tete(titulaire.nom_complet, archive.quand, attente, entiere=entiere, autres=autres)
        )
        self._csv.ecrire("\ufeff" + ligne_csv(contenu.COLONNES))
        self.ressource(fhir.patient(titulaire))
        self.ressource(fhir.service(titulaire.dossier_id))

    def document(self, vu: DocumentVu, octets: bytes) -> str:
        """Write one document everywhere it is told of; the name of its file."""
        nom = nom_de_fichier(vu.creation, vu.titre, vu.mime, vu.id)
        fichier = f"{DOCUMENTS}/{nom}"
        self.archive.ajouter(fichier, [octets], compresser=not vu.mime.startswith(_COMPRESSES))
        a_lire = self._lisible(octets, vu.titre, nom)
        self._html.ecrire(contenu.ligne(vu, fichier, a_lire))
        self._csv.ecrire(ligne_csv(contenu.cellules(vu, fichier, a_lire)))
        self.ressource(fhir.reference_de_document(vu, f"../{fichier}", self._ids), vu.rubrique.libelle)
        self._xdm.ajouter(vu, nom, self._ids)
        self._nombre += 1
        return fichier

    def ressource(self, ressource: Mapping[str, Any], section: str = "") -> None:
        """One more entry of the FHIR document, in that section or in the one of its kind."""
        self._composition.citer(ressource, section)
        self._bundle.ecrire("," + orjson.dumps(_entree(ressource)).decode())

    def finir(self, description: Mapping[str, object], notice: str) -> None:
        """The lists and the seal."""
        self._html.ecrire(contenu.pied(self._nombre))
        self._xdm.finir()
        self.archive.ajouter(INDEX, self._html.lire())
        self.archive.ajouter(TABLEAU, self._csv.lire())
        self.archive.ajouter(FHIR, self._document_fhir())
        self.archive.ajouter(XDM, self._xdm.texte.lire())
        cle = signature.empreinte(signature.cle_publique())
        self.archive.ajouter(NOTICE, [contenu.LISEZMOI.format(cle=cle, partie=notice).encode()])
        self.archive.sceller(description)

    def _document_fhir(self) -> Iterator[bytes]:
        """The Composition comes first, and is known last."""
        tete = fhir.composition(self._titulaire, self.archive.quand)
        yield fhir.debut(self.archive.quand).encode()
        yield f'{{"fullUrl":"urn:uuid:{tete["id"]}","resource":'.encode()
        yield from self._composition.lire(tete)
        yield b"}"
        yield from self._bundle.lire()
        yield b"]}\n"

    def _lisible(self, octets: bytes, titre: str, nom: str) -> str:
        """Write beside the original what people open; its name, or nothing when the original is that."""
        trouve = lisible(octets, titre)
        if trouve is None:
            return ""
        fichier = f"{LISIBLES}/{nom.rpartition('.')[0]}.{trouve[0]}"
        self.archive.ajouter(fichier, [trouve[1]])
        return fichier


def _entree(ressource: Mapping[str, Any]) -> dict[str, Any]:
    return {"fullUrl": f"urn:uuid:{ressource['id']}", "resource": ressource}
