"""Pictures that a person sends: opened within bounds, made smaller, joined in one PDF (rules DOC-21, DOC-23).

A picture that is drawn anew loses its metadata: place (GPS), device, preview. Its orientation is applied first.
No decoder runs before the size that the header announces has been checked, and two pictures at most are
decoded at the same time in a process: memory stays bounded whatever is sent.
"""

from __future__ import annotations

import io
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final, Literal

import pikepdf
from PIL import Image, ImageOps

from espace_sante.kernel.errors import EspaceSanteError

Genre = Literal["JPEG", "PNG", "TIFF"]
PIXELS_MAX: Final = 60_000_000
COTE_MAX: Final = 30_000
_PAGES_TIFF_MAX: Final = 100
# From the best looking to the smallest: longest side in pixels, JPEG quality.
_PALIERS: Final = ((3508, 88), (2600, 80), (2000, 75), (1600, 70), (1200, 60))
_A4: Final = (595.0, 842.0)
_places = threading.BoundedSemaphore(2)


class ImageRefusee(EspaceSanteError):
    """Codes `image_illisible`, `image_demesuree`, `image_trop_lourde`."""


def verifier(contenu: bytes, genre: Genre) -> None:
    """Check that the bytes are a picture of that kind, of a bearable size, and whole. Raises ImageRefusee."""
    with _places, _ouvrir(contenu, genre) as image:
        if genre == "TIFF":
            _verifier_pages(image)
        else:
            _decoder(image)


def reduire(contenu: bytes, genre: Genre, maximum: int) -> bytes:
    """The picture as a JPEG of at most `maximum` bytes, without metadata.

    Raises ImageRefusee: `image_trop_lourde` when no acceptable quality is small enough.
    """
    with _places, _ouvrir(contenu, genre) as image:
        nette = _normaliser(image)
    for cote, qualite in _PALIERS:
        jpeg, _ = _jpeg(nette, cote, qualite)
        if len(jpeg) <= maximum:
            return jpeg
    raise _trop_lourde()


def compter_pages(contenu: bytes, genre: Genre) -> int:
    """Pages of a picture, by their headers only; 1 but for a TIFF. Raises ImageRefusee."""
    with _places, _ouvrir(contenu, genre) as image:
        if genre == "TIFF":
            _verifier_pages(image)
        return int(getattr(image, "n_frames", 1))


def copie_sans_perte(contenu: bytes, genre: Genre) -> tuple[bytes, int]:
    """The same pixels as a PNG, upright and opaque, without metadata; and its width. Raises ImageRefusee."""
    with _places, _ouvrir(contenu, genre) as image:
        nette = _normaliser(image, COTE_MAX)
        sortie = io.BytesIO()
        propre = Image.new(nette.mode, nette.size)
        propre.paste(nette)
        propre.save(sortie, "PNG", compress_level=1)
        return sortie.getvalue(), nette.width


def joindre(photos: Sequence[tuple[bytes, Genre]], maximum: int, *, reduire: bool) -> bytes:
    """One PDF, a page for each photo in the order given, without the photos' metadata.

    Pages keep the best quality that fits in `maximum`; below the first level only if `reduire` (the
    person's consent). Raises ImageRefusee.
    """
    for cote, qualite in _PALIERS if reduire else _PALIERS[:1]:
        pdf = _pdf([_page(contenu, genre, cote, qualite) for contenu, genre in photos])
        if len(pdf) <= maximum:
            return pdf
    raise _trop_lourde()


@contextmanager
def _ouvrir(contenu: bytes, genre: Genre) -> Iterator[Image.Image]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(contenu), formats=(genre,)) as image:
                _verifier_taille(image)
                yield image
    except ImageRefusee:
        raise
    except Image.DecompressionBombError:
        raise _demesuree() from None
    # Decoders of hostile files fail in many ways; whatever the way, the picture is not readable.
    except (OSError, ValueError, SyntaxError, TypeError, KeyError, IndexError, MemoryError, OverflowError,
            ZeroDivisionError, AttributeError, RuntimeError, EOFError) as erreur:  # fmt: skip
        raise _illisible() from erreur


def _verifier_taille(image: Image.Image) -> None:
    largeur, hauteur = image.size
    if largeur * hauteur > PIXELS_MAX or max(largeur, hauteur) > COTE_MAX:
        raise _demesuree()


def _verifier_pages(image: Image.Image) -> None:
    """The pages of a TIFF, by their headers only: nothing is decoded, the file is never drawn here."""
    for page in range(_PAGES_TIFF_MAX + 1):
        try:
            image.seek(page)
        except EOFError:
            return
        _verifier_taille(image)
    raise ImageRefusee("image_demesuree", f"Ce fichier TIFF compte plus de {_PAGES_TIFF_MAX} pages.")


def _decoder(image: Image.Image, cote: int = 0) -> None:
    if image.format == "JPEG":
        # Decoded at a fraction of its size: what a whole check needs, at a small part of the memory.
        image.draft("RGB", (cote or 256, cote or 256))
    image.load()


def _normaliser(image: Image.Image, cote: int = _PALIERS[0][0]) -> Image.Image:
    """Upright, opaque, in plain colours or grey, no larger than the first level."""
    _decoder(image, cote)
    droite = ImageOps.exif_transpose(image)
    droite.thumbnail((cote, cote), Image.Resampling.LANCZOS)
    if "A" in droite.getbands() or "transparency" in droite.info:
        dessus = droite.convert("RGBA")
        droite = Image.new("RGB", dessus.size, "white")
        droite.paste(dessus, mask=dessus.getchannel("A"))
    if droite.mode.startswith(("I", "F")):
        # Sixteen-bit grey of scanners.
        droite = droite.point(lambda valeur: valeur / 256) if droite.mode != "F" else droite
    return droite.convert("L" if droite.mode in {"L", "1", "I", "I;16", "F"} else "RGB")


def _jpeg(image: Image.Image, cote: int, qualite: int) -> tuple[bytes, tuple[int, int]]:
    petite = image
    if max(image.size) > cote:
        petite = image.copy()
        petite.thumbnail((cote, cote), Image.Resampling.LANCZOS)
    # A picture without `info` has no metadata left to write.
    propre = Image.new(petite.mode, petite.size)
    propre.paste(petite)
    sortie = io.BytesIO()
    propre.save(sortie, "JPEG", quality=qualite, optimize=True)
    return sortie.getvalue(), petite.size


def _page(contenu: bytes, genre: Genre, cote: int, qualite: int) -> tuple[bytes, tuple[int, int], str]:
    with _places, _ouvrir(contenu, genre) as image:
        nette = _normaliser(image, cote)
        jpeg, taille = _jpeg(nette, cote, qualite)
    return jpeg, taille, "/DeviceGray" if nette.mode == "L" else "/DeviceRGB"


def _pdf(pages: Sequence[tuple[bytes, tuple[int, int], str]]) -> bytes:
    """Each picture on an A4 page, upright or lying as it is."""
    with pikepdf.new() as pdf:
        for jpeg, (largeur, hauteur), couleurs in pages:
            feuille = _A4 if hauteur >= largeur else (_A4[1], _A4[0])
            echelle = min(feuille[0] / largeur, feuille[1] / hauteur)
            posee = (largeur * echelle, hauteur * echelle)
            marge = ((feuille[0] - posee[0]) / 2, (feuille[1] - posee[1]) / 2)
            image = pikepdf.Stream(
                pdf,
                jpeg,
                Type=pikepdf.Name.XObject,
                Subtype=pikepdf.Name.Image,
                Width=largeur,
                Height=hauteur,
                ColorSpace=pikepdf.Name(couleurs),
                BitsPerComponent=8,
                Filter=pikepdf.Name.DCTDecode,
            )
            dessin = f"q {posee[0]:.2f} 0 0 {posee[1]:.2f} {marge[0]:.2f} {marge[1]:.2f} cm /Photo Do Q"
            pdf.add_blank_page(page_size=feuille)
            page = pdf.pages[-1]
            page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Photo=image))
            page.Contents = pikepdf.Stream(pdf, dessin.encode())
        sortie = io.BytesIO()
        pdf.save(sortie)
    return sortie.getvalue()


def _demesuree() -> ImageRefusee:
    return ImageRefusee("image_demesuree", "Cette image est trop grande pour être ouverte sans risque.")


def _illisible() -> ImageRefusee:
    return ImageRefusee("image_illisible", "Cette image est abîmée ou incomplète.")


def _trop_lourde() -> ImageRefusee:
    return ImageRefusee("image_trop_lourde", "Cette image est trop lourde.")
