"""What a professional recalls of a patient: the same from one document to the next."""

from __future__ import annotations

from espace_sante.simulateurs.population.actes import Cadre
from espace_sante.simulateurs.population.contenu import Liste, Section, Tableau
from espace_sante.simulateurs.population.hasard import Hasard
from espace_sante.simulateurs.population.redaction import mesures

# Story, problem, treatment. Only what lasts is recalled: an older document must not know the future.
LIBELLES = {
    "diabete": ("Diabète de type 2", "Metformine 1 000 mg, 2 par jour"),
    "hypertension": ("Hypertension artérielle", "Antihypertenseur, 1 par jour"),
    "asthme": ("Asthme allergique", "Budésonide et formotérol, 2 fois par jour"),
    "bpco": ("Bronchopneumopathie chronique obstructive", "Tiotropium, 1 par jour"),
    "thyroide": ("Hypothyroïdie", "Lévothyroxine 75 µg, 1 par jour"),
    "infarctus": ("Maladie coronaire, stent", "Aspirine, bisoprolol, ramipril, atorvastatine"),
    "cancer_sein": ("Cancer du sein en surveillance", "Tamoxifène 20 mg, 1 par jour"),
    "ehpad": ("Fragilité, vie en établissement", "Bisoprolol, furosémide"),
}
_ANCIENS = ("hypertension", "asthme", "bpco", "thyroide")
_BANALS = (
    "Appendicectomie dans l'enfance",
    "Amygdalectomie à six ans",
    "Entorse de la cheville droite",
    "Varicelle dans l'enfance",
    "Fracture de la clavicule à l'adolescence",
    "Rhinite saisonnière",
    "Migraine sans aura",
    "Extraction des dents de sagesse",
)
_FAMILLE = (
    "Père : hypertension artérielle",
    "Mère : diabète de type 2 après soixante ans",
    "Grand-mère maternelle : ostéoporose",
    "Pas d'antécédent familial notable",
)


def traitement_habituel(c: Cadre) -> str:
    """What the patient takes every day, on one line."""
    connus = [LIBELLES[mot][1] for mot in _ANCIENS if mot in c.titulaire.parcours]
    return ", ".join(connus) or "Aucun traitement au long cours"


def section(c: Cadre) -> Section:
    """Medical, surgical and family history, allergies, current treatment."""
    hasard = Hasard(c.titulaire.dossier_id)
    banals = hasard.sample(_BANALS, 2 if c.age >= 15 else 0)
    famille = hasard.choice(_FAMILLE)
    connus = tuple(LIBELLES[mot][0] for mot in _ANCIENS if mot in c.titulaire.parcours)
    personnels = connus + tuple(banals) or ("Aucun antécédent notable",)
    return Section(
        "Antécédents et terrain",
        (
            Liste(personnels),
            Tableau(
                ("Élément", "Constat"),
                (
                    ("Famille", famille),
                    ("Allergies", mesures.allergie(c)),
                    ("Traitement habituel", traitement_habituel(c)),
                ),
            ),
        ),
        "11348-0",
        "Antécédents",
    )
