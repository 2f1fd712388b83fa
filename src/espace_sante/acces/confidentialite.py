"""The holder's own switches on who sees what, for all his documents (rules DOC-44, DOC-45). Traced."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from espace_sante.acces.vie_documents import acte_sur, gestion
from espace_sante.documents import queries, vie
from espace_sante.documents.regles import SUPPRIME
from espace_sante.dossier.models import Dossier
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.traces.ecriture import Acte, Action, tracer


class Reglage(enum.StrEnum):
    """One switch, visible or masked; its value is the field of the record."""

    NOUVEAUX_DOCUMENTS = "masque_par_defaut"
    REMBOURSEMENTS = "remboursements_masques"
    DIRECTIVES = "directives_masquees"
    ANTECEDENTS = "antecedents_masques"


def reglages(acteur: Acteur, *, contexte: Contexte) -> dict[Reglage, bool]:
    """The holder's switches: True is masked."""
    with gestion(acteur, acteur.dossier_id, contexte, Action.REGLAGE_CONFIDENTIALITE) as dossier_id:
        ligne = Dossier.objects.filter(dossier_id=dossier_id).values(*(r.value for r in Reglage)).get()
    return {r: ligne[r.value] for r in Reglage}


def regler(acteur: Acteur, choix: dict[Reglage, bool], *, contexte: Contexte) -> tuple[Reglage, ...]:
    """Change switches; those that changed. Each change is traced (rules DOC-44, DOC-45)."""
    with gestion(acteur, acteur.dossier_id, contexte, Action.REGLAGE_CONFIDENTIALITE) as dossier_id:
        changes = []
        for reglage, masque in choix.items():
            if Dossier.objects.filter(dossier_id=dossier_id, **{reglage.value: not masque}).update(
                **{reglage.value: masque}
            ):
                changes.append(reglage)
                tracer(
                    dossier_id, acteur, contexte, Acte(Action.REGLAGE_CONFIDENTIALITE, motif=reglage.value)
                )
    return tuple(changes)


@dataclass(frozen=True, slots=True)
class MasquageGeneral:
    """What a change of all documents did: how many, and the list of those that could not be changed."""

    changes: int
    echecs: tuple[UUID, ...]


def masquer_tout(acteur: Acteur, *, contexte: Contexte, masque: bool) -> MasquageGeneral:
    """Apply the holder's default to all that exists, one transaction a document (rule DOC-44).

    A document that cannot be changed does not stop the others: it is in the list. What waits for its announcement
    is changed too, and is in neither figure (rule DOC-46).
    """
    with gestion(acteur, acteur.dossier_id, contexte, Action.REGLAGE_CONFIDENTIALITE) as dossier_id:
        ids = vie.visibles_a_changer(dossier_id, masque=masque)
        caches = frozenset(queries.invisibles_du_titulaire(dossier_id))
    changes, echecs = 0, []
    for document_id in ids:
        try:
            fait = _masquer_un(acteur, document_id, contexte, masque=masque)
        except Exception:
            # Whatever happened to this one, the others are asked for too; the holder gets the list.
            if document_id not in caches:
                echecs.append(document_id)
        else:
            changes += fait and document_id not in caches
    return MasquageGeneral(changes, tuple(echecs))


def _masquer_un(acteur: Acteur, document_id: UUID, contexte: Contexte, *, masque: bool) -> bool:
    action = Action.MASQUAGE if masque else Action.DEMASQUAGE
    with gestion(acteur, acteur.dossier_id, contexte, action) as dossier_id:
        etat = vie.verrouiller(dossier_id, document_id)
        if etat is None or etat.statut == SUPPRIME or etat.confidentialite.masque_ps == masque:
            return False
        vie.changer(
            dossier_id, document_id, "titulaire", datetime.now(UTC), masque_ps=masque,
            masque_par="titulaire" if masque else "",
        )  # fmt: skip
        tracer(dossier_id, acteur, contexte, acte_sur(action, etat))
        return True
