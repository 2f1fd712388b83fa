"""Writing an archive, document after document (XDM-01, XDM-02): one in memory at a time."""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import replace
from datetime import datetime
from html import escape
from typing import Final, Protocol, cast

from espace_sante.documents.xdm import ebrim_ecriture as ebrim
from espace_sante.documents.xdm.modele import EntreeXdm, PatientXdm, SoumissionXdm

NOM_ARCHIVE: Final = "IHE_XDM.zip"
SOUS_ENSEMBLE: Final = "IHE_XDM/SUBSET01"
_EXTENSIONS: Final = {
    "application/pdf": "PDF", "text/xml": "XML", "application/xslt+xml": "XML", "application/hl7-v3+xml": "XML",
    "text/plain": "TXT", "text/rtf": "RTF", "application/rtf": "RTF", "image/jpeg": "JPG", "image/png": "PNG",
    "image/tiff": "TIF",
}  # fmt: skip
# Far from the ratio that readers refuse (XDM-06): beyond, a file is stored as it is.
_RATIO_MAX: Final = 50
_LISEZMOI: Final = """\
ARCHIVE DE DOCUMENTS DE SANTE (IHE XDM)

Documents : {nombre}. Archive faite le {quand} par {auteur}.
Ouvrez INDEX.HTM avec un navigateur pour la liste. Un logiciel de sante lit IHE_XDM/SUBSET01/METADATA.XML.
"""


class Sortie(Protocol):
    """What an archive is written to: never read again, never gone back in."""

    def write(self, octets: bytes, /) -> object: ...
    def flush(self) -> object: ...


class EcritureXdm:
    """An archive being written. `finir` makes it whole; without it there is no archive."""

    def __init__(
        self, sortie: Sortie, patient: PatientXdm, soumission: SoumissionXdm, *, quand: datetime
    ) -> None:
        self._zip = zipfile.ZipFile(cast("zipfile.ZipFile", sortie), "w")  # type: ignore[call-overload]
        self._patient, self._soumission, self._quand = patient, soumission, quand
        self._metadata = [ebrim.debut(patient, soumission)]
        self._lignes: list[str] = []

    def ajouter(self, entree: EntreeXdm, contenu: bytes) -> EntreeXdm:
        """Write one document under an 8.3 name; the entry with its place."""
        extension = _EXTENSIONS.get(entree.metadonnees.mime.partition(";")[0].strip().lower(), "BIN")
        placee = replace(entree, uri=f"DOC{len(self._lignes) + 1:05d}.{extension}")
        self._ecrire(f"{SOUS_ENSEMBLE}/{placee.uri}", contenu)
        self._metadata.append(ebrim.entree(self._patient, self._soumission, placee))
        titre = escape(entree.metadonnees.titre or "Sans titre")
        self._lignes.append(f'<li><a href="{SOUS_ENSEMBLE}/{placee.uri}">{titre}</a></li>')
        return placee

    def finir(self) -> None:
        """METADATA.XML, INDEX.HTM, README.TXT."""
        self._ecrire(f"{SOUS_ENSEMBLE}/METADATA.XML", "".join([*self._metadata, ebrim.fin()]).encode())
        self._ecrire("INDEX.HTM", self._index().encode())
        notice = _LISEZMOI.format(
            nombre=len(self._lignes),
            quand=f"{self._quand:%d/%m/%Y}",
            auteur=self._soumission.auteur.affichage,
        )
        self._ecrire("README.TXT", notice.encode())
        self._zip.close()

    def _index(self) -> str:
        titre = escape(self._soumission.titre or "Documents de santé")
        return (
            '<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8">'
            '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">'
            f"<title>{titre}</title></head><body><h1>{titre}</h1><ul>{''.join(self._lignes)}</ul></body></html>"
        )

    def _ecrire(self, nom: str, octets: bytes) -> None:
        info = zipfile.ZipInfo(nom, max(self._quand.timetuple()[:6], (1980, 1, 1, 0, 0, 0)))
        serre = len(zlib.compress(octets, 1)) * _RATIO_MAX > len(octets)
        info.compress_type = zipfile.ZIP_DEFLATED if serre else zipfile.ZIP_STORED
        info.external_attr = 0o600 << 16
        self._zip.writestr(info, octets)
