"""Background work of the room, found by the queue at start."""

from espace_sante.acces import conservation, indexation_texte, taches_documents, taches_veille
from espace_sante.acces.exportation import taches as exportation
from espace_sante.acces.operation import taches as operation

__all__ = [
    "conservation",
    "exportation",
    "indexation_texte",
    "operation",
    "taches_documents",
    "taches_veille",
]
