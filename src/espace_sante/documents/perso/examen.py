"""A file from the holder, examined whole before anything is stored (rules DOC-18, DOC-21 to DOC-23).

Slow and greedy work (pictures, PDF objects, antivirus): the caller does it before it opens the record.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings

from espace_sante.documents.perso import formats
from espace_sante.documents.perso.errors import DepotRefuse
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.platform import antivirus, images

PHOTOS_MAX: Final = 10
# A picture may be larger than what is kept, if it is to be made smaller; never than this.
ENVOI_MAX: Final = 25_000_000
_DELAI_S: Final = 15
_SCRIPT: Final = str(Path(__file__).with_name("lecteur_pdf.py"))
_places = threading.BoundedSemaphore(2)


@dataclass(frozen=True, slots=True, repr=False)
class Piece:
    """A file as it was sent; only the extension of its name is ever used, and the name is not kept.

    `demesure`: it was larger than ENVOI_MAX and its bytes were dropped on the way.
    """

    nom: str
    contenu: bytes
    demesure: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Fichier:
    """What will be stored: examined, small enough. `reduit`: drawn anew, so without the place of the photo."""

    mime: str
    contenu: bytes
    reduit: bool = False


def examiner(piece: Piece, *, reduire: bool, maximum: int | None = None) -> Fichier:
    """One file. `reduire`: the person agrees to a smaller picture (rule DOC-23). Raises DepotRefuse.

    `maximum` is given when a professional deposits: nobody is then asked to reduce anything.
    """
    limite = maximum or formats.TAILLE_MAX
    format_ = _controler(piece, limite)
    if format_.nature == "pdf":
        _verifier_pdf(piece.contenu)
    contenu, mime, reduit = piece.contenu, format_.mime, False
    if format_.image and len(contenu) > limite:
        if not reduire:
            raise formats.trop_gros(limite) if maximum else _a_reduire()
        with _refus_traduits():
            contenu = images.reduire(contenu, format_.image, limite)
        mime, reduit = "image/jpeg", True
    elif format_.image:
        with _refus_traduits():
            images.verifier(contenu, format_.image)
    with _refus_traduits():
        # What was sent is examined, not only what is kept of it.
        antivirus.examiner(piece.contenu)
    return Fichier(mime, contenu, reduit)


def joindre(photos: Sequence[Piece], *, reduire: bool) -> Fichier:
    """Several photos as one PDF, in the order given (rule DOC-21). Raises DepotRefuse."""
    if not photos:
        raise DepotRefuse("fichier_vide", "Choisissez au moins une photo.")
    if len(photos) > PHOTOS_MAX:
        raise DepotRefuse("trop_de_photos", f"Vous pouvez réunir {PHOTOS_MAX} photos au maximum.")
    lues = []
    for photo in photos:
        genre = _controler(photo).image
        if genre is None:
            raise DepotRefuse("format_refuse", "Choisissez des photos\u00a0: jpg, jpeg, png, tif ou tiff.")
        lues.append((photo.contenu, genre))
    with _refus_traduits():
        for photo in photos:
            antivirus.examiner(photo.contenu)
        try:
            contenu = images.joindre(lues, formats.TAILLE_MAX, reduire=reduire)
        except images.ImageRefusee as refus:
            if refus.code == "image_trop_lourde" and not reduire:
                raise _a_reduire() from None
            raise
    return Fichier(formats.PDF.mime, contenu, reduit=True)


def _controler(piece: Piece, maximum: int | None = None) -> formats.Format:
    format_ = formats.format_du_nom(piece.nom, word=settings.ES_DEPOT_WORD)
    if piece.demesure or len(piece.contenu) > ENVOI_MAX:
        raise formats.trop_gros(maximum or formats.TAILLE_MAX)
    formats.verifier_taille(format_, len(piece.contenu), maximum=maximum or formats.TAILLE_MAX)
    formats.verifier_octets(format_, piece.contenu)
    return format_


def _verifier_pdf(contenu: bytes) -> None:
    """Refuse active content; a PDF that needs a password is kept as it is, to download only (rule DOC-60)."""
    match _juger(contenu):
        case "sain" | "protege":
            return
        case "actif":
            raise DepotRefuse(
                "contenu_actif",
                "Ce PDF contient un programme ou une action automatique. Imprimez-le en PDF, puis ajoutez ce nouveau PDF.",
            )
        case "joint":
            raise DepotRefuse(
                "fichier_joint",
                "Ce PDF contient un autre fichier en pièce jointe. Ajoutez les fichiers un par un.",
            )
    raise DepotRefuse("pdf_illisible", "Ce PDF est abîmé ou trop complexe pour être vérifié.")


def _juger(contenu: bytes) -> str:
    with _places:
        try:
            fini = subprocess.run(
                [sys.executable, "-I", _SCRIPT],
                input=contenu, capture_output=True, timeout=_DELAI_S, env={}, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return "illisible"
    return fini.stdout.decode("ascii", errors="replace") if fini.returncode == 0 else "illisible"


@contextmanager
def _refus_traduits() -> Iterator[None]:
    """Refusals of the platform, in the words and the type of a deposit."""
    try:
        yield
    except DepotRefuse:
        raise
    except EspaceSanteError as erreur:
        if erreur.code == "image_trop_lourde":
            raise DepotRefuse(
                "fichier_trop_gros",
                "Même réduite, cette image dépasse 5\u00a0Mo (5\u00a0000\u00a0000 d’octets).",
                maximum=formats.TAILLE_MAX,
            ) from erreur
        raise DepotRefuse(erreur.code, erreur.message) from erreur


def _a_reduire() -> DepotRefuse:
    return DepotRefuse(
        "image_trop_lourde",
        "Cette image dépasse 5\u00a0Mo. Cochez «\u00a0Réduire les photos trop lourdes\u00a0»,"
        " puis choisissez-la de nouveau.",
        maximum=formats.TAILLE_MAX,
    )
