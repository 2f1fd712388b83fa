"""Files received in memory only, within bounds: nothing that a person sends lies in clear on a disk (REG-16, DOC-23)."""

from __future__ import annotations

import io
from typing import IO, Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest

from espace_sante.documents.perso.examen import ENVOI_MAX, Piece

TOTAL_MAX, REQUETE_MAX = 45_000_000, 90_000_000


class EnMemoire(FileUploadHandler):
    """Keeps each file up to ENVOI_MAX and all of them up to TOTAL_MAX; beyond, bytes are read and dropped.

    A file that was dropped keeps its size and no byte: `piece` says so to the gate.
    """

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self._total = 0
        self._morceaux: list[bytes] = []
        self._taille = 0

    def handle_raw_input(
        self,
        input_data: IO[bytes],
        META: dict[str, str],
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        if content_length > REQUETE_MAX:
            raise RequestDataTooBig("request over the limit of uploads")

    def new_file(self, *args: object, **kwargs: object) -> None:
        super().new_file(*args, **kwargs)  # type: ignore[arg-type]
        self._morceaux, self._taille = [], 0

    def receive_data_chunk(self, raw_data: bytes, _debut: int) -> None:
        self._taille += len(raw_data)
        self._total += len(raw_data)
        if self._taille > ENVOI_MAX or self._total > TOTAL_MAX:
            self._morceaux.clear()
        else:
            self._morceaux.append(bytes(raw_data))

    def file_complete(self, file_size: int) -> UploadedFile[Any]:
        contenu = b"".join(self._morceaux)
        self._morceaux = []
        return InMemoryUploadedFile(
            io.BytesIO(contenu), self.field_name, self.file_name or "", self.content_type or "", file_size, self.charset,
            self.content_type_extra,
        )  # fmt: skip


def piece(recu: UploadedFile[Any]) -> Piece:
    """The file for the gate. One that was dropped is given back as too big, without its bytes."""
    contenu = recu.read()
    return Piece(recu.name or "", contenu, demesure=len(contenu) != (recu.size or 0))
