"""Links of a page of results: sealed cursors, for the same caller, a quarter of an hour (FHR-24, FHR-25)."""

from __future__ import annotations

import hashlib
import time
from dataclasses import replace
from functools import lru_cache
from typing import Final, TypeVar
from urllib.parse import urlencode

from django.conf import settings

from espace_sante.documents.filtre import Curseur, Filtre
from espace_sante.documents.listes import FiltreListes
from espace_sante.interop.fhir import curseur
from espace_sante.interop.fhir.curseur import F, Reprise
from espace_sante.interop.requete import Appel

CURSEUR: Final = "_curseur"
D = TypeVar("D", Filtre, FiltreListes)


def reprendre(appel: Appel, texte: str, forme: type[F]) -> Reprise[F]:
    """The search that a cursor goes on with. Raises RefusFhir 400, 403, 410."""
    return curseur.ouvrir(
        texte, forme, cle=_cle(), appelant=_appelant(appel, forme), maintenant=int(time.time())
    )


def liens(
    appel: Appel, adresse: str, suite: Curseur | None, ici: Reprise[D], self_: str, vue: list[tuple[str, str]]
) -> list[tuple[str, str]]:
    """`self`, `first`, `next`, `previous`; `vue` are the parameters of presentation that each link keeps."""
    lies = [("self", adresse + self_)]
    position = ici.filtre.apres

    def lien(relation: str, reprise: Reprise[D]) -> None:
        scelle = curseur.sceller(
            reprise, cle=_cle(), appelant=_appelant(appel, type(ici.filtre)), maintenant=int(time.time())
        )
        lies.append((relation, f"{adresse}?{urlencode([(CURSEUR, scelle), *vue])}"))

    if suite and not position:
        lies.append(("first", adresse + self_))
    elif position:
        # Where the first page began is the same criteria without a position.
        lien("first", replace(ici, filtre=replace(ici.filtre, apres=None), avant=()))
    if suite:
        suivante = replace(ici, filtre=replace(ici.filtre, apres=suite), avant=(*ici.avant, position))
        lien("next", suivante)
    if position and ici.avant:
        lien("previous", replace(ici, filtre=replace(ici.filtre, apres=ici.avant[-1]), avant=ici.avant[:-1]))
    return lies


@lru_cache(maxsize=1)
def _cle() -> bytes:
    return hashlib.sha256(b"espace-sante/curseur/" + settings.SECRET_KEY.encode()).digest()


def _appelant(appel: Appel, forme: type) -> str:
    """Who may use the cursor again: the same person through the same software, for the same kind of search."""
    acteur = appel.acteur
    return f"{forme.__name__}|{acteur.client_id}|{acteur.identifiant}|{acteur.structure_id}"
