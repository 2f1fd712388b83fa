"""The holder's documents for a service that he gave them to: what he sees himself, and nothing more (POR-17)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from espace_sante.acces.appairages.droits import Droit, Sens
from espace_sante.acces.appairages.porte import ouvrir_par_appairage
from espace_sante.acces.errors import DocumentIntrouvable
from espace_sante.acces.mon_espace import TITULAIRE, MonEspace
from espace_sante.acces.porte import Cible
from espace_sante.documents import queries
from espace_sante.documents.filtre import Filtre
from espace_sante.documents.models import Document
from espace_sante.documents.queries import Fiche, Page
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte

LIRE: Final = Droit("documents", Sens.LIRE)


class DocumentsDuService(MonEspace):
    """The holder's view of his documents (DOC-46), read by a service; each act is traced as the service's."""

    __slots__ = ()

    def lister_fiches(self, filtre: Filtre) -> Page[Fiche]:
        """The page; a replacement that waits for its announcement is not told, by its former version either."""
        caches = queries.invisibles_du_titulaire(self.dossier_id)
        remplaces = Document.objects.filter(dossier_id=self.dossier_id, remplace_par_id__in=caches)
        ids = tuple(remplaces.values_list("id", flat=True)) if caches else ()
        montres = (
            self.apercevoir(Filtre(ids=ids, statuts=(), limite=len(ids), avec_total=False)) if ids else {}
        )
        page = super().lister_fiches(filtre)
        return replace(
            page,
            elements=tuple(Fiche(f.id, None, montres[f.id]) if f.id in montres else f for f in page.elements),
        )


@contextmanager
def ouvrir_documents(
    acteur: Acteur, cible: Cible | None, *, contexte: Contexte
) -> Iterator[DocumentsDuService]:
    """Open the documents of a pairing token's holder. Raises AppairageRefuse; DocumentIntrouvable, traced."""
    introuvable = None
    with ouvrir_par_appairage(acteur, cible, contexte=contexte) as espace:
        espace.exiger(LIRE)
        ouverts = DocumentsDuService(
            espace.dossier_id, espace.acteur, contexte, TITULAIRE, espace.cle_scellee, None
        )
        try:
            yield ouverts
        except DocumentIntrouvable as erreur:
            introuvable = erreur
            ouverts.tracer_introuvable()
    if introuvable is not None:
        raise introuvable
