"""A consent that a professional records for a named colleague to whom he sends the patient (rule ACC-13).

The colleague then reads under his own conditions: his authentication, his line of the matrix, the holder's blocks.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings

from espace_sante.acces.consentement_expres import exige_accord_expres
from espace_sante.acces.consentements import (
    REFUSE,
    ConsentementVu,
    dossier_du_recueil,
    refus_du_recueil,
    vu,
)
from espace_sante.acces.dicah import EtatConsentement, lit_en_equipe_seulement
from espace_sante.acces.errors import ConsentementRefuse
from espace_sante.acces.models import Blocage, Consentement
from espace_sante.acces.porte import Cible
from espace_sante.acces.queries import Situation, portee_et_situation
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.annuaire import ProfessionnelRefuse, situations
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.models import SituationExercice
from espace_sante.kernel.ids import uuid7
from espace_sante.notifications import services as avis
from espace_sante.notifications.genres import Genre
from espace_sante.traces.ecriture import Acte, Action, Resultat, tracer

# One answer for a colleague unknown, who practises no more, or whom the holder blocked: nobody else learns of a
# block (ACC-53).
MESSAGES: Final = {
    "confrere_soi_meme": "Ce numéro est le vôtre. Enregistrez votre propre consentement.",
    "confrere_non_autorise": "Aucun accord ne peut être enregistré pour ce numéro RPPS. Vérifiez-le avec votre confrère.",
    "autorisation_absente": "Vous n’avez pas, ou plus, l’accord de la personne : vous ne pouvez pas l’étendre.",
    "information_absente": "Votre confrère suit une règle plus stricte. Dites d’abord à la personne ce qu’il lira.",
}


def recueillir_pour_confrere(
    acteur: Acteur,
    cible: Cible,
    rpps: str,
    *,
    contexte: Contexte,
    mode_recueil: str = "oral",
    informe: bool = False,
) -> ConsentementVu:
    """Record that the holder agreed to be read by this colleague, from now on and for the set time.

    At once in the holder's list, traced, told to him. `informe` as in `recueillir_consentement`. The same order again
    changes nothing. Raises ConsentementRefuse (`confrere_soi_meme`, `confrere_non_autorise`, `autorisation_absente`,
    `information_absente`, or those of any consent), traced.
    """
    dossier_id = dossier_du_recueil(cible, mode_recueil)
    with portee_et_situation(dossier_id, acteur) as vue:
        exercices = _exercices(rpps)
        refus = refus_du_recueil(acteur, vue) or _refus(acteur, vue, rpps, exercices, informe=informe)
        if refus:
            if vue.etat is not None:
                tracer(dossier_id, acteur, contexte, Acte(Action.CONSENTEMENT, Resultat.REFUS, motif=refus))
        else:
            quand = datetime.now(UTC)
            consentement = _en_cours(dossier_id, acteur, rpps, quand, informe=informe)
            if consentement is None:
                nom = exercices[0].professionnel.affichage
                consentement = Consentement.objects.create(
                    dossier_id=dossier_id, id=uuid7(), genre="ponctuel", rpps=rpps, nom=nom, recueilli_le=quand,
                    expire_le=quand + timedelta(days=settings.ES_CONSENTEMENT_CONFRERE_J),
                    recueilli_par=acteur.rpps, recueilli_par_nom=acteur.nom, structure_id=acteur.structure_id,
                    structure_nom=acteur.structure_nom, mode_recueil=mode_recueil, explicite=informe,
                    informe_le=quand if informe else None,
                )  # fmt: skip
                acte = Acte(Action.CONSENTEMENT, motif="confrere", document_titre=nom[:255])
                tracer(dossier_id, acteur, contexte, acte)
                avis.deposer(dossier_id, Genre.ACCORD_CONFRERE, quand, par=acteur, confrere=nom)
            fait = vu(consentement, "")
    if refus:
        raise ConsentementRefuse(refus, MESSAGES.get(refus, REFUSE))
    return fait


def _exercices(rpps: str) -> list[SituationExercice]:
    try:
        return situations(rpps)
    except ProfessionnelRefuse:
        return []


def _refus(
    acteur: Acteur, vue: Situation, rpps: str, exercices: list[SituationExercice], *, informe: bool
) -> str:
    if rpps == acteur.rpps:
        return "confrere_soi_meme"
    if vue.consentement is not EtatConsentement.VALIDE:
        # An emergency or a shared document gives no consent to hand on (EMG-13).
        return "autorisation_absente"
    bloques = set(
        Blocage.objects.filter(dossier_id=vue.dossier_id, leve_le__isnull=True).values_list("genre", "cle")
    )
    ouverts = [
        e
        for e in exercices
        # A consent of his own opens nothing to a social profession or a care role (ACC-74).
        if ("structure", e.structure_id) not in bloques and not lit_en_equipe_seulement(e.profession_systeme)
    ]
    if not ouverts or ("professionnel", rpps) in bloques:
        return "confrere_non_autorise"
    if not informe and any(exige_accord_expres(e.savoir_faire, e.secteur) for e in ouverts):
        return "information_absente"
    return ""


def _en_cours(
    dossier_id: UUID, acteur: Acteur, rpps: str, quand: datetime, *, informe: bool
) -> Consentement | None:
    """The same consent, already recorded by the same professional and still in force."""
    lignes = Consentement.objects.filter(
        dossier_id=dossier_id, genre="ponctuel", rpps=rpps, recueilli_par=acteur.rpps, retire_le__isnull=True,
        expire_le__gt=quand,
    )  # fmt: skip
    return (lignes.filter(explicite=True) if informe else lignes).first()
