"""The gate's search inside documents, for the holder as for a professional (rules DOC-57, DOC-58, ADR 0013).

The narrowing is the one that the opening of the record gave; the trace is that of a list, and holds no word.
"""

from __future__ import annotations

from dataclasses import replace

from espace_sante.acces.dossier_ouvert import DossierOuvert
from espace_sante.documents.filtre import Filtre
from espace_sante.documents.plein_texte import requete
from espace_sante.documents.plein_texte.recherche import Trouves, chercher
from espace_sante.platform.crypto import CleDossier
from espace_sante.traces.ecriture import Acte, Action


def rechercher(ouvert: DossierOuvert, filtre: Filtre, *, par_pertinence: bool = True) -> Trouves:
    """One page of the documents that hold the words of `filtre.texte`, of those that this actor may see. Traced.

    The words are looked for in contents, titles, authors and types; the other criteria of the filter count as usual.
    Without a word that can be searched (only "de la", or less than two letters), it is an ordinary list.
    """
    termes = requete.lire(filtre.texte)
    if not termes:
        return Trouves(ouvert.lister(filtre), {})
    cle = None
    if ouvert._cle_scellee is not None:
        cle = CleDossier.ouvrir(ouvert._cle_scellee, ouvert.dossier_id.bytes)
    trouves = chercher(
        ouvert.dossier_id, ouvert._restriction, filtre, termes, cle, par_pertinence=par_pertinence
    )
    ouvert._tracer(Acte(Action.LISTE))
    montres = tuple(ouvert._montrer(vu) for vu in trouves.page.elements)
    return replace(trouves, page=replace(trouves.page, elements=montres))
