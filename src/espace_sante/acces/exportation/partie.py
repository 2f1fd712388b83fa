"""One part of the copy: its documents, its lists, its description, its seal. Usable alone (POR-04)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import orjson

from espace_sante.acces.exportation import contenu, fhir, signature
from espace_sante.acces.exportation.archive import Archive
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
from espace_sante.acces.exportation.soumission import Soumission
from espace_sante.acces.exportation.tampon import Tampon, ligne_csv
from espace_sante.documents.queries import DocumentVu
from espace_sante.identite.queries import Identite

# What does not compress is stored as it is.
_COMPRESSES: Final = ("image/", "application/pdf")


class Partie:
    """Being written: documents one by one, then `finir`."""

    def __init__(
        self, archive: Archive, titulaire: Identite, ids: Mapping[UUID, str], *, attente: bool, entiere: bool
    ) -> None:
        """`ids`: the documents of this part, with their heading."""
        self.archive, self._titulaire = archive, titulaire
        self._ids = frozenset(ids)
        self._html, self._csv, self._bundle = Tampon(), Tampon(), Tampon()
        self._xdm = Soumission(titulaire, archive.quand)
        self._nombre = 0
        self._html.ecrire(contenu.tete(titulaire.nom_complet, archive.quand, attente, entiere=entiere))
        self._csv.ecrire("\ufeff" + ligne_csv(contenu.COLONNES))
        self._bundle.ecrire(fhir.debut(archive.quand))
        for ressource in fhir.ouverture(titulaire, ids, archive.quand):
            self.ressource(ressource)

    def document(self, vu: DocumentVu, octets: bytes) -> str:
        """Write one document everywhere it is told of; the name of its file."""
        nom = nom_de_fichier(vu.creation, vu.titre, vu.mime, vu.id)
        fichier = f"{DOCUMENTS}/{nom}"
        self.archive.ajouter(fichier, [octets], compresser=not vu.mime.startswith(_COMPRESSES))
        a_lire = self._lisible(octets, vu.titre, nom)
        self._html.ecrire(contenu.ligne(vu, fichier, a_lire))
        self._csv.ecrire(ligne_csv(contenu.cellules(vu, fichier, a_lire)))
        self.ressource(fhir.reference_de_document(vu, f"../{fichier}", self._ids))
        self._xdm.ajouter(vu, nom, self._ids)
        self._nombre += 1
        return fichier

    def ressource(self, ressource: Mapping[str, Any]) -> None:
        """One more entry of the FHIR document."""
        virgule = "," if ressource["resourceType"] != "Composition" else ""
        entree = {"fullUrl": f"urn:uuid:{ressource['id']}", "resource": ressource}
        self._bundle.ecrire(virgule + orjson.dumps(entree).decode())

    def finir(self, description: Mapping[str, object], notice: str) -> None:
        """The lists and the seal."""
        self._html.ecrire(contenu.pied(self._nombre))
        self._bundle.ecrire("]}\n")
        self._xdm.finir()
        self.archive.ajouter(INDEX, self._html.lire())
        self.archive.ajouter(TABLEAU, self._csv.lire())
        self.archive.ajouter(FHIR, self._bundle.lire())
        self.archive.ajouter(XDM, self._xdm.texte.lire())
        cle = signature.empreinte(signature.cle_publique())
        self.archive.ajouter(NOTICE, [contenu.LISEZMOI.format(cle=cle, partie=notice).encode()])
        self.archive.sceller(description)

    def _lisible(self, octets: bytes, titre: str, nom: str) -> str:
        """Write beside the original what people open; its name, or nothing when the original is that."""
        trouve = lisible(octets, titre)
        if trouve is None:
            return ""
        fichier = f"{LISIBLES}/{nom.rpartition('.')[0]}.{trouve[0]}"
        self.archive.ajouter(fichier, [trouve[1]])
        return fichier
