"""Consents: one-off for a professional, or initial for a care team (rules ACC-11 to ACC-22, FHR-52)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.conf import settings

from espace_sante.acces.dicah import ETATS_OUVERTS
from espace_sante.acces.errors import ConsentementRefuse
from espace_sante.acces.models import Consentement, EquipeSoins, MembreEquipe
from espace_sante.acces.porte import Cible, resoudre
from espace_sante.acces.queries import portee_et_situation
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.kernel.codes import GenreActeur
from espace_sante.kernel.durees import ajouter_mois
from espace_sante.kernel.ids import uuid7
from espace_sante.traces.ecriture import Acte, Action, Resultat, tracer

MODES_RECUEIL = ("oral", "ecrit", "numerique")


@dataclass(frozen=True, slots=True)
class ConsentementVu:
    """A consent as the holder sees it."""

    id: UUID
    genre: str
    beneficiaire: str
    recueilli_le: datetime
    recueilli_par: str
    structure: str
    mode_recueil: str
    expire_le: datetime
    retire_le: datetime | None

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
) -> ConsentementVu:
    """Record that the holder agreed: date, professional, structure, way collected (rule ACC-11).

    Without `equipe_id`: for the professional himself, ending after the set time (ACC-16); with it: for
    the care team of which he is a member (ACC-19, ACC-21). Raises ConsentementRefuse; traced either way.
    """
    if mode_recueil not in MODES_RECUEIL:
        raise ConsentementRefuse("consentement_interdit", "Indiquez comment le consentement a été recueilli.")
    dossier_id = resoudre(cible)
    if dossier_id is None:
        raise ConsentementRefuse("dossier_indisponible", "Ce dossier n'est pas disponible.")
    refus = ""
    with portee_et_situation(dossier_id, acteur) as vue:
        quand = datetime.now(UTC)
        equipe = None
        if acteur.genre is not GenreActeur.PROFESSIONNEL or not (acteur.deux_facteurs and vue.actif):
            refus = "consentement_interdit"
        elif vue.etat not in ETATS_OUVERTS:
            refus = "dossier_indisponible"
        elif equipe_id is not None:
            equipe = equipes(acteur, quand).get(equipe_id)
            refus = "" if equipe else "equipe_inconnue"
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
            )
            tracer(
                dossier_id, acteur, contexte,
                Acte(Action.CONSENTEMENT, motif="equipe" if equipe else "ponctuel"),
            )  # fmt: skip
    if refus:
        raise ConsentementRefuse(refus, "Le consentement n'a pas pu être enregistré pour ce dossier.")
    return _vu(consentement, equipe.nom if equipe else "")


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
    return [_vu(c, noms.get(c.equipe_id, "") if c.equipe_id else "") for c in lignes]


def retirer(dossier_id: UUID, consentement_id: UUID) -> bool:
    """End a consent now; false when it is not in force. The connection must be scoped to the record."""
    quand = datetime.now(UTC)
    return bool(
        Consentement.objects.filter(
            dossier_id=dossier_id, id=consentement_id, retire_le__isnull=True, expire_le__gt=quand
        ).update(retire_le=quand)
    )


def _vu(c: Consentement, equipe: str) -> ConsentementVu:
    return ConsentementVu(
        id=c.id,
        genre=c.genre,
        beneficiaire=equipe or c.recueilli_par_nom,
        recueilli_le=c.recueilli_le,
        recueilli_par=c.recueilli_par_nom,
        structure=c.structure_nom,
        mode_recueil=c.mode_recueil,
        expire_le=c.expire_le,
        retire_le=c.retire_le,
    )
