"""Asking until there is one person, without ever choosing (INS-09, IDN-16). Pure: the caller gives the call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from espace_sante.identite.insi.modeles import CodeCR, Demande, DemandeTraits, Individu, Reponse


@dataclass(frozen=True, slots=True, repr=False)
class Recherche:
    """How it ended. PLUSIEURS: people decide, on papers; the service could not tell the persons apart."""

    issue: CodeCR
    individu: Individu | None = None


def rechercher(demande: Demande, appeler: Callable[[Demande], Reponse]) -> Recherche:
    """First name alone, then all first names, then the birth place: only while the answer is 02.

    Only the first answer says that there is nobody: a 01 that a longer request gives means that its
    additions are not those of the service, and settles nothing. Lets pass what `appeler` raises.
    """
    for rang, etape in enumerate(_etapes(demande)):
        reponse = appeler(etape)
        if reponse.code is CodeCR.TROUVEE:
            return Recherche(CodeCR.TROUVEE, reponse.individu)
        if reponse.code is CodeCR.AUCUNE and rang == 0:
            return Recherche(CodeCR.AUCUNE)
    return Recherche(CodeCR.PLUSIEURS)


def _etapes(demande: Demande) -> Iterator[Demande]:
    if not isinstance(demande, DemandeTraits):
        # A card names one person: there is nothing to add.
        yield demande
        return
    yield replace(demande, prenoms=demande.prenoms[:1], lieu_naissance="")
    if len(demande.prenoms) > 1:
        yield replace(demande, lieu_naissance="")
    if demande.lieu_naissance:
        yield demande
