"""Great age: falls, geriatric assessment, nurses, home for the elderly."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from espace_sante.simulateurs.population.actes import Acte
from espace_sante.simulateurs.population.recits.vie import Vie
from espace_sante.simulateurs.population.redaction import consultations as cs
from espace_sante.simulateurs.population.redaction import hopital, soins
from espace_sante.simulateurs.population.redaction import imagerie as img
from espace_sante.simulateurs.population.redaction import ordonnances as ordo

_PNEUMOPATHIE = hopital.Sejour(
    "Pneumopathie et insuffisance cardiaque",
    "Fièvre à 38,9 °C et essoufflement depuis trois jours, confusion la nuit précédente.",
    ("Oxygène 2 L/min, antibiotique par voie veineuse.", "Diurétique augmenté, perte de 3 kg.",
     "Apyrexie, sevrage de l'oxygène.", "Reprise de la marche avec le kinésithérapeute."),
    "Pneumopathie basale droite avec décompensation cardiaque, d'évolution favorable.",
    (ordo.AMOXICILLINE, ordo.FUROSEMIDE, ordo.BISOPROLOL),
    ("Pesée chaque semaine.", "Ionogramme dans dix jours.", "Bilan d'ergothérapie au domicile."),
    8, "pneumologue",
)  # fmt: skip


def chutes(vie: Vie) -> Iterator[Acte]:
    """A fall and what is done so that it does not happen again."""
    jour = vie.un_jour(max(vie.debut, vie.fin - timedelta(days=1400)))
    yield cs.consultation(jour, cs.CHUTES)
    yield ordo.prescription_de_soins(jour, "PRESC-INF", "Soins infirmiers à domicile",
                                     ("Aide à la toilette trois fois par semaine.", "Préparation du pilulier."))  # fmt: skip
    yield soins.suivi_infirmier(jour + timedelta(days=14), "Aide à la toilette et pilulier")
    yield soins.kinesitherapie(
        jour + timedelta(days=80), "Équilibre et marche", "Appui unipodal : + 4 secondes"
    )
    yield soins.ergotherapie(jour + timedelta(days=50))


def sejour(vie: Vie) -> Iterator[Acte]:
    """A hospital stay for a chest infection, with the social worker."""
    jour = vie.un_jour(max(vie.debut, vie.fin - timedelta(days=1200)))
    yield hopital.urgences(
        jour, "Essoufflement et fièvre.",
        ("Crépitants de la base droite.", "Saturation à 90 % en air.", "Radiographie : foyer basal droit."),
        "Pneumopathie mal tolérée. Hospitalisation.",
    )  # fmt: skip
    yield img.examen(jour, img.RADIO_PNEUMOPATHIE)
    yield from hopital.hospitalisation(jour, _PNEUMOPATHIE)
    yield soins.social(jour + timedelta(days=6))


def ehpad(vie: Vie) -> Iterator[Acte]:
    """Living in a home for the elderly: the doctor's and the nurses' follow-up."""
    for jour in vie.tous_les(150, 30, max(vie.debut, vie.fin - timedelta(days=900))):
        yield cs.specialiste(
            jour, "geriatre", "Évaluation gériatrique",
            ("Se déplace avec un déambulateur. Appétit moyen, poids stable.", "MMSE 21 sur 30, stable. Sommeil correct."),
            "Fragilité stable. Projet de vie revu avec l'équipe et la famille.", "34120-6",
        )  # fmt: skip
        yield from ordo.ordonnance_et_delivrance(jour, ordo.BISOPROLOL, ordo.FUROSEMIDE, ordo.VITAMINE_D)
    yield soins.ergotherapie(vie.un_jour(max(vie.debut, vie.fin - timedelta(days=700))))
    yield soins.podologie(vie.un_jour(max(vie.debut, vie.fin - timedelta(days=700))))
