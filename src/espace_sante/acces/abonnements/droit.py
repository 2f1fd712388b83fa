"""May this subscriber be told of this document now? Judged by what decides a reading, at each time (FHR-170, FHR-171)."""

from __future__ import annotations

from uuid import UUID

from espace_sante.acces import dicah
from espace_sante.acces.models import Abonnement
from espace_sante.acces.porte import restriction
from espace_sante.acces.queries import Situation
from espace_sante.documents import queries
from espace_sante.documents.filtre import Filtre
from espace_sante.documents.queries import DocumentVu
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.annuaire import ProfessionnelRefuse, acteur_professionnel, situations
from espace_sante.identite.models import Logiciel
from espace_sante.kernel.codes import ModeAuthentification


def abonne(abonnement: Abonnement) -> Acteur | None:
    """The professional as the directory knows him now, in the situation of the token that subscribed; or nobody."""
    try:
        siennes = situations(abonnement.rpps)
    except ProfessionnelRefuse:
        return None
    situation = next((s for s in siennes if s.id == abonnement.situation_id), None)
    if situation is None:
        return None
    return acteur_professionnel(
        situation,
        # He had to be so to subscribe.
        deux_facteurs=True,
        mode=ModeAuthentification(abonnement.mode_authentification),
        client_id=abonnement.client_id,
    )


def autorise(acteur: Acteur, vue: Situation) -> bool:
    """Whether he could open the record now, by a consent of the holder: a shared document is no reason to be told."""
    decision = dicah.decide(vue.faits(acteur, identite_qualifiee=True))
    return decision.accordee and not decision.par_partage


def visible(acteur: Acteur, vue: Situation, document_id: UUID, types: tuple[str, ...]) -> DocumentVu | None:
    """The document, current, of these types, if he would find it in his list now. The record is in scope."""
    page = queries.lister(
        vue.dossier_id,
        restriction(acteur, vue),
        Filtre(ids=(document_id,), types=types, limite=1, avec_total=False),
    )
    return page.elements[0] if page.elements else None


def hote_inscrit(client_id: str, hote: str) -> bool:
    """Whether operations registered that host with that program, which may still call."""
    return Logiciel.objects.filter(
        client_id=client_id, actif=True, hotes_notification__contains=[hote]
    ).exists()
