"""The first link of a FranceConnect subject to a record, through the INS (OID-25, INS-12, IDN-27, IDN-28)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from espace_sante.acces.errors import EspaceFerme
from espace_sante.acces.identification import MotifInsi, interroger
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.index import trouver_dossier
from espace_sante.identite.insi.ecriture import noter_fusion
from espace_sante.identite.insi.erreurs import DemandeRefusee
from espace_sante.identite.insi.modeles import DemandeTraits
from espace_sante.identite.insi.pivot import traits_du_pivot
from espace_sante.identite.insi.rapprochement import meme_personne_que_le_pivot
from espace_sante.identite.models import LienFranceConnect
from espace_sante.kernel.codes import GenreActeur
from espace_sante.traces.ecriture import Acte, Action, tracer

# Somebody waits in front of a page: one more try, one second later, then he is told.
_REPRISES = 1


def dossier_lie(sub: str) -> UUID | None:
    """The record that this subject was linked to."""
    lien = LienFranceConnect.objects.filter(sub=sub).first()
    return lien.dossier_id if lien else None


def lier(sub: str, reclamations: Mapping[str, Any], *, contexte: Contexte) -> UUID:
    """Find the one person of a pivot identity, then link her open space to the subject, once.

    Raises EspaceFerme, the same for nobody, several, another person and a space that is not open: nothing says which.
    Raises InsiIndisponible too.
    """
    dossier_id = _dossier_du_pivot(reclamations, contexte)
    acteur = Acteur(genre=GenreActeur.TITULAIRE, dossier_id=dossier_id)
    try:
        with ouvrir_mon_espace(acteur, contexte=contexte):
            lien, neuf = LienFranceConnect.objects.get_or_create(sub=sub, defaults={"dossier_id": dossier_id})
            if lien.dossier_id != dossier_id:
                raise _ferme()
            if neuf:
                tracer(dossier_id, acteur, contexte, Acte(Action.LIEN_FRANCECONNECT))
    except EspaceFerme:
        raise _ferme() from None
    return dossier_id


def _dossier_du_pivot(reclamations: Mapping[str, Any], contexte: Contexte) -> UUID:
    fc = Acteur(genre=GenreActeur.SYSTEME, nom="FranceConnect", client_id="franceconnect")
    try:
        pivot = traits_du_pivot(reclamations)
        demande = DemandeTraits.des_traits(pivot)
    except DemandeRefusee:
        raise _ferme() from None
    individu = interroger(
        fc, contexte, demande, MotifInsi.FRANCECONNECT, a_la_demande=True, reprises=_REPRISES
    ).individu
    if individu is None or not meme_personne_que_le_pivot(pivot, individu.traits):
        raise _ferme()
    numeros = (individu.ins, *(h.ins for h in individu.anciens))
    dossiers = {d for d in map(trouver_dossier, numeros) if d is not None}
    if len(dossiers) > 1:
        # Two records of one person: people merge them first (INS-16).
        premier, autre = sorted(dossiers)[:2]
        noter_fusion(premier, autre, datetime.now(UTC))
    if len(dossiers) != 1:
        raise _ferme()
    return dossiers.pop()


def _ferme() -> EspaceFerme:
    return EspaceFerme("espace_ferme", "Aucun espace ouvert ne correspond.")
