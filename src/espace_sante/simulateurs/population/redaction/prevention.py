"""Vaccinations, examinations of the child, screening."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from espace_sante.simulateurs.population.actes import Acte, Cadre, evenement_loinc
from espace_sante.simulateurs.population.contenu import Corps, Liste, Section, Tableau, conclusion, texte
from espace_sante.simulateurs.population.hasard import francais
from espace_sante.simulateurs.population.redaction import antecedents, mesures


@dataclass(frozen=True, slots=True)
class Vaccin:
    """A dose: vaccine, the dose's place in the schedule, diseases."""

    nom: str
    dose: str
    maladies: str


_HEXA = "Diphtérie, tétanos, poliomyélite, coqueluche, Haemophilus b, hépatite B"
_DTCAP = "Diphtérie, tétanos, poliomyélite, coqueluche"
GRIPPE = Vaccin("Grippe saisonnière", "Dose annuelle", "Grippe")
COVID = Vaccin("Covid-19", "Dose de rappel", "Covid-19")
ZONA = Vaccin("Zona (sous-unitaire)", "Dose 1 sur 2", "Zona")
DTP = Vaccin("dTP", "Rappel", "Diphtérie, tétanos, poliomyélite")
DTCAP = Vaccin("dTcaP", "Rappel", _DTCAP)
HPV = Vaccin("Papillomavirus", "Dose 1 sur 2", "Infections à papillomavirus")
# Age in months, vaccine: the French schedule of the child.
CALENDRIER_ENFANT = (
    (2, Vaccin("Hexavalent", "Dose 1", _HEXA)),
    (2, Vaccin("Pneumocoque conjugué", "Dose 1", "Infections à pneumocoque")),
    (4, Vaccin("Hexavalent", "Dose 2", _HEXA)),
    (5, Vaccin("Méningocoque ACWY et B", "Dose 1", "Infections à méningocoque")),
    (11, Vaccin("Hexavalent", "Rappel", _HEXA)),
    (12, Vaccin("Rougeole, oreillons, rubéole", "Dose 1", "Rougeole, oreillons, rubéole")),
    (17, Vaccin("Rougeole, oreillons, rubéole", "Dose 2", "Rougeole, oreillons, rubéole")),
    (72, Vaccin("DTCaP", "Rappel de 6 ans", _DTCAP)),
    (134, Vaccin("dTcaP", "Rappel de 11 ans", _DTCAP)),
    (139, HPV),
)


def vaccination(jour: date, vaccin: Vaccin, metier: str = "generaliste") -> Acte:
    """The note written on the day of the injection."""

    def rediger(c: Cadre) -> Corps:
        lot = f"{c.hasard.choice('ABCFKMR')}{c.hasard.randrange(1000, 9999)}{c.hasard.choice('ABDX')}"
        perime = c.moment.date() + timedelta(days=c.hasard.randint(90, 600))
        voie = "Intramusculaire, cuisse" if c.mois < 24 else "Intramusculaire, deltoïde gauche"
        return (
            texte(
                "Contexte",
                f"{c.sujet}. Pas de fièvre ce jour.",
            ),
            Section(
                "Vaccination",
                (
                    Tableau(
                        ("Élément", "Valeur"),
                        (
                            ("Vaccin", vaccin.nom),
                            ("Rang", vaccin.dose),
                            ("Maladies", vaccin.maladies),
                            ("Lot, péremption", f"{lot}, {perime:%m/%Y}"),
                            ("Voie et site", voie),
                            ("Date", f"{c.moment:%d/%m/%Y}"),
                        ),
                    ),
                ),
                "11369-6",
                "Vaccination",
            ),
            Section(
                "Vérifications avant l'injection",
                (
                    Liste(
                        (
                            "Pas de maladie aiguë fébrile ce jour.",
                            "Pas de réaction grave à une dose précédente.",
                            "Conservation au froid respectée, date de péremption vérifiée.",
                            "Information donnée, accord recueilli.",
                        )
                    ),
                ),
            ),
            antecedents.section(c),
            texte(
                "Suites",
                "Surveillance de quinze minutes sans incident. Rougeur ou fièvre possibles deux jours.",
            ),
        )

    return Acte(
        jour, "87273-9", f"Vaccination : {vaccin.nom}", metier, rediger,
        evenement_loinc("87273-9", "Note de vaccination"), pdf=0.0,
    )  # fmt: skip


def carnet(jour: date, doses: Sequence[tuple[date, Vaccin]]) -> Acte:
    """The history of the vaccinations received so far."""
    lignes = tuple((f"{le:%d/%m/%Y}", v.nom, v.dose, v.maladies) for le, v in doses)

    def rediger(c: Cadre) -> Corps:
        return (
            texte("Personne vaccinée", f"{c.sujet}."),
            Section(
                "Vaccinations reçues",
                (Tableau(("Date", "Vaccin", "Rang", "Maladies"), lignes),),
                "11369-6",
                "Historique des vaccinations",
            ),
            texte("Remarque", "Historique établi d'après le carnet et les notes de vaccination du dossier."),
        )

    return Acte(
        jour, "11369-6", "Historique des vaccinations", "generaliste", rediger,
        evenement_loinc("11369-6", "Historique des vaccinations"), pdf=0.2, essentiel=True,
    )  # fmt: skip


def examen_de_l_enfant(jour: date, titre: str, metier: str = "pediatre", certificat: bool = False) -> Acte:
    """One of the compulsory examinations of the child; three of them give a certificate."""

    def rediger(c: Cadre) -> Corps:
        eveil = next(acquis for borne, acquis in _EVEIL if c.mois <= borne)
        return (
            texte("Examen", f"{titre} : {c.titulaire.affichage}, {c.mois} mois révolus."),
            Section(
                "Croissance",
                (
                    Tableau(
                        ("Mesure", "Valeur", "Courbe"),
                        (
                            ("Poids", f"{francais(mesures.poids(c), 1)} kg", "Dans son couloir"),
                            ("Taille", f"{mesures.taille(c)} cm", "Dans son couloir"),
                            ("Périmètre crânien", f"{mesures.perimetre_cranien(c)} cm", "Moyenne"),
                        ),
                    ),
                ),
                "8716-3",
                "Signes vitaux",
            ),
            Section("Développement", (Liste(eveil),)),
            antecedents.section(c),
            Section(
                "Examen clinique",
                (
                    Tableau(
                        ("Appareil", "Constat"),
                        (
                            ("Cœur et poumons", "Bruits réguliers, murmure symétrique"),
                            ("Abdomen", "Souple, pas de masse"),
                            ("Hanches et rachis", "Mobilité normale"),
                            ("Vue et audition", "Réactions adaptées à l'âge"),
                            ("Peau et muqueuses", "Sans lésion"),
                        ),
                    ),
                ),
                "29545-1",
                "Examen physique",
            ),
            texte(
                "Conseils",
                "Coucher sur le dos les premiers mois. Pas d'écran avant trois ans. Lire, parler, jouer.",
            ),
            conclusion("Examen normal pour l'âge. Vaccinations à jour."),
        )

    type_code = "CERT_DECL" if certificat else "59283-2"
    return Acte(jour, type_code, titre, metier, rediger, pdf=0.2, essentiel=certificat)


_EVEIL: tuple[tuple[int, tuple[str, ...]], ...] = (
    (3, ("Fixe et suit du regard.", "Sourit en réponse.", "Tient la tête quelques instants.")),
    (7, ("Tient la tête.", "Attrape les objets.", "Gazouille, tourne la tête à la voix.")),
    (13, ("Tient assis.", "Se met debout avec appui.", "Dit deux syllabes répétées.")),
    (25, ("Marche seul.", "Superpose des cubes.", "Associe deux mots.")),
    (48, ("Court, monte l'escalier.", "Phrases de trois mots.", "Propre le jour.")),
    (84, ("Saute à cloche-pied.", "Dessine un bonhomme.", "Parole claire.")),
    (240, ("Scolarité suivie.", "Activité physique régulière.", "Sommeil de neuf heures.")),
)


def depistage_colorectal(jour: date) -> Acte:
    """The answer of the organised screening of colorectal cancer."""

    def rediger(c: Cadre) -> Corps:
        return (
            texte("Dépistage", f"Test immunologique de recherche de sang dans les selles, pour {c.patient}."),
            Section(
                "Résultat",
                (
                    Tableau(
                        ("Analyse", "Résultat", "Seuil"),
                        (("Hémoglobine fécale", f"{c.hasard.randint(2, 28)} ng/mL", "150 ng/mL"),),
                    ),
                ),
            ),
            conclusion("Test négatif. Un nouveau test est proposé dans deux ans."),
        )

    return Acte(jour, "75492-9", "Dépistage du cancer colorectal", "biologiste", rediger, pdf=0.2)
