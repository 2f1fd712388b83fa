"""An appointment as a door would have read it, for the tests of this room and of those above."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import orjson

from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.agenda import services
from espace_sante.agenda.porte import agenda_du_titulaire, ouvrir_agenda
from espace_sante.agenda.statuts import Statut
from espace_sante.agenda.valeurs import GenreParticipant, Identifiant, Participant, RendezVous
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.kernel.codes import GenreActeur
from espace_sante.traces.ecriture import Action


def recu(
    numero: str = "1",
    *,
    nom: str = "Dr Anne Morel",
    description: str = "Consultation",
    jours: float = 1,
    statut: Statut = Statut.BOOKED,
) -> RendezVous:
    """Booked, of thirty minutes, that many days from now."""
    debut = datetime.now(UTC).replace(microsecond=0) + timedelta(days=jours)
    return RendezVous(
        identifiants=(Identifiant("urn:essai", numero),),
        statut=statut,
        debut=debut,
        fin=debut + timedelta(minutes=30),
        description=description,
        participants=(
            Participant(genre=GenreParticipant.PATIENT, statut="accepted"),
            Participant(genre=GenreParticipant.PROFESSIONNEL, statut="accepted", nom=nom),
        ),
        representation=orjson.dumps(
            {"resourceType": "Appointment", "description": description, "participant": [{"actor": {}}, {}]}
        ),
    )


def remplir(dossier_id: UUID) -> UUID:
    """An appointment that its source changed once, hidden by nobody, noted by the holder; its id."""
    cabinet = Acteur(GenreActeur.STRUCTURE, nom="Cabinet", structure_id="1990000001", client_id="cabinet")
    lui = Acteur(GenreActeur.TITULAIRE, nom="Titulaire", dossier_id=dossier_id, deux_facteurs=True)
    contexte, rdv = Contexte("cli"), recu("1", description="Suivi annuel")
    with ouvrir_agenda(cabinet, dossier_id, contexte=contexte, action=Action.RENDEZ_VOUS_AJOUT) as agenda:
        mis = services.ajouter(agenda, rdv).id
    with ouvrir_agenda(
        cabinet, dossier_id, contexte=contexte, action=Action.RENDEZ_VOUS_CHANGEMENT
    ) as agenda:
        services.changer(agenda, mis, replace(rdv, description="Suivi déplacé"))
    with ouvrir_mon_espace(lui, contexte=contexte) as espace:
        services.noter(agenda_du_titulaire(espace), mis, "Apporter l’ordonnance")
    return mis
