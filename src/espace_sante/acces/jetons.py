"""Traces of access tokens: given, refused, revoked, links to the portal (rules AUD-01, AUD-04, OID-35).

A line without identity goes to the technical journal beside the trace.
"""

from __future__ import annotations

from dataclasses import replace

from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.platform.journal import Evenement, consigner
from espace_sante.traces.ecriture import Acte, Action, Resultat, tracer_hors_dossier


def tracer_jeton(acteur: Acteur, contexte: Contexte, motif: str, *, refus: bool = False) -> None:
    """Trace what was done or refused about a token of this actor.

    Raises what the database raises: no token without its trace.
    """
    acte = Acte(Action.JETON, Resultat.REFUS if refus else Resultat.FAIT, motif=motif[:60])
    tracer_hors_dossier(acteur, replace(contexte, porte="oauth", logiciel=acteur.client_id), acte)
    consigner(
        Evenement.JETON,
        resultat=acte.resultat.value,
        motif=acte.motif,
        logiciel=acteur.client_id,
        requete=str(contexte.requete),
    )
