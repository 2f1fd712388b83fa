"""Opening PDF files that somebody else made: what they may inflate to is bounded (rules CDA-05, CDA-37)."""

from __future__ import annotations

import io
from typing import Final

import pikepdf
from pikepdf.settings import set_qpdf_limits

# One thousandth of it, compressed, inflates to this: far above any object stream or metadata of a real file.
_DEPLIE_MAX: Final = 64 << 20

# Process-wide, set once at import, before any thread opens a file.
set_qpdf_limits(
    flate_max_memory=_DEPLIE_MAX,
    png_max_memory=_DEPLIE_MAX,
    run_length_max_memory=_DEPLIE_MAX,
    tiff_max_memory=_DEPLIE_MAX,
    dct_max_memory=_DEPLIE_MAX,
)


def ouvrir(contenu: bytes) -> pikepdf.Pdf:
    """The file, to be closed by the caller. Raises pikepdf.PdfError, pikepdf.PasswordError (encrypted)."""
    return pikepdf.open(io.BytesIO(contenu))
