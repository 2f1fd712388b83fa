"""How long each thing is kept: one table, shown to people, published in the documents, obeyed by the jobs (REG-13)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Duree:
    """One line of the table; `loi`: the duration comes from a law, no setting changes it."""

    quoi: str
    combien: str
    ensuite: str
    source: str
    loi: bool = False


# Years that the archive of a closed record lasts (CSP R1111-36).
ANNEES_ARCHIVE: Final = 10
# What the law allows between a request for deletion and its end (LIF-27).
MOIS_EFFACEMENT: Final = 3
JOURS_JOURNAUX: Final = 365
JOURS_ASSISTANCE: Final = 365


def table() -> tuple[Duree, ...]:
    """The retention table of this installation."""
    s = settings
    return (
        Duree(
            "Vos documents et votre dossier",
            f"tant que votre espace est ouvert, puis {ANNEES_ARCHIVE} ans en archive",
            "la clé du dossier est détruite, puis le contenu",
            "Code de la santé publique, R1111-36",
            loi=True,
        ),
        Duree(
            "Vos documents, si vous demandez leur effacement",
            f"{MOIS_EFFACEMENT} mois au plus après votre demande",
            "la clé du dossier est détruite, puis le contenu",
            "Code de la santé publique, R1111-36",
            loi=True,
        ),
        Duree(
            "L’historique des accès",
            f"comme le dossier, puis {ANNEES_ARCHIVE} ans avec son archive",
            "le contenu est effacé ; son empreinte reste, pour que le registre reste vérifiable",
            "Code de la santé publique, R1111-43",
            loi=True,
        ),
        Duree(
            "La preuve d’un effacement",
            "sans limite",
            "elle ne contient que des dates, un numéro de dossier et une empreinte de l’INS",
            "Code de la santé publique, R1111-36",
            loi=True,
        ),
        Duree(
            "Les copies que vous demandez",
            _jours(s.ES_EXPORT_JOURS),
            "la copie est détruite, vous pouvez en demander une autre",
            "choix du service",
        ),
        Duree(
            "Les codes de connexion",
            f"{s.ES_CODE_DUREE_MIN} minutes, ou dès qu’ils ont servi",
            "ils sont effacés",
            "choix du service",
        ),
        Duree(
            "Votre connexion",
            f"{s.ES_SESSION_TITULAIRE_MIN} minutes sans action de votre part",
            "elle est fermée et effacée",
            "choix du service",
        ),
        Duree(
            "Les anciens mots de passe, sous forme chiffrée",
            f"les {s.ES_MOTS_DE_PASSE_RETENUS} derniers",
            "les plus anciens sont effacés",
            "choix du service",
        ),
        Duree(
            "Les journaux techniques, sans donnée de santé",
            _jours(JOURS_JOURNAUX),
            "ils sont effacés",
            "choix du service",
        ),
        Duree(
            "Les demandes d’assistance", _jours(JOURS_ASSISTANCE), "elles sont effacées", "choix du service"
        ),
        Duree(
            "Les sauvegardes",
            f"{_jours(s.ES_SAUVEGARDES_JOURS)} au plus",
            "elles sont écrasées : ce qui a été effacé n’y est plus",
            "choix du service",
        ),
    )


def page() -> str:
    """The same as a document for operators, generated (docs/exploitation/conservation.md)."""
    lignes = [
        f"| {d.quoi} | {d.combien} | {d.ensuite} | {d.source} | {'non' if d.loi else 'oui'} |"
        for d in table()
    ]
    return "\n".join(
        [
            "| quoi | combien de temps | ensuite | source | réglable |",
            "| --- | --- | --- | --- | --- |",
            *lignes,
        ]
    )


def _jours(nombre: int) -> str:
    return "1 an" if nombre == 365 else f"{nombre} jours"
