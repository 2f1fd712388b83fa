"""The copy of a photo that is shown: no place in it, every pixel there, turned as it was (CDA-43)."""

from __future__ import annotations

import io
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageOps, PngImagePlugin

from espace_sante.platform.images import ImageRefusee
from espace_sante.platform.images_montrees import montrable

SECRETS = (b"48.8566", b"Paris", b"PhoneMaker", b"GPS-SECRET", b"preview-secret")


def photo(
    genre: str,
    *,
    sens: int = 1,
    mode: str = "RGB",
    progressif: bool = False,
    taille: tuple[int, int] = (40, 24),
) -> bytes:
    """A photo with a place, a maker, a comment, a colour profile, and bytes after its end."""
    image = Image.effect_noise(taille, 80).convert(mode)
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x010E] = sens, "PhoneMaker", "GPS-SECRET"
    exif.get_ifd(0x8825).update(
        {1: "N", 2: (48.0, 51.0, 24.0), 3: "E", 4: (2.0, 21.0, 7.0), 29: "2026:03:02"}
    )
    profil = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    plus: dict[str, Any] = {"exif": exif.tobytes()}
    if genre == "JPEG":
        plus |= {"quality": 92, "comment": b"Paris 48.8566", "progressive": progressif}
    else:
        infos = PngImagePlugin.PngInfo()
        infos.add_text("Location", "Paris 48.8566")
        infos.add_itxt("XML:com.adobe.xmp", "GPS-SECRET")
        plus |= {"pnginfo": infos}
    if mode != "CMYK":
        plus["icc_profile"] = profil
    sortie = io.BytesIO()
    image.save(sortie, genre, **plus)
    return sortie.getvalue() + b"preview-secret"


def _pixels(contenu: bytes) -> tuple[str, tuple[int, int], bytes]:
    with Image.open(io.BytesIO(contenu)) as image:
        droite = ImageOps.exif_transpose(image)
        return droite.mode, droite.size, droite.tobytes()


def _media(genre: str) -> str:
    return f"image/{genre.lower()}"


@pytest.mark.rule("CDA-43")
@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(["JPEG", "PNG"]), st.integers(1, 8), st.sampled_from(["RGB", "L", "CMYK"]), st.booleans(),
    st.tuples(st.integers(1, 70), st.integers(1, 70)),
)  # fmt: skip
def test_no_pixel_changes_and_no_place_stays(
    genre: str, sens: int, mode: str, progressif: bool, taille: tuple[int, int]
) -> None:
    if genre == "PNG" and mode == "CMYK":
        mode = "RGBA"
    avant = photo(genre, sens=sens, mode=mode, progressif=progressif, taille=taille)
    apres = montrable(_media(genre), avant)
    assert _pixels(apres) == _pixels(avant)
    assert not any(secret in apres for secret in SECRETS)
    with Image.open(io.BytesIO(apres)) as image:
        assert not image.getexif().get_ifd(0x8825)
        assert set(image.getexif()) <= {0x0112}
        assert ("icc_profile" in image.info) == (mode != "CMYK")
    # Nothing was compressed anew: the coded picture is that of the original.
    assert len(apres) < len(avant)
    assert montrable(_media(genre), apres) == apres


@pytest.mark.rule("CDA-43")
def test_a_second_picture_behind_the_first_is_left_out() -> None:
    """Phones put a preview, with its own place, behind the picture."""
    deux = photo("JPEG") + photo("JPEG")
    assert montrable("image/jpeg", deux).count(b"\xff\xd8\xff") == 1


@pytest.mark.rule("CDA-43")
@given(st.sampled_from(["JPEG", "PNG"]), st.integers(0, 400), st.binary(max_size=6))
@settings(deadline=None)
def test_what_is_broken_is_refused_or_still_says_no_place(genre: str, place: int, mis: bytes) -> None:
    avant, apres = photo(genre), b""
    with suppress(ImageRefusee):
        apres = montrable(_media(genre), avant[:place] + mis)
    assert not any(secret in apres for secret in SECRETS)


def test_another_kind_of_file_is_not_touched() -> None:
    assert montrable("application/pdf", b"%PDF-1.4") == b"%PDF-1.4"
