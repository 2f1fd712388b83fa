"""An authorisation added or ended by software: a consent got, or the holder's access code (rules FHR-52 to FHR-55).

The portal's own ways are `consentements` and `codes`; this only joins them for a program, and finds again what it made.
"""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from espace_sante.acces import codes
from espace_sante.acces.consentements import ConsentementVu, recueillir_consentement, retirer, vu
from espace_sante.acces.errors import ConsentementRefuse
from espace_sante.acces.models import Consentement
from espace_sante.acces.porte import Cible, resoudre
from espace_sante.acces.queries import portee_et_situation
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.traces.ecriture import Acte, Action, Resultat, tracer


def ajouter(
    acteur: Acteur,
    cible: Cible,
    *,
    contexte: Contexte,
    mode: str,
    equipe_id: UUID | None = None,
    code: str = "",
    informe: bool = False,
) -> tuple[UUID, ConsentementVu]:
    """The record and the authorisation that now opens it. Raises ConsentementRefuse, CodeRefuse; traced."""
    if code:
        fin = codes.utiliser(acteur, cible, code, contexte=contexte, informe=informe)
        dossier_id = resoudre(cible)
        assert dossier_id is not None  # noqa: S101 - a code has just opened it
        with portee_et_situation(dossier_id, acteur):
            cree = Consentement.objects.filter(
                dossier_id=dossier_id, rpps=acteur.rpps, mode_recueil="code_acces", expire_le=fin
            ).latest("recueilli_le")
        return dossier_id, vu(cree, "")
    fait = recueillir_consentement(
        acteur, cible, contexte=contexte, equipe_id=equipe_id, mode_recueil=mode, informe=informe
    )
    dossier_id = resoudre(cible)
    assert dossier_id is not None  # noqa: S101 - a consent was just written in it
    return dossier_id, fait


def retirer_la_sienne(
    acteur: Acteur, dossier_id: UUID, consentement_id: UUID, *, contexte: Contexte
) -> ConsentementVu:
    """A professional ends his own authorisation (FHR-55); one that has ended stays ended.

    Raises ConsentementRefuse `consentement_inconnu`: none of that id serves him.
    """
    refuse = True
    with portee_et_situation(dossier_id, acteur) as vue:
        sien = None
        if acteur.rpps and vue.actif and acteur.deux_facteurs:
            sien = Consentement.objects.filter(
                dossier_id=dossier_id, id=consentement_id, rpps=acteur.rpps
            ).first()
        if sien is not None:
            refuse = False
            if retirer(dossier_id, consentement_id):
                tracer(dossier_id, acteur, contexte, Acte(Action.RETRAIT_CONSENTEMENT))
                sien.retire_le = datetime.now(UTC)
        elif vue.etat is not None:
            tracer(
                dossier_id, acteur, contexte,
                Acte(Action.RETRAIT_CONSENTEMENT, Resultat.REFUS, motif="consentement_inconnu"),
            )  # fmt: skip
    if refuse or sien is None:
        raise ConsentementRefuse("consentement_inconnu", "Cette autorisation n'est pas la vôtre.")
    return vu(sien, "")
