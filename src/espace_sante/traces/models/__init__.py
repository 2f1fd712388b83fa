from espace_sante.traces.models.journal import Arbre, Curseur, Effacement, Feuille, Tete, Tuile
from espace_sante.traces.models.signalements import (
    AlerteVeille,
    DemandeIdentite,
    EtapeSignalement,
    Signalement,
    SuiviSignalement,
)
from espace_sante.traces.models.traces import Trace, TraceHorsDossier

__all__ = [
    "Arbre",
    "Curseur",
    "Effacement",
    "Feuille",
    "Tete",
    "Tuile",
    "AlerteVeille",
    "DemandeIdentite",
    "EtapeSignalement",
    "Signalement",
    "SuiviSignalement",
    "Trace",
    "TraceHorsDossier",
]
