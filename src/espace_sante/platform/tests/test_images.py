"""Pictures within bounds: bombs refused before decoding, metadata gone, photos joined in their order."""

from __future__ import annotations

import io
import random
import struct
import tracemalloc
import zlib

import pikepdf
import pytest
from PIL import Image

from espace_sante.platform import images
from espace_sante.platform.images import ImageRefusee, joindre, reduire, verifier


def image(
    genre: str = "JPEG", taille: tuple[int, int] = (60, 80), couleur: str = "red", **options: object
) -> bytes:
    sortie = io.BytesIO()
    Image.new("RGB", taille, couleur).save(sortie, genre, **options)
    return sortie.getvalue()


def bruit(cote: int) -> bytes:
    """A photo that compresses badly."""
    sortie = io.BytesIO()
    pixels = random.Random(1).randbytes(cote * cote * 3)
    Image.frombytes("RGB", (cote, cote), pixels).save(sortie, "JPEG", quality=98)
    return sortie.getvalue()


def photo_situee() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter
    exif[0x010F] = "Marque"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (48.0, 51.0, 24.0)
    return image(taille=(80, 60), exif=exif.tobytes())


def bombe_png(cote: int) -> bytes:
    """A valid header that announces a huge picture, few bytes behind it."""

    def morceau(nom: bytes, corps: bytes) -> bytes:
        return struct.pack(">I", len(corps)) + nom + corps + struct.pack(">I", zlib.crc32(nom + corps))

    entete = struct.pack(">IIBBBBB", cote, cote, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + morceau(b"IHDR", entete)
        + morceau(b"IDAT", zlib.compress(bytes(1000)))
        + morceau(b"IEND", b"")
    )


@pytest.mark.rule("DOC-22")
def test_whole_pictures_pass_broken_and_disguised_ones_do_not() -> None:
    for genre in ("JPEG", "PNG", "TIFF"):
        verifier(image(genre), genre)
        with pytest.raises(ImageRefusee, match="image_illisible"):
            verifier(image(genre)[:40], genre)
    with pytest.raises(ImageRefusee, match="image_illisible"):
        verifier(image("PNG"), "JPEG")
    with pytest.raises(ImageRefusee, match="image_illisible"):
        verifier(image("PNG", taille=(400, 400))[:-60], "PNG")


@pytest.mark.rule("DOC-22")
def test_a_decompression_bomb_is_refused_before_it_is_decoded() -> None:
    tracemalloc.start()
    try:
        for cote in (8_000, 10_000, 25_000):
            with pytest.raises(ImageRefusee, match="image_demesuree"):
                verifier(bombe_png(cote), "PNG")
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()
    pages = [Image.new("1", (1, 1)) for _ in range(101)]
    sortie = io.BytesIO()
    pages[0].save(sortie, "TIFF", save_all=True, append_images=pages[1:])
    with pytest.raises(ImageRefusee, match="image_demesuree"):
        verifier(sortie.getvalue(), "TIFF")


@pytest.mark.rule("DOC-23")
def test_a_smaller_picture_fits_stands_upright_and_forgets_its_place() -> None:
    lourde = bruit(900)
    petite = reduire(lourde, "JPEG", 400_000)
    assert len(petite) <= 400_000 < len(lourde)
    nette = Image.open(io.BytesIO(reduire(photo_situee(), "JPEG", 400_000)))
    assert nette.size == (60, 80), "orientation applied"
    assert not nette.getexif()
    with pytest.raises(ImageRefusee, match="image_trop_lourde"):
        reduire(lourde, "JPEG", 2_000)


@pytest.mark.rule("DOC-21")
def test_photos_become_one_pdf_in_their_order_without_their_place() -> None:
    photos = [
        (photo_situee(), "JPEG"),
        (image("PNG", couleur="blue"), "PNG"),
        (image("TIFF", couleur="lime"), "TIFF"),
    ]
    pdf = joindre(photos, 5_000_000, reduire=False)  # type: ignore[arg-type]
    assert b"Exif" not in pdf and b"Marque" not in pdf
    with pikepdf.open(io.BytesIO(pdf)) as lu:
        teintes = []
        for page in lu.pages:
            vue = pikepdf.PdfImage(page.Resources.XObject.Photo).as_pil_image().convert("RGB")
            teintes.append(max(range(3), key=lambda canal: vue.getpixel((5, 5))[canal]))
        assert teintes == [0, 2, 1]
        assert [float(v) for v in lu.pages[0].mediabox][2:] == list(images._A4)


@pytest.mark.rule("DOC-23")
def test_joined_photos_lose_quality_only_with_consent() -> None:
    photos = [(bruit(900), "JPEG")] * 3
    with pytest.raises(ImageRefusee, match="image_trop_lourde"):
        joindre(photos, 900_000, reduire=False)  # type: ignore[arg-type, list-item]
    sortie = io.BytesIO()
    Image.frombytes("RGB", (3000, 2000), random.Random(2).randbytes(18_000_000)).save(
        sortie, "JPEG", quality=90
    )
    assert len(joindre([(sortie.getvalue(), "JPEG")] * 2, 3_000_000, reduire=True)) <= 3_000_000


@pytest.mark.rule("DOC-22")
@pytest.mark.parametrize("mode", ["L", "1", "P", "RGBA", "LA", "CMYK", "I;16"])
def test_every_kind_of_colours_can_be_joined(mode: str) -> None:
    sortie = io.BytesIO()
    Image.new(mode, (20, 30)).save(sortie, "TIFF")
    assert joindre([(sortie.getvalue(), "TIFF")], 5_000_000, reduire=False).startswith(b"%PDF-")
