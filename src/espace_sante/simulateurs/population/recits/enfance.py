"""Childhood: birth, compulsory examinations, vaccinations, ear infections, school years."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from espace_sante.simulateurs.population.actes import Acte
from espace_sante.simulateurs.population.recits.vie import Vie
from espace_sante.simulateurs.population.redaction import administratif as adm
from espace_sante.simulateurs.population.redaction import consultations as cs
from espace_sante.simulateurs.population.redaction import hopital, ordonnances, prevention, soins
from espace_sante.simulateurs.population.redaction import imagerie as img

# Days, then months, after birth; the title; whether a health certificate goes with it.
_EXAMENS_JOURS = ((6, "Examen des huit premiers jours", True), (12, "Examen de la deuxième semaine", False))
_EXAMENS_MOIS = (
    (1, "Examen du 2e mois", False),
    (2, "Examen du 3e mois", False),
    (3, "Examen du 4e mois", False),
    (4, "Examen du 5e mois", False),
    (5, "Examen du 6e mois", False),
    (8, "Examen du 9e mois", True),
    (11, "Examen du 12e mois", False),
    (13, "Examen du 13e mois", False),
    (18, "Examen de 16 à 18 mois", False),
    (24, "Examen du 24e mois", True),
    (34, "Examen de la 3e année", False),
    (46, "Examen de la 4e année", False),
    (58, "Examen de la 5e année", False),
    (70, "Examen de la 6e année", False),
    (104, "Examen de 8 à 9 ans", False),
    (140, "Examen de 11 à 13 ans", False),
    (186, "Examen de 15 à 16 ans", False),
)


def petite_enfance(vie: Vie) -> Iterator[Acte]:
    """Birth and compulsory examinations."""
    if vie.debut <= vie.naissance:
        yield from hopital.naissance(vie.naissance)
    for jours, titre, certificat in _EXAMENS_JOURS:
        jour = vie.naissance + timedelta(days=jours)
        if vie.debut <= jour < vie.fin:
            yield prevention.examen_de_l_enfant(jour, titre, certificat=certificat)
    for mois, titre, certificat in _EXAMENS_MOIS:
        jour = vie.a_mois(mois)
        if vie.debut <= jour < vie.fin:
            metier = "pediatre" if mois < 30 else "generaliste"
            yield prevention.examen_de_l_enfant(jour, titre, metier, certificat)


def vaccins(vie: Vie) -> Iterator[Acte]:
    """A note for each dose, and the history after the last one."""
    doses: list[tuple[date, prevention.Vaccin]] = []
    for mois, vaccin in prevention.CALENDRIER_ENFANT:
        jour = vie.a_mois(mois) + timedelta(days=vie.hasard.randint(0, 20))
        if jour < vie.fin:
            doses.append((jour, vaccin))
            if jour >= vie.debut:
                yield prevention.vaccination(jour, vaccin, "pediatre" if mois < 30 else "generaliste")
    if doses:
        dernier = max(doses[-1][0] + timedelta(days=15), vie.debut)
        yield prevention.carnet(min(dernier, vie.fin - timedelta(days=1)), doses)


def maladies(vie: Vie) -> Iterator[Acte]:
    """A bronchiolitis, a fall, a visit to the emergency department at night."""
    if vie.hasard.chance(0.25):
        jour = vie.a_mois(vie.hasard.randint(4, 12))
        if vie.debut <= jour < vie.fin:
            yield hopital.urgences(
                jour,
                "Gêne respiratoire et toux, première bronchiolite.",
                (
                    "Tirage modéré, sibilants diffus.",
                    "Saturation à 96 % en air.",
                    "Prend les trois quarts des biberons.",
                ),
                "Bronchiolite sans critère d'hospitalisation. Retour à domicile avec consignes.",
            )
    if vie.hasard.chance(0.3) and vie.ans >= 4:
        jour = vie.un_jour(max(vie.debut, vie.a_mois(48)))
        yield hopital.urgences(
            jour,
            "Chute dans la cour de l'école, douleur du poignet.",
            (
                "Poignet droit gonflé, douleur à la palpation du radius.",
                "Pas de trouble vasculaire ni nerveux.",
            ),
            "Fracture en motte de beurre. Attelle trois semaines, contrôle chez le médecin.",
        )
        yield img.examen(jour, img.RADIO_POIGNET)
        yield adm.certificat(jour + timedelta(days=1), "Dispense de sport",
                             "Dispense d'éducation physique et sportive de six semaines.")  # fmt: skip
    if vie.ans < 6:
        for jour in vie.tous_les(240, 80):
            yield cs.consultation(jour, cs.RHINOPHARYNGITE, "pediatre")
    else:
        yield ordonnances.ordonnance(vie.un_jour(), (ordonnances.VITAMINE_D_ENFANT,), "pediatre")


def ecole(vie: Vie) -> Iterator[Acte]:
    """Speech therapy, eyesight, braces: what school years bring."""
    if vie.connait("orthophonie") and vie.ans >= 6:
        jour = vie.un_jour(max(vie.debut, vie.a_mois(74)))
        yield ordonnances.prescription_de_soins(
            jour - timedelta(days=30), "PRESC-ORTHOPHO", "Bilan orthophonique",
            ("Bilan du langage écrit avec rééducation si nécessaire.",),
        )  # fmt: skip
        yield soins.orthophonie(jour)
        yield adm.certificat(jour + timedelta(days=20), "Certificat pour l'école",
                             "Des aménagements scolaires sont souhaitables (temps majoré).")  # fmt: skip
    if vie.connait("vue") and vie.ans >= 7:
        jour = vie.un_jour(max(vie.debut, vie.a_mois(84)))
        yield soins.orthoptie(jour)
        yield soins.ophtalmologie(jour + timedelta(days=14), "Sans anomalie")
    if vie.ans >= 11 and vie.hasard.chance(0.4):
        yield img.examen(vie.un_jour(max(vie.debut, vie.a_mois(132))), img.PANORAMIQUE)
    if vie.ans >= 15 and vie.sexe == "F":
        jour = vie.un_jour(max(vie.debut, vie.fin - timedelta(days=330)))
        yield cs.consultation(jour, cs.CONTRACEPTION, "sage_femme").secret_du_mineur()
