"""One whole pass over the directory: structures, people, activities, then who is no more there (ANN-04 to ANN-06).

Each page is written on its own, so that memory stays bounded and a pass that fails half-way harms nobody: nobody is
stopped before the last page was read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, TypeVar

import msgspec
from django.db import transaction

from espace_sante.identite.annuaire_sante import ecriture, source
from espace_sante.identite.annuaire_sante.client import ClientAnnuaire
from espace_sante.identite.annuaire_sante.ecriture import Passe
from espace_sante.identite.annuaire_sante.erreurs import AnnuaireErreur, AnnuaireSuspect
from espace_sante.identite.annuaire_sante.lecture import (
    Personne,
    lire_activite,
    lire_etablissement,
    lire_personne,
)
from espace_sante.identite.models import SourceAnnuaire
from espace_sante.platform.hebergement import HoteNonDeclare

# More people gone at once than this, and than a tenth of all: a fault of the directory, not the life of the professions.
_ABSENTS_MAX: Final = 20
_LU = TypeVar("_LU")


@dataclass(frozen=True, slots=True)
class Bilan:
    """What a pass found. `ecartees`: resources that could not be used."""

    structures: int = 0
    personnes: int = 0
    activites: int = 0
    ecartees: int = 0


def rafraichir(
    client: ClientAnnuaire, maintenant: datetime, *, base: str = source.PROPRIETAIRE, forcer: bool = False
) -> Bilan:
    """Bring the whole copy up to date; durable page by page. `forcer`: stop all who are absent, however many.

    Raises SourceRefusee, AnnuaireInjoignable, AnnuaireIllisible, AnnuaireRefus, AnnuaireSuspect.
    """
    with ecriture.seul(base):
        connue = source.exiger(client.reglages.base, maintenant, base=base)
        passe = Passe(maintenant, base)
        ligne = SourceAnnuaire.objects.using(base).filter(id=1)
        ligne.update(tente_le=maintenant, erreur="")
        try:
            bilan = _lire(client, passe, fictive=connue.fictive)
            with transaction.atomic(using=base):
                absents, actifs = ecriture.restants(passe)
                trop = absents > max(_ABSENTS_MAX, actifs // 10) or (absents and not bilan.personnes)
                if trop and not forcer:
                    raise AnnuaireSuspect(
                        "annuaire_suspect",
                        f"L’annuaire ne connaît plus {absents} professionnels sur {actifs} : personne n’a été arrêté."
                        " Vérifiez, puis relancez avec --forcer.",
                    )
                ecriture.arreter_les_absents(passe)
                ligne.update(reussi_le=maintenant, ecartees=bilan.ecartees)
        except (AnnuaireErreur, HoteNonDeclare) as erreur:
            ligne.update(erreur=erreur.code[:40])
            raise
    return bilan


def _lire(client: ClientAnnuaire, passe: Passe, *, fictive: bool) -> Bilan:
    def personne(brut: msgspec.Raw) -> Personne | None:
        lue = lire_personne(brut)
        return lue if lue and source.du_bon_rang(lue.rpps, est_fictive=fictive) else None

    bilan = Bilan()
    for page, lus in _pages(client, "Organization", lire_etablissement):
        with transaction.atomic(using=passe.base):
            faits = ecriture.ranger_etablissements(passe, lus)
        bilan = replace(bilan, structures=bilan.structures + faits, ecartees=bilan.ecartees + page - len(lus))
    for page, personnes in _pages(client, "Practitioner", personne):
        with transaction.atomic(using=passe.base):
            faits = ecriture.ranger_personnes(passe, personnes)
        bilan = replace(
            bilan, personnes=bilan.personnes + faits, ecartees=bilan.ecartees + page - len(personnes)
        )
    for page, activites in _pages(client, "PractitionerRole", lire_activite):
        with transaction.atomic(using=passe.base):
            faits = ecriture.ranger_activites(passe, activites)
        bilan = replace(bilan, activites=bilan.activites + faits, ecartees=bilan.ecartees + page - faits)
    return bilan


def _pages(
    client: ClientAnnuaire, ressource: str, lire: Callable[[msgspec.Raw], _LU | None]
) -> Iterator[tuple[int, list[_LU]]]:
    """(size of the page, what could be read of it)."""
    for page in client.pages(ressource):
        yield len(page), [lu for brut in page if (lu := lire(brut)) is not None]
