"""The file of a professional, examined whole before anything is kept (rules DOC-13, DOC-18, CDA-05, CDA-41)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from espace_sante.documents.cda.n1 import controler_pdf
from espace_sante.documents.perso import examen, formats
from espace_sante.documents.perso.errors import DepotRefuse
from espace_sante.documents.perso.examen import Piece
from espace_sante.platform.pdf_a import image_en_pdf_a

EXTENSIONS: Final = ("pdf", "jpg", "jpeg", "png", "txt")
# Written in base64 in its CDA, with the header: four bytes for three.
_ENTETE: Final = 100_000


@dataclass(frozen=True, slots=True, repr=False)
class FichierExamine:
    """What goes into the CDA. `converti`: a picture that became a PDF/A; `archive`: false for a PDF that is not PDF/A-1."""

    nom: str
    media: str
    contenu: bytes
    converti: bool = False
    archive: bool = True


def taille_max(document_max: int) -> int:
    """Bytes that a file may have when its document may have `document_max` (DOC-13), in whole megabytes."""
    return max(1, (document_max - _ENTETE) * 3 // 4 // 1_000_000) * 1_000_000


def examiner(piece: Piece, *, document_max: int) -> FichierExamine:
    """Judge one file, and make a PDF/A of a PNG, which a level N1 does not take. Raises DepotRefuse."""
    nom = piece.nom.replace("\\", "/").rpartition("/")[2]
    if nom.rpartition(".")[2].lower() not in EXTENSIONS:
        liste = ", ".join(EXTENSIONS)
        raise DepotRefuse(
            "format_refuse", f"Ce type de fichier n’est pas accepté. Types acceptés\u00a0: {liste}."
        )
    maximum = taille_max(document_max)
    fichier = examen.examiner(piece, reduire=False, maximum=maximum)
    if fichier.mime == "image/png":
        contenu = image_en_pdf_a(fichier.contenu, "PNG")
        if len(contenu) > maximum:
            raise formats.trop_gros(maximum)
        return FichierExamine(nom, "application/pdf", contenu, converti=True)
    archive = True
    if fichier.mime == "application/pdf":
        constats = controler_pdf(fichier.contenu)
        if any(c.code == "n1-pdf-chiffre" for c in constats):
            raise DepotRefuse(
                "pdf_protege",
                "Ce PDF est protégé par un mot de passe. Enregistrez-le sans mot de passe, puis choisissez-le de nouveau.",
            )
        if any(c.gravite == "error" for c in constats):
            raise DepotRefuse("pdf_illisible", "Ce PDF est abîmé ou trop complexe pour être vérifié.")
        archive = not constats
    return FichierExamine(nom, fichier.mime, fichier.contenu, archive=archive)
