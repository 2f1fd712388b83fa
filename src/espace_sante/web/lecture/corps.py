"""The readable part of a CDA: the file wrapped in a level 1, or the rendering of a level 3."""

from __future__ import annotations

from dataclasses import dataclass

from espace_sante.documents.cda.lire import CdaLu, lire
from espace_sante.documents.cda.n1 import extraire_n1
from espace_sante.documents.cda.personnes import premier
from espace_sante.documents.cda.rendu import Affichage, rendre


@dataclass(frozen=True, slots=True)
class Corps:
    """A file found inside a CDA N1, with the media type it declares."""

    mime: str
    contenu: bytes


def extraire(contenu: bytes) -> Corps | None:
    """The wrapped file of a level 1; None for a level 3. Raises CdaInvalide."""
    lu = lire(contenu)
    if _sans_fichier(lu):
        return None
    corps = extraire_n1(lu.racine)
    return Corps(corps.media.split(";")[0].strip(), corps.contenu)


def html(contenu: bytes, affichage: Affichage) -> str:
    """Safe HTML of a level 3 (rules CDA-35, CDA-36, CDA-38). Raises CdaInvalide."""
    return rendre(lire(contenu), affichage=affichage)


def _sans_fichier(lu: CdaLu) -> bool:
    return premier(lu.racine, "component/nonXMLBody/text") is None
