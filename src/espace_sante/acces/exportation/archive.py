"""A ZIP being written, file after file, then its manifest, its list of hashes and its signature (REG-06, POR-04)."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO

import orjson

from espace_sante.acces.exportation import signature
from espace_sante.acces.exportation.noms import CLE, EMPREINTES, MANIFESTE, SIGNATURE
from espace_sante.acces.exportation.tampon import Tampon, ligne_csv


@dataclass(slots=True)
class Archive:
    """A ZIP being written, with the size and the hash of each file."""

    zip: zipfile.ZipFile
    quand: datetime
    empreintes: Tampon
    _manifeste: Tampon = field(default_factory=Tampon)
    _nombre: int = 0

    def ajouter(self, nom: str, morceaux: Iterable[bytes], *, compresser: bool = True) -> None:
        """Write one file from its pieces."""
        condense, taille = hashlib.sha256(), 0
        with self._entree(nom, compresser) as fichier:
            for morceau in morceaux:
                condense.update(morceau)
                taille += len(morceau)
                fichier.write(morceau)
        self.empreintes.ecrire(f"{condense.hexdigest()}  {nom}\n")
        ligne = orjson.dumps({"chemin": nom, "taille": taille, "sha256": condense.hexdigest()}).decode()
        self._manifeste.ecrire(("," if self._nombre else "") + "\n" + ligne)
        self._nombre += 1

    def tableau(self, nom: str, colonnes: Sequence[str], lignes: Iterable[Sequence[object]]) -> None:
        """Write one CSV that spreadsheets open, its heading first."""
        texte = Tampon()
        texte.ecrire("\ufeff" + ligne_csv(colonnes))
        for ligne in lignes:
            texte.ecrire(ligne_csv(ligne))
        self.ajouter(nom, texte.lire())

    def sceller(self, description: Mapping[str, object]) -> None:
        """Last: the manifest (`description`, then each file), the list of hashes, its signature, the key."""
        tete = orjson.dumps(description).decode()[:-1]
        self._manifeste.ecrire("\n]}\n")
        # A manifest does not list itself: what it would add goes to another one, that nobody reads.
        fichiers, self._manifeste = self._manifeste.lire(), Tampon()
        self.ajouter(MANIFESTE, [f'{tete},"fichiers":['.encode(), *fichiers])
        liste = b"".join(self.empreintes.lire())
        for nom, octets in (
            (EMPREINTES, liste),
            (SIGNATURE, signature.signer(liste)),
            (CLE, signature.cle_publique()),
        ):
            with self._entree(nom, compresser=False) as fichier:
                fichier.write(octets)

    @contextmanager
    def _entree(self, nom: str, compresser: bool) -> Iterator[IO[bytes]]:
        info = zipfile.ZipInfo(nom, self.quand.timetuple()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED if compresser else zipfile.ZIP_STORED
        info.external_attr = 0o600 << 16
        # The size is not known before the end: room for a large one.
        with self.zip.open(info, "w", force_zip64=True) as fichier:
            yield fichier
