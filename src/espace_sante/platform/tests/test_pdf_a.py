"""A picture as a page for the archive (CDA-41, CDA-43)."""

from __future__ import annotations

import io

import pikepdf
import pytest
from PIL import Image

from espace_sante.platform.images import ImageRefusee
from espace_sante.platform.pdf_a import image_en_pdf_a


def png(mode: str = "RGB", taille: tuple[int, int] = (40, 60)) -> bytes:
    sortie = io.BytesIO()
    Image.effect_noise(taille, 90).convert(mode).save(sortie, "PNG")
    return sortie.getvalue()


@pytest.mark.rule("CDA-41", "CDA-43")
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P", "1"])
def test_it_declares_pdf_a_1b_and_keeps_every_pixel(mode: str) -> None:
    contenu = png(mode)
    with pikepdf.open(io.BytesIO(image_en_pdf_a(contenu, "PNG"))) as pdf:
        with pdf.open_metadata() as metadonnees:
            assert metadonnees.pdfa_status == "1B"
        (page,) = pdf.pages
        (image,) = page.get_images().values()
        relue = pikepdf.PdfImage(image).as_pil_image().convert("RGB")
    with Image.open(io.BytesIO(contenu)) as avant:
        assert relue.tobytes() == avant.convert("RGB").tobytes()


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(ImageRefusee):
        image_en_pdf_a(b"\x89PNG\r\n\x1a\n rien", "PNG")
