"""Writing the copy, a page at a time, as owner (rule ANN-04).

What operations keep by hand stays: the medical regulation flag, the setting of a structure.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from django.db import connections
from django.db.models import Q

from espace_sante.identite.annuaire_sante.erreurs import SourceRefusee
from espace_sante.identite.annuaire_sante.lecture import Activite, Boite, Etablissement, Personne
from espace_sante.identite.models import BoiteMss, Professionnel, SituationExercice, Structure
from espace_sante.kernel.ids import uuid7
from espace_sante.kernel.traits import plier

_ID_MAX: Final = 60
_VERROU: Final = zlib.crc32(b"espace-sante/annuaire")


@dataclass(frozen=True, slots=True)
class Passe:
    """One refresh under way: its start marks every row that it finds."""

    debut: datetime
    base: str


def ranger_etablissements(passe: Passe, lus: Iterable[Etablissement]) -> int:
    uniques = {e.id: e for e in lus}
    Structure.objects.using(passe.base).bulk_create(
        [
            Structure(
                id=e.id, nom=e.nom, commune=e.commune, code_postal=e.code_postal, etablissement_code=e.secteur,
                commune_pliee=plier(e.commune)[:100], source_id=e.source_id, vu_le=passe.debut,
            )
            for e in uniques.values()
        ],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=[
            "nom", "commune", "code_postal", "etablissement_code", "commune_pliee", "source_id", "vu_le",
        ],
    )  # fmt: skip
    _ranger_boites(passe, [(b, "", e.id) for e in uniques.values() for b in e.boites])
    return len(uniques)


def ranger_personnes(passe: Passe, lues: Iterable[Personne]) -> int:
    uniques = {p.rpps: p for p in lues}
    Professionnel.objects.using(passe.base).bulk_create(
        [
            Professionnel(
                rpps=p.rpps, civilite=p.civilite, nom=p.nom, prenom=p.prenom, actif=p.actif,
                recherche=plier(f"{p.nom} {p.prenom}")[:220], professions=" ".join(p.professions),
                savoir_faire=p.savoir_faire, source_id=p.source_id, vu_le=passe.debut,
            )
            for p in uniques.values()
        ],
        update_conflicts=True,
        unique_fields=["rpps"],
        update_fields=[
            "civilite", "nom", "prenom", "actif", "recherche", "professions", "savoir_faire", "source_id", "vu_le",
        ],
    )  # fmt: skip
    _ranger_boites(passe, [(b, p.rpps, "") for p in uniques.values() for b in p.boites])
    return len(uniques)


def ranger_activites(passe: Passe, lues: Sequence[Activite]) -> int:
    """How many were kept: an activity of nobody known, or in no structure known, is left out."""
    personnes = {
        p.source_id: p
        for p in Professionnel.objects.using(passe.base).filter(
            source_id__in={a.personne for a in lues}, vu_le=passe.debut
        )
    }
    structures = {
        s.source_id: s
        for s in Structure.objects.using(passe.base).filter(
            source_id__in={a.structure for a in lues} - {""}, vu_le=passe.debut
        )
    }
    gardees = [a for a in lues if a.personne in personnes and (not a.structure or a.structure in structures)]
    situations: dict[str, SituationExercice] = {}
    for a in gardees:
        pro, structure = personnes[a.personne], structures.get(a.structure)
        professions = pro.professions.split()
        for profession in professions:
            systeme, _, code = profession.partition("/")
            identifiant = _situation(a.source_id, profession, seule=len(professions) == 1)
            situations[identifiant] = SituationExercice(
                id=identifiant, professionnel_id=pro.rpps, profession_systeme=systeme, profession_code=code,
                savoir_faire=pro.savoir_faire, structure_id=structure.id if structure else None,
                secteur=(a.secteur or (structure.etablissement_code if structure else ""))[:10],
                actif=a.actif, vu_le=passe.debut,
            )  # fmt: skip
    SituationExercice.objects.using(passe.base).bulk_create(
        situations.values(),
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=[
            "professionnel", "profession_systeme", "profession_code", "savoir_faire", "structure", "secteur",
            "actif", "vu_le",
        ],
    )  # fmt: skip
    _ranger_boites(
        passe,
        [
            (b, personnes[a.personne].rpps, structures[a.structure].id if a.structure else "")
            for a in gardees
            for b in a.boites
        ],
    )
    return len(gardees)


def restants(passe: Passe) -> tuple[int, int]:
    """(active people whom a whole pass did not find, all active people)."""
    actifs = Professionnel.objects.using(passe.base).filter(actif=True)
    return actifs.filter(_pas_vu(passe)).count(), actifs.count()


def arreter_les_absents(passe: Passe) -> None:
    """People and activities that the directory has no more stop now; their mailboxes go (ANN-06). Rows stay."""
    Professionnel.objects.using(passe.base).filter(_pas_vu(passe), actif=True).update(actif=False)
    SituationExercice.objects.using(passe.base).filter(_pas_vu(passe), actif=True).update(actif=False)
    BoiteMss.objects.using(passe.base).exclude(vu_le=passe.debut).delete()


def _pas_vu(passe: Passe) -> Q:
    return Q(vu_le__isnull=True) | Q(vu_le__lt=passe.debut)


def _situation(source_id: str, profession: str, *, seule: bool) -> str:
    if seule and len(source_id) <= _ID_MAX:
        return source_id
    return str(uuid5(NAMESPACE_URL, f"urn:annuaire:{source_id}/{profession}"))


def _ranger_boites(passe: Passe, lues: Iterable[tuple[Boite, str, str]]) -> None:
    uniques = {(b.adresse, rpps, structure): b for b, rpps, structure in lues}
    BoiteMss.objects.using(passe.base).bulk_create(
        [
            BoiteMss(
                id=uuid7(), adresse=adresse, rpps=rpps, structure_id=structure, genre=b.genre, rang=b.rang,
                liste_rouge=b.liste_rouge, description=b.description, vu_le=passe.debut,
            )
            for (adresse, rpps, structure), b in uniques.items()
        ],
        update_conflicts=True,
        unique_fields=["adresse", "rpps", "structure_id"],
        update_fields=["genre", "rang", "liste_rouge", "description", "vu_le"],
    )  # fmt: skip


@contextmanager
def seul(base: str) -> Iterator[None]:
    """One pass at a time over this database. Raises SourceRefusee `annuaire_occupe`."""
    with connections[base].cursor() as c:
        c.execute("SELECT pg_try_advisory_lock(%s)", [_VERROU])
        if not c.fetchone()[0]:
            raise SourceRefusee("annuaire_occupe", "L’annuaire est déjà en cours de mise à jour.")
    try:
        yield
    finally:
        with connections[base].cursor() as c:
            c.execute("SELECT pg_advisory_unlock(%s)", [_VERROU])
