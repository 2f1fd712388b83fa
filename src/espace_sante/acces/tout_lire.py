"""All that a holder's own token may take in one go: his documents, page by page, and his circle (`$everything` of R4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from espace_sante.acces.errors import ToutRefuse
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.documents import queries
from espace_sante.documents.filtre import Filtre
from espace_sante.documents.queries import Fiche, Page
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.queries import Identite
from espace_sante.kernel.codes import GenreActeur
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.ecriture import Acte, Action, Resultat, tracer_hors_dossier


@dataclass(frozen=True, slots=True)
class ToutVu:
    """One page of documents. `caches`: ids that no resource given to him may name (DOC-46, FHR-36)."""

    titulaire: Identite
    documents: Page[Fiche]
    caches: frozenset[UUID]


def lire_tout(acteur: Acteur, dossier_id: UUID, filtre: Filtre, *, contexte: Contexte) -> ToutVu:
    """His own record only, traced as a list. Raises ToutRefuse (another record, known or not), EspaceFerme."""
    if acteur.genre is not GenreActeur.TITULAIRE or acteur.dossier_id != dossier_id:
        tracer_hors_dossier(
            acteur, contexte, Acte(Action.LISTE, Resultat.REFUS, motif="reserve_au_titulaire"), None
        )
        raise ToutRefuse("reserve_au_titulaire", "Seul le titulaire peut tout lire, dans son espace.")
    with ouvrir_mon_espace(acteur, contexte=contexte) as espace:
        titulaire = espace.titulaire
        caches = frozenset(queries.invisibles_du_titulaire(dossier_id))
        page = espace.lister_fiches(filtre)
    if caches:
        page = replace(page, elements=tuple(_comme_avant(dossier_id, page.elements, caches)))
    return ToutVu(titulaire, page, caches)


def _comme_avant(dossier_id: UUID, fiches: Iterable[Fiche], caches: frozenset[UUID]) -> Iterable[Fiche]:
    """What a hidden document replaces is shown as if nothing had come, its version and dates too (DOC-46)."""
    for fiche in fiches:
        vu = fiche.document
        if vu is None or vu.remplace_par_id not in caches:
            yield fiche
            continue
        with portee(dossier_id):
            versions = queries.versions(dossier_id, vu.id)
        # Its first version is never a replaced one.
        montree = next(v for v in versions if v.statut != "superseded")
        avant = replace(
            vu, statut="current", remplace_par_id=None, version=montree.version, maj_le=montree.quand,
            entree_courante=montree.entree,
        )  # fmt: skip
        yield replace(fiche, document=avant)
