"""Illnesses that last: diabetes, hypertension, asthma, bronchopneumopathy, thyroid."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from espace_sante.simulateurs.population.actes import Acte
from espace_sante.simulateurs.population.recits.vie import Vie
from espace_sante.simulateurs.population.redaction import administratif as adm
from espace_sante.simulateurs.population.redaction import biologie as bio
from espace_sante.simulateurs.population.redaction import consultations as cs
from espace_sante.simulateurs.population.redaction import imagerie as img
from espace_sante.simulateurs.population.redaction import ordonnances as ordo
from espace_sante.simulateurs.population.redaction import prevention as prev
from espace_sante.simulateurs.population.redaction import soins


def diabete(vie: Vie) -> Iterator[Acte]:
    """Type 2 diabetes: a series of HbA1c that improves, then drifts, with the yearly checks."""
    debut = max(vie.debut, vie.fin - timedelta(days=vie.hasard.randint(1500, 2600)))
    traitement = [ordo.METFORMINE, ordo.ATORVASTATINE]
    hba1c, precedente = vie.hasard.uniform(7.9, 9.2), None
    yield cs.specialiste(
        debut, "endocrinologue", "Découverte d'un diabète de type 2",
        ("Glycémie à jeun à 1,58 g/L confirmée à 1,61 g/L, sans acidocétose.",
         "Pas de complication au bilan initial. Éducation thérapeutique proposée et acceptée."),
        "Diabète de type 2 récent : règles de vie et metformine à dose progressive.",
    )  # fmt: skip
    yield adm.protocole_ald(
        debut + timedelta(days=21), "Diabète de type 2",
        ("Hémoglobine glyquée tous les trois à six mois.", "Fond d'œil chaque année.",
         "Créatinine, microalbuminurie, bilan lipidique chaque année.", "Bilan podologique chaque année."),
    )  # fmt: skip
    yield soins.dietetique(debut + timedelta(days=35))
    for rang, jour in enumerate(vie.tous_les(150, 35, debut)):
        glycemie = round(0.28 * hba1c - 0.62, 2)
        mesure = round(hba1c, 1)
        yield bio.suivi_diabete(jour, mesure, glycemie, precedente)
        precedente = mesure
        if rang % 2 == 0:
            yield cs.consultation(jour + timedelta(days=5), cs.SUIVI_DIABETE)
            yield ordo.ordonnance(jour + timedelta(days=5), tuple(traitement))
            if rang % 4 == 0:
                yield ordo.dispensation(jour + timedelta(days=6), tuple(traitement))
        if rang % 3 == 2:
            yield soins.ophtalmologie(jour + timedelta(days=40), "Pas de rétinopathie diabétique")
            yield soins.podologie(jour + timedelta(days=50))
        if rang == 6:
            traitement.append(ordo.GLICLAZIDE)
        # Good answer in the first year, then a slow drift until a second drug.
        pente = -0.55 if rang < 3 or rang == 6 else 0.12
        hba1c = min(9.4, max(6.2, hba1c + pente + vie.hasard.uniform(-0.15, 0.15)))


def hypertension(vie: Vie) -> Iterator[Acte]:
    """High blood pressure: a visit and a renewal twice a year, the heart doctor now and then."""
    traitement = vie.hasard.choice(((ordo.RAMIPRIL,), (ordo.AMLODIPINE,), (ordo.RAMIPRIL, ordo.AMLODIPINE)))
    for rang, jour in enumerate(vie.tous_les(240, 30)):
        yield cs.consultation(jour, cs.HYPERTENSION)
        yield ordo.ordonnance(jour, traitement)
        if rang % 3 == 1:
            yield ordo.dispensation(jour + timedelta(days=1), traitement)
    jour = vie.un_jour()
    yield cs.lettre(
        jour, "le cardiologue", "Avis sur une hypertension, avec électrocardiogramme et échographie cardiaque.",
        ("Hypertension artérielle depuis plusieurs années", "Dyslipidémie modérée", "Père : infarctus à 62 ans"),
    )  # fmt: skip
    yield cs.specialiste(
        jour + timedelta(days=40), "cardiologue", "Consultation de cardiologie",
        ("Électrocardiogramme : rythme sinusal à 68 par minute, pas de trouble de la repolarisation.",
         "Échographie : ventricule gauche non dilaté, fraction d'éjection à 62 %, pas de valvulopathie."),
        "Cœur hypertensif débutant, bonne fonction. Même traitement, contrôle dans deux ans.",
    )  # fmt: skip


def asthme(vie: Vie) -> Iterator[Acte]:
    """Asthma since childhood: controls, inhalers, a visit to the lung doctor."""
    for jour in vie.tous_les(300, 60):
        yield cs.consultation(jour, cs.ASTHME)
        yield from ordo.ordonnance_et_delivrance(jour, ordo.SALBUTAMOL, ordo.BUDESONIDE)
    yield cs.specialiste(
        vie.un_jour(), "pneumologue", "Consultation de pneumologie",
        ("Spirométrie : VEMS à 89 % de la théorique, réversibilité de 14 % après bronchodilatateur.",
         "Tests cutanés positifs aux acariens et aux graminées."),
        "Asthme allergique partiellement contrôlé. Traitement de fond quotidien, revoir dans six mois.",
    )  # fmt: skip


def bpco(vie: Vie) -> Iterator[Acte]:
    """Chronic obstructive pulmonary disease, after years of tobacco."""
    yield img.examen(vie.un_jour(), img.SCANNER_THORAX)
    for jour in vie.tous_les(500, 60):
        yield cs.specialiste(
            jour, "pneumologue", "Suivi de BPCO",
            ("Dyspnée de stade 2. Tabac sevré. Deux exacerbations dans l'année, sans hospitalisation.",
             "VEMS à 58 % de la théorique, stable."),
            "Bronchopneumopathie chronique obstructive modérée. Réentraînement conseillé, vaccins à jour.",
        )  # fmt: skip
        yield from ordo.ordonnance_et_delivrance(jour, ordo.TIOTROPIUM, ordo.SALBUTAMOL)
    yield soins.kinesitherapie(vie.un_jour(), "Respiration", "Distance de marche de six minutes : + 45 m")
    yield prev.vaccination(vie.un_jour(), prev.COVID, "pharmacien")


def thyroide(vie: Vie) -> Iterator[Acte]:
    """An underactive thyroid: the hormone is measured until the dose is right."""
    tsh = 8.4
    for jour in vie.tous_les(280, 40):
        yield bio.bilan_thyroide(jour, round(tsh, 3))
        yield ordo.ordonnance(jour + timedelta(days=6), (ordo.LEVOTHYROXINE,))
        tsh = max(1.4, tsh - vie.hasard.uniform(1.5, 3))
    yield cs.specialiste(
        vie.un_jour(), "endocrinologue", "Consultation d'endocrinologie",
        ("Thyroïdite auto-immune, anticorps anti-TPO positifs.", "Thyroïde hétérogène sans nodule suspect."),
        "Hypothyroïdie substituée. TSH une fois par an quand la dose est stable.",
    )  # fmt: skip
