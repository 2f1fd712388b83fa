"""The holder takes documents of a copy back into his space, as his own deposits (POR-18).

The copy is read by its standard description (IHE XDM); only one that this service signed, and about him. The original
stays word for word; who wrote it is said, and gives nobody a right on it. All that he chose, or nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import IO, Final
from uuid import uuid4

from espace_sante.acces.depot_titulaire import quota
from espace_sante.acces.exportation.noms import DOCUMENTS, XDM
from espace_sante.acces.exportation.signature import cle_publique
from espace_sante.acces.exportation.verification import CopieAlteree
from espace_sante.acces.importation.copie import Copie, ouvrir
from espace_sante.acces.importation.erreurs import RepriseRefusee
from espace_sante.acces.importation.rangement import ranger
from espace_sante.acces.mon_espace import MonEspace, ouvrir_mon_espace
from espace_sante.documents import ecriture
from espace_sante.documents.depot import DocumentADeposer
from espace_sante.documents.metadonnees import Metadonnees
from espace_sante.documents.perso import queries as lecture
from espace_sante.documents.perso import rules
from espace_sante.documents.perso.errors import DepotRefuse
from espace_sante.documents.perso.rules import DIRECTIVES, Occupation
from espace_sante.documents.xdm.ebrim_lecture import lire_metadata
from espace_sante.documents.xdm.modele import EntreeXdm, XdmRefuse
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.queries import identite
from espace_sante.kernel.ids import uuid7
from espace_sante.traces.ecriture import Acte, Action, Resultat

# Taken back at once, in clear in memory.
DOCUMENTS_MAX: Final = 500
OCTETS_MAX: Final = 100_000_000


@dataclass(frozen=True, slots=True)
class RepriseFaite:
    """`presents`: left out, their uniqueId is already known; `directives`: to be written again by the holder."""

    ajoutes: int
    presents: int
    directives: int


def reprendre(
    acteur: Acteur,
    fichier: IO[bytes],
    voulu: Callable[[EntreeXdm], bool],
    *,
    contexte: Contexte,
    cle: bytes | None = None,
) -> RepriseFaite:
    """Add the documents that he wants, of a copy of his own. Raises CopieAlteree, RepriseRefusee, DepotRefuse (his
    quota), EspaceFerme. Each refusal stores nothing and is traced.
    """
    try:
        with ouvrir([fichier], cle or cle_publique()) as copie:
            return _reprendre(acteur, copie, voulu, contexte)
    except (CopieAlteree, RepriseRefusee, DepotRefuse) as refus:
        with ouvrir_mon_espace(acteur, contexte=contexte) as espace:
            espace.consigner(Acte(Action.REPRISE, Resultat.REFUS, motif=refus.code))
        raise


def _reprendre(
    acteur: Acteur, copie: Copie, voulu: Callable[[EntreeXdm], bool], contexte: Contexte
) -> RepriseFaite:
    try:
        lu = lire_metadata(copie.lire(XDM))
    except XdmRefuse as erreur:
        raise RepriseRefusee("copie_illisible", erreur.message) from None
    with ecriture.doublons_refuses(), ouvrir_mon_espace(acteur, contexte=contexte) as espace:
        if lu.ins != [identite(espace.dossier_id).ins]:
            raise RepriseRefusee("autre_personne", "Cette copie n’est pas celle de votre espace.")
        choisies = [e for e in lu.entrees if voulu(e)]
        connus = _connus([e.metadonnees.unique_id for e in choisies])
        neuves = [e for e in choisies if e.metadonnees.unique_id not in connus]
        # One set of directives at a time, and each deposit of them destroys the former (DOC-28): never from a file.
        gardees = [e for e in neuves if e.metadonnees.type.code != DIRECTIVES]
        _verifier_place(espace, gardees)
        if gardees:
            documents = tuple(_documents(copie, gardees))
            ranger(espace, documents, titre="Documents repris d’une copie", motif="reprise")
        return RepriseFaite(len(gardees), len(choisies) - len(neuves), len(neuves) - len(gardees))


def _connus(unique_ids: list[str]) -> set[str]:
    return {u for u in unique_ids if ecriture.deja_depose([u])}


def _verifier_place(espace: MonEspace, entrees: list[EntreeXdm]) -> None:
    octets = sum(e.metadonnees.taille for e in entrees)
    if len(entrees) > DOCUMENTS_MAX or octets > OCTETS_MAX:
        raise RepriseRefusee(
            "copie_trop_grande", "C’est trop à la fois : choisissez une période ou une rubrique."
        )
    occupation = lecture.occupation(espace.dossier_id)
    for entree in entrees:
        rules.verifier_quota(occupation, quota(), entree.metadonnees.taille)
        occupation = Occupation(occupation.documents + 1, occupation.octets + entree.metadonnees.taille)


def _documents(copie: Copie, entrees: list[EntreeXdm]) -> Iterator[DocumentADeposer]:
    for entree in entrees:
        nom = f"{DOCUMENTS}/{entree.uri.rpartition('/')[2]}"
        contenu = copie.lire(nom)
        m = entree.metadonnees
        if len(contenu) != m.taille:
            raise RepriseRefusee("donnees_incoherentes", "Cette copie se contredit : rien n’a été repris.")
        yield DocumentADeposer(id=uuid7(), entree=uuid4(), metadonnees=_sienne(m), contenu=contenu)


def _sienne(m: Metadonnees) -> Metadonnees:
    """The same, with its authors told by name only: no id that would give a right on it (DOC-31)."""
    auteurs = tuple(replace(a, idnat="", structure_idnat="") for a in m.auteurs)
    return replace(m, auteurs=auteurs, authentificateur=None, depositaire=None, remplace="")
