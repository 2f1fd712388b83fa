"""How a content is shown in a browser (rules DOC-60, CDA-35, CDA-37)."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from espace_sante.documents.cda import lire as cda
from espace_sante.web.lecture import corps, pdf, photo


class Maniere(enum.StrEnum):
    """`CADRE`: in a sandboxed frame. `PDF`: its pages drawn in a frame, and the file by the browser's own
    viewer. `IMAGE`: as a picture.
    `TELECHARGEMENT`: cannot be shown, only taken home."""

    CADRE = "cadre"
    PDF = "pdf"
    IMAGE = "image"
    TELECHARGEMENT = "telechargement"


@dataclass(frozen=True, slots=True)
class Lecture:
    """What a page needs to know to lay a document out. `corps_mime` is that of the body of a CDA N1."""

    maniere: Maniere
    cda: bool = False
    corps_mime: str = ""
    raison: str = ""

    @property
    def a_un_corps(self) -> bool:
        """Whether a file (PDF, image) is wrapped inside: it is offered apart from the original."""
        return self.cda and bool(self.corps_mime)


PROTEGE = "Ce PDF est protégé par un mot de passe. Téléchargez-le pour l’ouvrir."
ILLISIBLE = "Ce fichier ne peut pas être affiché ici. Téléchargez-le pour l’ouvrir avec vos logiciels."


def decider(mime: str, contenu: bytes) -> Lecture:
    """Decide from the media type and the bytes themselves; what lies about itself is only downloadable."""
    if "xml" in mime or "xslt" in mime:
        return _decider_cda(contenu)
    return _decider_fichier(mime, contenu)


def _decider_cda(contenu: bytes) -> Lecture:
    try:
        extrait = corps.extraire(contenu)
    except cda.CdaInvalide:
        return Lecture(Maniere.TELECHARGEMENT, raison=ILLISIBLE)
    if extrait is None:
        return Lecture(Maniere.CADRE, cda=True)
    dedans = _decider_fichier(extrait.mime, extrait.contenu)
    return Lecture(dedans.maniere, cda=True, corps_mime=extrait.mime, raison=dedans.raison)


def _decider_fichier(mime: str, contenu: bytes) -> Lecture:
    if mime == "application/pdf":
        etat = pdf.examiner(contenu)
        if etat is pdf.Etat.OUVERT:
            return Lecture(Maniere.PDF)
        return Lecture(Maniere.TELECHARGEMENT, raison=PROTEGE if etat is pdf.Etat.PROTEGE else ILLISIBLE)
    if photo.se_montre(mime, contenu):
        return Lecture(Maniere.IMAGE)
    if mime == "text/plain":
        return Lecture(Maniere.CADRE)
    return Lecture(Maniere.TELECHARGEMENT, raison=ILLISIBLE)
