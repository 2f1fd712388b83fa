"""Consents: one-off for a professional, or initial for a care team (rules ACC-11 to ACC-22, FHR-52)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.conf import settings

from espace_sante.acces.consentement_expres import acteur_exige_accord_expres
from espace_sante.acces.dicah import BLOQUE, ETATS_OUVERTS, lit_en_equipe_seulement
from espace_sante.acces.errors import ConsentementRefuse
from espace_sante.acces.models import Consentement, EquipeSoins, MembreEquipe
from espace_sante.acces.porte import Cible, resoudre
from espace_sante.acces.queries import Situation, portee_et_situation
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.kernel.codes import GenreActeur
from espace_sante.kernel.durees import ajouter_mois
from espace_sante.kernel.ids import uuid7
from espace_sante.traces.ecriture import Acte, Action, Resultat, tracer

MODES_RECUEIL = ("oral", "ecrit", "numerique")
MESSAGES = {
    "information_absente": "Dites d’abord à la personne ce qui sera lu et pourquoi, puis demandez-lui un accord exprès.",
    BLOQUE: "La personne ne permet pas cet accès.",
    "equipe_seule": "Votre profession lit avec l’accord donné à une équipe de soins. Choisissez votre équipe.",
    "equipe_interdite": "Dans cette situation d’exercice, l’accord d’une équipe ne vaut pas pour vous.",
}
REFUSE = "Le consentement n'a pas pu être enregistré pour ce dossier."


@dataclass(frozen=True, slots=True)
class ConsentementVu:
    """A consent as the holder sees it; `informe_le` is set on an express one (ACC-23)."""

    id: UUID
    genre: str
    beneficiaire: str
    recueilli_le: datetime
    recueilli_par: str
    structure: str
    mode_recueil: str
    expire_le: datetime
    retire_le: datetime | None
    informe_le: datetime | None

    @property
    def en_cours(self) -> bool:
        return self.retire_le is None and self.expire_le > datetime.now(UTC)


def recueillir_consentement(
    acteur: Acteur,
    cible: Cible,
    *,
    contexte: Contexte,
    equipe_id: UUID | None = None,
    mode_recueil: str = "oral",
    informe: bool = False,
) -> ConsentementVu:
    """Record that the holder agreed: date, professional, structure, way collected (rule ACC-11).

    Without `equipe_id`: for the professional himself, ending after the set time (ACC-16); with it: for
    the care team of which he is a member (ACC-19, ACC-21). `informe`: the holder was told first what this reader
    would see and why, then agreed expressly (ACC-23). Raises ConsentementRefuse; traced either way.
    """
    dossier_id = dossier_du_recueil(cible, mode_recueil)
    refus = ""
    with portee_et_situation(dossier_id, acteur) as vue:
        quand = datetime.now(UTC)
        equipe = None
        refus = refus_du_recueil(acteur, vue)
        expres = acteur_exige_accord_expres(acteur)
        if not refus and equipe_id is not None:
            equipe = equipes(acteur, quand).get(equipe_id)
            # What a team holds never serves him (ACC-23): he does not collect it either.
            refus = "equipe_inconnue" if equipe is None else "equipe_interdite" if expres else ""
        elif not refus and lit_en_equipe_seulement(acteur.profession_systeme):
            refus = "equipe_seule"
        elif not refus and expres and not informe:
            refus = "information_absente"
        if refus:
            if vue.etat is not None:
                tracer(dossier_id, acteur, contexte, Acte(Action.CONSENTEMENT, Resultat.REFUS, motif=refus))
        else:
            if equipe is None:
                fin = quand + timedelta(hours=settings.ES_CONSENTEMENT_PONCTUEL_H)
            else:
                fin = ajouter_mois(quand, settings.ES_CONSENTEMENT_EQUIPE_MOIS)
            consentement = Consentement.objects.create(
                dossier_id=dossier_id,
                id=uuid7(),
                genre="equipe" if equipe else "ponctuel",
                rpps="" if equipe else acteur.rpps,
                equipe_id=equipe.id if equipe else None,
                recueilli_le=quand,
                expire_le=fin,
                recueilli_par=acteur.rpps,
                recueilli_par_nom=acteur.nom,
                structure_id=acteur.structure_id,
                structure_nom=acteur.structure_nom,
                mode_recueil=mode_recueil,
                explicite=informe and equipe is None,
                informe_le=quand if informe and equipe is None else None,
            )
            tracer(
                dossier_id, acteur, contexte,
                Acte(Action.CONSENTEMENT, motif="equipe" if equipe else "ponctuel"),
            )  # fmt: skip
    if refus:
        raise ConsentementRefuse(refus, MESSAGES.get(refus, REFUSE))
    return vu(consentement, equipe.nom if equipe else "")


def dossier_du_recueil(cible: Cible, mode_recueil: str) -> UUID:
    """The record in which a consent is to be written. Raises ConsentementRefuse for a way or a record that is none."""
    if mode_recueil not in MODES_RECUEIL:
        raise ConsentementRefuse("consentement_interdit", "Indiquez comment le consentement a été recueilli.")
    dossier_id = resoudre(cible)
    if dossier_id is None:
        raise ConsentementRefuse("dossier_indisponible", "Ce dossier n'est pas disponible.")
    return dossier_id


def refus_du_recueil(acteur: Acteur, vue: Situation) -> str:
    """Code of what stops this professional from recording any consent here, or nothing (ACC-11)."""
    if acteur.genre is not GenreActeur.PROFESSIONNEL or not (acteur.deux_facteurs and vue.actif):
        return "consentement_interdit"
    if vue.etat not in ETATS_OUVERTS:
        return "dossier_indisponible"
    # Kept while he is blocked, it would open the record on the day of the unblocking (ACC-50, FHR-54).
    return BLOQUE if vue.bloque else ""


def equipes(acteur: Acteur, quand: datetime | None = None) -> dict[UUID, EquipeSoins]:
    """Care teams of which the professional is a member now (rules ACC-18, ACC-20)."""
    quand = quand or datetime.now(UTC)
    membres = MembreEquipe.objects.filter(rpps=acteur.rpps, depuis__lte=quand).exclude(jusqua__lte=quand)
    return {m.equipe_id: m.equipe for m in membres.select_related("equipe")}


def lister(dossier_id: UUID) -> list[ConsentementVu]:
    """Consents of a record, newest first; the connection must be scoped to it."""
    lignes = list(Consentement.objects.filter(dossier_id=dossier_id).order_by("-recueilli_le")[:200])
    noms = dict(
        EquipeSoins.objects.filter(id__in=[c.equipe_id for c in lignes if c.equipe_id]).values_list(
            "id", "nom"
        )
    )
    return [vu(c, noms.get(c.equipe_id, "") if c.equipe_id else "") for c in lignes]


def retirer(dossier_id: UUID, consentement_id: UUID) -> bool:
    """End a consent now; false when it is not in force. The connection must be scoped to the record."""
    quand = datetime.now(UTC)
    return bool(
        Consentement.objects.filter(
            dossier_id=dossier_id, id=consentement_id, retire_le__isnull=True, expire_le__gt=quand
        ).update(retire_le=quand)
    )


def vu(c: Consentement, equipe: str) -> ConsentementVu:
    """A stored consent as the holder sees it."""
    return ConsentementVu(
        id=c.id,
        genre=c.genre,
        beneficiaire=equipe or c.nom or c.recueilli_par_nom,
        recueilli_le=c.recueilli_le,
        recueilli_par=c.recueilli_par_nom,
        structure=c.structure_nom,
        mode_recueil=c.mode_recueil,
        expire_le=c.expire_le,
        retire_le=c.retire_le,
        informe_le=c.informe_le if c.explicite else None,
    )
