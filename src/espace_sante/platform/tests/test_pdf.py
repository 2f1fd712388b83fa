"""A hostile PDF costs no more memory than a bound, whatever it inflates to."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zlib

import pikepdf
import pytest

from espace_sante.platform.pdf import ouvrir

_MO = 1 << 20


def _catalogue(gonfle: int, filtres: int = 1) -> bytes:
    """A PDF whose catalogue lies in an object stream that inflates to `gonfle` MB of white space."""
    comprime = zlib.compressobj(9)
    flux = comprime.compress(b"3 0 4 40 " + b"<</Type/Catalog/Pages 4 0 R>>".ljust(40))
    flux += comprime.compress(b"<</Type/Pages/Kids[]/Count 0>>")
    for _ in range(gonfle):
        flux += comprime.compress(b" " * _MO)
    flux += comprime.flush()
    for _ in range(filtres - 1):
        flux = zlib.compress(flux, 9)
    noms = b"/FlateDecode" * filtres
    sortie = io.BytesIO()
    sortie.write(b"%PDF-1.5\n")
    objets = sortie.tell()
    sortie.write(b"2 0 obj\n<</Type/ObjStm/N 2/First 9/Filter[%s]/Length %d>>\nstream\n" % (noms, len(flux)))
    sortie.write(flux + b"\nendstream\nendobj\n")
    table = sortie.tell()
    lignes = [(0, 0, 65535), (1, table, 0), (1, objets, 0), (2, 2, 0), (2, 2, 1)]
    brut = b"".join(struct.pack(">BIH", *ligne) for ligne in lignes)
    sortie.write(b"1 0 obj\n<</Type/XRef/Size 5/W[1 4 2]/Root 3 0 R/Length %d>>\nstream\n" % len(brut))
    sortie.write(brut + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % table)
    return sortie.getvalue()


_MESURER = (
    "import re, sys; from espace_sante.platform.pdf import ouvrir\n"
    "try: ouvrir(sys.stdin.buffer.read()).close()\n"
    "except Exception: pass\n"
    # Not ru_maxrss: it begins at the size of the process that launched this one.
    "print(int(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1]) // 1024)"
)


def test_object_streams_of_real_files_open() -> None:
    with ouvrir(_catalogue(2)) as document:
        assert len(document.pages) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read in /proc")
@pytest.mark.rule("CDA-37", "CDA-05")
@pytest.mark.parametrize("filtres", [1, 2])
def test_a_bomb_is_refused_within_bounds(filtres: int) -> None:
    bombe = _catalogue(600, filtres)
    assert len(bombe) < _MO
    with pytest.raises(pikepdf.PdfError):
        ouvrir(bombe)
    # In a process of its own: the peak of this one is that of the whole run.
    fait = subprocess.run([sys.executable, "-c", _MESURER], input=bombe, capture_output=True, check=True)
    assert int(fait.stdout) < 400
